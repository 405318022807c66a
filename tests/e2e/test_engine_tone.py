"""The tone engine: what other tests rely on."""

import hashlib
import math
import signal
import struct
import subprocess
import time

import pytest

from engines import (
    Broken, running, samples)


@pytest.fixture
def tone():
    with running("tone") as engine:
        yield engine


def test_tone_words(tone):
    r = tone.say("one  zwölf 三 freq=880 ms=100 four", sample_rate=48000)
    assert [(m["sample"], m["offset"], m["length"]) for m in r.words()] == [
        (0, 0, 3), (9600, 5, 5), (19200, 11, 1), (28800, 29, 4)]
    assert r.info["samples"] == 33600


def test_tone_is_deterministic(tone):
    text = "a b pause=33 c freq=123.5 d native=11025"
    digest = {hashlib.sha256(tone.say("native=11025 " + text[:-13],
                                      sample_rate=44100).pcm).digest()
              for _ in range(5)}
    assert len(digest) == 1


def test_tone_marks_and_numbers(tone):
    r = tone.say("a phoneme=ə mark=here b", rate=600, pitch=100, volume=50,
                 sample_rate=8000)
    assert [m for m in r.marks if m["mark"] != "word"] == [
        {"mark": "phoneme", "sample": 800, "phoneme": "ə"},
        {"mark": "mark", "sample": 800, "name": "here"}]
    assert r.info["samples"] == 1600
    assert samples(r.pcm)[:800].tolist() == [
        round(16383.5 / 2 * math.sin(2 * math.pi * 880 * i / 8000))
        for i in range(800)]


def test_tone_voices(tone):
    assert [v["name"] for v in tone.hello["voices"]] == ["tone", "low", "high"]
    assert tone.hello["any_voice"] is False
    low = tone.say("one", voice="low").pcm
    assert low == tone.say("freq=220 one").pcm
    tone.fails("unknown-voice", voice="nobody")
    assert tone.say("one", voice="low").pcm == low


def test_tone_slow(tone):
    """First sound at once, then no faster than asked: 200 ms take 400."""
    begin = time.monotonic()
    tone.job("slow=0.5 one", sample_rate=24000)
    assert tone.frame()[0] == "M"
    assert tone.frame()[0] == "P"
    tone.drain()
    assert time.monotonic() - begin > 0.37


def test_tone_stall_sends_what_it_has(tone):
    tone.job("one stall=3600000 two")
    tone.sound(4410)
    tone.send("C", {"job": tone.number})
    assert tone.drain() == {"job": 1, "samples": 4410}


@pytest.mark.parametrize("code", [
    "unknown-voice", "bad-request", "failed", "unavailable"])
def test_tone_error(tone, code):
    r = tone.say(f"one error={code} two")
    assert r.end == "X" and r.info["code"] == code
    assert len(r.pcm) == 2 * 4410
    assert tone.say("one").end == "E"


@pytest.mark.parametrize("text, status", [
    ("one crash two", -signal.SIGKILL), ("one exit=7 two", 7)])
def test_tone_dies(tone, text, status):
    tone.job(text)
    got = 0
    with pytest.raises(EOFError):
        while True:
            kind, payload = tone.frame()
            got += len(payload) if kind == "P" else 0
    assert got == 2 * 4410 and tone.ended() == status


def test_tone_crash_once(tmp_path):
    text = f"one crash-once={tmp_path / 'crashed'} two"
    with running("tone") as engine:
        engine.job(text)
        assert engine.ended() == -signal.SIGKILL
    with running("tone") as engine:
        assert engine.say(text).info["samples"] == 8820


def test_tone_hang(tone):
    tone.job("one hang two")
    tone.sound(4410)
    tone.process.send_signal(signal.SIGTERM)
    tone.process.stdin.close()
    with pytest.raises(subprocess.TimeoutExpired):
        tone.process.wait(0.2)
    tone.process.kill()
    assert tone.ended() == -signal.SIGKILL


def test_tone_garbage(tone):
    tone.job("one garbage two")
    with pytest.raises(Broken):
        tone.result()


def test_tone_partial(tone):
    tone.job("one partial two")
    with pytest.raises(EOFError):
        tone.result()
    assert tone.bytes == struct.pack("<IB", 16, ord("P")) + b" half"
    assert tone.ended() == 0


def test_tone_stderr():
    with running("tone", stderr=subprocess.PIPE) as engine:
        engine.job("stderr=3 one")
        engine.channels = 1
        engine.result()
        assert engine.close() == 0
        assert engine.process.stderr.read() == b"line 0\nline 1\nline 2\n"


@pytest.mark.parametrize("text", ["ms=x", "amp=2", "slow=0", "native=1",
                                  "one native=8000", "error=what"])
def test_tone_bad_values(tone, text):
    tone.fails("bad-request", text)
