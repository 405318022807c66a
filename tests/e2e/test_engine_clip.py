"""The clip engine: chimes, clips and beds from files, good and bad ones."""

import array
import math
import os
import shutil
import struct
import subprocess
import wave

import pytest

from engines import (
    LIBEXEC, linux_only, needs_espeak_program, program_says, running, samples,
    until)

needs_ffmpeg = pytest.mark.skipif(
    shutil.which("ffmpeg") is None, reason="the ffmpeg program is absent")
SANITIZED = "san" in LIBEXEC.parts


def write_wav(path, pcm, rate=24000, channels=1, width=2):
    with wave.open(str(path), "wb") as w:
        w.setnchannels(channels)
        w.setsampwidth(width)
        w.setframerate(rate)
        w.writeframes(bytes(pcm))


def write_hollow_wav(path, frames, rate=48000, channels=2, width=2):
    """Silence that takes no room on the disk."""
    block = channels * width
    with open(path, "wb") as f:
        f.write(struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + frames * block,
                            b"WAVE", b"fmt ", 16, 1, channels, rate,
                            rate * block, block, width * 8, b"data",
                            frames * block))
        f.truncate(44 + frames * block)


def sine(hz, count, rate, peak=10000.0):
    return array.array("h", (round(peak * math.sin(
        2 * math.pi * hz * i / rate)) for i in range(count)))


def clips(folder, **keywords):
    return running("clip", "--dir", folder, **keywords)


def names(engine):
    return [v["name"] for v in engine.hello["voices"]]


RAMP = array.array("h", range(-12000, 12000))


# What is there


def test_clip_hello(tmp_path):
    write_wav(tmp_path / "closing.wav", RAMP)
    write_wav(tmp_path / "a.b_c-1.wav", RAMP[:12000], rate=48000)
    write_wav(tmp_path / ".hidden.wav", RAMP)
    (tmp_path / "folder.wav").mkdir()
    write_wav(tmp_path / "folder.wav" / "inner.wav", RAMP)
    with clips(tmp_path, stderr=subprocess.PIPE) as engine:
        assert engine.hello["any_voice"] is False
        assert engine.hello["voices"] == [
            {"name": "a.b_c-1", "duration_ms": 250},
            {"name": "closing", "duration_ms": 1000},
            {"name": "ding", "duration_ms": 1500}]
        assert engine.close() == 0
        assert engine.process.stderr.read() == b""


@pytest.mark.parametrize("text", ["", "is ignored"])
def test_clip_is_bit_exact(tmp_path, text):
    write_wav(tmp_path / "ramp.wav", RAMP)
    with clips(tmp_path) as engine:
        for _ in range(2):
            r = engine.say(text, voice="ramp", sample_rate=24000)
            assert r.pcm == RAMP.tobytes() and not r.marks


@needs_espeak_program
@needs_ffmpeg
@pytest.mark.parametrize("extension, options, tolerance", [
    ("flac", [], 0), ("aiff", [], 0), ("au", [], 0), ("caf", [], 0),
    ("wav", ["-c:a", "pcm_s24le"], 0), ("wav", ["-c:a", "pcm_f32le"], 0),
    ("ogg", ["-c:a", "libvorbis", "-q:a", "8"], 0.2),
    ("opus", ["-c:a", "libopus", "-b:a", "96k"], 0.2),
    ("mp3", ["-b:a", "128k"], 0.2)])
def test_clip_formats(tmp_path, extension, options, tolerance):
    """Real speech, in every kind of file that people have."""
    speech = program_says("The museum closes in ten minutes.", "en")
    raw = tmp_path / "speech.raw"
    raw.write_bytes(speech)
    folder = tmp_path / "clips"
    folder.mkdir()
    subprocess.run(
        ["ffmpeg", "-v", "error", "-f", "s16le", "-ar", "22050", "-ac", "1",
         "-i", raw, *options, folder / f"speech.{extension}"], check=True)
    with clips(folder) as engine:
        assert "speech" in names(engine)
        got = engine.say("", voice="speech").pcm
    if not tolerance:
        assert got == speech
        return
    # Lossy coders delay a little and may add some silence.
    a, b = samples(speech), samples(got)
    assert abs(len(a) - len(b)) < 5000

    def difference(shift):
        return math.sqrt(sum(
            (a[i] - b[i + shift]) ** 2 for i in range(5000, 15000, 3)))
    power = math.sqrt(sum(a[i] ** 2 for i in range(5000, 15000, 3)))
    best = min(range(-1200, 1700, 8), key=difference)
    best = min(range(best - 8, best + 9), key=difference)
    assert difference(best) < tolerance * power


