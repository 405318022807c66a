"""The kit, through the engines that use it: formats, jobs, frames, and the
document that promises them."""

import json
import math
import re
import shutil
import struct
import subprocess
import threading

import pytest

from engines import (
    FRAME_MAX, LIBEXEC, ROOT, running, samples, until)


@pytest.fixture
def espeak():
    with running("espeak") as engine:
        yield engine
        assert engine.close() == 0


@pytest.fixture
def tone():
    with running("tone") as engine:
        yield engine


@pytest.mark.parametrize("rate", [
    8000, 11025, 16000, 22050, 24000, 32000, 44100, 48000, 96000, 192000])
def test_resampling_is_exact(espeak, rate):
    for text in ("Hello world", "Hi", "", "One, two, three. Four!"):
        native = len(espeak.say(text).pcm) // 2
        r = espeak.say(text, sample_rate=rate)
        assert r.info["samples"] == (2 * native * rate + 22050) // (2 * 22050)


def test_resampling_scales_marks(espeak):
    text = "One two three four five"
    native = [m["sample"] for m in espeak.say(text).marks]
    scaled = [m["sample"] for m in espeak.say(text, sample_rate=48000).marks]
    assert scaled == [(2 * n * 48000 + 22050) // (2 * 22050) for n in native]


def test_resampling_keeps_the_sound(tone):
    """A tone made at 22,050 Hz is the same tone at 48,000 Hz, in place."""
    r = tone.say("native=22050 freq=1000 ms=500 w", sample_rate=48000)
    got = samples(r.pcm)
    assert len(got) == 24000
    error = max(abs(got[i] - 16383.5 * math.sin(
        2 * math.pi * 1000 * i / 48000)) for i in range(500, 23500))
    assert error < 4


def test_equal_rates_are_untouched(tone):
    got = samples(tone.say("one", sample_rate=24000).pcm)
    assert got.tolist() == [round(16383.5 * math.sin(
        2 * math.pi * 440 * i / 24000)) for i in range(4800)]


def test_silence_stays_silence(tone):
    r = tone.say("native=16000 pause=1000", sample_rate=44100)
    assert r.pcm == bytes(2 * 44100)


@pytest.mark.parametrize("channels", range(1, 9))
def test_mono_goes_to_every_channel(espeak, channels):
    mono = samples(espeak.say("Hello", sample_rate=24000).pcm)
    wide = samples(espeak.say(
        "Hello", sample_rate=24000, channels=channels).pcm)
    for c in range(channels):
        assert wide[c::channels] == mono


# The kit: jobs


@pytest.mark.parametrize("fields", [
    {"text": None}, {"text": 5}, {"voice": 1}, {"rate": "fast"},
    {"rate": 1.5}, {"rate": 0}, {"pitch": 101}, {"volume": 201},
    {"volume": -1}, {"ssml": "yes"}, {"sample_rate": None},
    {"sample_rate": 999}, {"sample_rate": 384001}, {"channels": 0},
    {"channels": 9}, {"channels": None}])
def test_bad_requests(tone, fields):
    job = {"text": "one", **fields}
    text = job.pop("text")
    assert next(iter(fields)) in tone.fails("bad-request", text, **job)
    assert tone.say("one").end == "E"


@pytest.mark.parametrize("payload", [
    b"", b"{", b"[1]", b"null", b'{"text":"x"}', b'{"job":"1"}', b"\xff",
    b'{"job":1,"text":"a\\u0000b"}', b'{"job":1,"job":2}'])
def test_bad_json(tone, payload):
    tone.send("J", payload)
    tone.channels = 1
    r = tone.result()
    assert r.end == "X" and r.info["code"] == "bad-request"
    assert tone.say("one").end == "E"


def test_null_is_absent_and_unknown_members_are_ignored(tone):
    tone.send("J", {"job": 9, "text": "one", "voice": None, "rate": None,
                    "sample_rate": 8000, "channels": 1, "colour": "blue"})
    tone.channels = 1
    assert tone.result().info == {"job": 9, "samples": 1600}


def test_jobs_are_served_in_order(espeak):
    for n in range(20):
        espeak.job(f"Number {n}", voice=("en", "de")[n % 2])
    for n in range(20):
        r = espeak.result()
        assert r.end == "E" and r.info["job"] == n + 1


def test_more_jobs_than_the_kit_holds(tone):
    """What does not fit waits in the pipe, and nothing is lost."""
    def write():
        for _ in range(8):
            tone.job("ms=1 one " + " " * 200000)

    writer = threading.Thread(target=write, daemon=True)
    tone.channels = 1
    writer.start()
    for n in range(8):
        assert tone.result().info == {"job": n + 1, "samples": 22}
    writer.join()


def test_largest_text(espeak):
    text = "a " * ((FRAME_MAX - 200) // 2)
    espeak.job(text, rate=450)
    kind, _ = espeak.frame()
    assert kind in "MP"
    espeak.send("C", {"job": espeak.number})
    assert espeak.drain()["samples"] < 22050 * 3600


@pytest.mark.parametrize("name", ["espeak", "tone"])
def test_cancel_while_nobody_reads(name):
    with running(name) as engine:
        engine.job("word " * 2000, sample_rate=48000, channels=2)
        until(lambda: engine.unread() >= 32768)
        engine.send("C", {"job": 999})  # another job: nothing happens
        engine.send("C", {"job": engine.number})
        end = engine.drain()
        assert end["job"] == engine.number
        assert end["samples"] < 2000 * 4000
        assert engine.say("one").end == "E"
        assert engine.close() == 0


def test_cancel_of_another_job_is_ignored(espeak):
    whole = espeak.say("Hello there").pcm
    espeak.send("C", {"job": 77})
    espeak.job("Hello there")
    espeak.send("C", {"job": 77})
    espeak.send("C", b"nonsense")
    assert espeak.result().pcm == whole


def test_cancel_behind_its_job(tone):
    """Both frames arrive in one read."""
    job = json.dumps({"job": 5, "text": "ms=3600000 one", "sample_rate": 8000,
                      "channels": 1}).encode()
    cancel = b'{"job":5}'
    tone.write(struct.pack("<IB", len(job), ord("J")) + job +
               struct.pack("<IB", len(cancel), ord("C")) + cancel)
    tone.channels = 1
    r = tone.result()
    assert r.end == "E" and r.info["samples"] < 100000


@pytest.mark.parametrize("name", ["espeak", "tone"])
def test_end_of_file_in_mid_job(name):
    with running(name) as engine:
        engine.job("word " * 5000)
        engine.frame()
        assert engine.close() == 0


@pytest.mark.parametrize("text", ["stall=3600000 one", "slow=0.01 one"])
def test_end_of_file_while_the_engine_waits(tone, text):
    tone.job("one " + text)
    assert tone.frame()[0] == "M"
    assert tone.close() == 0


@pytest.mark.parametrize("name", ["espeak", "tone"])
def test_reader_gone(name):
    with running(name) as engine:
        engine.job("word " * 5000)
        engine.frame()
        engine.process.stdout.close()
        assert engine.ended() == 0


@pytest.mark.parametrize("name", ["espeak", "tone"])
def test_reader_gone_while_idle(name):
    with running(name) as engine:
        engine.process.stdout.close()
        assert engine.ended() == 0


@pytest.mark.parametrize("junk", [
    b"hello, engine\n", struct.pack("<IB", FRAME_MAX + 1, ord("J")),
    struct.pack("<IB", 0, ord("P")), struct.pack("<IB", 2, ord("H")) + b"{}"])
@pytest.mark.parametrize("name", ["espeak", "tone"])
def test_broken_protocol_ends_it(name, junk):
    with running(name) as engine:
        engine.say("one")
        engine.write(junk)
        assert engine.ended() == 65


def test_frames_in_single_bytes(tone):
    job = json.dumps({"job": 1, "text": "one", "sample_rate": 8000,
                      "channels": 1}).encode()
    for byte in struct.pack("<IB", len(job), ord("J")) + job:
        tone.write(bytes([byte]))
    tone.channels = 1
    assert tone.result().info["samples"] == 1600


@pytest.mark.parametrize("name", ["espeak", "command"])
def test_usage(name):
    done = subprocess.run([LIBEXEC / name, "--nonsense"], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          check=False)
    assert done.returncode == 64 and done.stdout == b""
    assert done.stderr.startswith(b"error: ")

# docs/ENGINE.md


def document():
    return (ROOT / "docs" / "ENGINE.md").read_text(encoding="utf-8")


def example(language):
    return document().split(f"```{language}\n")[1].split("```")[0]


def source(name):
    return (ROOT / name).read_text(encoding="utf-8")


def check_beeps(engine):
    r = engine.say("one  two three", sample_rate=16000)
    assert [(m["sample"], m["offset"], m["length"]) for m in r.words()] == [
        (0, 0, 3), (3200, 5, 3), (6400, 9, 5)]
    assert engine.say("one", sample_rate=8000, channels=3).info[
        "samples"] == 1600
    assert engine.close() == 0


def test_document_python_example_is_an_engine(tmp_path):
    path = tmp_path / "beep"
    path.write_text(example("python"), encoding="utf-8")
    path.chmod(0o755)
    with running(path) as engine:
        check_beeps(engine)


@pytest.mark.skipif(shutil.which("cc") is None, reason="no compiler")
def test_document_c_example_is_an_engine(tmp_path):
    (tmp_path / "beep.c").write_text(example("c"), encoding="utf-8")
    # No more rooms of common/ than the kit uses.
    common = [p for room in ("", "args", "sound", "text")
              for p in sorted((ROOT / "common" / room).glob("*.c"))]
    subprocess.run(
        ["cc", "-std=c11", "-D_GNU_SOURCE", "-I.", "-Wall", "-Wextra",
         "-Werror", "-o", tmp_path / "beep", tmp_path / "beep.c",
         *sorted((ROOT / "ttsd/engines/kit").glob("*.c")),
         *sorted((ROOT / "ttsd/engines/kit/posix").glob("*.c")), *common,
         *(f"platform/posix/{n}.c"
           for n in ("error", "guard", "program", "spawn", "linux/parent")),
         *sorted((ROOT / "platform/posix/linux").glob("sandbox*.c")),
         "-lexpat", "-ljansson", "-lseccomp", "-lsoxr", "-lm"],
        cwd=ROOT, check=True)
    with running(tmp_path / "beep") as engine:
        check_beeps(engine)


def test_document_names_everything():
    text = document()
    kit = source("ttsd/engines/kit/kit.h")
    codes = re.findall(r'X\(\w+, "([a-z-]+)"\)', source("common/failure.h"))
    assert codes
    for code in codes:
        assert f"`{code}`" in text
    for status in re.findall(r"KIT_EXIT_\w+ = (\d+)", kit):
        assert f"| {status} |" in text
    for name, letter in re.findall(
            r"X\((\w+), '(.)'\)", source("common/sound/frame.h")):
        assert f"| {name} | `{letter}` |" in text
    for name in re.findall(r'\{ "([a-z-]+=?)", do_', source(
            "ttsd/engines/tone.c")):
        assert re.search(rf"`{name}[^`]*`", text), name
    for option in re.findall(r'strcmp\(name, "(--\w+)"\)', source(
            "ttsd/engines/command.c")):
        assert f"| `{option}` |" in text
