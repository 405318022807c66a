"""Clips, chimes and music: sound files under and between the speech."""
import os
import signal
import wave

import numpy as np
import pytest

from daemon import wait_until
from sound import samples

RATE = 24000


def write(path, values, rate=RATE, channels=1):
    with wave.open(str(path), "wb") as w:
        w.setnchannels(channels)
        w.setsampwidth(2)
        w.setframerate(rate)
        w.writeframes(np.asarray(values, dtype="<i2").tobytes())


def sine(hertz, seconds, level=8000, rate=RATE):
    t = np.arange(int(seconds * rate)) / rate
    return np.round(level * np.sin(2 * np.pi * hertz * t))


@pytest.fixture
def clips(tmp_path):
    write(tmp_path / "closing.wav", sine(500, 0.5))
    write(tmp_path / "fast.wav", sine(500, 0.5, rate=48000), 48000)
    # A whole number of periods: round and round without a seam.
    write(tmp_path / "music.wav", sine(200, 1.0, 4000))
    (tmp_path / "text.wav").write_text("not a sound at all\n" * 100)
    write(tmp_path / "nothing.wav", [])
    return tmp_path


@pytest.fixture
def desk(start, clips):
    def run(*args):
        return start("-D", f"ttsd.clips_dir={clips}", "-D",
                     "channel.main.engine=tone", *args)
    return run


def listen(ttsd):
    reader = ttsd.listen()
    wait_until(lambda: ttsd.status()["channels"][0]["subscribers"], "joined")
    joined = ttsd.status()["channels"][0]["subscribers"][0]
    return reader, joined["first_sample"]