def test_clip_mixes_down_and_resamples(tmp_path):
    stereo = array.array("h", [1000, 3001] * 4800)
    write_wav(tmp_path / "stereo.wav", stereo, rate=48000, channels=2)
    with clips(tmp_path) as engine:
        r = engine.say("", voice="stereo", sample_rate=48000)
        assert set(samples(r.pcm)) == {2001}
        r = engine.say("", voice="stereo", sample_rate=48000, channels=2)
        assert r.pcm == stereo.tobytes()
        r = engine.say("", voice="stereo", sample_rate=16000)
        assert r.info["samples"] == 1600


def test_clip_volume(tmp_path):
    write_wav(tmp_path / "ramp.wav", array.array("h", range(-20000, 20000)))
    with clips(tmp_path) as engine:
        def at(volume):
            return samples(engine.say("", voice="ramp", sample_rate=24000,
                                      volume=volume).pcm).tolist()
        assert at(100) == list(range(-20000, 20000))
        assert set(at(0)) == {0}
        assert at(50)[1::2] == [math.floor(abs(v) / 2 + 0.5) * (-1, 1)[v > 0]
                                for v in range(-19999, 20000, 2)]
        assert at(200) == [max(-32768, min(32767, 2 * v))
                           for v in range(-20000, 20000)]
        assert at(None) == at(100)


# What is left out


def complaints(folder):
    with clips(folder, stderr=subprocess.PIPE) as engine:
        listed = names(engine)
        assert engine.say("", voice="ding").end == "E"
        assert engine.close() == 0
        lines = engine.process.stderr.read().decode().splitlines()
    # libmpg123 has remarks of its own, which are no warnings.
    return listed, [line for line in lines if line.startswith("warning: ")]


def no_sound(path):
    path.write_text("To be, or not to be: that is the question.\n" * 99)


BAD = {
    "text.wav": (no_sound, "no sound file"),
    "text.mp3": (no_sound, "no sound file"),
    "README.txt": (no_sound, "no sound file"),
    "empty.wav": (lambda p: p.write_bytes(b""), "no sound"),
    "header.wav": (lambda p: p.write_bytes(b"RIFF\4\0\0\0WAVE"), "no sound"),
    "zero.wav": (lambda p: write_wav(p, b""), "no sound in it"),
    "garbage.ogg": (lambda p: p.write_bytes(b"OggS" + os.urandom(5000)),
                    "no sound"),
    "garbage.flac": (lambda p: p.write_bytes(b"fLaC" + os.urandom(5000)),
                     "no sound"),
    "long.wav": (lambda p: write_hollow_wav(p, 8000 * 601, 8000, 1),
                 "longer than 10 minutes"),
    "four-hours.wav": (lambda p: write_hollow_wav(p, 8000 * 14400, 8000, 1),
                       "longer than 10 minutes"),
    "wide.wav": (lambda p: write_hollow_wav(p, 48000 * 360),
                 "more than 64 MiB"),
    "nine.wav": (lambda p: write_wav(p, bytes(18 * 99), channels=9),
                 "channels"),
    "slow.wav": (lambda p: write_wav(p, bytes(99), rate=500), "a rate"),
    "two words.wav": (lambda p: write_wav(p, RAMP), "its name"),
    "größe.wav": (lambda p: write_wav(p, RAMP), "its name"),
    "x" * 65 + ".wav": (lambda p: write_wav(p, RAMP), "its name"),
    "bad\x1b[2J\n.wav": (lambda p: write_wav(p, RAMP), "its name"),
}


@pytest.mark.parametrize("name", BAD)
def test_clip_bad_file(tmp_path, name):
    """One line that says why, and the rest of the folder is there."""
    make, why = BAD[name]
    make(tmp_path / name)
    write_wav(tmp_path / "good.wav", RAMP)
    listed, lines = complaints(tmp_path)
    assert listed == ["good", "ding"]
    assert len(lines) == 1 and why in lines[0], lines
    assert "\x1b" not in lines[0]


