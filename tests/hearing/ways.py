"""The six ways of a sound to its listeners: what is sent with, the server
between, and what is listened with. Each can be frozen and cut."""
import contextlib
import pathlib
import signal
import subprocess
import sys
import threading

import peers
import receivers
from daemon import wait_until
from ear import QUIET, heard
from peers import RATE, Program

STAMP = pathlib.Path(__file__).with_name("stamp.py")
AAC = ["-c:a", "aac", "-b:a", "64k", "-flush_packets", 1]
MPEGTS = [*AAC, "-f", "mpegts", "-muxdelay", 0, "-muxpreload", 0]
AGAIN_S = 0.3


class Kept:
    """A program that is started again when it ends."""

    def __init__(self, start):
        self.start = start
        self.ended = threading.Event()
        self.lock = threading.Lock()
        self.program = start()
        self.thread = threading.Thread(target=self._keep, daemon=True)
        self.thread.start()

    def _keep(self):
        while not self.ended.is_set():
            self.program.process.wait()
            if self.ended.wait(AGAIN_S):
                return
            with self.lock:
                if not self.ended.is_set():
                    self.program = self.start()

    def signal(self, number):
        self.program.process.send_signal(number)

    def end(self):
        with self.lock:
            self.ended.set()
            self.program.end()
        self.thread.join()


class Way:
    """`warp` gives the sound, `log` is where it is written down what comes. A
    subclass says with what it is sent (`sent`) and heard (`heard`), and starts
    the server, if there is one, as `server`."""

    server = None
    delay_max_ms, stall_ms = 15000, 5000

    def __init__(self, folder, warp):
        self.folder = folder
        self.warp = warp
        self.log = folder / "heard.log"
        self.begin()
        self.sender = Kept(self._send)

    def begin(self):
        pass

    def _send(self):
        program = Program(
            *QUIET, "-f", "s16le", "-ar", RATE, "-ac", 1, "-probesize", 32,
            "-analyzeduration", 0, "-fflags", "nobuffer", "-i", "pipe:0",
            *self.sent(), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        self.warp.feed(program.process.stdin.fileno())
        return program

    def reader(self):
        return [sys.executable, STAMP, self.log, *self.heard()]

    def freeze(self):
        (self.server or self.sender).signal(signal.SIGSTOP)

    def thaw(self):
        with contextlib.suppress(ProcessLookupError):
            (self.server or self.sender).signal(signal.SIGCONT)

    def cut(self):
        """The connection of the sender breaks, and it comes back."""
        self.sender.signal(signal.SIGKILL)

    def end(self):
        self.thaw()
        self.sender.end()
        if self.server:
            self.server.end()


class Server:
    """What has a process, as Kept has: one that must not end."""

    def __init__(self, program):
        self.program = program

    def signal(self, number):
        self.program.process.send_signal(number)

    def end(self):
        self.program.end()


class Rtmp(Way):
    name = "rtmp"

    def begin(self):
        self.nginx = peers.NginxRtmp(self.folder)
        self.server = Server(self.nginx.program)

    def sent(self):
        return [*AAC, "-f", "flv", "-tcp_nodelay", 1, self.nginx.url()]

    def heard(self):
        return heard(self.nginx.url(), "-f", "flv")


class Rtsp(Way):
    name = "rtsp"

    def begin(self):
        self.rtsp = receivers.RtspServer()
        self.server = Server(self.rtsp)

    def sent(self):
        return ["-c:a", "aac", "-b:a", "64k", "-f", "rtsp", "-rtsp_transport",
                "tcp", self.rtsp.url]

    def heard(self):
        return heard(self.rtsp.play_url, "-rtsp_transport", "tcp")


class Hls(Way):
    name = "hls"
    delay_max_ms, stall_ms = 30000, 20000

    def begin(self):
        self.web = self.folder / "web"
        self.web.mkdir()
        self.port = peers.free_port()
        self.server = Server(Program(
            sys.executable, "-m", "http.server", self.port, "--bind",
            "127.0.0.1", "--directory", self.web,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        wait_until(lambda: peers.is_listening(
            self.port, self.server.program.process.pid), "it serves")

    def sent(self):
        return [*AAC, "-f", "hls", "-hls_time", 1, "-hls_list_size", 5,
                "-hls_flags", "delete_segments+append_list+omit_endlist",
                self.web / "live.m3u8"]

    def heard(self):
        return heard(f"http://127.0.0.1:{self.port}/live.m3u8")


class Srt(Way):
    """Between the two a relay, which ends with either side."""
    name = "srt"

    def begin(self):
        self.into, self.out = (
            receivers.free_udp_port() for _ in range(2))
        self.server = Kept(lambda: Program(
            *QUIET, "-fflags", "nobuffer", "-probesize", 20000, "-i",
            f"srt://127.0.0.1:{self.into}?mode=listener", "-c", "copy", "-f",
            "mpegts", "-flush_packets", 1,
            f"srt://127.0.0.1:{self.out}?mode=listener",
            stderr=subprocess.DEVNULL))

    def sent(self):
        return [*MPEGTS, f"srt://127.0.0.1:{self.into}?mode=caller"]

    def heard(self):
        return heard(f"srt://127.0.0.1:{self.out}?mode=caller")


class Icecast(Way):
    name = "icecast"

    def begin(self):
        self.icecast = receivers.Icecast()
        self.server = Server(self.icecast)

    def sent(self):
        return ["-c:a", "libmp3lame", "-b:a", "64k", "-f", "mp3",
                "-flush_packets", 1, "-content_type", "audio/mpeg",
                self.icecast.url()]

    def heard(self):
        return heard(f"http://127.0.0.1:{self.icecast.port}/live", "-f", "mp3")

    def end(self):
        super().end()
        self.icecast.end()


class Rtp(Way):
    """PCMU, and nobody between the two: frozen is who sends."""
    name = "rtp"

    def begin(self):
        self.url = f"rtp://127.0.0.1:{receivers.free_udp_port()}"

    def sent(self):
        return ["-c:a", "pcm_mulaw", "-ar", 8000, "-f", "rtp", self.url]

    def heard(self):
        return heard(self.url)


WAYS = {way.name: way for way in (Rtmp, Rtsp, Hls, Srt, Icecast, Rtp)}