def test_clip_to_the_sample(desk):
    """At the channel's own rate a clip is heard as it is in the file."""
    ttsd = desk()
    reader, joined = listen(ttsd)
    with ttsd.control() as c:
        c.subscribe("finished")
        c.ask("say", parts=[{"clip": "closing"}, {"pause_ms": 100},
                            {"clip": "closing"}])
        done = c.event("finished")
        assert done["outcome"] == "spoken"
        first = done["first_sample"] - joined
        last = done["last_sample"] - joined
        pcm = samples(reader.until(last + 1))[first:last + 1]
        expected = np.concatenate(
            [sine(500, 0.5), np.zeros(RATE // 10), sine(500, 0.5)])
        assert np.array_equal(pcm, expected)
    reader.close()


def test_clip_of_another_rate(desk):
    ttsd = desk()
    with ttsd.control() as c:
        c.subscribe("finished")
        c.ask("say", parts=[{"clip": "fast"}])
        done = c.event("finished")
        assert done["last_sample"] - done["first_sample"] + 1 == RATE // 2


def test_chime_before_the_words(desk):
    ttsd = desk()
    with ttsd.control() as c:
        c.subscribe("finished", "word")
        c.ask("say", text="ms=100 a", chime="ding")
        word = c.event("word")
        done = c.event("finished")
        assert done["outcome"] == "spoken"
        assert word["sample"] - done["first_sample"] > RATE // 10


def test_chime_is_there_without_a_folder(start):
    with start().control() as c:
        c.subscribe("finished")
        c.ask("say", parts=[{"chime": "ding"}])
        assert c.event("finished")["outcome"] == "spoken"
        assert [v["name"] for v in c.ask("voices", engine="clip")["voices"]] \
            == ["ding"]


def test_clips_that_are_none(desk):
    with desk().control() as c:
        for name in ("text", "nothing", "../closing", "/etc/passwd",
                     "closing.wav", "..", ".", "", "nope", "x" * 300):
            assert c.refused("say", parts=[{"clip": name}]) == "not-found"
            assert c.refused("say", text="x", chime=name) == "not-found"
        assert c.ask("queue")["items"] == []


def test_new_clips_after_a_reload(desk, clips):
    ttsd = desk()
    with ttsd.control() as c:
        c.subscribe("finished")
        assert c.refused("say", parts=[{"clip": "late"}]) == "not-found"
        write(clips / "late.wav", sine(300, 0.2))
        ttsd.process.send_signal(signal.SIGHUP)
        wait_until(lambda: c.json({"op": "say", "parts": [{"clip": "late"}]})
                   ["ok"], "the new clip is known")
        assert c.event("finished")["outcome"] == "spoken"


def level(pcm):
    return float(np.sqrt(np.mean(np.square(pcm.astype(float)))))


def test_bed_goes_round_without_a_seam_and_ducks(desk):
    ttsd = desk("-D", "channel.main.bed=music", "-D", "channel.main.duck=-20",
                "-D", "channel.main.duck_attack=50ms", "-D",
                "channel.main.duck_release=100ms")
    reader, joined = listen(ttsd)
    with ttsd.control() as c:
        c.subscribe("finished")
        pcm = samples(reader.until(3 * RATE))
        heard = np.nonzero(pcm)[0][0]
        music = pcm[heard:heard + 2 * RATE].astype(int)
        # 200 Hz at this level moves by at most 210 a sample; a seam would
        # show as a jump.
        assert np.abs(np.diff(music)).max() < 220
        full = level(music)
        c.ask("say", text="amp=0 ms=1000 silence")
        done = c.event("finished")
        first = done["first_sample"] - joined
        last = done["last_sample"] - joined
        pcm = samples(reader.until(last + RATE))
        ducked = pcm[first + RATE // 5:last]
        assert abs(level(ducked) / full - 0.1) < 0.02
        back = pcm[last + RATE // 4:last + RATE // 2]
        assert abs(level(back) / full - 1) < 0.05
        assert np.abs(np.diff(pcm[first:last + RATE // 2].astype(int))
                      ).max() < 220
        c.ask("set", bed="")
        reader.samples(1)
        at = len(reader.pcm) // 2 + RATE // 5
        assert not any(samples(reader.until(at + RATE // 2))[at:])
        assert c.refused("set", bed="nope") == "not-found"
    reader.close()


def pitch(values, rate=RATE):
    """Of its loudest part, in Hz."""
    spectrum = np.abs(np.fft.rfft(values * np.hanning(len(values))))
    return int(np.argmax(spectrum) * rate / len(values) + 0.5)


def test_a_list_is_played_in_its_order(desk, clips):
    """Of whatever formats its clips are; what there is not is passed over."""
    write(clips / "low.wav", np.repeat(sine(300, 0.5, rate=8000), 2), 8000, 2)
    (clips / "songs.m3u8").write_text(
        "\ufeff#EXTM3U\r\n#EXTINF:1,What a day\r\nclosing.wav\r\n\r\n"
        "gone.wav\r\n sub/low.wav \r\nsongs.m3u8\r\nMUSIC", "utf-8")
    (clips / "empty.m3u").write_text("#EXTM3U\n")
    ttsd = desk()
    reader, joined = listen(ttsd)
    with ttsd.control() as c:
        c.subscribe("finished")
        voices = c.ask("voices", engine="clip")["voices"]
        assert {v["name"]: v["duration_ms"] for v in voices}["songs"] == 2000
        c.ask("say", parts=[{"clip": "songs"}])
        done = c.event("finished")
        assert done["outcome"] == "spoken"
    first, end = done["first_sample"] - joined, done["last_sample"] - joined
    heard = samples(reader.until(end + 1))[first:end + 1]
    reader.close()
    assert len(heard) == 2 * RATE
    assert np.array_equal(heard[:RATE // 2], sine(500, 0.5))
    assert np.array_equal(heard[RATE:], sine(200, 1.0, 4000))
    assert abs(pitch(heard[RATE // 2:RATE]) - 300) <= 2
    log = ttsd.logged()
    assert "there is no clip 'gone.wav'" in log
    assert "'empty.m3u' is left out: it names no clip" in log


def test_a_bed_may_be_a_list(desk, clips):
    (clips / "songs.m3u").write_text("music.wav\nclosing.wav\nfast.wav\n")
    ttsd = desk("-D", "channel.main.bed=songs")
    reader, _ = listen(ttsd)
    heard = samples(reader.until(7 * RATE)).astype(float)
    reader.close()
    begin = np.flatnonzero(heard)[0] + RATE // 10
    step = RATE // 10
    found = [pitch(heard[i:i + step])
             for i in range(begin, len(heard) - step, step)]
    rounds = [hertz for hertz, before in zip(found[1:], found)
              if abs(hertz - before) > 100]
    assert rounds[:4] in ([500, 200, 500, 200], [200, 500, 200, 500]), found
    # There is no pause between any two of them.
    loud = [np.sqrt(np.mean(heard[i:i + 240] ** 2))
            for i in range(begin, len(heard) - step, 240)]
    assert min(loud) > 1000


def test_bed_survives_its_worker(desk):
    ttsd = desk("-D", "channel.main.bed=music")
    reader, _ = listen(ttsd)
    with ttsd.control() as c:
        wait_until(lambda: any(samples(bytes(reader.pcm))), "music")
        for w in c.ask("status")["workers"]:
            if w["engine"] == "clip" and w["busy"]:
                os.kill(w["pid"], signal.SIGKILL)
        silent = len(reader.pcm) // 2 + 2 * RATE
        wait_until(lambda: any(samples(bytes(reader.pcm))[silent:]),
                   "music again")
        c.subscribe("finished")
        c.ask("say", text="ms=50 a")
        assert c.event("finished")["outcome"] == "spoken"
    reader.close()


def largest_step(pcm):
    return int(np.abs(np.diff(pcm.astype(int))).max())


def test_changes_of_the_music_do_not_click(desk, clips):
    """Story: `set bed` and `bed_volume` made steps of 9,000 to 15,000, which
    are heard as clicks. Whatever is set, and when its engine dies, a sine
    makes no step larger than its own: 210 for this one."""
    write(clips / "other.wav", sine(100, 1.0, 8000))
    ttsd = desk("-D", "channel.main.bed=music", "-D",
                "channel.main.duck_attack=0ms", "-D",
                "channel.main.duck_release=0ms")
    reader, _ = listen(ttsd)
    with ttsd.control() as c:
        c.subscribe("finished", "worker")

        def passes(chunks):
            reader.samples(len(reader.pcm) // 2 - reader.taken + chunks * 240)

        wait_until(lambda: any(samples(bytes(reader.pcm))), "music")
        for i, fields in enumerate([
                {"bed": "other"}, {"bed_volume": 10}, {"bed": "music"},
                {"bed_volume": 100}, {"bed": ""}, {"bed": "other"},
                {"bed": "music", "bed_volume": 50}, {"bed_volume": 100},
                {"bed": "music"}, {"bed": "music"}, {"bed_volume": 0},
                {"bed_volume": 100}]):
            c.ask("set", **fields)
            passes(11 + i)
        c.ask("say", text="amp=0 ms=100 silence")
        c.event("finished")
        for w in c.ask("status")["workers"]:
            if w["engine"] == "clip" and w["busy"]:
                os.kill(w["pid"], signal.SIGKILL)
        c.event("worker", engine="clip", state="backoff")
        # Half a second is held, and some more lies in its pipe.
        passes(300)
        pcm = samples(bytes(reader.pcm)[:reader.taken * 2])
        assert not any(pcm[-2400:])
        assert 3900 < np.abs(pcm).max() <= 8000
        assert largest_step(pcm) <= 212
    reader.close()


def test_speech_that_is_cut_and_goes_on_does_not_click(desk):
    """Story: one that was resumed began in the midst of its sound, at full
    level."""
    ttsd = desk()
    reader, _ = listen(ttsd)
    with ttsd.control() as c:
        c.subscribe("finished", "started")
        own = 8192 * 2 * np.pi * 130 / RATE
        c.ask("say", text="freq=130 amp=0.25 ms=20000 long",
              on_preempt="resume")
        c.event("started")
        for wait in range(5):
            reader.until(len(reader.pcm) // 2 + 2400 + 97 * wait)
            c.ask("say", text="amp=0 ms=50 x", priority="urgent")
            c.event("finished", outcome="spoken")
        reader.until(len(reader.pcm) // 2 + 2400)
        c.ask("skip")
        c.event("finished", outcome="cancelled")
        reader.samples(2400)
        pcm = samples(bytes(reader.pcm))
        assert np.abs(pcm).max() > 8000
        assert largest_step(pcm) <= own * 1.05
    reader.close()


def test_music_on_many_channels_leaves_room_for_speech(start, clips):
    """Each bed keeps a worker for good; a chime must not wait behind them."""
    args = []
    for i in range(6):
        args += ["-D", f"channel.c{i}.bed=music", "-D",
                 f"channel.c{i}.engine=tone"]
    ttsd = start("-D", f"ttsd.clips_dir={clips}", "-D",
                 "ttsd.workers_max=2", *args)
    readers = [ttsd.listen(f"c{i}") for i in range(6)]
    for reader in readers:
        wait_until(lambda: any(samples(bytes(reader.pcm))), "music")
    with ttsd.control() as c:
        c.subscribe("finished")
        c.ask("say", text="ms=50 a", chime="ding")
        assert c.event("finished")["outcome"] == "spoken"
    for reader in readers:
        reader.close()
