"""The program `picture`, and a reader of the stream that it keeps alive."""
import contextlib
import json
import socket
import struct
import subprocess
import threading

import numpy

from daemon import BUILD, PATIENCE_S, wait_until

PROGRAM = str(BUILD / "libexec" / "ttsd" / "picture")
TICKS = 10000  # a second, of the time stamps
CLUSTER = 0x1F43B675
HEAD = 27  # of a cluster with its one block (common/picture/matroska.h)
SOUND, PICTURE = 1, 2
# What ttsd is told so that it is never silent.
NOISE = ("-D", "channel.main.comfort_noise=-50")


class Piece:
    def __init__(self, track, time, data):
        self.track, self.time, self.data = track, time, data

    def luma(self):
        return self.data[0]


def connect(path):
    """A connection to a local socket, which is there a moment before anybody
    listens."""
    s = socket.socket(socket.AF_UNIX)
    s.settimeout(PATIENCE_S)
    wait_until(lambda: s.connect_ex(str(path)) == 0, f"{path} is served")
    return s


def read_header(f):
    """All before the first cluster; that cluster's first bytes are read."""
    header = b""
    while not header.endswith(struct.pack(">I", CLUSTER)):
        byte = f.read(1)
        if not byte:
            return header
        header += byte
    return header[:-4]


def read_pieces(f):
    """What follows the header, piece by piece, until the stream ends."""
    first = struct.pack(">I", CLUSTER)
    while True:
        head = first + f.read(HEAD - len(first))
        first = b""
        if len(head) < HEAD:
            return
        assert struct.unpack(">I", head[:4])[0] == CLUSTER, head
        size = struct.unpack(">I", head[19:23])[0] & 0x0FFFFFFF
        data = f.read(size - 4)
        if len(data) < size - 4:
            return
        yield Piece(head[23] & 0x7F, struct.unpack(">Q", head[10:18])[0], data)


class Stream:
    """Reads the stream on a thread of its own, and keeps its pieces."""

    def __init__(self, path, stalled=False):
        self.socket = connect(path)
        self.pieces, self.ended = [], False
        self.grown = threading.Condition()
        self.thread = None
        if not stalled:
            self.resume()

    def resume(self):
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()
        return self

    def _run(self):
        try:
            with self.socket.makefile("rb", 1 << 20) as f:
                self._read(f)
        except OSError:
            pass
        with self.grown:
            self.ended = True
            self.grown.notify_all()

    def _read(self, f):
        self.header = read_header(f)
        for piece in read_pieces(f):
            with self.grown:
                self.pieces.append(piece)
                self.grown.notify_all()

    def until(self, condition, what):
        """Waits until the condition, of the pieces, gives something."""
        with self.grown:
            found = []

            def holds():
                value = condition(self.pieces)
                # Tick 0 is one like any other.
                if value or (value == 0 and value is not False):
                    found[:] = [value]
                return found or self.ended

            self.grown.wait_for(holds, PATIENCE_S)
            assert found, f"timed out: {what}"
            return found[0]

    def pictures(self):
        with self.grown:
            return [p for p in self.pieces if p.track == PICTURE]

    def sound(self):
        with self.grown:
            return [p for p in self.pieces if p.track == SOUND]

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


def onset(pieces, rate, after=0):
    """The tick at which it is no longer silent, from tick `after` on."""
    for p in pieces:
        if p.track == SOUND and p.time >= after:
            loud = numpy.flatnonzero(
                numpy.abs(numpy.frombuffer(p.data, "<i2")) > 500)
            if len(loud):
                return p.time + loud[0] * TICKS / rate
    return None


def bit_for_bit(s, plain):
    """The sound of the stream is that of the channel, whose listener is there
    since before it: no sample is missing, or another one. It takes sound of
    which no two moments are the same: NOISE."""
    pcm = b"".join(p.data for p in s.sound())
    wait_until(lambda: pcm in bytes(plain.pcm), "the channel's own sound")


def change(pieces, luma):
    """The tick of the first frame whose first pixel is that bright."""
    return next((p.time for p in pieces
                 if p.track == PICTURE and p.luma() == luma), None)


def frame(width, height, luma, **parameters):
    words = "".join(f" X{k}={v}" for k, v in parameters.items())
    return (f"FRAME{words}\n".encode() + bytes([luma]) * (width * height) +
            bytes([128]) * (width * height // 2))


class Picture(contextlib.AbstractContextManager):
    """A picture of the channel `main` of the ttsd in `rundir`."""

    def __init__(self, rundir, *args, width=32, height=16, fps=25):
        self.rundir, self.size = rundir, (width, height)
        self.socket = rundir / "v.mkv.sock"
        self.door = rundir / "v.raw.sock"
        self.log_path = rundir / "picture.log"
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(
                [PROGRAM, "--socket", self.socket, "--audio",
                 rundir / "main.sock", "--control", rundir / "control.sock",
                 "--channel", "main", "--size", f"{width}x{height}", "--fps",
                 str(fps), "--raw", self.door, *args],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.pid = self.process.pid

    def logged(self):
        return self.log_path.read_text(errors="replace")

    def messages(self):
        return [json.loads(line)["message"]
                for line in self.logged().splitlines()
                if line.startswith("{") and line.endswith("}")]

    def status(self):
        told = [m for m in self.messages() if m.startswith("status ")]
        return json.loads(told[-1][len("status "):]) if told else {}

    def says(self, what):
        wait_until(lambda: what in self.logged(), what)

    def listen(self, **kw):
        wait_until(lambda: self.socket.exists() or
                   self.process.poll() is not None, "the picture is served")
        return Stream(self.socket, **kw)

    def open_door(self):
        wait_until(self.door.exists, "the raw door is open")
        s = connect(self.door)
        s.sendall("YUV4MPEG2 W{} H{} F25:1 C420jpeg\n".format(
            *self.size).encode())
        return s

    def __exit__(self, kind, *_):
        if self.process.poll() is None:
            self.process.terminate()
        code = self.process.wait(PATIENCE_S)
        log = self.logged()
        assert "Sanitizer" not in log and "runtime error" not in log, log
        if kind is None:
            assert code == 0, f"exit {code}\n{log}"
