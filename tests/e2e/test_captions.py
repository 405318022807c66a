"""WebVTT beside HLS: the text of what is said, shown while it is heard."""
import contextlib
import os
import signal
import subprocess

import pytest

from captions import (PROGRAM, PTS_SPAN_S, Captions, Ffmpeg, Hls, Sound, apart,
                      as_ffmpeg_reads, first_sample, pcm_at, read_list)
from daemon import PATIENCE_S, binary, command_line, wait_until
from supervisor import define, supervise, until  # noqa: F401

WORDS = ["number", "forty", "two", "go", "to", "counter", "three"]
SENTENCE = " ".join(WORDS)
# Between a word as it is heard and as it is shown.
TOLERANCE_S = 0.1
# More segments in the list, so that a slow test finds them there.
LONG_LIST = "-hls_list_size 30"
VIDEO = ("-D", "video.v.source=colour", "-D", "video.v.size=320x180", "-D",
         "video.v.fps=10")


@pytest.fixture
def folder(rundir):
    path = rundir / "media"
    path.mkdir()
    return path


def assert_in_step(hls, d, listener, words, run=-1):
    """Each of the word events is heard when its cue says so."""
    names = hls.runs()[run]
    heard = Sound(b"".join(hls.media[n] for n in names))
    cues = [c for n in names for c in hls.vtt[n]]
    first = first_sample(d, os.getpid())
    for word in words:
        at = heard.find(pcm_at(listener, first, word["sample"]))
        late = [apart(c.start, at) for c in cues
                if c.words == [word["text"]]]
        assert min(map(abs, late)) < TOLERANCE_S, (word, at, late)


def say(c, text, **fields):
    """Says it, and returns its word events once it is over."""
    said = c.ask("say", text=text, **fields)["id"]
    return [e for e in c.until("finished", id=said) if e["event"] == "word"]


def says_in_step(hls, d):
    """A sentence is shown while it is heard."""
    before = len(hls.look().marked())
    with d.listen() as ear, d.control() as c:
        c.subscribe("word", "finished")
        words = say(c, SENTENCE)
        hls.until(lambda h: h.marked()[before:] == WORDS, "it is shown")
        hls.until_said()
        assert_in_step(hls, d, ear, words)


@contextlib.contextmanager
def hls_of(d, rundir, folder, **more):
    """HLS with captions, once its ffmpeg reads and they listen."""
    hls = Hls(folder)
    with d.control() as c, Ffmpeg(rundir, hls.path(), **more) as f, \
            Captions(rundir, f.pid, hls.path()) as program:
        c.subscribe("word", "finished", "subscriber")
        first_sample(d, f.pid)
        program.listens()
        yield hls, c, f, program


@pytest.mark.parametrize("codec,rate", [
    ("aac", 24000), ("aac", 48000), ("libmp3lame", 24000)])
def test_a_word_is_shown_while_it_is_heard(start, rundir, folder, codec, rate):
    hls = Hls(folder)
    with start() as d, d.listen() as ear, d.control() as c, \
            Ffmpeg(rundir, hls.path(), "-ar", str(rate), codec=codec) as f, \
            Captions(rundir, f.pid, hls.path(), codec=codec,
                     rate=rate) as program:
        c.subscribe("word", "finished")
        program.listens()
        words = say(c, SENTENCE)
        assert [w["text"] for w in words] == WORDS
        hls.until_said(*WORDS)
        assert hls.marked() == WORDS
        assert all(c.text == SENTENCE for c in hls.cues())
        assert_in_step(hls, d, ear, words)


@pytest.mark.parametrize("text,language", [
    ("请A023号到3号窗口", "cmn"),
    ("السلام عليكم", "ar"),
    ("a --> b & c <i>d</i> <e", "en"),
    ("fish&amp;chips &lt; 5", "en"),
])
def test_any_text(start, rundir, folder, text, language):
    with start() as d, hls_of(d, rundir, folder) as (hls, c, _, _):
        told = [w["text"] for w in say(c, text, language=language)]
        words = [w for i, w in enumerate(told) if i == 0 or told[i - 1] != w]
        assert words
        hls.until_said(*words)
        assert hls.marked() == words
        assert {cue.text for cue in hls.cues()} == {text}
        for path in folder.glob("*.vtt"):
            assert set(as_ffmpeg_reads(path)) <= {text}


