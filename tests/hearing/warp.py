"""What lies between a channel and its encoder: the sound passes, or is muted,
exchanged, held up or cut, as a server at fault would do it to a listener."""
import collections
import contextlib
import os
import socket
import threading
import time

from peers import RATE

HEADER_BYTES = 44
STEP_BYTES = RATE // 50 * 2
# What an encoder that stands still has not taken is lost beyond this.
STEPS_MAX = 500
DELAY_S = 3


class Warp:
    """Reads a channel of ttsd, and writes it to the standard input of the
    encoder of the moment. `sent` is all of it, as ttsd sent it."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(str(path))
        self.sent = bytearray()
        self.fault = None
        self.other, self.at = b"", 0
        self.held = collections.deque(maxlen=STEPS_MAX)
        self.grown = threading.Condition()
        self.encoder = None
        self.ended = False
        self.threads = [threading.Thread(target=target, daemon=True)
                        for target in (self._read, self._write)]
        for thread in self.threads:
            thread.start()

    def _read(self):
        with contextlib.suppress(OSError), self.socket.makefile("rb") as f:
            f.read(HEADER_BYTES)
            while step := f.read(STEP_BYTES):
                self.sent += step
                with self.grown:
                    self._hold(step)
                    self.grown.notify()

    def _hold(self, step):
        due = time.monotonic()
        if self.fault == "cut":
            return
        if self.fault == "mute":
            step = bytes(len(step))
        if self.fault == "other":
            at = self.at % (len(self.other) - len(step))
            self.at += len(step)
            step = self.other[at:at + len(step)]
        if self.fault == "delay":
            due += DELAY_S
        self.held.append((due, step))

    def _next(self):
        """The step whose time has come; None at the end."""
        with self.grown:
            while not self.ended:
                wait = None
                if self.held and self.encoder:
                    wait = self.held[0][0] - time.monotonic()
                    if wait <= 0:
                        return self.held.popleft()[1]
                self.grown.wait(wait)
        return None

    def _write(self):
        while (step := self._next()) is not None:
            with contextlib.suppress(OSError, ValueError):
                os.write(self.encoder, step)

    def feed(self, encoder):
        """To this descriptor, or to nobody (None)."""
        with self.grown:
            self.encoder = encoder
            self.grown.notify()

    def begin(self, fault, other=b""):
        """"other" plays those samples, over and over."""
        with self.grown:
            self.fault, self.other, self.at = fault, other, 0

    def end(self):
        """A server that was late skips what it has held back."""
        with self.grown:
            if self.fault == "delay":
                self.held.clear()
            self.fault = None

    def close(self):
        with self.grown:
            self.ended = True
            self.grown.notify()
        self.socket.shutdown(socket.SHUT_RDWR)
        for thread in self.threads:
            thread.join(5)
        self.socket.close()
