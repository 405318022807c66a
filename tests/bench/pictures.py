"""Sound and picture at the far end: how far a flash is from its beep, what a
picture costs, and what it adds to the delay of the sound."""
import contextlib
import os
import signal
import subprocess
import threading
import time

import numpy as np

import board
import peers
import receivers
from daemon import (
    PATIENCE_S, Ttsd, children, command_line, exists, runtime_dir, wait_until)
from instruments import Clocked, cpu_seconds, percentile, resident_mb
from painter import LAYOUTS
from supervisor import Supervisor, define

FFMPEG = ("ffmpeg", "-v", "error", "-nostdin")
AAC_SAMPLES = 1024  # of a packet: ISO/IEC 14496-3
SECONDS_HLS = 8     # that a player is behind
TONE = ("-D", "engine.t.type=tone", "-D", "channel.main.engine=t")
TEXT = " ".join(f"Number {i}, to counter {i % 9 + 1}."
                for i in range(100, 1000, 7))


# ---- what was received -------------------------------------------------------


class Recorder(peers.Program):
    """An ffmpeg that keeps what it receives, as it is."""

    def __init__(self, path, url, *options):
        self.path = path
        super().__init__(*FFMPEG, "-y", *options, "-i", url, "-c", "copy",
                         "-flush_packets", 1, path)

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(PATIENCE_S)
        self.end()

    def has_begun(self):
        wait_until(lambda: self.process.poll() is not None or (
            self.path.exists() and self.path.stat().st_size > 20000),
            "it receives")
        return self


def times(path, kind):
    out = subprocess.run(
        ["ffprobe", "-v", "error", "-select_streams", kind, "-show_entries",
         "packet=pts_time", "-of", "csv=p=0", path],
        capture_output=True, text=True, check=True).stdout
    return [float(line.strip(",")) for line in out.split()]


def decode(path, *options):
    return subprocess.run([*FFMPEG, "-i", path, *options, "-"],
                          capture_output=True, check=True).stdout


def flashes(path):
    """When the picture becomes another one."""
    luma = np.frombuffer(decode(
        path, "-map", "0:v", "-fps_mode", "passthrough", "-vf",
        "scale=2:2,format=gray", "-f", "rawvideo"), np.uint8)[::4]
    at = sorted(times(path, "v"))[-len(luma):]
    return [at[n] for n in np.flatnonzero(np.diff(luma > 128)) + 1]


def beeps(path):
    """When it begins to sound after a fifth of a second of silence."""
    pcm = np.abs(np.frombuffer(decode(
        path, "-map", "0:a", "-f", "s16le", "-ac", "1", "-ar", "48000"),
        "<i2").astype(float))
    at = times(path, "a")
    skipped = len(at) * AAC_SAMPLES - len(pcm)  # by the decoder, at first
    loud = np.flatnonzero(pcm > 0.3 * pcm.max())
    first = [n for n, gap in zip(loud, np.diff(loud, prepend=-48000))
             if gap > 9600]
    return [at[(n + skipped) // AAC_SAMPLES] +
            (n + skipped) % AAC_SAMPLES / 48000 for n in first]


def errors_ms(path):
    """Of each beep that has a flash."""
    seen = flashes(path)
    return [1000 * min((f - b for f in seen), key=abs) for b in beeps(path)
            if any(abs(f - b) < 0.4 for f in seen)]


# ---- flash against beep ------------------------------------------------------


class Air:
    """ttsd, a supervisor, and a board that is white or black."""

    def __init__(self, stack, url, *args):
        self.stack = stack
        self.where = stack.enter_context(runtime_dir())
        layout = self.where / "board.svg"
        layout.write_text(board.tickets(A="#fff", B="#000"))
        self.begin()
        self.count = 0
        self.supervisor = stack.enter_context(Supervisor(
            self.where, "-D", "video.v.source=board", "-D",
            f"video.v.layout={layout}", "-D", "video.v.size=320x180",
            *define(url=url, video="v", backoff_max="200ms"), *args))

    def begin(self):
        self.ttsd = self.stack.enter_context(Ttsd(
            self.where, *TONE, "-D", "video.v.source=board", "-D",
            "video.v.layout=/dev/null"))

    def beep(self, n):
        with self.ttsd.control() as c:
            c.subscribe("finished")
            for _ in range(n):
                self.count += 1
                c.ask("say", text="beep",
                      show={"ticket": "BA"[self.count % 2]})
                c.event("finished")
                time.sleep(0.6 + 0.037 * (self.count % 5))

    def runs(self):
        wait_until(lambda: self.supervisor.output()["state"] == "running",
                   "it runs")

    def child(self, name):
        return next(pid for pid in children(self.supervisor.pid)
                    if exists(pid) and command_line(pid).startswith(name))


def end_of(air, pid):
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not exists(pid), "it is gone")
    air.runs()


def nothing(air):
    air.runs()


def without_ffmpeg(air):
    end_of(air, air.child("ffmpeg"))


def without_picture(air):
    end_of(air, air.child(str(board.PAINTER).replace("painter", "picture")))


def without_ttsd(air):
    air.ttsd.kill()
    air.begin()
    air.runs()


def stand_still(air):
    pid = air.child("ffmpeg")
    os.kill(pid, signal.SIGSTOP)
    time.sleep(2)
    os.kill(pid, signal.SIGCONT)
    time.sleep(1)


PHASES = (nothing, without_ffmpeg, without_picture, without_ttsd)