def test_several_texts_and_ssml(start, rundir, folder):
    """Of these, lines grew word by word, with what stood in the SSML."""
    ssml = ("<speak>See <sub alias='the World Wide Web'>WWW</sub><break/>"
            "caf&eacute; <![CDATA[& more]]></speak>")
    with start() as d, hls_of(d, rundir, folder) as (hls, c, _, _):
        c.ask("say", parts=[{"text": "gate four"}, {"ssml": ssml}])
        c.until("finished")
        hls.until_said("more")
        assert list(dict.fromkeys(hls.marked())) == [
            "gate", "four", "See", "the World Wide Web", "café", "&",
            "more"]
        assert list(dict.fromkeys(cue.text for cue in hls.cues())) == [
            "gate four", "See the World Wide Web café & more"]


def test_a_long_text_is_shown_line_by_line(start, rundir, folder):
    text = " ".join(["one two three four five six seven eight nine ten"] * 2)
    with start() as d, hls_of(d, rundir, folder) as (hls, c, _, _):
        say(c, text, rate=400)
        hls.until(lambda h: h.marked() == text.split(), "all of it is shown")
        lines = list(dict.fromkeys(cue.text for cue in hls.cues()))
        assert len(lines) > 2 and " ".join(lines) == text


def test_no_caption_is_left_behind(start, rundir, folder):
    """As a segment goes, its captions go."""
    with start() as d, hls_of(d, rundir, folder, size=4) as (hls, _, _, _):
        hls.until(lambda h: len(h.media) > 7, "the first have gone")

        def stand_alone():
            media = {p.stem for p in folder.glob("*.ts")}
            return {p.stem for p in folder.glob("*.vtt")} - media
        wait_until(lambda: not stand_alone(), "no captions stand alone")
        assert len(list(folder.glob("*.vtt"))) < 7
    assert not list(folder.glob("*.new"))


def test_the_list_to_open(start, rundir, folder):
    with start() as d, hls_of(d, rundir, folder) as (hls, _, _, _):
        hls.until(lambda h: h.path("_captions").exists(), "it is there")
        lines = hls.path("_captions").read_text().splitlines()
    assert lines[2].startswith("#EXT-X-MEDIA:TYPE=SUBTITLES,")
    assert 'URI="live_vtt.m3u8"' in lines[2]
    assert lines[3].startswith("#EXT-X-STREAM-INF:BANDWIDTH=70000,")
    assert lines[4:] == ["live.m3u8"]


def test_time_stamps_roll_over(start, rundir, folder):
    """After 26.5 hours a PTS begins at 0 again."""
    offset = str(int(PTS_SPAN_S) - 3)
    hls = Hls(folder)
    with start() as d, d.listen() as ear, d.control() as c, \
            Ffmpeg(rundir, hls.path(), "-output_ts_offset", offset) as f, \
            Captions(rundir, f.pid, hls.path()) as program:
        c.subscribe("word", "finished")
        program.listens()
        words = say(c, SENTENCE) + say(c, SENTENCE) + say(c, SENTENCE)
        hls.until(lambda h: h.marked() == 3 * WORDS, "it is shown")
        hls.until_said()
        assert_in_step(hls, d, ear, words)
        starts = [cue.start for cue in hls.cues()]
        assert max(starts) > PTS_SPAN_S - 3 and min(starts) < 10


