"""The Windows programs under Wine, in the place of the native ones: what
tests/e2e/daemon.py offers, for the .exe files.

Wine has no unix sockets and its named pipes are its own, so a bridge (a
Windows program of these tests) carries them over TCP on loopback.
"""
import contextlib
import ctypes
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import wave

import numpy as np
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get(
    "TTSD_WINDOWS_BUILD", ROOT / "build" / "windows")).resolve()
sys.path.insert(0, str(ROOT / "tests" / "e2e"))

import daemon  # noqa: E402
from daemon import wait_until  # noqa: E402,F401

import peers  # noqa: E402
import sound  # noqa: E402

LIBC = ctypes.CDLL(None)
LOADER = shutil.which("wine64", path=os.environ["PATH"] + ":/usr/lib/wine")
SERVER = shutil.which(
    "wineserver64", path=os.environ["PATH"] + ":/usr/lib/wine") or shutil.which(
    "wineserver")
# Where every program of ours has a script that can be run in its place.
WRAPPERS = pathlib.Path(tempfile.gettempdir()) / f"ttsd-exe-{os.getpid()}"
# A folder of sockets stands for the beginning of the pipes' names.
WRAPPER = r"""#!/bin/sh
for word; do
    case $word in
    /tmp/ttsd-*/*) ;;
    /tmp/ttsd-* | ttsd.runtime_dir=/tmp/ttsd-*)
        word=${word%%/*}'\\.\pipe\'${word##*/} ;;
    esac
    shift
    set -- "$@" "$word"
done
"""

WINE = None  # of this session
ROOM = 32768  # bytes that may arrive at a client without being read


class Wine:
    """A private Wine: nothing of the user's is read or written, and its
    server is ended by the prefix it serves."""

    def __enter__(self):
        global WINE
        WINE = self
        self.prefix = tempfile.mkdtemp(prefix="ttsd-wine-")
        self.run(LOADER, "wineboot", "-i", timeout=120)
        self.bridge = subprocess.Popen(
            [LOADER, BUILD / "tests" / "bridge.exe", "serve"],
            env=self.environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.port = int(self.bridge.stdout.readline())
        WRAPPERS.mkdir()
        for program in [*(BUILD / "bin").glob("*.exe"),
                        *(BUILD / "libexec" / "ttsd").glob("*.exe")]:
            path = WRAPPERS / program.stem
            path.write_text(
                f"{WRAPPER}export WINEPREFIX={self.prefix} WINEDEBUG=-all\n"
                f"exec {LOADER} {program} \"$@\"\n")
            path.chmod(0o755)
        return self

    @property
    def environment(self):
        """As it is now, for a test may have changed it."""
        return {
            **os.environ, "WINEPREFIX": self.prefix, "WINEDEBUG": "-all",
            "WINEDLLOVERRIDES": "mscoree=;mshtml=;winemenubuilder.exe=",
            "DISPLAY": ""}

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

    def ours(self):
        """What runs of ours, but for the bridge."""
        names = {p.stem + ".exe" for p in WRAPPERS.iterdir()}
        return self.running("ffmpeg.exe", *names)

    def clean(self):
        """Waits until nothing of ours runs. What stays is killed, or it would
        be held against every test that follows."""
        try:
            daemon.wait_until(lambda: not self.ours(), "nothing is left")
        finally:
            for pid in self.ours():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)

    def connect(self, pipe, room=ROOM):
        """A client that stalls is felt soon where it has little room; one
        that has only stopped for a moment then waits for Linux to try again,
        which may take a minute."""
        s = socket.socket()
        s.settimeout(daemon.PATIENCE_S)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
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

    def __exit__(self, *_):
        self.bridge.kill()
        self.bridge.wait()
        self.bridge.stdout.close()
        subprocess.run([SERVER, "-k"], env=self.environment, check=False,
                       timeout=60)
        subprocess.run([SERVER, "-w"], env=self.environment, check=False,
                       timeout=60)
        shutil.rmtree(self.prefix, ignore_errors=True)
        shutil.rmtree(WRAPPERS)


