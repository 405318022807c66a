"""The Windows programs under Wine, in the place of the native ones: what
tests/e2e/daemon.py offers, for the .exe files.

Wine has no unix sockets and its named pipes are its own, so a bridge (a
Windows program of these tests) carries them over TCP on loopback.
"""
import contextlib
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get(
    "TTSD_WINDOWS_BUILD", ROOT / "build" / "windows")).resolve()
sys.path.insert(0, str(ROOT / "tests" / "e2e"))

import daemon  # noqa: E402
from daemon import wait_until  # noqa: E402,F401

LOADER = shutil.which("wine64", path=os.environ["PATH"] + ":/usr/lib/wine")
SERVER = shutil.which(
    "wineserver64", path=os.environ["PATH"] + ":/usr/lib/wine") or shutil.which(
    "wineserver")


class Wine:
    """A private Wine: nothing of the user's is read or written, and its
    server is ended by the prefix it serves."""

    def __init__(self):
        self.prefix = tempfile.mkdtemp(prefix="ttsd-wine-")
        self.environment = {
            **os.environ, "WINEPREFIX": self.prefix, "WINEDEBUG": "-all",
            "WINEDLLOVERRIDES": "mscoree=;mshtml=;winemenubuilder.exe="}
        self.environment.pop("DISPLAY", None)
        self.run(LOADER, "wineboot", "-i", timeout=120)
        self.bridge = subprocess.Popen(
            [LOADER, BUILD / "tests" / "bridge.exe", "serve"],
            env=self.environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.port = int(self.bridge.stdout.readline())

    def run(self, *argv, timeout=60, **kw):
        return subprocess.run(
            list(map(str, argv)), env=self.environment, timeout=timeout,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, check=False, **kw)

    def program(self, name, *args, **kw):
        """Runs one of our programs to its end."""
        return self.run(LOADER, BUILD / "bin" / f"{name}.exe", *args, **kw)

    def test_program(self, name, *args, **kw):
        return self.run(LOADER, BUILD / "tests" / f"{name}.exe", *args, **kw)

    def processes(self):
        """Unix process ids of everything that runs in this prefix, with the
        name of its program; Wine's own helpers are left out."""
        found = {}
        for path in pathlib.Path("/proc").iterdir():
            if not path.name.isdigit():
                continue
            with contextlib.suppress(OSError):
                environ = (path / "environ").read_bytes()
                if f"WINEPREFIX={self.prefix}\0".encode() not in environ:
                    continue
                words = (path / "cmdline").read_bytes().split(b"\0")
                for word in words[:2]:
                    name = word.replace(b"\\", b"/").rsplit(b"/", 1)[-1]
                    if name.endswith(b".exe"):
                        found[int(path.name)] = name.decode()
                        break
        return found

    def running(self, *names):
        return [p for p, n in self.processes().items() if n in names]

    def connect(self, pipe):
        s = socket.socket()
        s.settimeout(daemon.PATIENCE_S)
        # Small, so that a client that stalls is felt soon.
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        s.connect(("127.0.0.1", self.port))
        s.sendall(pipe.encode() + b"\n")
        answer = b""
        while not answer.endswith(b"\n"):
            part = s.recv(1)
            assert part, "the bridge hung up"
            answer += part
        if answer != b"ok\n":
            s.close()
            raise ConnectionRefusedError(answer.decode())
        return s

    def close(self):
        self.bridge.kill()
        self.bridge.wait()
        self.bridge.stdout.close()
        subprocess.run([SERVER, "-k"], env=self.environment, check=False,
                       timeout=60)
        subprocess.run([SERVER, "-w"], env=self.environment, check=False,
                       timeout=60)
        shutil.rmtree(self.prefix, ignore_errors=True)


WINE = None  # of this session


class Process(subprocess.Popen):
    """Wine hands SIGINT to the program as Ctrl-C; nothing else asks it."""

    def send_signal(self, sig):
        super().send_signal(
            signal.SIGINT if sig == signal.SIGTERM else sig)

    def terminate(self):
        self.send_signal(signal.SIGTERM)


class Daemon(daemon.Daemon):
    def __init__(self, program, directory, *args, ready, env=None):
        self.directory = pathlib.Path(directory)
        self.log_path = self.directory / f"{program}.log"
        self.log = open(self.log_path, "wb")
        self.process = Process(
            [LOADER, str(BUILD / "bin" / f"{program}.exe"), "-v", "-D",
             f"ttsd.runtime_dir={self.pipes()}", *args],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log,
            env=WINE.environment)
        self.pid = self.process.pid
        if ready:
            daemon.wait_until(
                lambda: self.process.poll() is not None or ready in
                self.logged(), f"{program} says '{ready}'")
            assert self.process.poll() is None, self.logged()

    def pipes(self):
        """The beginning of the names of its pipes."""
        return "\\\\.\\pipe\\" + self.directory.name

    def control(self, name="control"):
        return Control(f"{self.pipes()}-{name}")


class Ttsd(Daemon):
    """Speaks in beeps where a test says nothing else: there is no espeak-ng
    for Wine here."""

    def __init__(self, directory, *args, **kw):
        super().__init__(
            "ttsd", directory, "-D", "channel.main.engine=tone", *args,
            ready="is on air", **kw)

    def listen(self, channel="main", stalled=False):
        return Listener(f"{self.pipes()}-{channel}", stalled)

    def status(self):
        with self.control() as c:
            return c.ask("status")


class Control(daemon.Control):
    def __init__(self, pipe):
        self.socket = WINE.connect(str(pipe))
        self.lines = self.socket.makefile("rb")
        self.events = []


class Listener(daemon.Listener):
    def __init__(self, pipe, stalled=False):
        self.socket = WINE.connect(str(pipe))
        self.pcm = bytearray()
        self.taken = 0
        self.grown = threading.Condition()
        self.ended = False
        self.header = b""
        self.thread = None
        if not stalled:
            self.resume()


class Supervisor(Daemon):
    """streamer-supervisor.exe with the real ffmpeg.exe."""

    def __init__(self, directory, ffmpeg, *args):
        super().__init__(
            "streamer-supervisor", directory, "-D",
            f"streamer.ffmpeg=Z:{ffmpeg}", *args, ready="is up")

    def control(self, name="streamer"):
        return super().control(name)

    def output(self, name="live"):
        with self.control() as c:
            return {o["name"]: o for o in c.ask("status")["outputs"]}[name]