def test_ffmpeg_that_stood_still(start, rundir, folder):
    """What ttsd left out for it makes all that follows come earlier there."""
    with start("-D", "channel.main.lag_max=500ms") as d, d.listen() as ear, \
            hls_of(d, rundir, folder) as (hls, c, f, _):
        say(c, "before")
        hls.until_said("before")
        os.kill(f.pid, signal.SIGSTOP)
        c.event("subscriber", state="lagging", pid=f.pid)
        os.kill(f.pid, signal.SIGCONT)
        words = say(c, SENTENCE)
        hls.until_said(*WORDS)
        assert_in_step(hls, d, ear, words)


def test_captions_that_are_killed(start, rundir, folder):
    """What was written stays, what was missed is empty, and the rest is in
    step."""
    with start() as d, d.listen() as ear, \
            hls_of(d, rundir, folder) as (hls, c, f, program):
        say(c, "first")
        hls.until_said("first")
        program.kill()
        count = len(read_list(hls.path("_vtt")))
        say(c, "lost")
        wait_until(lambda: len(read_list(hls.path())) > count + 1, "it goes on")
        with Captions(rundir, f.pid, hls.path()) as program:
            program.listens()
            words = say(c, SENTENCE)
            hls.until_said(*WORDS)
            assert_in_step(hls, d, ear, words)
        assert hls.marked() == ["first", *WORDS]


def test_another_run(start, rundir, folder):
    """The captions that an ffmpeg left behind are not those of the next one,
    and the clock begins afresh."""
    with start() as d, d.listen() as ear:
        with hls_of(d, rundir, folder) as (hls, c, f, program):
            say(c, "first")
            hls.until_said("first")
            f.end()
            wait_until(lambda: len(read_list(hls.path())) > len(hls.media),
                       "its last segment")
        hls.look()
        with hls_of(d, rundir, folder) as (_, c, f, program):
            words = say(c, SENTENCE)
            hls.until_said(*WORDS)
            assert_in_step(hls, d, ear, words)
        assert hls.marked() == ["first", *WORDS]
        assert len(hls.runs()) == 2


def test_a_disk_that_takes_nothing(start, rundir, folder):
    """It is said once, and captions go on where they were."""
    obstacle = folder / "live_vtt.m3u8.new"
    with start() as d, hls_of(d, rundir, folder) as (hls, c, _, program):
        obstacle.mkdir()
        wait_until(lambda: "cannot be written" in program.logged(), "said")
        listed = hls.captions.read_text()
        say(c, SENTENCE)
        assert hls.captions.read_text() == listed
        obstacle.rmdir()
        hls.until_said(*WORDS)
        assert program.logged().count("cannot be written") == 1


def programs_of(s, name):
    """Those of its children that run a program; others come and go."""
    found = []
    for pid in s.ffmpegs():
        with contextlib.suppress(FileNotFoundError):
            if command_line(pid).split("\0")[0].split("/")[-1] == name:
                found.append(pid)
    return found


@pytest.fixture
def on_air(start, supervise, folder):  # noqa: F811
    """ttsd, and an output that has captions, once its ffmpeg reads."""
    def begin(*args, **more):
        d = start()
        s = supervise(*args, *define(
            url=f"{folder}/live.m3u8", segment="1s", captions="yes",
            extra_output_args=LONG_LIST, **more))
        wait_until(lambda: s.output()["state"] == "running" and
                   s.output()["captions"]["state"] == "running", "it sends")
        return d, s
    return begin


@pytest.mark.parametrize("more", [
    {}, {"codec": "mp3"}, {"latency": "low"}, {"rate": "44100"}])
def test_an_output_with_captions(on_air, folder, more):
    hls = Hls(folder)
    d, s = on_air(**more)
    with d.listen() as ear, d.control() as c:
        c.subscribe("word", "finished")
        words = say(c, SENTENCE)
        hls.until_said(*WORDS)
        assert_in_step(hls, d, ear, words)
        told = s.output()["captions"]
        assert told["state"] == "running" and told["segments"] > 1
        assert (told["restarts"], told["last_error"]) == (0, "")


