"""An engine program, driven as ttsd drives it: frames over pipes.

TTSD_BUILD names the build folder (default: build/ beside tests/). Every test
starts its own processes and ends them; nothing waits for time, only for bytes
and exits, with a deadline that a broken engine runs into.
"""

import array
import contextlib
import fcntl
import json
import os
import pathlib
import select
import shutil
import struct
import subprocess
import sys
import termios
import time

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("TTSD_BUILD", ROOT / "build"))
LIBEXEC = BUILD / "libexec" / "ttsd"
DEADLINE_S = 60
FRAME_MAX = 256 * 1024

needs_espeak_program = pytest.mark.skipif(
    shutil.which("espeak-ng") is None, reason="the espeak-ng program is absent")
linux_only = pytest.mark.skipif(
    sys.platform != "linux", reason="needs /proc")
dies_with_its_parent = pytest.mark.skipif(
    sys.platform != "linux" or "portable" in LIBEXEC.parts,
    reason="the system kills nobody with his parent")


class Broken(Exception):
    """Bytes that are no frame."""


class Result:
    def __init__(self):
        self.pcm = b""
        self.marks = []
        self.end = None  # "E" or "X"
        self.info = None

    def words(self):
        return [m for m in self.marks if m["mark"] == "word"]


class Engine:
    def __init__(self, name, *args, stderr=subprocess.DEVNULL, env=None):
        self.process = subprocess.Popen(
            [LIBEXEC / name, *map(str, args)], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=stderr, bufsize=0, env=env)
        self.bytes = b""
        self.number = 0
        self.hello = None

    def say_hello(self):
        kind, payload = self.frame()
        assert kind == "H"
        self.hello = json.loads(payload)
        return self

    def write(self, data):
        self.process.stdin.write(data)

    def send(self, kind, payload):
        if not isinstance(payload, bytes):
            payload = json.dumps(payload, ensure_ascii=False).encode()
        self.write(struct.pack("<IB", len(payload), ord(kind)) + payload)

    def more(self):
        """Reads once; EOFError at the end of file."""
        ready, _, _ = select.select([self.process.stdout], [], [], DEADLINE_S)
        assert ready, "the engine says nothing"
        chunk = os.read(self.process.stdout.fileno(), 1 << 18)
        if not chunk:
            raise EOFError
        self.bytes += chunk

    def frame(self):
        while True:
            if len(self.bytes) >= 5:
                length, kind = struct.unpack("<IB", self.bytes[:5])
                if length > FRAME_MAX or chr(kind) not in "HJCPMEX":
                    raise Broken
                if len(self.bytes) >= 5 + length:
                    payload = self.bytes[5:5 + length]
                    self.bytes = self.bytes[5 + length:]
                    return chr(kind), payload
            self.more()

    def job(self, text, **fields):
        self.number += 1
        job = {"job": self.number, "text": text, "sample_rate": 22050,
               "channels": 1, **fields}
        self.channels = job["channels"]
        self.send("J", {k: v for k, v in job.items() if v is not None})
        return self.number

    def result(self):
        """Everything up to END or ERROR, with the rules of the order."""
        r = Result()
        pcm, got, last = [], 0, 0
        while r.end is None:
            kind, payload = self.frame()
            if kind == "P":
                assert 0 < len(payload) <= 8192
                assert len(payload) % (2 * self.channels) == 0
                pcm.append(payload)
                got += len(payload) // (2 * self.channels)
            elif kind == "M":
                mark = json.loads(payload)
                assert mark["sample"] >= last, "marks are sorted"
                assert mark["sample"] >= got, "marks come before their PCM"
                last = mark["sample"]
                r.marks.append(mark)
            else:
                assert kind in "EX"
                r.end, r.info = kind, json.loads(payload)
        r.pcm = b"".join(pcm)
        if r.end == "E":
            assert r.info["samples"] == got
            assert last <= got
        return r

    def say(self, text, **fields):
        number = self.job(text, **fields)
        r = self.result()
        assert r.info["job"] == number
        return r

    def fails(self, code, text="Hello", **fields):
        r = self.say(text, **fields)
        assert r.end == "X" and r.info["code"] == code, r.info
        return r.info["message"]

    def sound(self, count):
        """Reads until so many samples have come."""
        while count > 0:
            kind, payload = self.frame()
            assert kind in "MP"
            count -= len(payload) // 2 if kind == "P" else 0

    def in_two(self, first, go_on):
        """A job's sound, of which `first` comes at once and the rest only
        after go_on() was called."""
        self.job("Hello", sample_rate=24000)
        assert self.frame() == ("P", first)
        go_on()
        pcm = first
        while True:
            kind, payload = self.frame()
            if kind == "E":
                return pcm
            pcm += payload

    def drain(self):
        """Skips what was on its way; the END of a job that was cut short."""
        while True:
            kind, payload = self.frame()
            assert kind in "MPE"
            if kind == "E":
                return json.loads(payload)

    def ended(self):
        return self.process.wait(DEADLINE_S)

    def close(self):
        self.process.stdin.close()
        return self.ended()

    def unread(self):
        """Bytes that wait in the pipe."""
        n = array.array("i", [0])
        fcntl.ioctl(self.process.stdout, termios.FIONREAD, n)
        return n[0]


@contextlib.contextmanager
def running(name, *args, **keywords):
    engine = Engine(name, *args, **keywords)
    try:
        yield engine.say_hello()
    finally:
        engine.process.kill()
        engine.process.wait()
        for pipe in (engine.process.stdin, engine.process.stdout,
                     engine.process.stderr):
            if pipe:
                pipe.close()


def until(condition):
    """Waits for something outside our pipes to come true."""
    end = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.002)


def alive(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as f:
            return f.read().rsplit(")", 1)[1].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as f:
        return [int(c) for c in f.read().split()]


def samples(pcm):
    return array.array("h", pcm)


def case(name):
    """A small file that once went wrong (tests/e2e/cases)."""
    return (ROOT / "tests" / "e2e" / "cases" / name).read_bytes()


def rough(pcm):
    """How often sound bends as no voice does: often in noise at full scale."""
    s = samples(pcm)
    return sum(abs(a - 2 * b + c) > 20000 for a, b, c in zip(s, s[1:], s[2:]))


def program_says(text, voice, *args):
    """The PCM of the espeak-ng program itself."""
    out = subprocess.run(
        ["espeak-ng", "-v", voice, "--stdout", *args, "--", text],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True).stdout
    return out[44:]


def program_phonemes(text, voice):
    """What the espeak-ng program says it speaks, in IPA: without the blanks
    between words, and without stress and tones, which come in no event."""
    out = subprocess.run(
        ["espeak-ng", "-q", "--ipa", "-v", voice, "--", text],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True).stdout
    return "".join(c for c in out.decode() if c not in " \nˈˌɜ12345")
