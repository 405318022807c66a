"""scripts/run, the demo behind `make run`: what a newcomer gets, and that
nothing of it is left."""
import contextlib
import json
import os
import pathlib
import pwd
import random
import re
import shutil
import signal
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request

import numpy
import pytest

import browser
import console
import leftovers
from console import click, complaints, fill, text
from daemon import (BUILD, PATIENCE_S, ROOT, Ttsd, binary, children,
                    wait_until)
from peers import Decoder, NginxRtmp, free_port, is_listening
from receivers import free_udp_port
from test_system import AGAIN, hear

# Where a session has its files: a folder of them would be found there alone.
# And what `make` has told the tests.
ELSEWHERE = ("RUNTIME_DIRECTORY", "DBUS_SESSION_BUS_ADDRESS", "PULSE_SERVER",
             "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME",
             "MAKEFLAGS", "MAKELEVEL", "MFLAGS")
PORTS = ("RTMP_PORT", "HTTP_PORT", "GATEWAY_PORT")
# The daemons, nginx and ffmpeg have to come up.
START_S = 4 * PATIENCE_S


class Demo:
    """scripts/run in a world of its own: its runtime directory and temporary
    files are in `directory`."""

    def __init__(self, directory, user=None):
        self.directory = directory
        self.user = user
        self.temporary = directory / "tmp"
        self.temporary.mkdir()
        self.home = directory / "home"
        self.home.mkdir()
        self.sockets = directory / "ttsd"
        self.mark = leftovers.Mark()
        self.process = None
        self.printed = ""
        self.ports = {name: str(free_port()) for name in PORTS}
        self.env = self.mark.env(
            BUILD=str(BUILD), XDG_RUNTIME_DIR=str(directory),
            TMPDIR=str(self.temporary), HOME=str(self.home))
        for name in ELSEWHERE:
            self.env.pop(name, None)

    def start(self, *command, **env):
        self.process = subprocess.Popen(
            command or [ROOT / "scripts/run"], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            start_new_session=True, cwd="/", user=self.user, group=self.user and "nogroup",
            env={**self.env, **self.ports, **env})
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        return self

    def _read(self):
        for line in self.process.stdout:
            self.printed += line

    def wait_for(self, text):
        wait_until(lambda: text in self.printed or
                   not self.reader.is_alive(), text, START_S)
        assert text in self.printed, (self.process.poll(), self.printed)
        return self

    def ready(self):
        return self.wait_for("\nready\n")

    def url(self, path=""):
        return f"http://127.0.0.1:{self.ports['HTTP_PORT']}/{path}"

    def rtmp(self):
        return f"rtmp://127.0.0.1:{self.ports['RTMP_PORT']}/live/main"

    def get(self, path=""):
        with urllib.request.urlopen(self.url(path)) as reply:
            return reply.read()

    def ttsctl(self, *args):
        """As in another terminal of the same user."""
        return subprocess.run(
            [binary("ttsctl"), *args], env=self.env, capture_output=True,
            text=True, user=self.user, group=self.user and "nogroup")

    def nginx(self):
        """It and its worker. (It writes its title over its environment, and
        with that the mark.)"""
        file, = self.temporary.glob("*/nginx.pid")
        pid = int(file.read_text())
        return [pid, *children(pid)]

    def wait(self):
        code = self.process.wait(START_S)
        self.reader.join(PATIENCE_S)
        return code

    def stop(self, number=signal.SIGINT):
        self.process.send_signal(number)
        return self.wait()

    def assert_nothing_left(self):
        self.mark.wait_gone()
        assert list(self.temporary.iterdir()) == []
        assert list(self.home.iterdir()) == []
        assert not self.sockets.exists()
        # What was killed takes a moment, and nginx has no mark.
        for port in self.ports.values():
            wait_until(lambda p=int(port): not is_listening(p), "it is free")
        assert not (self.directory / "pulse").exists()

    def end(self):
        if self.process is None:
            return
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.mark.wait_gone()
        self.process.stdout.close()