def test_a_picture_with_captions(on_air, folder):
    """Its ffmpeg reads from another program than ttsd. Both are killed once."""
    hls = Hls(folder)
    d, s = on_air(*VIDEO, video="v")

    def says_on(runs):
        wait_until(lambda: s.output()["picture"]["sent"] and
                   s.output()["state"] == "running" and
                   s.output()["captions"]["state"] == "running", "it sends")
        says_in_step(hls, d)
        assert len(hls.runs()) == runs

    says_on(1)
    for runs, program in enumerate(("ffmpeg", "picture"), 2):
        pid = s.output()["pid"]
        for child in programs_of(s, program):
            os.kill(child, signal.SIGKILL)
        wait_until(lambda: s.output()["pid"] not in (0, pid), "another ffmpeg")
        says_on(runs)


@pytest.mark.parametrize("more", [{}, {"video": "v"}])
def test_members_of_a_group_with_captions(
        start, supervise, folder, more):  # noqa: F811
    """One has them and one has not; alone or in the group, they are in step."""
    hls = Hls(folder)
    d = start()
    s = supervise(*VIDEO, *define(url=f"{folder}/live.m3u8", segment="1s",
                                  captions="yes", group="g", **more),
                  *define("b", url=f"{folder}/b.m3u8", segment="1s",
                          group="g", **more))

    def says_on(carried):
        wait_until(lambda: s.output()["carried"] is carried and
                   s.output()["state"] == "running" and
                   s.output()["captions"]["state"] == "running", "it sends")
        assert s.output("b")["captions"] is None
        says_in_step(hls, d)

    says_on(True)
    with s.control() as c:
        c.ask("stop", name="live")
        wait_until(lambda: s.output()["state"] == "stopped", "it stops")
        wait_until(lambda: programs_of(s, "captions") == [], "theirs end")
        wait_until(lambda: s.output("b")["state"] == "running", "it goes on")
        c.ask("start", name="live")
    says_on(False)
    assert not list(folder.glob("b*.vtt"))


def test_variants_with_captions(on_air, folder):
    """All of them have the captions of the first."""
    hls = Hls(folder, "live_64k")
    hls.captions = folder / "live_vtt.m3u8"
    d, s = on_air(variants="64k 32k")
    with d.control() as c:
        c.subscribe("word", "finished")
        say(c, SENTENCE)
        hls.until_said(*WORDS)
    lines = (folder / "live_captions.m3u8").read_text().splitlines()
    assert lines[4::2] == ["live_64k.m3u8", "live_32k.m3u8"]


def test_everything_is_killed_once(on_air, start, supervise, folder):  # noqa: F811
    """ffmpeg, captions, ttsd, the supervisor: what is said afterwards is shown
    in step."""
    hls = Hls(folder)
    d, s = on_air()

    says_in_step(hls, d)
    pid = s.output()["pid"]
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: s.output()["pid"] not in (0, pid) and
               s.output()["state"] == "running", "another ffmpeg")
    says_in_step(hls, d)
    restarts = s.output()["captions"]["restarts"]
    os.kill(programs_of(s, "captions")[0], signal.SIGKILL)
    wait_until(lambda: s.output()["captions"]["restarts"] > restarts and
               s.output()["captions"]["state"] == "running", "other captions")
    assert "its captions ended (killed by SIGKILL)" in s.logged()
    says_in_step(hls, d)
    d.kill()
    wait_until(lambda: s.output()["state"] == "backoff", "it waits for ttsd")
    d = start()
    wait_until(lambda: s.output()["state"] == "running", "it sends")
    says_in_step(hls, d)
    s.kill()
    s = supervise(*define(url=f"{folder}/live.m3u8", segment="1s",
                          captions="yes", extra_output_args=LONG_LIST))
    wait_until(lambda: s.output()["state"] == "running", "it sends")
    says_in_step(hls, d)
    assert len(hls.runs()) == 4


