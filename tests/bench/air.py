"""ttsd, and a supervisor that sends a board with its sound, for the benchmarks
of pictures."""
import os
import signal
import time

import board
import peers
from daemon import (
    Ttsd, children, command_line, exists, runtime_dir, wait_until)
from supervisor import Supervisor, define

TONE = ("-D", "engine.t.type=tone", "-D", "channel.main.engine=t")
WHITE, BLACK = "A", "B"  # tickets


class Air:
    """Its board is black, or white, unless it is another layout."""

    def __init__(self, stack, url, *args, layout=None, engine=TONE,
                 size="320x160", **keys):
        self.stack, self.engine = stack, engine
        self.where = stack.enter_context(runtime_dir())
        self.layout = layout or self.where / "board.svg"
        if not layout:
            self.draw(board.tickets(A="#fff", B="#000"))
        self.begin()
        self.said = 0
        self.supervisor = stack.enter_context(Supervisor(
            self.where, "-D", "video.v.source=board", "-D",
            f"video.v.layout={self.layout}", "-D", f"video.v.size={size}",
            *define(url=url, video="v", backoff_max="200ms", **keys), *args))

    def begin(self):
        self.ttsd = self.stack.enter_context(Ttsd(
            self.where, *self.engine, "-D", "video.v.source=board", "-D",
            "video.v.layout=/dev/null"))

    def draw(self, layout):
        """Has that layout in place of the one there is."""
        new = self.layout.with_suffix(".new")
        new.write_text(layout)
        new.rename(self.layout)

    def show(self, ticket):
        with self.ttsd.control() as c:
            c.ask("show", video="v", show={"ticket": ticket})

    def say(self, text, **fields):
        """Returns once it is said, and has been silent for a while, which is
        not a whole number of frames."""
        with self.ttsd.control() as c:
            c.subscribe("finished")
            c.ask("say", text=text, **fields)
            c.event("finished")
        self.said += 1
        time.sleep(0.6 + 0.037 * (self.said % 5))

    def beep(self, n):
        """So many beeps, each with a flash. A picture that was started again
        has lost its ticket, so it gets one first."""
        self.show(BLACK)
        time.sleep(1)
        for i in range(n):
            self.say("beep", show={"ticket": BLACK if i % 2 else WHITE})

    def runs(self):
        wait_until(lambda: self.supervisor.output()["state"] == "running",
                   "it runs")

    def child(self, name):
        """Its pid, once it is there: it may just be started anew."""
        return wait_until(lambda: next(
            (pid for pid in children(self.supervisor.pid) if exists(pid) and
             command_line(pid).startswith(name)), None), f"a {name}")

    def picture(self):
        return self.child(board.PAINTER.replace("painter", "picture"))


# ---- what befalls it ---------------------------------------------------------


def end_of(air, pid):
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not exists(pid), "it is gone")
    air.runs()


def nothing(air):
    air.runs()


def without_ffmpeg(air):
    end_of(air, air.child("ffmpeg"))


def without_picture(air):
    end_of(air, air.picture())


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


# ---- where it is received ----------------------------------------------------


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