@pytest.fixture
def demo(rundir):
    if not (shutil.which("nginx") or pathlib.Path("/usr/sbin/nginx").exists()):
        pytest.skip("no nginx")
    d = Demo(rundir)
    yield d
    d.end()


def test_what_a_newcomer_gets(demo):
    demo.start().ready()
    assert demo.url() in demo.printed and demo.rtmp() in demo.printed
    assert f"{BUILD}/bin/ttsctl say" in demo.printed
    with Decoder(demo.rtmp()) as far:
        far.samples(2400)
        said = demo.ttsctl("say", AGAIN)
        assert said.returncode == 0, said.stderr
        hear(far, AGAIN)
    assert b"demo.js" in demo.get()
    assert b"MediaSource" in demo.get("player.js")
    assert b"new Caption" in demo.get("console/air.js")
    assert b"now_calling" in demo.get("board/main")
    wait_until(lambda: b".ts" in fetched(demo, "hls/main.m3u8"), "HLS")
    assert demo.stop() == 0
    demo.assert_nothing_left()


def codecs(url):
    """Those of the streams that come from there."""
    return set(subprocess.run(
        ["ffprobe", "-v", "error", "-show_entries", "stream=codec_name", "-of",
         "csv=p=0", url], capture_output=True, text=True, check=True,
        timeout=START_S).stdout.split())


# The ticket, the counter and the newest call, of 1280 by 720.
PLACES = ((88, 230, 628, 150), (524, 432, 192, 98), (800, 196, 436, 58))


def board(url):
    """How bright these are, and how much changes in each, in one frame."""
    luma = numpy.frombuffer(subprocess.run(
        ["ffmpeg", "-v", "error", "-i", url, "-frames:v", "1", "-f",
         "rawvideo", "-pix_fmt", "gray", "-"], capture_output=True,
        check=True, timeout=START_S).stdout, numpy.uint8).reshape(720, 1280)
    return [(part.mean(), part.std()) for part in (
        luma[y:y + h, x:x + w] for x, y, w, h in PLACES)]


def test_the_board_arrives(demo):
    """`make run` sent sound alone, and its page had nothing to show."""
    demo.start().ready()
    assert "say --show ticket=" in demo.printed
    assert codecs(demo.rtmp()) == {"aac", "h264"}
    wait_until(lambda: b".ts" in fetched(demo, "hls/main.m3u8"), "HLS")
    assert codecs(demo.url("hls/main.m3u8")) == {"aac", "h264"}
    demo.ttsctl("say", "-p", "urgent", "--show", "ticket=W", "--show",
                "counter=8", "--wait", "It is shown.")
    (ticket, drawn), (counter, figure), (call, _) = board(demo.rtmp())
    assert ticket > 180 and drawn > 20  # something on the white card
    assert 90 < counter < 180 and figure > 20
    assert 60 < call < 150
    assert demo.stop() == 0
    demo.assert_nothing_left()


def test_an_output_that_takes_sound_alone(demo):
    """RTP carries no picture here, and the configuration would be refused."""
    demo.start(OUTPUT=f"rtp://127.0.0.1:{free_udp_port()}").ready()
    assert demo.ttsctl("outputs", "--wait").returncode == 0
    assert demo.stop() == 0
    demo.assert_nothing_left()


def fetched(demo, path):
    with contextlib.suppress(OSError):
        return demo.get(path)
    return b""


def of_ours(demo, program):
    """Its process."""
    for pid in demo.mark.pids():
        with contextlib.suppress(OSError):
            if os.readlink(f"/proc/{pid}/exe") == binary(program):
                return pid
    return None


def said(demo):
    return [one["text"].split(".")[0] for one in json.loads(demo.ttsctl(
        "-j", "history").stdout)["items"]]