def test_captions_of_the_last_segment(on_air, folder):
    """They were killed with the supervisor, and what was said last was not
    shown."""
    hls = Hls(folder)
    d, s = on_air()
    with d.control() as c:
        c.subscribe("word")
        wait_until(lambda: s.output()["captions"]["segments"], "they listen")
        c.ask("say", text=SENTENCE)
        c.event("word", text="counter")
        s.stop()
    hls.look()
    assert [e.name for e in read_list(hls.captions)] == [
        e.name.replace(".ts", ".vtt") for e in read_list(hls.path())]
    assert "to" in hls.marked()


def test_captions_that_hang_harm_nothing(on_air, folder):
    """A disk that hangs them hangs nobody else."""
    d, s = on_air()
    for pid in programs_of(s, "captions"):
        os.kill(pid, signal.SIGSTOP)
    pid = s.output()["pid"]
    with s.control() as c:
        c.subscribe("output")
        c.ask("restart", name="live")
        until(c, "running")
    wait_until(lambda: s.output()["captions"]["state"] == "running",
               "the next captions")
    assert s.output()["pid"] != pid


@pytest.mark.parametrize("keys,why", [
    ({"url": "rtmp://h/a/k"}, "only with HLS in a folder"),
    ({"url": "http://h/live.m3u8"}, "only with HLS in a folder"),
    ({"url": "/srv/%H.mp3"}, "only with HLS in a folder"),
    ({"url": "/srv/live.mpd"}, "only with HLS in a folder"),
])
def test_captions_that_cannot_be(rundir, keys, why):
    done = subprocess.run(
        [binary("streamer-supervisor"), "-D", f"ttsd.runtime_dir={rundir}",
         *define(captions="yes", **keys)], stderr=subprocess.PIPE, text=True,
        timeout=PATIENCE_S)
    assert done.returncode == 78
    assert f"-D output.live.captions: [output live] captions: {why}" in \
        done.stderr


def test_the_lists_of_captions_are_files_too(rundir):
    done = subprocess.run(
        [binary("streamer-supervisor"), "-D", f"ttsd.runtime_dir={rundir}",
         *define(url="/srv/a.m3u8", captions="yes"),
         *define("b", url="/srv/a_captions.m3u8")],
        stderr=subprocess.PIPE, text=True, timeout=PATIENCE_S)
    assert done.returncode == 78
    assert "writes the same files as [output live] url" in done.stderr


def test_a_list_that_begins_afresh(start, rundir, folder):
    """Somebody had removed the list, ffmpeg wrote live0.ts again, and the words
    of last week were shown with it."""
    with start() as d:
        with hls_of(d, rundir, folder) as (hls, c, _, _):
            say(c, "first")
            hls.until_said("first")
        hls.path().unlink()
        with hls_of(d, rundir, folder) as (hls, c, _, _):
            say(c, SENTENCE)
            hls.until_said(*WORDS)
            assert hls.marked() == WORDS


def test_an_ffmpeg_that_ttsd_does_not_know(start, rundir, folder):
    """As that of a script is which does not exec it."""
    hls = Hls(folder)
    with start() as d, d.control() as c, Ffmpeg(rundir, hls.path()), \
            Captions(rundir, os.getpid(), hls.path()) as program:
        c.subscribe("word", "finished")
        say(c, SENTENCE)
        wait_until(lambda: "its captions are empty" in program.logged(),
                   "it is said")
        hls.until(lambda h: len(h.media) > 4, "it goes on")
        assert hls.cues() == []
        assert program.logged().count("its captions are empty") == 1


@pytest.mark.parametrize("args", [
    [], ["--rate", "0"], ["--list", "live.m3u8x", "--bandwidth", "1"],
    ["--bandwidth", "1"], ["--delay", "-5"], ["more"]])
def test_a_command_line_that_is_wrong(args):
    done = subprocess.run([PROGRAM, "--control", "c", "--channel", "main",
                           *args], stderr=subprocess.PIPE, text=True)
    assert done.returncode == 64 and "usage: captions" in done.stderr
