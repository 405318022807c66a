"""What makes the pictures stands still: a painter, a camera, a renderer, the
disk of a layout. How much sound their outputs lose."""
import contextlib
import os
import signal
import subprocess
import threading

import numpy as np

import board
import picture
from camera import WebCamera
from daemon import Ttsd, children, command_line, runtime_dir, wait_until
from hanging_disk import Disk
from outputs import RATE, TEXT, is_part, lost
from peers import RtspListener
from recording import FFMPEG
from supervisor import Supervisor, define

WIDTH, HEIGHT = board.WIDTH, board.HEIGHT
ALONE = "sound alone"


def jpeg():
    return subprocess.run(
        [*FFMPEG, "-f", "lavfi", "-i", f"color=white:s={WIDTH}x{HEIGHT}",
         "-frames:v", "1", "-c:v", "mjpeg", "-f", "image2pipe", "-"],
        capture_output=True, check=True).stdout


def shown(name, **keys):
    keys = {"size": f"{WIDTH}x{HEIGHT}", "fps": 25, **keys}
    return [word for key, value in keys.items()
            for word in ("-D", f"video.{name}.{key}={value}")]


class Stage:
    """An output of each kind, and one of sound alone, while ttsd speaks."""

    def __init__(self, stack):
        where = stack.enter_context(runtime_dir())
        self.camera = stack.enter_context(WebCamera(jpeg()))
        self.disk = stack.enter_context(Disk(where))
        self.ttsd = stack.enter_context(Ttsd(where))
        with self.ttsd.control() as c:
            c.ask("say", text=TEXT)
        self.sent = stack.enter_context(self.ttsd.listen())
        self.kinds = [kind for kind in PAUSES
                      if kind != "disk" or self.disk.works]
        self.heard = {kind: stack.enter_context(RtspListener())
                      for kind in (*self.kinds, ALONE)}
        self.supervisor = stack.enter_context(
            Supervisor(where, *self._videos(where), *self._outputs()))
        self.door = stack.enter_context(
            picture.connect(where / "renderer.raw.sock"))
        self.door.sendall(f"YUV4MPEG2 W{WIDTH} H{HEIGHT}\n".encode())

    def _videos(self, where):
        layout = board.svg(board.fill("#000"), "<text>{clock}</text>")
        for folder in (where, self.disk.folder):
            (folder / "board.svg").write_text(layout)
        return (
            shown("painter", source="board", layout=where / "board.svg",
                  caption="yes") +
            shown("camera", source="url", url=self.camera.url) +
            shown("renderer", source="raw") +
            shown("disk", source="board", caption="yes",
                  layout=self.disk.there / "board.svg"))

    def _outputs(self):
        return [word for kind, far in self.heard.items() for word in define(
            kind.replace(" ", "-"), url=far.url, codec="pcm",
            rtsp_transport="tcp",
            **({} if kind == ALONE else {"video": kind}))]

    def videos(self):
        with self.supervisor.control() as c:
            return {v["name"]: v for v in c.ask("status")["videos"]}

    def are_heard(self):
        wait_until(lambda: all(len(far.pcm) > 3 * 2 * RATE
                               for far in self.heard.values()),
                   "three seconds of each are heard")
        wait_until(lambda: all(v.get("source", "running") == "running"
                               for v in self.videos().values()), "and seen")

    def painter(self):
        """The pid of the painter that is not on the disk."""
        pictures = [pid for pid in children(self.supervisor.pid)
                    if "/painter.mkv.sock" in command_line(pid)]
        return children(pictures[0])[0]


# ---- pauses ------------------------------------------------------------------


@contextlib.contextmanager
def paused_painter(stage):
    pid = stage.painter()
    os.kill(pid, signal.SIGSTOP)
    yield
    # Its parent has long ended it, unless the pause was short.
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGCONT)


@contextlib.contextmanager
def paused_camera(stage):
    shows, stage.camera.picture = stage.camera.picture, None
    yield
    stage.camera.picture = shows


@contextlib.contextmanager
def paused_renderer(stage):
    """In the middle of a frame."""
    frame = picture.frame(WIDTH, HEIGHT, 99)
    stage.door.sendall(frame[:len(frame) // 2])
    yield
    stage.door.sendall(frame[len(frame) // 2:])


@contextlib.contextmanager
def hanging_disk(stage):
    stage.disk.hang()
    yield
    stage.disk.go_on()


PAUSES = {"painter": paused_painter, "camera": paused_camera,
          "renderer": paused_renderer, "disk": hanging_disk}


def bench_pauses(table, seconds):
    """All at once; a painter is ended after two seconds, a camera after one.
    Where there is no file system in user space no disk hangs."""
    pause = threading.Event()
    with contextlib.ExitStack() as stack:
        stage = Stage(stack)
        stage.are_heard()
        with contextlib.ExitStack() as pauses:
            for kind in stage.kinds:
                pauses.enter_context(PAUSES[kind](stage))
            pause.wait(seconds)
        pause.wait(2)
        videos = stage.videos()
        received = {kind: far.samples(RATE).copy()
                    for kind, far in stage.heard.items()}
        sent = np.frombuffer(
            stage.sent.until(max(map(len, received.values()))), dtype="<i2")
    of_alone = lost(sent, received[ALONE])
    for kind in stage.kinds:
        what = f"a {kind} that stands still for {seconds} s"
        table.add(f"{what}: samples of sound lost", lost(sent, received[kind]),
                  "samples", 0, of_alone, "an output of sound alone")
        table.add(f"{what}: gaps ({videos[kind].get('source_restarts', 0)} "
                  "restarts of it)", not is_part(sent, received[kind]), "", 0)
