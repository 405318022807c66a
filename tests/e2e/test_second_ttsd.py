"""Two ttsds on one state directory. The ledger is the first one's for as long
as that lives, whatever becomes of its ledger.

Story: the lock was the ledger's. When that was killed, or started anew, the
ledger of the second had it before the first one's was back, and the first had
lost its history for good."""
import contextlib
import os
import signal

from daemon import Ttsd, is_zombie, wait_until
from test_durable import TONE, ledger_of, ledgers, rows


class Pair(contextlib.AbstractContextManager):
    def __init__(self, rundir, tmp_path):
        self.stack = contextlib.ExitStack()
        self.first = self.start(rundir)
        wait_until(lambda: self.keeps(self.first), "the first keeps")
        self.second = self.start(
            tmp_path, "-D", f"ttsd.state_dir={rundir}/state")
        wait_until(lambda: self.is_refused(self.second), "it is told why not")

    def start(self, folder, *args):
        return self.stack.enter_context(Ttsd(folder, *TONE, *args))

    def ledger(self, ttsd):
        return ttsd.status()["ledger"]

    def keeps(self, ttsd):
        if not self.ledger(ttsd)["keeps"]:
            return False
        with ttsd.control() as c:
            return c.ask("say", text="ms=50 a")["durable"]

    def is_refused(self, ttsd):
        return f"in use by another ttsd (pid {self.first.pid})" in \
            self.ledger(ttsd)["why"]

    def second_tries(self, times):
        """Its ledger is started so often, and refused each time."""
        begun = self.ledger(self.second)["restarts"] + times
        wait_until(lambda: self.ledger(self.second)["restarts"] > begun,
                   "it is tried again")
        assert self.is_refused(self.second)
        assert not self.keeps(self.second)

    def __exit__(self, *exc):
        return self.stack.__exit__(*exc)


def test_the_firsts_ledger_is_killed(rundir, tmp_path):
    with Pair(rundir, tmp_path) as pair:
        first = pair.first
        for _ in range(8):
            os.kill(ledger_of(first), signal.SIGKILL)
            wait_until(lambda: pair.keeps(first), "the first has it again")
            assert pair.is_refused(pair.second)
        # The second has all the time that it wants.
        for _ in range(2):
            ledger = ledger_of(first)
            os.kill(first.pid, signal.SIGSTOP)
            os.kill(ledger, signal.SIGKILL)
            pair.second_tries(2)
            os.kill(first.pid, signal.SIGCONT)
            wait_until(lambda: pair.keeps(first), "the first has it again")
        wait_until(lambda: first.status()["ledger"]["waiting"] == 0,
                   "all is written down")
        assert pair.keeps(first)


def test_the_first_is_killed(rundir, tmp_path):
    """Also where nobody has asked yet how it ended. What waits in the ledger is
    said by the second."""
    with Pair(rundir, tmp_path) as pair, pair.first.control() as c, \
            pair.second.control() as d:
        d.subscribe("finished", "durable")
        c.ask("pause")
        waits = c.ask("say", text="ms=50 a")["id"]
        os.kill(pair.first.pid, signal.SIGKILL)
        wait_until(lambda: is_zombie(pair.first.pid), "it has ended")
        assert d.event("durable")["durable"]
        d.event("finished", id=waits, outcome="spoken")
        assert pair.keeps(pair.second)
        pair.first.wait()
        pair.first = pair.second
        (tmp_path / "third").mkdir()
        third = pair.start(tmp_path / "third",
                           "-D", f"ttsd.state_dir={rundir}/state")
        wait_until(lambda: pair.is_refused(third), "it is told why not")
    assert rows(rundir)[waits]["outcome"] == "spoken"


def test_an_upgrade(rundir, tmp_path):
    """The process stays, and what is its stays its own; its ledger is started
    anew."""
    with Pair(rundir, tmp_path) as pair:
        first = pair.first
        for _ in range(2):
            ledger = ledger_of(first)
            with first.control() as c:
                assert c.ask("upgrade")["ok"]
            wait_until(lambda: ledgers(first) not in ([], [ledger]),
                       "it has another ledger")
            wait_until(lambda: pair.keeps(first), "the first has it again")
            os.kill(ledger_of(first), signal.SIGKILL)
            pair.second_tries(2)
            wait_until(lambda: pair.keeps(first), "the first has it again")
        os.kill(first.pid, signal.SIGKILL)
        first.wait()
        wait_until(lambda: pair.keeps(pair.second), "the second has it")