def test_welcome_is_said_once(demo):
    """It is queued as soon as the output runs. It came again every twelve
    seconds, and was said to whoever had started a part again."""
    demo.start().ready()
    wait_until(lambda: '"spoken":1' in demo.ttsctl("-j", "status").stdout,
               "the first sentence was spoken")
    assert len(children(demo.process.pid)) == 2, "nginx and ttsd-stream alone"
    for program in ("ttsd-gateway", "streamer-supervisor", "ttsd"):
        before = wait_until(lambda: of_ours(demo, program), f"{program} runs")
        os.kill(before, signal.SIGKILL)
        wait_until(lambda: of_ours(demo, program) not in (before, None),
                   f"{program} is back")
    assert demo.ttsctl("-w", "30", "say", "--wait", "That was all.").returncode == 0
    assert sorted(said(demo)) == ["That was all", "Welcome"]
    assert demo.stop(signal.SIGTERM) == 0
    demo.assert_nothing_left()


@pytest.mark.skipif(BUILD != ROOT / "build", reason="make run's own folder")
@pytest.mark.parametrize("how", [
    lambda make: os.kill(make, signal.SIGTERM),
    lambda make: os.killpg(make, signal.SIGINT)], ids=["TERM", "Ctrl-C"])
def test_make_run_is_ended(demo, how):
    """By whoever knows no more than make's process, or by the terminal, which
    tells all of its group."""
    # Nothing is to be made: other tests run what is there.
    commit = (BUILD / "made/commit").read_text().strip()
    demo.start("make", "-C", str(ROOT), "run", "BUILD=build",
               f"COMMIT={commit}").ready()
    wait_until(lambda: '"spoken":1' in demo.ttsctl("-j", "status").stdout,
               "espeak has run")
    how(demo.process.pid)
    demo.wait()
    demo.assert_nothing_left()


# ---- the page ----------------------------------------------------------------

AXE_JS = os.environ.get("AXE_JS")
needs_browser = pytest.mark.skipif(browser.PROGRAM is None or AXE_JS is None,
                                   reason="`make browser` has it run")


@contextlib.contextmanager
def page(demo, query="", profile="profile", **kw):
    with browser.Page(demo.url(query), demo.directory / profile,
                      before=console.WATCH, **kw) as p:
        wait_until(lambda: p.value("document.documentElement.dataset.ready"),
                   "the page is ready", START_S)
        yield p
        assert p.exceptions == []


def media(p, what):
    return p.value(f"document.querySelector('video').{what}")


def is_in_state(p, state):
    wait_until(lambda: text(p, "#stream-state") == state, state, START_S)


def plays_on(p):
    """Two seconds, with two seconds of frames, more than now."""
    frames = "getVideoPlaybackQuality().totalVideoFrames"
    start, shown = media(p, "currentTime"), media(p, frames)
    wait_until(lambda: media(p, "currentTime") > start + 2 and
               media(p, frames) > shown + 15, "it plays")
    assert media(p, "error") is None
    is_in_state(p, "live")


@needs_browser
def test_the_page_plays(demo):
    """In a browser: the picture is there at once; it goes on, and comes back
    by itself when the stream starts afresh."""
    demo.start().ready()
    with page(demo) as p:
        plays_on(p)
        assert media(p, "videoWidth") == 1280
        assert demo.ttsctl("restart", "live").returncode == 0
        assert demo.ttsctl("outputs", "--wait").returncode == 0
        plays_on(p)
        click(p, "#play")
        assert media(p, "paused") is True
        assert text(p, "#stream-state") == "not played"
        click(p, "#play")
        plays_on(p)
    assert demo.stop() == 0
    demo.assert_nothing_left()


LOUDEST = """{
    const out = new AudioContext(), meter = out.createAnalyser();
    const wave = new Float32Array(meter.fftSize);
    out.createMediaElementSource(document.querySelector('video'))
        .connect(meter);
    globalThis.peak = 0;
    setInterval(() => {
        meter.getFloatTimeDomainData(wave);
        peak = Math.max(peak, ...wave.map(Math.abs));
    }, 20);
}"""