def test_clip_one_name_twice(tmp_path):
    write_wav(tmp_path / "chime.aif.wav", RAMP[:10])
    write_wav(tmp_path / "one.wav", RAMP[:10])
    shutil.copy(tmp_path / "one.wav", tmp_path / "one.flac")
    listed, lines = complaints(tmp_path)
    assert listed == ["chime.aif", "one", "ding"]
    assert len(lines) == 1 and "another file has that name" in lines[0]


def test_clip_no_file(tmp_path):
    """What is no file never blocks the start; links are the operator's."""
    outside = tmp_path / "outside.wav"
    write_wav(outside, RAMP)
    folder = tmp_path / "clips"
    folder.mkdir()
    os.mkfifo(folder / "fifo.wav")
    (folder / "gone.wav").symlink_to(tmp_path / "nothing")
    (folder / "device.wav").symlink_to("/dev/zero")
    (folder / "linked.wav").symlink_to(outside)
    listed, lines = complaints(folder)
    assert listed == ["linked", "ding"] and lines == []


def test_clip_that_is_cut_short(tmp_path):
    """The header says ten seconds, the file has one."""
    data = struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 480036, b"WAVE",
                       b"fmt ", 16, 1, 1, 24000, 48000, 2, 16, b"data",
                       480000) + RAMP.tobytes()
    (tmp_path / "cut.wav").write_bytes(data)
    with clips(tmp_path) as engine:
        assert engine.hello["voices"][0] == {
            "name": "cut", "duration_ms": 1000}
        assert engine.say("", voice="cut",
                          sample_rate=24000).pcm == RAMP.tobytes()


@pytest.mark.parametrize("voice", [
    "nothing", "../good", "./good", "good.wav", "/etc/passwd", "clips/good",
    "..", ".", "", "x" * 5000, "good\n"],
    ids=range(11))
def test_clip_unknown(tmp_path, voice):
    write_wav(tmp_path / "good.wav", RAMP)
    with clips(tmp_path) as engine:
        engine.fails("unknown-voice", voice=voice)
        assert engine.say("", voice="Good").end == "E"
        assert engine.close() == 0


def test_clip_without_a_folder(tmp_path):
    with running("clip") as engine:
        assert names(engine) == ["ding"]
    listed, lines = complaints(tmp_path / "nothing")
    assert listed == ["ding"] and len(lines) == 1


@pytest.mark.parametrize("options", [
    ["--dir"], ["--dir", ""], ["folder"], ["--what", "x"]])
def test_clip_usage(options):
    done = subprocess.run([LIBEXEC / "clip", *options], check=False,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE)
    assert done.returncode == 64 and done.stderr.startswith(b"error: ")


# Loops


def test_loop_repeats_every_sample(tmp_path):
    write_wav(tmp_path / "bed.wav", RAMP[:5000])
    with clips(tmp_path) as engine:
        engine.job("", voice="bed", loop=True, sample_rate=24000)
        got = b""
        while len(got) < 200000:
            kind, payload = engine.frame()
            assert kind == "P"
            got += payload
        engine.send("C", {"job": engine.number})
        engine.drain()
        once = RAMP[:5000].tobytes()
        assert got == (once * 21)[:len(got)]
        assert engine.say("", voice="bed", sample_rate=24000).pcm == once
        assert engine.say("", voice="bed", sample_rate=24000,
                          loop=False).pcm == once


