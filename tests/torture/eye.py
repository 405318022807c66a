"""A reader of the stream of sound and picture that a [video] serves, through
all lives of its process: no sample of sound may be missing within one."""
import contextlib
import socket
import threading

import daemon
from picture import SOUND, TICKS, read_header, read_pieces


class Eye:
    """The lag_max of the channel must be so long that an eye is never moved to
    the present."""

    def __init__(self, world, video):
        self.world = world
        self.video = video
        self.lives = self.samples = self.frames = 0
        self.holes = []  # (samples that were missing, after so many)
        self.socket = None
        self.seen = threading.Condition()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self):
        while not self.world.over.is_set():
            with contextlib.suppress(OSError):
                with self.world.connect(f"{self.video}.mkv.sock") as s:
                    self.socket = s
                    self._live(s)
            self.world.over.wait(0.1)

    def _live(self, s):
        s.settimeout(None)
        with s.makefile("rb", 1 << 20) as f:
            if not read_header(f):
                return
            self.lives += 1
            first, count = None, 0
            for piece in read_pieces(f):
                if piece.track != SOUND:
                    self.frames += 1
                    continue
                first = piece.time if first is None else first
                missing = round((piece.time - first) * self.world.rate
                                / TICKS) - count
                # Time stamps are exact to half of a tick, some 1.2 samples.
                if abs(missing) > self.world.rate / TICKS:
                    self.holes.append((missing, self.samples))
                    count += missing
                count += len(piece.data) // 2
                self.samples += len(piece.data) // 2
                with self.seen:
                    self.seen.notify_all()

    def goes_on(self, patience):
        """Waits for another frame and more sound."""
        frames, samples = self.frames, self.samples
        with self.seen:
            return self.seen.wait_for(
                lambda: self.frames > frames and self.samples > samples,
                patience)

    def check(self, jumps):
        """What is wrong so far. Where the clock has jumped, which it says,
        there is no sound to be had."""
        if len(self.holes) <= jumps:
            return []
        return [f"[video {self.video}] lacks {missing} samples after {after}, "
                f"and the clock jumped {jumps} times"
                for missing, after in self.holes]

    def close(self):
        with contextlib.suppress(OSError, AttributeError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.thread.join(daemon.PATIENCE_S)