@needs_browser
def test_the_page_before_it_is_touched(demo):
    """Browsers play no sound before somebody has touched the page: the
    picture is there at once all the same. Of two sounds, the stream's and
    that of Listen, one is heard."""
    demo.start().ready()
    with page(demo, autoplay=False) as p:
        plays_on(p)
        assert media(p, "muted") is True
        click(p, "#stream-sound")
        assert media(p, "muted") is False
        p.value(LOUDEST, touched=True)
        demo.ttsctl("say", AGAIN)
        wait_until(lambda: p.value("peak") > 0.05, "it is heard")
        click(p, "#listen")
        assert media(p, "muted") is True
        wait_until(lambda: p.value("ttsd.heard().sample !== null"), "it plays")
        click(p, "#stream-sound")
        assert p.value("document.querySelector('#listen').ariaPressed") == \
            "false"
        plays_on(p)
    assert demo.stop() == 0
    demo.assert_nothing_left()


@needs_browser
def test_what_is_typed_into_the_page_is_said(demo):
    """Its words are lit and the mouth moves as it is heard, the board shows
    its number, and the voice is the one that was chosen."""
    demo.start().ready()
    with page(demo) as p:
        wait_until(lambda: '"spoken":1' in demo.ttsctl("-j", "status").stdout,
                   "the first sentence was spoken")
        click(p, "#listen")
        wait_until(lambda: p.value("ttsd.heard().sample !== null"), "it plays")
        p.value("seen = []; globalThis.shapes = new Set();"
                "new MutationObserver(() => shapes.add(document.querySelector("
                "'#face').dataset.shape)).observe(document.querySelector("
                "'#face'), {attributes: true})")
        p.value("document.querySelector('#text').focus()")
        p.press("a quiet voice of peace")
        p.press("Enter")
        wait_until(lambda: console.onsets(p.value("seen"), "live", 0) and
                   p.value("document.querySelector('.air.live') === null"),
                   "it was heard")
        seen = p.value("seen")
        lit = {one["word"] for one in seen}
        assert lit >= {0, 1, 2, 3, 4} and console.onsets(seen, "loud"), lit
        shapes = set(p.value("[...shapes]"))
        assert shapes >= {"sil", "PP", "FF", "SS"}, shapes
        shown = p.value("""[...document.querySelector('#face').shadowRoot
            .querySelectorAll('[id^=mouth-]')].filter((n) =>
            n.style.display !== 'none').map((n) => n.id)""")
        assert shown == ["mouth-sil"]

        demo.ttsctl("pause")
        voices = p.value("[...document.querySelectorAll('#voice option')]"
                         ".map((o) => o.value)")
        fill(p, "#voice", voices[-1])
        for name, what in (("text", "hello"), ("ticket", "A023"),
                           ("counter", "3")):
            fill(p, f"#{name}", what)
        click(p, "#say [type=submit]")
        wait_until(lambda: text(p, "#toasts").count("in its turn"), "taken")
        item, = json.loads(demo.ttsctl("-j", "queue").stdout)["items"]
        assert item["voices"] == [voices[-1]] and item["text"] == "hello"
        assert item["show"] == {"ticket": "A023", "counter": "3"}
    assert demo.stop() == 0
    demo.assert_nothing_left()


@needs_browser
def test_the_page_says_when_it_does_not_play(demo):
    """It ended with an error for good, or said "live" of what stood still;
    it goes on by itself, also when the whole of `make run` was started
    again."""
    demo.start().ready()
    with page(demo) as p:
        plays_on(p)
        click(p, "#listen")
        wait_until(lambda: p.value("ttsd.heard().sample !== null"), "it plays")
        demo.ttsctl("stop", "live")
        wait_until(lambda: "tried again" in text(p, "#stream-state"),
                   "there is no stream")
        assert p.value("ttsd.heard().sample !== null"), "that is another line"
        demo.ttsctl("start", "live")
        plays_on(p)
        assert demo.stop() == 0
        demo.assert_nothing_left()
        is_in_state(p, "The server does not answer. It is tried again.")
        wait_until(lambda: "tries again" in text(p, "#trouble") and
                   "interrupted" in text(p, "#air-note"), "all of it says so")
        assert text(p, "#air-state").lower() == "not connected"
        demo.start()
        is_in_state(p, "live")
        plays_on(p)
        wait_until(lambda: "Welcome" in text(p, "#caption"), "it is shown")
        assert text(p, "#trouble") == ""
        wait_until(lambda: p.value("ttsd.heard().sample !== null"),
                   "and heard")
    assert demo.stop() == 0
    demo.assert_nothing_left()


