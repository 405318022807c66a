"""Signals for everything that runs, but for ttsd itself and the wrapper."""
import contextlib
import os
import pathlib
import signal
import time

import daemon
from assault import Assault

SIGNALS = (signal.SIGKILL, signal.SIGKILL, signal.SIGSEGV, signal.SIGTERM,
           signal.SIGSTOP, signal.SIGSTOP)


def parent(pid):
    return int(pathlib.Path(f"/proc/{pid}/stat").read_text()
               .rsplit(")", 1)[1].split()[1])


@contextlib.contextmanager
def handle(pid, of):
    """A process that is that one's child, for as long as it is held: no other
    can have its number. None when it is not."""
    fd = None
    with contextlib.suppress(OSError, IndexError):
        fd = os.pidfd_open(pid)
    try:
        ours = False
        with contextlib.suppress(OSError, IndexError):
            ours = fd is not None and parent(pid) == of
        yield fd if ours else None
    finally:
        if fd is not None:
            os.close(fd)


class Blows:
    """Signals for children of others, and the end of those that stop them."""

    def __init__(self):
        self.stopped = []  # (when to go on, handle)

    def strike(self, kind, pid, of, number, stop_s):
        with handle(pid, of) as fd:
            if fd is None:
                return
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(fd, number)
                if number == signal.SIGSTOP:
                    self.stopped.append(
                        (time.monotonic() + stop_s, os.dup(fd)))
                yield f"{number.name} {kind}"

    def wake(self, now=None):
        now = time.monotonic() if now is None else now
        for due, fd in [s for s in self.stopped if s[0] <= now]:
            self.stopped.remove((due, fd))
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(fd, signal.SIGCONT)
            os.close(fd)

    def wake_all(self):
        self.wake(float("inf"))


class Kills(Assault):
    name = "kills"
    pause_s = (0.05, 0.4)
    # The wrapper's pause before a restart grows to 5 s.
    supervisor_every_s = 8

    def __init__(self, world):
        self.blows = Blows()
        self.next_supervisor = time.monotonic() + self.supervisor_every_s / 4
        super().__init__(world)

    def step(self):
        self.blows.wake()
        with contextlib.suppress(OSError):
            if time.monotonic() > self.next_supervisor:
                self.next_supervisor = (
                    time.monotonic() + self.supervisor_every_s)
                pid = self.world.daemon_pid("streamer.sock")
                yield from self.blows.strike(
                    "supervisor", pid, parent(pid), signal.SIGKILL, 0)
                return
            found = self._victims()
            if found:
                yield from self.blows.strike(
                    *self.random.choice(found), self.random.choice(SIGNALS),
                    self.random.uniform(0.1, 4))

    def _victims(self):
        found = []
        ttsd = self.world.daemon_pid("control.sock")
        for worker in daemon.children(ttsd):
            found.append(("worker", worker, ttsd))
            with contextlib.suppress(OSError):
                found += [("copy", copy, worker)
                          for copy in daemon.children(worker)]
        with contextlib.suppress(OSError):
            supervisor = self.world.daemon_pid("streamer.sock")
            pictures = self.world.gallery.processes()
            known = [pid for _, pid, _ in pictures]
            found += 2 * [("ffmpeg", f, supervisor)
                          for f in daemon.children(supervisor)
                          if f not in known]
            found += pictures
        return found

    def undo(self):
        self.blows.wake_all()
