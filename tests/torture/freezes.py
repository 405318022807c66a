"""Whole daemons, and the server, that stand still for some seconds; and the
death of ttsd itself."""
import contextlib
import os
import signal

import daemon
from assault import Assault
from kills import parent


class Freezes(Assault):
    name = "freezes"
    pause_s = (0.5, 4)
    long_s = 6

    def step(self):
        who = self.random.choice(
            ("ttsd", "supervisor", "both", "server", "everything"))
        with contextlib.suppress(OSError):
            pids = self._pids(who)
            for pid in pids:
                os.kill(pid, signal.SIGSTOP)
            try:
                self.world.quiet.wait(self.random.uniform(0.2, self.long_s))
            finally:
                for pid in reversed(pids):
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGCONT)
            yield f"{who} stood still"

    def _pids(self, who):
        server = self.world.nginx.program.process.pid
        if who == "server":
            return [server]
        pids = self.world.daemons()
        if who == "both":
            return list(pids.values())
        if who != "everything":
            return [pids[who]]
        children = [c for p in pids.values() for c in daemon.children(p)]
        return [server, *pids.values(), *children]


class Deaths(Assault):
    """The wrapper starts ttsd again. What the dead one had accepted died with
    it: the book begins anew."""

    name = "deaths"
    pause_s = (4, 10)

    def step(self):
        with contextlib.suppress(OSError):
            pid = self.world.daemon_pid("control.sock")
            assert parent(pid) > 1
            self.world.wrong += self.world.book.wrong
            os.kill(pid, self.random.choice((signal.SIGKILL, signal.SIGSEGV)))
            daemon.wait_until(lambda: not daemon.exists(pid), "ttsd is dead")
            self.world.await_answer("control.sock")
            self.world.listen()
            yield "ttsd died"