def wrapper(name):
    return str(WRAPPERS / name)


def children(pid):
    """Of a daemon, were it the only one of its kind."""
    engines = [p.name for p in (BUILD / "libexec" / "ttsd").iterdir()]
    return WINE.running(*(engines if WINE.processes().get(pid) == "ttsd.exe"
                          else ["ffmpeg.exe"]))


def command_line(_):
    """Of all that runs here: the process ids of Wine are its own."""
    found = []
    for pid in WINE.processes():
        with contextlib.suppress(OSError):
            found.append(
                pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().decode())
    return "".join(found)


def children_running(_, program):
    """Of all daemons that run here."""
    return WINE.running(f"{program}.exe")


def pipe_of(path):
    """The pipe that stands for a socket of tests/e2e."""
    path = pathlib.Path(path)
    return f"\\\\.\\pipe\\{path.parent.name}-{path.stem}" \
        if path.suffix == ".sock" else str(path)


def connect(path):
    """As picture.connect(). Pictures are large, and are to be read in time."""
    found = []

    def connects():
        with contextlib.suppress(ConnectionRefusedError):
            found.append(WINE.connect(pipe_of(path), room=1 << 20))
        return found

    daemon.wait_until(connects, f"{path} is served")
    return found[0]


def ffmpeg():
    found = subprocess.run(
        [ROOT / "scripts" / "windows" / "ffmpeg"], text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if found.returncode:
        pytest.skip(f"no ffmpeg.exe: {found.stderr.strip()}")
    return f"Z:{found.stdout.strip()}"


class Process(subprocess.Popen):
    """Wine hands SIGINT to the program as Ctrl-C; nothing else asks it. Its
    handler starts a thread and allocates memory for that, wherever it came:
    in the middle of a fork, where memory is locked, Wine 8 stands still for
    ever. Programs are started by threads of a pool, so the main one gets
    it."""

    def send_signal(self, sig):
        if sig not in (signal.SIGINT, signal.SIGTERM):
            super().send_signal(sig)
        elif self.poll() is None:
            LIBC.tgkill(self.pid, self.pid, signal.SIGINT)

    def terminate(self):
        self.send_signal(signal.SIGTERM)


class Daemon(daemon.Daemon):
    def __init__(self, program, directory, *args, ready, env=None):
        args = tuple(map(str, args))
        self.directory = pathlib.Path(directory)
        # Of its own: stop() looks there whether this one has heard.
        self.log_path = pathlib.Path(tempfile.mktemp(
            ".log", f"{program}-", self.directory))
        self.log = open(self.log_path, "wb")
        self.process = Process(
            [LOADER, str(BUILD / "bin" / f"{program}.exe"), "-v", "-D",
             f"ttsd.runtime_dir={self.pipes()}",
             "-D", f"ttsd.state_dir={directory}/state",
             *self.defaults(program, args), *args],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log,
            env={**WINE.environment, **(env or {})})
        self.pid = self.process.pid
        if ready:
            daemon.wait_until(
                lambda: self.process.poll() is not None or ready in
                self.logged(), f"{program} says '{ready}'")
            assert self.process.poll() is None, self.logged()

    @staticmethod
    def defaults(program, args):
        """Where a test says nothing else: there is no espeak-ng for Wine
        here, so ttsd speaks in beeps; the real ffmpeg.exe is used, and under
        Wine its 64 MB take their time to start."""
        if program == "ttsd":
            # The first one named is what a request means that names none.
            channels = dict.fromkeys(
                a.split(".")[1] for a in args if a.startswith("channel."))
            return [word for name in {**channels, "main": None}
                    for word in ("-D", f"channel.{name}.engine=tone")]
        outputs = {a.split(".")[1] for a in args if a.startswith("output.")}
        videos = {a.split(".")[1] for a in args if a.startswith("video.")}
        # Wine without a display has no Direct3D, and that ffmpeg.exe crashes
        # over the lack.
        keys = [f"streamer.ffmpeg={ffmpeg()}",
                *(f"output.{name}.start_timeout=60s" for name in outputs),
                *(f"video.{name}.hwaccel=none" for name in videos)]
        return [word for key in keys for word in ("-D", key)]

    def stop(self):
        """A Ctrl-C once had no effect on a busy machine. It is repeated while
        the log shows that none has come; one that came has to suffice."""
        def heard():
            return self.process.poll() is not None or \
                "info: stopping" in self.logged()

        for _ in range(3):
            if not heard():
                self.process.terminate()
                with contextlib.suppress(AssertionError):
                    wait_until(heard, "it has heard", patience=10)
        try:
            code = self.wait()
        except subprocess.TimeoutExpired:
            code = "none: it did not end"
            self.kill()
        assert code == 0, f"exit {code}\n{self.logged()}"

    def pipes(self):
        """The beginning of the names of its pipes."""
        return "\\\\.\\pipe\\" + self.directory.name

    def control(self, name="control"):
        return Control(f"{self.pipes()}-{name}")


class Ttsd(Daemon):
    def __init__(self, directory, *args, **kw):
        super().__init__("ttsd", directory, *args, ready="is on air", **kw)
        # Wine takes its time to start a program, and who asks for something
        # before the ledger runs is not kept waiting for it.
        wait_until(lambda: "ledger stopped->starting" not in self.logged()
                   or "ledger starting->" in self.logged(), "the ledger runs")

    def listen(self, channel="main", stalled=False):
        return Listener(f"{self.pipes()}-{channel}", stalled)

    def status(self):
        with self.control() as c:
            return c.ask("status")


class Control(daemon.Control):
    def __init__(self, pipe):
        self.socket = WINE.connect(pipe_of(pipe))
        self.lines = self.socket.makefile("rb")
        self.events = []


class Listener(daemon.Listener):
    def __init__(self, pipe, stalled=False):
        self.socket = WINE.connect(
            pipe_of(pipe), room=4096 if stalled else ROOM)
        self.pcm = bytearray()
        self.taken = 0
        self.grown = threading.Condition()
        self.ended = False
        self.header = b""
        self.thread = None
        if not stalled:
            self.resume()


def heard_noise(samples):
    """As peers.heard_noise(), of any quarter of a second: what runs late in a
    busy Wine is skipped by ttsd, as it should be."""
    step = peers.RATE // 4
    whole = np.concatenate([peers.noise(), peers.noise()[:step]])
    pieces = (samples[at:at + step]
              for at in range(0, len(samples) - step + 1, step // 2))
    scores = [sound.match(p, whole)[0] for p in pieces if p.any()]
    assert scores and max(scores) > 0.8, f"correlations {scores}"


class Source:
    """The stand-in for ttsd of tests/e2e is a unix socket's; here ttsd.exe
    itself plays the noise, as music."""

    def __init__(self, directory):
        self.directory = pathlib.Path(directory)
        self.ttsd = self.reader = None
        folder = self.directory / "clips"
        folder.mkdir()
        with wave.open(str(folder / "noise.wav"), "wb") as w:
            w.setnchannels(1)
            w.setsampwidth(2)
            w.setframerate(peers.RATE)
            w.writeframes(peers.noise().tobytes())
        self.start()

    def start(self):
        self.ttsd = Ttsd(
            self.directory, "-D", f"ttsd.clips_dir={self.directory}/clips",
            "-D", "channel.main.bed=noise")
        # As long as somebody listens, there is music.
        self.reader = self.ttsd.listen()
        try:
            daemon.wait_until(lambda: any(self.reader.pcm), "it plays")
        except AssertionError:
            print(self.ttsd.logged())
            self.stop()
            raise

    def stop(self):
        self.ttsd.kill()
        self.reader.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.reader.close()
        self.ttsd.__exit__(None)
