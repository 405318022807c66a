"""How soon what is edited is seen: fields by `show`, and a layout on disk."""
import contextlib
import subprocess
import threading
import time

import board
import peers
import picture
import receivers
from air import BLACK, WHITE, Air
from daemon import PATIENCE_S, runtime_dir, wait_until
from instruments import percentile
from recording import FFMPEG

LUMA = {BLACK: board.BLACK, WHITE: board.WHITE}
APART_S = 0.35  # and a little more each time, so that no frame is preferred


class Eye(peers.Program):
    """A player that shows each frame as soon as it has it, and notes when
    which brightness came. It begins amid a group of pictures, and complains."""

    def __init__(self, url):
        self.changes = []  # (time, is bright)
        super().__init__(
            *FFMPEG, "-v", "quiet", "-fflags", "nobuffer", "-flags", "low_delay",
            "-i", url, "-an", "-fps_mode", "passthrough",
            "-vf", "scale=1:1,format=gray", "-f", "rawvideo",
            "-flush_packets", 1, "-", stdout=subprocess.PIPE)
        self.grown = threading.Condition()
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    def _read(self):
        while frame := self.process.stdout.read(1):
            bright = frame[0] > 128
            with self.grown:
                if not self.changes or self.changes[-1][1] != bright:
                    self.changes.append((time.monotonic(), bright))
                    self.grown.notify_all()

    def sees(self, bright):
        """When it did, once it does."""
        with self.grown:
            assert self.grown.wait_for(
                lambda: self.changes and self.changes[-1][1] == bright,
                PATIENCE_S), "no such frame came"
            return self.changes[-1][0]

    def end(self, *how):
        super().end(*how)
        self.thread.join(PATIENCE_S)
        self.process.stdout.close()


def by_show(air, ticket):
    air.show(ticket)


def on_disk(air, ticket):
    """The other ticket's colour is the same."""
    colour = {BLACK: "#000", WHITE: "#fff"}[ticket]
    air.draw(board.tickets(A=colour, B=colour))


def change(air, how, ticket, eye, stream):
    """Milliseconds until it is seen at the far end, and at picture's own
    socket."""
    begun = time.monotonic()
    how(air, ticket)
    board.see(stream, LUMA[ticket])
    near = time.monotonic()
    far = eye.sees(ticket == WHITE)
    return 1000 * (far - begun), 1000 * (near - begun)


def measure(air, eye, how, count):
    # Either way it begins black.
    by_show(air, BLACK)
    on_disk(air, BLACK)
    eye.sees(False)
    if how is by_show:
        air.draw(board.tickets(A="#fff", B="#000"))
    with picture.Stream(air.where / "v.mkv.sock") as stream:
        board.see(stream, board.BLACK)
        found = []
        for i in range(count):
            time.sleep(APART_S + 0.011 * i)
            found.append(change(air, how, BLACK if i % 2 else WHITE, eye,
                                stream))
    return zip(*found)


def far_ends(stack):
    """Of each protocol its name, the output's URL, and a reader's."""
    nginx = stack.enter_context(peers.NginxRtmp(
        stack.enter_context(runtime_dir())))
    udp = f"udp://127.0.0.1:{receivers.free_udp_port()}"
    return ("RTMP", nginx.url(), nginx.url()), ("MPEG-TS", udp, udp)


def bench_changes(table, count):
    with contextlib.ExitStack() as outer:
        for name, to, url in far_ends(outer):
            with contextlib.ExitStack() as stack:
                air = Air(stack, to)
                air.runs()
                eye = stack.enter_context(Eye(url))
                wait_until(lambda: eye.changes, "a picture comes")
                for how, what in ((by_show, "a field, by `show`"),
                                  (on_disk, "a layout, on disk")):
                    far, near = measure(air, eye, how, count)
                    for p, called in ((50, "p50"), (100, "the worst")):
                        table.add(
                            f"{name}: {what}, until it is seen, {called}",
                            percentile(far, p), "ms", 500,
                            percentile(near, p), "ms, at picture's socket")