@pytest.mark.parametrize("rate", [8000, 22050, 24000, 44100, 48000])
def test_loop_has_no_seam(tmp_path, rate):
    """A tone with whole periods in the loop goes on as one endless tone,
    whatever the rates: 4,001 samples never fit into whole ones of another."""
    hz = 32000 / 4001 * 50
    write_wav(tmp_path / "tone.wav", sine(hz, 4001, 32000), rate=32000)
    with clips(tmp_path) as engine:
        engine.job("", voice="tone", loop=True, sample_rate=rate)
        got = array.array("h")
        while len(got) < rate:
            got.frombytes(engine.frame()[1])
        engine.send("C", {"job": engine.number})
        engine.drain()
    error = max(abs(got[i] - 10000 * math.sin(2 * math.pi * hz * i / rate))
                for i in range(rate // 50, rate - rate // 50))
    assert error < 4


def test_loop_ends_with_its_reader(tmp_path):
    write_wav(tmp_path / "one.wav", RAMP[:1])
    for voice in ("ding", "one"):
        with clips(tmp_path) as engine:
            engine.job("", voice=voice, loop=True)
            until(lambda: engine.unread() >= 32768)
            assert engine.close() == 0


def test_loop_is_checked():
    with running("clip") as engine:
        assert "loop" in engine.fails("bad-request", voice="ding", loop=1)
        assert engine.say("", voice="ding", loop=None).end == "E"


# The chime


def ding(rate):
    """The formula of docs/ENGINE.md."""
    partials = [(1, 1.0, 0.40), (2, 0.30, 0.25), (3, 0.12, 0.15),
                (4, 0.05, 0.10)]

    def rise(x):
        return 0.5 - 0.5 * math.cos(math.pi * min(max(x, 0), 1))

    def note(t, hz):
        if t < 0:
            return 0
        return rise(t / 0.005) * sum(
            w * math.exp(-t / d) * math.sin(2 * math.pi * p * hz * t)
            for p, w, d in partials if p * hz < 0.45 * rate)
    return [9830 * rise((1.5 - t) / 0.3) *
            (note(t, 659.26) + note(t - 0.4, 523.25))
            for t in (i / rate for i in range(rate * 3 // 2))]


@pytest.mark.parametrize("rate", [1000, 8000, 22050, 24000, 48000])
def test_ding_is_its_formula(rate):
    with running("clip") as engine:
        got = samples(engine.say("", voice="ding", sample_rate=rate).pcm)
        wanted = ding(rate)
        assert len(got) == len(wanted)
        assert max(abs(g - w) for g, w in zip(got, wanted)) < 1
        assert abs(got[0]) <= 1 and abs(got[-1]) <= 1
        assert rate == 1000 or 8000 < max(got) < 16384
        wide = samples(engine.say("", voice="ding", sample_rate=rate,
                                  channels=2).pcm)
        assert wide[0::2] == got and wide[1::2] == got


def test_ding_of_the_folder_comes_first(tmp_path):
    write_wav(tmp_path / "ding.wav", RAMP)
    with clips(tmp_path) as engine:
        assert names(engine) == ["ding"]
        assert engine.say("", voice="ding",
                          sample_rate=24000).pcm == RAMP.tobytes()


# Memory and files that go away


def test_clip_is_on_air_at_once(tmp_path):
    """The first sound of ten minutes does not wait for the rest, decoded
    ahead or not."""
    for name in "abcd":
        write_hollow_wav(tmp_path / f"{name}.wav", 8000 * 600 * 2 // 3, 12000)
    with clips(tmp_path) as engine:
        for name in "abcda":
            engine.job("", voice=name, sample_rate=48000)
            kind, payload = engine.frame()
            assert kind == "P" and len(payload) <= 8192
            engine.send("C", {"job": engine.number})
            engine.drain()


@linux_only
@pytest.mark.skipif(SANITIZED, reason="measures memory")
def test_clip_memory_is_bounded(tmp_path):
    """Five clips of 30 MiB each; 64 MiB are kept."""
    for name in "abcde":
        write_hollow_wav(tmp_path / f"{name}.wav", 7_800_000)
    with clips(tmp_path) as engine:
        for name in "abcdeabcde":
            r = engine.say("", voice=name, sample_rate=8000)
            assert r.info["samples"] == 1_300_000
        with open(f"/proc/{engine.process.pid}/status",
                  encoding="ascii") as f:
            peak = next(int(line.split()[1]) for line in f
                        if line.startswith("VmHWM"))
        assert peak < 110_000, "KiB"


def test_clip_file_is_gone(tmp_path):
    """What was decoded ahead is there; what was not fails alone."""
    write_wav(tmp_path / "a.wav", RAMP)
    for name in "bcd":
        write_hollow_wav(tmp_path / f"{name}.wav", 7_800_000)
    with clips(tmp_path) as engine:
        for name in "abcd":
            (tmp_path / f"{name}.wav").unlink()
        assert engine.say("", voice="a", sample_rate=24000).end == "E"
        assert "d" in engine.fails("failed", "", voice="d")
        (tmp_path / "d.wav").write_text("no sound any more")
        assert "no sound file" in engine.fails("failed", "", voice="d")
        write_wav(tmp_path / "d.wav", RAMP)
        assert engine.say("", voice="d", sample_rate=24000).pcm == \
            RAMP.tobytes()
