"""The command engine: outside programs, well-behaved and not."""

import array
import contextlib
import os
import signal
import struct
import subprocess
import sys

import pytest

from engines import (
    LIBEXEC, alive, case, children, dies_with_its_parent, linux_only,
    needs_espeak_program, program_says, rough, running, samples, until)


def wav(payload, rate=22050, channels=1, bits=16, tag=1, size=None, extra=b""):
    size = len(payload) if size is None else size
    block = channels * bits // 8
    return struct.pack("<4sI4s4sIHHIIHH", b"RIFF", 0xffffffff, b"WAVE",
                       b"fmt ", 16, tag, channels, rate, rate * block, block,
                       bits) + extra + struct.pack("<4sI", b"data", size) + \
        payload


@pytest.fixture
def command(tmp_path):
    """command(script, …): the engine around a shell script; $D is a folder."""
    with contextlib.ExitStack() as stack:
        def make(script, *options, arguments=(), stderr=subprocess.DEVNULL):
            path = tmp_path / "program"
            path.write_text(f"#!/bin/sh\nD={tmp_path}\n{script}\n")
            path.chmod(0o755)
            return stack.enter_context(running(
                "command", *options, "--", path, *arguments, stderr=stderr))
        yield make


def sound_file(tmp_path, data):
    path = tmp_path / "sound"
    path.write_bytes(data)
    return path


RAMP = array.array("h", range(-4000, 4000)).tobytes()


def test_command_hello(command):
    h = command("cat").hello
    assert h["any_voice"] is True and h["voices"] == []


@needs_espeak_program
@pytest.mark.parametrize("arguments", [
    ["--stdout"], ["--stdin", "--stdout"]])
def test_command_runs_espeak(arguments):
    with running("command", "--", "espeak-ng", "-v", "{voice:en}",
                 *arguments) as engine:
        for voice in ("de", "en+f3", None):
            r = engine.say("Guten Tag, zusammen.", voice=voice)
            assert r.pcm == program_says("Guten Tag, zusammen.", voice or "en")
        assert engine.close() == 0


@pytest.mark.parametrize("data", [
    wav(RAMP), wav(RAMP, size=0), wav(RAMP, size=0xffffffff),
    wav(RAMP, size=0x7ffff000), wav(RAMP) + b"LIST\4\0\0\0junk",
    wav(RAMP, extra=b"LIST\3\0\0\0abc\0"), RAMP, RAMP + b"x"],
    ids=["exact", "zero", "endless", "longer", "chunk-behind", "chunk-before",
         "raw", "odd"])
def test_command_sound(command, tmp_path, data):
    sound_file(tmp_path, data)
    assert command("cat $D/sound").say("Hi").pcm == RAMP


@pytest.mark.parametrize("bits, tag, pack", [
    (8, 1, lambda v: struct.pack("B", (v >> 8) + 128)),
    (16, 1, lambda v: struct.pack("<h", v)),
    (24, 1, lambda v: struct.pack("<i", v << 8)[:3]),
    (32, 1, lambda v: struct.pack("<i", v << 16)),
    (32, 3, lambda v: struct.pack("<f", v / 32768))])
def test_command_sample_formats(command, tmp_path, bits, tag, pack):
    values = [v << 8 for v in (-128, -1, 0, 1, 64, 127)]
    sound_file(tmp_path, wav(b"".join(map(pack, values)), bits=bits, tag=tag))
    got = samples(command("cat $D/sound").say("Hi").pcm)
    assert got.tolist() == values


def test_command_clips_floats(command, tmp_path):
    data = struct.pack("<5f", 2, -2, float("nan"), float("inf"), 0.5)
    sound_file(tmp_path, wav(data, bits=32, tag=3))
    got = samples(command("cat $D/sound").say("Hi").pcm)
    assert got.tolist() == [32767, -32768, 0, 32767, 16384]