@needs_browser
def test_the_page_says_that_the_stream_stands_still(demo):
    demo.start().ready()
    with page(demo) as p:
        plays_on(p)
        nginx = demo.nginx()
        for pid in nginx:
            os.kill(pid, signal.SIGSTOP)
        try:
            is_in_state(p, "The server does not answer. It is tried again.")
        finally:
            for pid in nginx:
                os.kill(pid, signal.SIGCONT)
        plays_on(p)
    assert demo.stop() == 0
    demo.assert_nothing_left()


@needs_browser
def test_the_page_is_for_everybody(demo):
    """In each language, dark and light, axe-core finds nothing; on a phone
    nothing sticks out to the right: 531 pixels were on 390."""
    demo.start().ready()
    with page(demo) as p:
        p.value(pathlib.Path(AXE_JS).read_text("utf-8"))
        plays_on(p)
        click(p, "#listen")
        for width in (390, 1200):
            p.call("Emulation.setDeviceMetricsOverride", width=width,
                   height=844, deviceScaleFactor=2, mobile=width == 390)
            for language in ("en", "zh", "de"):
                fill(p, "#language", language)
                wait_until(lambda: p.value(
                    "document.documentElement.lang")[:2] == language,
                    "its language")
                for theme in ("light", "dark"):
                    p.call("Emulation.setEmulatedMedia", features=[
                        {"name": "prefers-color-scheme", "value": theme}])
                    assert complaints(p) == [], (width, language, theme)
                assert p.value("document.documentElement.scrollWidth") <= \
                    width, (width, language)
        p.value("document.getElementById('keys').showModal()")
        assert complaints(p) == []
    assert demo.stop() == 0
    demo.assert_nothing_left()


def test_words_of_the_page():
    """Each language has all, and of each the page makes use."""
    folder = ROOT / "scripts/demo"
    words = {language: json.loads((folder / f"words.{language}.json")
                                  .read_text("utf-8"))
             for language in ("en", "zh", "de")}
    assert list(words["en"]) == list(words["zh"]) == list(words["de"])
    page_ = "".join(f.read_text("utf-8") for f in folder.iterdir())
    asked = set(re.findall(r'data-t(?:-\w+)?="(\w+)"|\bt\("(\w+)"', page_))
    asked = {a or b for a, b in asked}
    states = {f"stream_{state}" for state in re.findall(
        r'(?:show\(|trouble = (?:playlist \? null : )?|\? )"(\w+)"', page_)}
    console_ = json.loads((ROOT / "gateway/console/words.en.json")
                          .read_text("utf-8"))
    assert asked <= set(words["en"]) | set(console_)
    assert set(words["en"]) <= asked | states
    assert not set(words["en"]) & set(console_)


def test_other_sites_say_nothing_here(demo):
    """What nginx passes on is judged as if the gateway had been asked."""
    demo.start().ready()

    def ask(op="say", **headers):
        request = urllib.request.Request(
            demo.url(f"v1/{op}"), b'{"text":"hello"}' if op == "say" else
            b"{}", {"Content-Type": "application/json",
                    **{k.replace("_", "-"): v for k, v in headers.items()}})
        try:
            with urllib.request.urlopen(request) as reply:
                return reply.status, reply.headers
        except urllib.error.HTTPError as e:
            return e.code, e.headers

    status, headers = ask()
    assert status == 200 and "Access-Control-Allow-Origin" not in headers
    assert ask(Origin="http://evil.example")[0] == 403
    assert ask(Sec_Fetch_Site="cross-site")[0] == 403
    assert ask(Host="evil.example")[0] == 421
    assert ask("pause")[0] == 403
    assert demo.stop() == 0
    demo.assert_nothing_left()


