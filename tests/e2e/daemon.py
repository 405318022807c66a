"""Runs the built daemons and talks to them, for tests.

Everything waits for an event with a deadline; nothing sleeps for luck.
"""
import contextlib
import json
import os
import pathlib
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("TTSD_BUILD", ROOT / "build")).resolve()
# Generous: the sanitizers and a loaded machine are slow, and a test that
# waits for an event loses nothing by it.
PATIENCE_S = 30
# For one event, while others come: a worker that never starts tells of each try.
EVENTS_S = 4 * PATIENCE_S
# So many different `lead_ms` ttsd serves (docs/PROTOCOL.md).
LEADS = 16


def binary(name):
    return str(BUILD / "bin" / name)


def wait_until(condition, what, patience=PATIENCE_S):
    """Polls a condition that has no event; returns its truthy value."""
    end = time.monotonic() + patience
    pause = threading.Event()
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < end, f"timed out: {what}"
        pause.wait(0.01)


def exists(pid):
    """A process that runs: zombies don't count as such, but see is_zombie."""
    try:
        with open(f"/proc/{pid}/stat") as f:
            return f.read().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def children(pid):
    """Pids of the direct children, zombies included."""
    found = []
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            found += map(int, (task / "children").read_text().split())
    return found


def is_zombie(pid):
    try:
        with open(f"/proc/{pid}/stat") as f:
            return f.read().rsplit(")", 1)[1].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def command_line(pid):
    return pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().decode()


def children_running(pid, program):
    """Pids of a daemon's children that run a program beside the engines, or
    one of those: "ledger"."""
    found = []
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        for child in children(pid):
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                path = command_line(child).split("\0")[0]
                found += [child] if path.endswith(f"ttsd/{program}") else []
    return found


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


@contextlib.contextmanager
def runtime_dir():
    """A private folder with a short path: socket paths have 107 bytes."""
    path = tempfile.mkdtemp(prefix="ttsd-", dir="/tmp")
    try:
        yield pathlib.Path(path)
    finally:
        shutil.rmtree(path, ignore_errors=True)


class Daemon:
    """One daemon as a child; stop() is graceful and checks the exit code."""

    def __init__(self, program, directory, *args, ready, env=None):
        self.directory = pathlib.Path(directory)
        self.log_path = self.directory / f"{program}.log"
        self.log = open(self.log_path, "wb")
        self.process = subprocess.Popen(
            [binary(program), "-v", "-D", f"ttsd.runtime_dir={directory}",
             "-D", f"ttsd.state_dir={directory}/state", *args],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log,
            env=env)
        self.pid = self.process.pid
        if ready:
            wait_until(
                lambda: self.process.poll() is not None or ready in
                self.logged(), f"{program} says '{ready}'")
            assert self.process.poll() is None, self.logged()

    def logged(self):
        return self.log_path.read_text(errors="replace")

    def wait(self):
        return self.process.wait(PATIENCE_S)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(PATIENCE_S)

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self.wait()
        assert code == 0, f"exit {code}\n{self.logged()}"

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if kind is None and self.process.poll() is None:
            self.stop()
        elif self.process.poll() is None:
            self.kill()
        log = self.logged()
        self.log.close()
        assert "Sanitizer" not in log and "runtime error" not in log, log


class Ttsd(Daemon):
    def __init__(self, directory, *args, **kw):
        super().__init__("ttsd", directory, *args, ready="is on air", **kw)

    def control(self):
        return Control(self.directory / "control.sock")

    def listen(self, channel="main", stalled=False):
        return Listener(self.directory / f"{channel}.sock", stalled)

    def status(self):
        with self.control() as c:
            return c.ask("status")


class Control:
    """A connection to a control socket."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(PATIENCE_S)
        self.socket.connect(str(path))
        self.lines = self.socket.makefile("rb")
        self.events = []

    def send(self, data):
        self.socket.sendall(data)

    def line(self):
        text = self.lines.readline()
        assert text.endswith(b"\n"), f"connection ended: {text!r}"
        return text[:-1].decode()

    def plain(self, request):
        self.send(request.encode() + b"\n")
        return self.line()

    def json(self, request):
        """The reply; events that came before it are kept."""
        self.send(json.dumps(request).encode() + b"\n")
        while True:
            message = json.loads(self.line())
            if "ok" in message:
                return message
            self.events.append(message)

    def ask(self, op, **fields):
        reply = self.json({"op": op, **fields})
        assert reply["ok"], reply
        return reply

    def refused(self, op, **fields):
        reply = self.json({"op": op, **fields})
        assert not reply["ok"] and reply["message"], reply
        return reply["error"]

    def subscribe(self, *events, **fields):
        if events:
            fields["events"] = list(events)
        self.ask("subscribe", **fields)
        return self

    def event(self, name=None, **fields):
        """The next event that matches; those before it are dropped."""
        return self.until(name, **fields)[-1]

    def until(self, name=None, **fields):
        """All events up to and including the one that matches."""
        seen = []
        end = time.monotonic() + EVENTS_S
        while time.monotonic() < end:
            e = self.events.pop(0) if self.events else json.loads(self.line())
            seen.append(e)
            if (name is None or e["event"] == name) and all(
                    e.get(k) == v for k, v in fields.items()):
                return seen
        raise TimeoutError(f"no {name} {fields} among {seen}")

    def close(self):
        self.lines.close()
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Listener:
    """A subscriber of an audio socket. A thread keeps reading, as a real
    receiver does, unless it is `stalled`."""

    def __init__(self, path, stalled=False):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(PATIENCE_S)
        self.socket.connect(str(path))
        self.pcm = bytearray()
        self.taken = 0
        self.grown = threading.Condition()
        self.ended = False
        self.header = b""
        self.thread = None
        if not stalled:
            self.resume()

    def resume(self):
        """Starts to read; returns once the header is there."""
        while len(self.header) < 44:
            part = self.socket.recv(44 - len(self.header))
            assert part, "the stream ended"
            self.header += part
        (self.channels, self.rate) = struct.unpack_from(
            "<HI", self.header, 22)
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()
        return self

    def _read(self):
        while True:
            try:
                part = self.socket.recv(65536)
            except OSError:
                part = b""
            with self.grown:
                self.pcm += part
                self.ended = not part
                self.grown.notify_all()
            if not part:
                return

    def until(self, count):
        """Everything from the first sample on, at least `count` samples."""
        size = count * 2 * self.channels
        with self.grown:
            self.grown.wait_for(
                lambda: len(self.pcm) >= size or self.ended, PATIENCE_S)
            assert len(self.pcm) >= size, "the stream ended or stands still"
            return bytes(self.pcm)

    def samples(self, count):
        """The next `count` samples of all channels, as bytes."""
        start, self.taken = self.taken, self.taken + count
        size = 2 * self.channels
        return self.until(self.taken)[start * size:self.taken * size]

    def close(self):
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        if self.thread:
            self.thread.join(PATIENCE_S)
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