def test_command_mixes_down_and_resamples(command, tmp_path):
    stereo = array.array("h", [1000, 3001] * 4800)
    sound_file(tmp_path, wav(stereo.tobytes(), rate=48000, channels=2))
    engine = command("cat $D/sound")
    assert set(samples(engine.say("Hi", sample_rate=48000).pcm)) == {2001}
    assert engine.say("Hi", sample_rate=16000).info["samples"] == 1600
    r = engine.say("Hi", sample_rate=48000, channels=4)
    assert samples(r.pcm).tolist() == [1000, 3001, 1000, 3001] * 4800


def test_command_raw_options(command, tmp_path):
    sound_file(tmp_path, wav(RAMP))
    engine = command("cat $D/sound", "--format", "raw", "--rate", 48000,
                     "--channels", 2)
    r = engine.say("Hi", sample_rate=24000, channels=2)
    assert r.info["samples"] == ((len(RAMP) + 44) // 4 + 1) // 2


@pytest.mark.parametrize("data, words", [
    (b"OggS" + bytes(100), "Ogg"), (wav(RAMP, bits=12), "12 bits"),
    (wav(RAMP, channels=9), "9 channels"), (b"RIFFxxxxAVI ", "header"),
    (b"RIFF", "header"), (wav(b""), "no sound"), (b"", "no sound")],
    ids=["ogg", "bits", "channels", "avi", "short", "empty", "nothing"])
def test_command_no_sound(command, tmp_path, data, words):
    sound_file(tmp_path, data)
    assert words in command("cat $D/sound").fails("failed")


def test_command_silence_for_no_words(command):
    assert command("true").say("... !?").info["samples"] == 0


def test_command_wav_only(command, tmp_path):
    engine = command("cat $D/sound", "--format", "wav")
    sound_file(tmp_path, RAMP)
    assert "no sound that is known" in engine.fails("failed")
    sound_file(tmp_path, case("noid3.mp3"))
    assert "MP3" in engine.fails("failed")


SINE = samples(case("plain.wav")[44:])


@pytest.mark.parametrize("name, times", [
    ("plain.wav", 1), ("two_wavs_concat.wav", 2),
    ("size_first_sentence.wav", 2), ("endless_trailing_list.wav", 1),
    ("list_big_128k.wav", 1), ("list_odd_nopad.wav", 1), ("size_zero.wav", 1),
    ("log_line_before.wav", 1)])
def test_command_odd_wavs(command, tmp_path, name, times):
    """Story: of two WAVs, one behind the other, and of a size that counts the
    first sentence only, the rest was dropped, outcome `spoken`; a list behind
    an endless one was played; a long list, an odd one without filling, and a
    line of a log in front were refused or were noise."""
    sound_file(tmp_path, case(name))
    assert samples(command("cat $D/sound").say("Hi").pcm) == SINE * times


@pytest.mark.parametrize("options", [[], ["--rate", "22050"]])
@pytest.mark.parametrize("name, words", [
    ("aac.aac", "AAC"), ("webm.webm", "WebM"),
    ("json_on_stdout.txt", "JSON")])
def test_command_what_is_no_sound(command, tmp_path, name, words, options):
    """Story: what began with nothing that was known counted as PCM, and went
    out as noise at full scale."""
    sound_file(tmp_path, case(name))
    message = command("cat $D/sound", *options).fails("failed")
    assert message.startswith(words) and "format = raw" in message


def coded(tmp_path, codec, ending):
    """A second of a sine, as ffmpeg codes it."""
    path = tmp_path / f"coded.{ending}"
    subprocess.run(
        ["ffmpeg", "-v", "error", "-f", "lavfi", "-i",
         "sine=440:d=1:r=24000", "-c:a", codec, "-strict", "-2", path],
        check=True, stdin=subprocess.DEVNULL)
    return path.read_bytes()


@pytest.mark.parametrize("codec, ending, times", [
    ("libmp3lame", "mp3", 1), ("libvorbis", "ogg", 1), ("libvorbis", "ogg", 2),
    ("libopus", "ogg", 1), ("flac", "flac", 1), ("flac", "flac", 2),
    ("pcm_mulaw", "wav", 1), ("pcm_mulaw", "wav", 2), ("pcm_s16be", "aiff", 1),
    ("pcm_f64le", "wav", 1), ("pcm_s16le", "w64", 1), ("pcm_s16be", "au", 1)])
def test_command_decodes(command, tmp_path, codec, ending, times):
    """Story: sound in another coding than WAV was refused, or was noise."""
    sound_file(tmp_path, coded(tmp_path, codec, ending) * times)
    r = command("cat $D/sound").say("Hi", sample_rate=24000)
    assert r.end == "E", r.info
    assert 0.9 * times < len(r.pcm) / 48000 < 1.2 * times
    assert rough(r.pcm) == 0 and 3000 < max(samples(r.pcm)) < 6000


@pytest.mark.parametrize("data", [
    wav(RAMP, bits=8), wav(RAMP)[:4000] + wav(RAMP)[4001:],
    b"Loading...\n" + RAMP, bytes(1000) + os.urandom(30000),
    array.array("h", SINE.tobytes()).tobytes()[1:]],
    ids=["bits", "byte-lost", "line-before-pcm", "anything", "odd"])
def test_command_no_noise(command, tmp_path, data):
    """However wrong, it is no noise at full scale."""
    sound_file(tmp_path, data)
    r = command("cat $D/sound").say("Hi")
    assert rough(r.pcm) < 256


def test_command_streams(command, tmp_path):
    """The first sound comes out while the program still waits to go on."""
    os.mkfifo(tmp_path / "go")
    engine = command("head -c 2000 /dev/zero; read x < $D/go; "
                     "head -c 2000 /dev/zero")
    engine.job("Hi")
    got = 0
    while got < 2000:
        got += len(engine.frame()[1])
    with open(tmp_path / "go", "w", encoding="ascii") as go:
        go.write("\n")
    assert got == 2000 and engine.drain()["samples"] == 2000


def test_command_text(command, tmp_path):
    engine = command("cat > $D/text; head -c 2 /dev/zero")
    for text, got in [("Grüße\n你好", "Grüße\n你好\n"), ("a\n", "a\n"),
                      ("", "\n"), ("$(rm x) `id`", "$(rm x) `id`\n")]:
        engine.say(text)
        assert (tmp_path / "text").read_text(encoding="utf-8") == got


def test_command_text_larger_than_pipes(command):
    """It writes before it has read all: neither side may wait for the other."""
    text = "word " * 50000
    r = command("cat", "--format", "raw").say(text)
    assert r.pcm == (text + "\n").encode()[:len(r.pcm)]
    assert len(r.pcm) == (len(text) + 1) // 2 * 2


def test_command_need_not_read(command):
    r = command("exec <&-; head -c 200000 /dev/zero").say("x " * 100000)
    assert len(r.pcm) == 200000


ARGUMENTS = ["-v", "{voice}", "--lang={language}", "-s", "{rate:175}",
             "{pitch}", "x{volume:}y", "{other} {", "--", "{voice}"]


@pytest.mark.parametrize("fields, got", [
    ({}, ["-s", "175", "xy", "{other} {", "--"]),
    ({"voice": "a b"}, ["-v", "a b", "-s", "175", "xy", "{other} {", "--",
                        "a b"]),
    ({"language": "de", "rate": 90, "pitch": 3, "volume": 0},
     ["--lang=de", "-s", "90", "3", "x0y", "{other} {", "--"]),
    ({"voice": "{rate};id"}, ["-v", "{rate};id", "-s", "175", "xy",
                              "{other} {", "--", "{rate};id"])])
def test_command_arguments(command, tmp_path, fields, got):
    engine = command('printf "%s\\n" "$@" > $D/args; head -c 2 /dev/zero',
                     arguments=ARGUMENTS)
    assert engine.say("Hi", **fields).end == "E"
    assert (tmp_path / "args").read_text().splitlines() == got


@pytest.mark.parametrize("voice", ["-w/tmp/x", "/etc/x", "a/../../b", "a\nb",
                                   "..", "c:\\x"])
def test_command_voice_stays_a_value(command, tmp_path, voice):
    engine = command("touch $D/ran", arguments=["{voice}"])
    engine.fails("bad-request", voice=voice)
    engine.fails("bad-request", language=voice)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("script, words", [
    ("exit 3", ["program", "status 3"]),
    ("head -c 100 /dev/zero; exit 1", ["status 1"]),
    ("kill -SEGV $$", ["signal 11"]),
    ("echo no model >&2; exit 1", ["status 1: no model"])])
def test_command_fails(command, script, words):
    message = command(script).fails("failed")
    assert all(w in message for w in words), message


@pytest.mark.parametrize("path, words", [
    ("/nonexistent/program", "no such file"), ("nonexistent-program", "no such"),
    ("/etc/passwd", "permission denied"), ("/etc/passwd/x", "not a directory")])
def test_command_cannot_run(path, words):
    with running("command", "--", path) as engine:
        for _ in range(3):
            message = engine.fails("unavailable")
            assert path in message and words in message
        assert engine.close() == 0


def test_command_is_no_program(tmp_path):
    path = tmp_path / "text"
    path.write_bytes(b"\x7fELF no")
    path.chmod(0o755)
    with running("command", "--", path) as engine:
        assert "not an executable" in engine.fails("unavailable")


def test_command_timeout(command):
    message = command("echo $$ > $D/pid; sleep 1000", "--timeout", 1).fails(
        "failed")
    assert "wrote nothing for 1 s" in message


@linux_only
def test_command_timeout_kills(command, tmp_path):
    engine = command("echo $$ > $D/pid; trap '' TERM; while :; do sleep 9; "
                     "done", "--timeout", 1)
    engine.fails("failed")
    assert not alive(int((tmp_path / "pid").read_text()))


@linux_only
def test_command_closes_output_but_lives(command, tmp_path):
    """All its sound is there: that is success, and a warning."""
    engine = command("echo $$ > $D/pid; head -c 100 /dev/zero; exec >&-; "
                     "sleep 1000", stderr=subprocess.PIPE)
    assert engine.say("Hi").info["samples"] == 50
    assert not alive(int((tmp_path / "pid").read_text()))
    engine.close()
    assert b"warning: " in engine.process.stderr.read()


@linux_only
def test_command_leaves_somebody_behind(command, tmp_path):
    """The program ends; what it started still holds the output open."""
    engine = command("head -c 100 /dev/zero; sleep 1000 & echo $! > $D/pid")
    assert engine.say("Hi").info["samples"] == 50
    until(lambda: not alive(int((tmp_path / "pid").read_text())))


def test_command_floods_stderr(command):
    engine = command("yes complaint | head -n 200000 >&2; "
                     "head -c 100 /dev/zero", stderr=subprocess.PIPE)
    assert engine.say("Hi").info["samples"] == 50
    engine.close()
    lines = engine.process.stderr.read().splitlines()
    assert 50 < len(lines) < 200
    assert lines[0] == b"info: program: complaint"


def test_command_stderr_is_safe_to_log(command):
    engine = command(r"printf '\033[2Jred\377\n' >&2; "
                     "head -c 5000 /dev/zero | tr '\\0' x >&2; echo >&2; "
                     "head -c 2 /dev/zero", stderr=subprocess.PIPE)
    engine.say("Hi")
    engine.close()
    lines = engine.process.stderr.read().splitlines()
    assert lines[0] == b"info: program: ?[2Jred?"
    assert len(lines[1]) < 450


@linux_only
@pytest.mark.parametrize("how", ["cancel", "end of file", "killed"])
def test_command_takes_the_program_along(command, tmp_path, how):
    """Story: an engine that was killed over a job, as a worker without
    progress is, took its program along, but not what that had started: each
    time-out of a shell's pipeline left its parts running for ever. A guard in
    the program's group now ends the group with the engine."""
    os.mkfifo(tmp_path / "pids")
    engine = command("sleep 1000 & echo $$ $! > $D/pids; "
                     "while :; do head -c 4096 /dev/zero; done")
    engine.job("Hi")
    pids = [int(p) for p in (tmp_path / "pids").read_text().split()]
    engine.frame()
    if how == "cancel":
        engine.send("C", {"job": engine.number})
        engine.drain()
        assert not alive(pids[0])
        until(lambda: not alive(pids[1]))
    elif how == "end of file":
        assert engine.close() == 0
        until(lambda: not any(map(alive, pids)))
    else:
        engine.process.kill()
        engine.ended()
        until(lambda: not any(map(alive, pids)))


@linux_only
def test_command_guard_is_replaced(command, tmp_path):
    """Whoever kills everything in sight may kill the guard before the
    engine."""
    os.mkfifo(tmp_path / "pids")
    engine = command("sleep 1000 & echo $$ $! > $D/pids; sleep 1000")
    engine.job("Hi")
    pids = [int(p) for p in (tmp_path / "pids").read_text().split()]

    def guards():
        return [p for p in children(engine.process.pid) if p != pids[0]]
    until(guards)
    first = guards()
    os.kill(first[0], signal.SIGKILL)
    until(lambda: guards() and guards() != first)
    engine.process.kill()
    engine.ended()
    until(lambda: not any(map(alive, pids)))


@dies_with_its_parent
def test_command_dies_without_its_guard(command, tmp_path):
    """Story: the torture spared guards, for it was thought that a program
    whose engine and guard are killed at one moment runs on. The kernel ends
    it with its engine."""
    os.mkfifo(tmp_path / "pid")
    engine = command("echo $$ > $D/pid; exec sleep 1000")
    engine.job("Hi")
    program = int((tmp_path / "pid").read_text())

    def guards():
        return [p for p in children(engine.process.pid) if p != program]
    until(guards)
    engine.process.send_signal(signal.SIGSTOP)  # it must not renew the guard
    os.kill(guards()[0], signal.SIGKILL)
    engine.process.kill()
    engine.ended()
    until(lambda: not alive(program))


def test_command_endless_sound_cancelled(command):
    engine = command("exec cat /dev/zero", "--format", "raw")
    for _ in range(3):
        engine.job("Hi")
        until(lambda: engine.unread() >= 32768)
        engine.send("C", {"job": engine.number})
        engine.drain()
    assert engine.close() == 0


def test_command_many_runs_leave_nothing(command):
    engine = command("head -c 10 /dev/zero")
    def fds():
        return len(os.listdir(f"/proc/{engine.process.pid}/fd"))
    engine.say("Hi")
    before = fds() if sys.platform == "linux" else 0
    for _ in range(50):
        assert engine.say("Hi").info["samples"] == 5
    if sys.platform == "linux":
        assert fds() == before and not children(engine.process.pid)


@pytest.mark.parametrize("options", [
    ["--rate", "0", "--", "x"], ["--rate", "9x", "--", "x"],
    ["--channels", "9", "--", "x"], ["--format", "mp3", "--", "x"],
    ["--timeout", "-1", "--", "x"], ["--rate"], ["--"], [],
    ["--what", "1", "--", "x"]])
def test_command_usage(options):
    done = subprocess.run([LIBEXEC / "command", *options], check=False,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE)
    assert done.returncode == 64 and done.stderr.startswith(b"error: ")
