"""The world that is tortured: both daemons under their wrapper, with real
engines, ffmpegs and receivers; and what must be true of it."""
import collections
import contextlib
import os
import pathlib
import random
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "e2e"))

import daemon  # noqa: E402
import leftovers  # noqa: E402
import peers  # noqa: E402
import receivers  # noqa: E402
from book import Book, Ear, peer_pid  # noqa: E402
from gallery import VIDEOS, Gallery  # noqa: E402

CHANNELS = ("main", "side", "bad")
DISK_BYTES = 2 << 20
# The most that either daemon may hold; the sanitizers need several times more.
RSS_MAX_KB = 250_000
RSS_MAX_SANITIZED_KB = 2_000_000
# Descriptors beyond those of the start, when all is quiet again.
DESCRIPTORS_MORE = 100
SETTLE_S = 120
SETTLE_TURNS = 8
BACK_S = 90

CONF = """
[ttsd]
metrics = {dir}/ttsd-http
[streamer]
metrics = {dir}/streamer-http
[channel main]
lag_max = 10s
[channel side]
lag_max = 10s
[channel bad]
engine = tone
lag_max = 10s
[engine tone]
type = tone
timeout = 2s
[engine rubbish]
type = command
command = sh -c 'head -c 300000 /dev/urandom'
timeout = 2s
[engine endless]
type = command
command = sh -c 'cat /dev/zero'
format = raw
rate = 24000
timeout = 2s
[engine silent]
type = command
command = sh -c 'sleep 600'
timeout = 1s
[engine dying]
type = command
command = sh -c 'head -c 4000 /dev/zero; kill -SEGV $$'
format = raw
rate = 24000
timeout = 2s
[engine deaf]
type = command
command = sh -c 'exec sleep 600 <&- >&-'
timeout = 1s
[engine web]
type = http
url = http://127.0.0.1:{port}/v1/audio/speech
timeout = 2s
retries = 0
[engine wyoming]
type = wyoming
address = 127.0.0.1:{port}
timeout = 2s
"""
OUTPUT = """
[output {name}]
url = {url}
{more}
stall_timeout = 5s
start_timeout = 10s
stop_timeout = 1s
backoff_initial = 100ms
backoff_max = 2s
"""


