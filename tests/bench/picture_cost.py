"""What a picture costs, and what it adds to the delay of the sound."""
import contextlib
import subprocess
import threading
import time

import numpy as np

import peers
import receivers
from air import Air
from daemon import Ttsd, children, command_line, runtime_dir, wait_until
from instruments import Clocked, cpu_seconds, percentile, resident_mb
from painter import LAYOUTS
from supervisor import Supervisor, define

TEXT = " ".join(f"Number {i}, to counter {i % 9 + 1}."
                for i in range(100, 1000, 7))


# ---- what it costs -----------------------------------------------------------


def share_of_core(pids, seconds):
    """Percent of a core that each took meanwhile."""
    before = [cpu_seconds(p) for p in pids]
    begun = time.monotonic()
    threading.Event().wait(seconds)
    took = time.monotonic() - begun
    return [100 * (cpu_seconds(p) - b) / took for p, b in zip(pids, before)]


def record(source, path, seconds):
    """Keeps the frames and the sound of a [video] as they are."""
    subprocess.run(
        ["ffmpeg", "-v", "error", "-nostdin", "-y", "-i", f"unix:{source}",
         "-c", "copy", "-t", str(seconds), str(path)], check=True)
    return path


@contextlib.contextmanager
def plain_ffmpeg(path, fps, url):
    """What anybody would send a recorded file with."""
    process = subprocess.Popen(
        ["ffmpeg", "-v", "error", "-nostdin", "-re", "-stream_loop", "-1",
         "-i", str(path), "-c:v", "libx264", "-preset", "superfast", "-tune",
         "zerolatency", "-g", str(2 * fps), "-bf", "0", "-c:a", "aac",
         "-f", "flv", url])
    try:
        yield process.pid
    finally:
        process.terminate()
        process.wait()


class Cost:
    """Percent of a core, and megabytes, of an output that shows a layout while
    it is spoken, of one of sound alone, and of a plain ffmpeg that sends the
    same frames and sound from a file."""

    def __init__(self, seconds, layout, fps):
        with contextlib.ExitStack() as stack:
            self.picture, self.painter, self.ffmpeg, self.sound, self.plain = \
                share_of_core(self._begin(stack, layout, fps), seconds)
            self.memory = resident_mb(self.pid)
        self.all = self.picture + self.painter + self.ffmpeg

    def _begin(self, stack, layout, fps):
        where = stack.enter_context(runtime_dir())
        nginx = stack.enter_context(peers.NginxRtmp(where))
        ttsd = stack.enter_context(Ttsd(where))
        with ttsd.control() as c:
            c.ask("say", text=TEXT)
        s = stack.enter_context(Supervisor(
            where, "-D", "video.v.source=board", "-D",
            f"video.v.layout={LAYOUTS / layout}", "-D",
            "video.v.caption=yes", "-D", f"video.v.fps={fps}",
            *define(url=nginx.url(), video="v"),
            *define("sound", url=nginx.url("sound"))))
        wait_until(lambda: all(o["state"] == "running"
                               for o in s.outputs().values()), "they run")
        recorded = record(where / "v.mkv.sock", where / "recorded.mkv", 4)
        plain = stack.enter_context(
            plain_ffmpeg(recorded, fps, nginx.url("plain")))
        threading.Event().wait(3)
        outputs = s.outputs()
        self.pid = next(p for p in children(s.pid)
                        if "/picture" in command_line(p)[:200])
        return [self.pid, children(self.pid)[0], outputs["live"]["pid"],
                outputs["sound"]["pid"], plain]


def add_board(table, cost, fps, target):
    what = f"a board of 1280x720, {fps} frames a second, that captions speech"
    table.add(f"{what}: all of it", cost.all, "% of a core", target,
              cost.plain, "% a plain ffmpeg of the same frames")
    table.add(f"{what}: its ffmpeg", cost.ffmpeg, "% of a core", None,
              cost.plain, "% a plain ffmpeg of the same frames")
    table.add(f"{what}: picture", cost.picture, "% of a core", 1.5,
              cost.sound, "% an ffmpeg of sound alone")
    table.add(f"{what}: picture holds", cost.memory, "MB", 30)
    table.add(f"{what}: its painter", cost.painter, "% of a core")


def add_presenter(table, cost, board):
    what = "the presenter of 1280x720, 25 frames a second, speaking"
    table.add(f"{what}: all of it", cost.all, "% of a core", None,
              board.all, "% the board")
    table.add(f"{what}: picture", cost.picture, "% of a core", 1.5,
              board.picture, "% the board's")
    table.add(f"{what}: picture holds", cost.memory, "MB", 30)
    table.add(f"{what}: its painter", cost.painter, "% of a core", None,
              board.painter, "% the board's")


def bench_cost(table, seconds):
    board = Cost(seconds, "board.svg", 25)
    add_board(table, board, 25, 15)
    add_board(table, Cost(seconds, "board.svg", 5), 5, 6)
    add_presenter(table, Cost(seconds, "presenter.svg", 25), board)


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
    what = "MPEG-TS: sound comes later with a picture than without"
    table.add(f"{what}, median", percentile(more, 50), "ms", 60)
    table.add(f"{what}, 90th percentile", percentile(more, 90), "ms", 60)
    table.add(f"{what}: beeps that were not heard, of {count}",
              count - len(more), "", 0)