def far_ends(stack):
    """Of each protocol its name, the output's URL, and a recorder's
    arguments."""
    where = stack.enter_context(runtime_dir())
    nginx = stack.enter_context(peers.NginxRtmp(where))
    folder = where / "hls"
    folder.mkdir()
    port = peers.free_port()
    rtsp = f"rtsp://127.0.0.1:{port}/live"
    return (
        ("RTMP", nginx.url(), (nginx.url(),)),
        ("RTSP", rtsp, (rtsp, "-rtsp_flags", "listen")),
        ("HLS", f"{folder}/live.m3u8",
         (f"{folder}/live.m3u8", "-live_start_index", -1)),
    )


def record(air, name, args, count, phase):
    """The errors of so many beeps, received after something happened."""
    path = air.where / f"{name}-{phase.__name__}.mkv"
    with contextlib.ExitStack() as stack:
        if name == "RTSP":  # it is the server, so it comes first
            recorder = stack.enter_context(Recorder(path, *args))
        phase(air)
        if name != "RTSP":
            wait_until(lambda: name == "RTMP" or os.path.exists(args[0]),
                       "there is a list")
            recorder = stack.enter_context(Recorder(path, *args))
        recorder.has_begun()
        air.beep(count)
        if phase is nothing:
            stand_still(air)
            air.beep(count)
        time.sleep(SECONDS_HLS if name == "HLS" else 1)
    return errors_ms(path)


def bench_flashes(table, count, phases):
    with contextlib.ExitStack() as outer:
        for name, url, args in far_ends(outer):
            found = []
            with contextlib.ExitStack() as stack:
                air = Air(stack, url)
                for phase in phases:
                    found += record(air, name, args, count, phase)
            what = f"{name}: a flash against its beep, over {len(found)}"
            table.add(f"{what}, mean", float(np.mean(found)), "ms")
            table.add(f"{what}, the worst", max(map(abs, found)), "ms", 20)


# ---- what it costs -----------------------------------------------------------


def share_of_core(pids, seconds):
    """Percent of a core that each took meanwhile."""
    before = [cpu_seconds(p) for p in pids]
    begun = time.monotonic()
    threading.Event().wait(seconds)
    took = time.monotonic() - begun
    return [100 * (cpu_seconds(p) - b) / took for p, b in zip(pids, before)]


def bench_cost(table, seconds, fps, target):
    with contextlib.ExitStack() as stack:
        where = stack.enter_context(runtime_dir())
        nginx = stack.enter_context(peers.NginxRtmp(where))
        ttsd = stack.enter_context(Ttsd(where))
        with ttsd.control() as c:
            c.ask("say", text=TEXT)
        s = stack.enter_context(Supervisor(
            where, "-D", "video.v.source=board", "-D",
            f"video.v.layout={LAYOUTS / 'board.svg'}", "-D",
            "video.v.caption=yes", "-D", f"video.v.fps={fps}",
            *define(url=nginx.url(), video="v"),
            *define("sound", url=nginx.url("sound"))))
        wait_until(lambda: all(o["state"] == "running"
                               for o in s.outputs().values()), "they run")
        threading.Event().wait(3)
        outputs = s.outputs()
        picture = next(p for p in children(s.pid)
                       if "/picture" in command_line(p)[:200])
        painter = children(picture)[0]
        pids = [picture, painter, outputs["live"]["pid"],
                outputs["sound"]["pid"]]
        of_picture, of_painter, of_ffmpeg, of_sound = share_of_core(
            pids, seconds)
        memory = resident_mb(picture)
    what = f"a board of 1280x720, {fps} frames a second, that captions speech"
    table.add(f"{what}: all of it", of_picture + of_painter + of_ffmpeg,
              "% of a core", target, of_ffmpeg, "% its ffmpeg")
    table.add(f"{what}: picture", of_picture, "% of a core", 1.5,
              of_sound, "% an ffmpeg of sound alone")
    table.add(f"{what}: picture holds", memory, "MB", 30)
    table.add(f"{what}: its painter", of_painter, "% of a core")


# ---- what it adds to the delay -----------------------------------------------


class Ear(receivers.DatagramListener):
    """Notes when how much of the sound has come."""

    def __init__(self):
        self.clock = None
        super().__init__("udp", "", "-vn")

    def _read(self):
        self.clock = Clocked(self._take)
        self.clock.thread.join()

    def _take(self, size):
        part = self.process.stdout.read1(size)
        self.pcm += part
        return part

    def onsets(self):
        loud = np.flatnonzero(np.abs(np.frombuffer(
            bytes(self.pcm[:len(self.pcm) // 2 * 2]), "<i2")) > 3000)
        return [self.clock.time_of(n) for n, gap in zip(
            loud, np.diff(loud, prepend=-peers.RATE)) if gap > 4800]


def bench_delay(table, count):
    with contextlib.ExitStack() as stack:
        pictured, alone = (stack.enter_context(Ear()) for _ in range(2))
        air = Air(stack, pictured.url, *define("alone", url=alone.url))
        wait_until(lambda: len(pictured.pcm) > peers.RATE and
                   len(alone.pcm) > peers.RATE, "both are heard")
        air.beep(count)
        time.sleep(1)
        more = [1000 * (a - b) for a, b in zip(
            pictured.onsets()[-count:], alone.onsets()[-count:])]
    table.add("MPEG-TS: sound comes later with a picture than without, median",
              percentile(more, 50), "ms", 60)
    table.add("MPEG-TS: sound comes later with a picture than without, 90th "
              "percentile", percentile(more, 90), "ms")


def bench_pictures(table, quick):
    bench_flashes(table, 2 if quick else 7, PHASES[:2] if quick else PHASES)
    bench_cost(table, 5 if quick else 20, 25, 15)
    bench_cost(table, 5 if quick else 20, 5, 6)
    bench_delay(table, 3 if quick else 20)