def test_an_output_of_ones_own(demo, rundir):
    """No server is started then, and the URL, which may hold a key, is in no
    argument list."""
    with NginxRtmp(rundir) as server:
        demo.start(OUTPUT=server.url()).ready()
        assert "http://" not in demo.printed
        assert codecs(server.url()) == {"aac", "h264"}
        with server.decode() as far:
            far.samples(2400)
            demo.ttsctl("say", AGAIN)
            hear(far, AGAIN)
        for pid in demo.mark.pids():
            command = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()
            assert b"nginx" not in command
            if b"ffmpeg" not in command.split(b"\0")[0]:
                assert server.url().encode() not in command
        assert demo.stop() == 0
    demo.assert_nothing_left()


def test_an_output_that_makes_no_sense(demo):
    demo.start(OUTPUT="nonsense://example")
    assert demo.wait() == 78
    assert "url" in demo.printed
    demo.assert_nothing_left()


def test_an_output_that_nobody_serves(demo):
    """It is tried again and again; Ctrl-C works meanwhile."""
    demo.start(OUTPUT=f"rtmp://127.0.0.1:{free_port()}/live/main")
    demo.wait_for("->backoff")
    assert demo.stop() == 0
    demo.assert_nothing_left()


def test_another_ttsd(demo):
    """The one that runs is left alone."""
    demo.sockets.mkdir()
    with Ttsd(demo.sockets) as other:
        assert demo.start().wait() == 69
        assert str(demo.sockets) in demo.printed
        assert "stop it first" in demo.printed
        assert other.status()["ok"]
    demo.mark.wait_gone()
    assert list(demo.temporary.iterdir()) == []


def test_ports_that_are_taken(demo):
    """1935 and 8080 are what it would like."""
    demo.ports.clear()
    with contextlib.ExitStack() as stack:
        for port in (1935, 8080):
            s = stack.enter_context(socket.socket())
            with contextlib.suppress(OSError):  # then somebody else has it
                s.bind(("127.0.0.1", port))
                s.listen()
        demo.start().ready()
        assert "127.0.0.1:1935/" not in demo.printed
        assert "127.0.0.1:8080/" not in demo.printed
        assert demo.stop() == 0
    demo.assert_nothing_left()


def test_a_port_that_was_asked_for_is_taken(demo):
    with socket.socket() as s:
        s.bind(("127.0.0.1", int(demo.ports["HTTP_PORT"])))
        s.listen()
        assert demo.start().wait() == 1
    assert "nginx does not start" in demo.printed
    assert demo.ports["HTTP_PORT"] in demo.printed
    demo.assert_nothing_left()


def test_stopped_while_it_starts(demo):
    for _ in range(6):
        demo.start()
        time.sleep(random.random() * 0.8)  # anywhere in the start
        assert demo.stop(signal.SIGTERM) in (0, -signal.SIGTERM)
        demo.process.stdout.close()
        demo.assert_nothing_left()


def test_killed(demo):
    """Files stay then, but nothing runs."""
    demo.start().ready()
    demo.process.kill()
    demo.process.wait()
    demo.mark.wait_gone()


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to be another")
def test_as_a_normal_user(demo, rundir):
    with contextlib.suppress(KeyError):
        demo.user = pwd.getpwnam("nobody").pw_uid
    for path in (rundir, demo.temporary, demo.home):
        os.chown(path, demo.user, -1)
    demo.start().ready()
    assert demo.get()
    assert demo.ttsctl("outputs", "--wait").returncode == 0
    assert demo.stop() == 0
    demo.assert_nothing_left()