class Sink:
    """Counts what datagrams bring."""

    def __init__(self):
        self.port = receivers.free_udp_port()
        self.socket = socket.socket(type=socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", self.port))
        self.url = f"udp://127.0.0.1:{self.port}"
        self.bytes = 0
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    def _read(self):
        while data := self.socket.recv(65536):
            self.bytes += len(data)

    def close(self):
        with socket.socket(type=socket.SOCK_DGRAM) as s:
            s.sendto(b"", ("127.0.0.1", self.port))
        self.thread.join(daemon.PATIENCE_S)
        self.socket.close()


def may_mount():
    """The words that give a program mounts of its own; None: not here."""
    for words in (["unshare", "-Urm"], ["unshare", "-m"]):
        with contextlib.suppress(OSError):
            if subprocess.run(
                    [*words, "mount", "-t", "tmpfs", "none", "/mnt"],
                    stdin=subprocess.DEVNULL, capture_output=True,
                    check=False).returncode == 0:
                return words
    return None


class World:
    """Everything is started by __enter__ and gone after __exit__. What was
    found to be wrong is in `wrong`."""

    rate = 24000
    # How each is made to die (kills.py, freezes.py), in a shell's numbers.
    blows = {"ttsd": ("137", "139"), "streamer-supervisor": ("137",)}

    def __init__(self, seed):
        self.seed = seed
        self.wrong = []
        self.files = contextlib.ExitStack()
        self.mark = leftovers.Mark()
        self.most = collections.Counter()
        self.heard = self.seen = self.frames = 0
        self.longest_s = 0.0
        self.outcomes = collections.Counter()
        self.jumped = collections.Counter()  # the clocks of the ttsds before
        self.quiet = threading.Event()  # the storm is over
        self.over = threading.Event()   # and so is the world
        self.ears = []
        self.gallery = None
        self.book = None

    def random(self, *names):
        return random.Random(":".join(map(str, (self.seed, *names))))

    # ---- its life ----

    def __enter__(self):
        try:
            self._start()
        except BaseException:
            self._end()
            raise
        return self

    def _start(self):
        self.rundir = self.files.enter_context(daemon.runtime_dir())
        for name in ("files", "tmp"):
            (self.rundir / name).mkdir()
        self.nginx = self.files.enter_context(peers.NginxRtmp(self.rundir))
        self.sinks = {name: Sink() for name in ("a", "b", *VIDEOS)}
        for sink in self.sinks.values():
            self.files.callback(sink.close)
        self.trap = self.files.enter_context(Trap(self.random("trap")))
        self.gallery = self.files.enter_context(Gallery(self))
        self._write_conf()
        self.namespace = may_mount()
        self._start_wrapper()
        self.listen()
        self.await_outputs("at the start")
        self.wrong += self.gallery.settle("at the start")
        self.gallery.look()
        self.calm = {name: daemon.descriptors(pid)
                     for name, pid in self.daemons().items()}
        self.watcher = threading.Thread(target=self._watch, daemon=True)
        self.watcher.start()

    def _write_conf(self):
        text = CONF.format(dir=self.rundir, port=self.trap.port)
        text += self.gallery.conf()
        text += OUTPUT.format(name="live", url=self.nginx.url(), more="")
        text += OUTPUT.format(name="hls", more="segment = 1s",
                              url=f"{self.rundir}/files/live.m3u8")
        for name, sink in self.sinks.items():
            more = "group = pair"
            if name in VIDEOS:
                more = f"video = {name}\nencoder = libx264"
            text += OUTPUT.format(name=name, url=sink.url, more=more)
        (self.rundir / "ttsd.conf").write_text(text)

    def _start_wrapper(self):
        self.log = open(self.rundir / "log", "wb")
        self.files.callback(self.log.close)
        argv = [daemon.binary("ttsd-stream"), "-v", "-c",
                self.rundir / "ttsd.conf", "-D",
                f"ttsd.runtime_dir={self.rundir}", "-D",
                f"ttsd.state_dir={self.rundir}/state"]
        if self.namespace:
            argv = [*self.namespace, "sh", "-c",
                    f"mount -t tmpfs -o size={DISK_BYTES} torture "
                    f"'{self.rundir}/files' && exec \"$@\"", "sh", *argv]
        self.wrapper = subprocess.Popen(
            list(map(str, argv)), stdin=subprocess.DEVNULL,
            stdout=self.log, stderr=self.log,
            env=self.mark.env(TMPDIR=str(self.rundir / "tmp"),
                              ASAN_OPTIONS="handle_segv=0"))
        for path in ("control.sock", "streamer.sock"):
            self.await_answer(path)

    def logged(self):
        return (self.rundir / "log").read_text(errors="replace")

    def __exit__(self, *_):
        self._end()

    def _end(self):
        self.quiet.set()
        self.over.set()
        for ear in self.ears:
            ear.close()
        if self.book:
            self.book.close()
        if getattr(self, "wrapper", None):
            self._stop_wrapper()
        self.files.close()

    def _stop_wrapper(self):
        try:
            self.wrapper.terminate()
            code = self.wrapper.wait(daemon.PATIENCE_S)
            if code != 0:
                self.wrong.append(f"the wrapper ended with {code}")
        except subprocess.TimeoutExpired:
            self.wrong.append("the wrapper does not end")
        try:
            self.mark.wait_gone()
        except AssertionError:
            self.wrong += [f"left running: {daemon.command_line(p)[:80]!r}"
                           for p in self.mark.pids()]
            for pid in self.mark.pids():
                os.kill(pid, 9)
        self.wrong += [f"left behind: {p.name}" for p in (
            *self.rundir.glob("*.sock"), *self.rundir.glob("*-http"),
            *(self.rundir / "tmp").iterdir())]
        self._read_log()

    def _read_log(self):
        """What no blow explains."""
        log = self.logged()
        self.wrong += [f"the log holds '{word}'" for word in (
            "Sanitizer", "runtime error", "Assertion") if word in log]
        self.wrong += [f"{name} ended by itself: {status}" for name, status in
                       re.findall(r"ttsd-stream warning: (\S+) ended with "
                                  r"status (\d+)", log) if status not in self.blows[name]]
        if self.wrong:
            kept = pathlib.Path(tempfile.gettempdir()) / "ttsd-torture.log"
            shutil.copy(self.rundir / "log", kept)
            print(f"   the log is in {kept}", flush=True)

    # ---- whom there is to hurt ----

    def connect(self, name):
        s = socket.socket(socket.AF_UNIX)
        s.settimeout(daemon.PATIENCE_S)
        s.connect(str(self.rundir / name))
        return s

    def daemon_pid(self, path):
        with self.connect(path) as s:
            return peer_pid(s)

    def daemons(self):
        return {"ttsd": self.daemon_pid("control.sock"),
                "supervisor": self.daemon_pid("streamer.sock")}

    def disk(self):
        """The small file system that outputs write to, if there is one."""
        if not self.namespace:
            return None
        pid = self.daemon_pid("streamer.sock")
        return pathlib.Path(f"/proc/{pid}/root{self.rundir}/files")

    # ---- what is asked of it ----

    def control(self, path):
        return daemon.Control(self.rundir / path)

    def ask(self, path, op, **fields):
        with self.control(path) as c:
            return c.ask(op, **fields)

    def await_answer(self, path, patience=BACK_S):
        def answers():
            with contextlib.suppress(OSError, AssertionError, ValueError):
                return self.ask(path, "ping")
        return daemon.wait_until(answers, f"{path} answers", patience)

    def listen(self):
        """Opens a book and ears for the ttsd that is there now."""
        for ear in self.ears:
            ear.close()
        if self.book:
            self._count()
            self.jumped += self.book.jumps
            self.book.close()
        self.book = Book(self.rundir / "control.sock")
        self.ears = [Ear(self, channel) for channel in CHANNELS]

    def jumps(self, channel):
        """How often the channel's clock has said that it jumped."""
        return self.jumped[channel] + self.book.jumps[channel]

    def _count(self):
        self.outcomes.update(self.book.outcomes.values())
        self.heard += sum(ear.samples() for ear in self.ears)
        self.longest_s = max(
            [self.longest_s, *(ear.longest_s for ear in self.ears)])

    # ---- what must be true ----

    def _arrived(self):
        """Bytes that each far end has got."""
        found = {"live": self.nginx.bytes_in(),
                 **{name: s.bytes for name, s in self.sinks.items()}}
        folder = self.disk() or self.rundir / "files"
        with contextlib.suppress(OSError):
            found["hls"] = max(
                (p.stat().st_mtime_ns for p in folder.glob("*.ts")),
                default=0)
        return found

    def await_outputs(self, when):
        """All outputs run, and something new arrives from each."""
        before = self._arrived()

        def back():
            states = {o["name"]: o["state"] for o in self.ask(
                "streamer.sock", "status")["outputs"]}
            now = self._arrived()
            missing.clear()
            missing.update(
                f"{n} ({states[n]})" for n in states
                if states[n] != "running" or now.get(n, 0) <= before.get(n, 0))
            return not missing
        missing = set()
        try:
            daemon.wait_until(back, "outputs are back", BACK_S)
        except (AssertionError, OSError):
            self.wrong.append(f"not back {when}: {', '.join(sorted(missing))}")

    def settle(self):
        """After the storm: everything that was accepted ends, and all is as
        it was."""
        for path in ("control.sock", "streamer.sock"):
            try:
                self.await_answer(path)
            except AssertionError:
                self.wrong.append(f"{path} does not answer any more")
                return
        self._calm()
        for ear in self.ears:
            self.wrong += ear.check()
        self._speak_again()
        self.await_outputs("after the storm")
        self.wrong += self.gallery.settle("after the storm")
        self.wrong += self.gallery.check()
        self.seen = sum(eye.samples for eye in self.gallery.eyes)
        self.frames = sum(eye.frames for eye in self.gallery.eyes)
        self._check_bounds()
        self._count()

    def _calm(self):
        """Ends what waits, and what was on its way to us until now, which a
        ledger that stood still accepts only later; the rest is lost."""
        for _ in range(SETTLE_TURNS):
            for channel in CHANNELS:
                for op in ("resume", "clear", "skip"):
                    self.ask("control.sock", op, channel=channel)
            lost = self.book.settle(SETTLE_S / SETTLE_TURNS)
            if not lost:
                break
        self.wrong += lost

    def _speak_again(self):
        for channel in ("main", "side"):
            with self.control("control.sock") as c:
                c.subscribe("finished", channel=channel)
                said = c.ask("say", text="All is well.", channel=channel)
                end = c.event("finished", id=said["id"])
                if end["outcome"] != "spoken":
                    self.wrong.append(f"channel {channel} cannot speak: "
                                      f"{end.get('reason')}")

    def _check_bounds(self):
        for name, pid in self.daemons().items():
            most = self.calm[name] + DESCRIPTORS_MORE
            try:
                daemon.wait_until(
                    lambda: daemon.descriptors(pid) <= most, "few", 15)
            except AssertionError:
                self.wrong.append(f"{name} holds {daemon.descriptors(pid)} "
                                  f"descriptors; {self.calm[name]} at first")
            bound = RSS_MAX_SANITIZED_KB if "san" in daemon.BUILD.parts \
                else RSS_MAX_KB
            if self.most[f"{name} KiB"] > bound:
                self.wrong.append(
                    f"{name} held {self.most[f'{name} KiB']} KiB")

    def _watch(self):
        while not self.over.wait(0.25):
            with contextlib.suppress(OSError, IndexError, ValueError):
                for name, pid in self.daemons().items():
                    status = pathlib.Path(f"/proc/{pid}/status").read_text()
                    held = int(status.split("VmRSS:")[1].split()[0])
                    self._most(f"{name} KiB", held)
                    self._most(f"{name} descriptors", daemon.descriptors(pid))

    def _most(self, name, value):
        self.most[name] = max(self.most[name], value)


class Trap:
    """A server that does with each connection what no engine expects."""

    WAV = (b"RIFF\xff\xff\xff\xffWAVEfmt \x10\0\0\0\1\0\1\0\xc0\x5d\0\0"
           b"\x80\xbb\0\0\2\0\x10\0data\xff\xff\xff\xff")

    def __init__(self, rng):
        self.random = rng
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._accept, daemon=True)
        self.threads = []

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        for thread in (self.thread, *self.threads):
            thread.join(daemon.PATIENCE_S)

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                connection = self.socket.accept()[0]
                connection.settimeout(3)
                how = self.random.choice((
                    self._rubbish, self._endless, self._silent, self._hang_up,
                    self._refuse, self._breaks_off, self._huge))
                self.threads.append(threading.Thread(
                    target=self._serve, args=(connection, how), daemon=True))
                self.threads[-1].start()

    def _serve(self, connection, how):
        with connection, contextlib.suppress(OSError):
            connection.recv(65536)
            how(connection)

    def _rubbish(self, c):
        c.sendall(os.urandom(5000))

    def _endless(self, c):
        c.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: audio/wav\r\n\r\n" +
                  self.WAV)
        end = time.monotonic() + 2
        while time.monotonic() < end and not self.over.is_set():
            c.sendall(bytes(48000))

    def _silent(self, _):
        self.over.wait(4)

    def _hang_up(self, _):
        pass

    def _refuse(self, c):
        c.sendall(b"HTTP/1.1 500 No\r\nContent-Length: 9\r\n\r\n"
                  b"<b>no</b>")

    def _breaks_off(self, c):
        c.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n" +
                  self.WAV + bytes(1000))

    def _huge(self, c):
        c.sendall(b'{"type":"audio-chunk","payload_length":99999999999}\n' +
                  bytes(100000))
