"""Few descriptors and many clients: engines and outputs come first.

Story: a flood of clients took every descriptor there was; a worker that died
then, or an ffmpeg, could not be started again ("too many open files") while
the flood lasted, and the stream was silent.
"""
import contextlib
import os
import resource
import signal

from daemon import wait_until
from test_durable import ledgers
from supervisor import (  # noqa: F401
    ASKED, HEALTHY, define, script, source, supervise, until)

FEW = 256
MANY = 300


def allow_few(d, descriptors=FEW):
    resource.prlimit(d.pid, resource.RLIMIT_NOFILE,
                     (descriptors, descriptors))


@contextlib.contextmanager
def flood(connect, times=MANY):
    """So many connections at once, whether or not they are accepted."""
    with contextlib.ExitStack() as all_of_them:
        for _ in range(times):
            all_of_them.enter_context(connect())
        yield


def start_ttsd(start, *args):
    ttsd = start("-D", "channel.main.engine=tone", "-D", "ttsd.workers_max=4",
                 *args)
    allow_few(ttsd)
    return ttsd


def test_engines_come_before_clients(start):
    ttsd = start_ttsd(start)
    with ttsd.control() as c, contextlib.ExitStack() as floods:
        c.subscribe("finished", "worker")
        floods.enter_context(flood(ttsd.control))
        floods.enter_context(flood(lambda: ttsd.listen(stalled=True)))
        wait_until(lambda: ttsd.logged().count("cannot accept") >= 2,
                   "both doors rest")
        # Workers are lost, and another engine is asked for the first time.
        lost = [w["pid"] for w in c.ask("status")["workers"] if w["pid"]]
        for pid in lost:
            os.kill(pid, signal.SIGKILL)
        for _ in lost:
            c.event("worker", state="backoff")
        for engine in ("tone", "espeak"):
            said = c.ask("say", text="ms=10 a", engine=engine)["id"]
            assert c.event("finished", id=said)["outcome"] == "spoken"
        assert "cannot be started" not in ttsd.logged()


def test_the_ledger_comes_before_clients(start):
    ttsd = start_ttsd(start)
    with ttsd.control() as c, flood(ttsd.control), \
            flood(lambda: ttsd.listen(stalled=True)):
        wait_until(lambda: ttsd.logged().count("cannot accept") >= 2,
                   "both doors rest")
        for pid in ledgers(ttsd):
            os.kill(pid, signal.SIGKILL)
        wait_until(lambda: c.ask("say", text="ms=10 a")["durable"],
                   "it keeps again")
        assert "cannot be started" not in ttsd.logged()


def test_listeners_come_before_those_who_ask(start):
    ttsd = start_ttsd(start)
    with flood(ttsd.control):
        wait_until(lambda: "cannot accept" in ttsd.logged(), "the door rests")
        with contextlib.ExitStack() as readers:
            for r in [readers.enter_context(ttsd.listen()) for _ in range(8)]:
                assert len(r.samples(480)) == 960


def test_outputs_come_before_clients(rundir, supervise, source):  # noqa: F811
    program = script(rundir, ASKED + HEALTHY)
    s = supervise(*define(url="rtmp://127.0.0.1/a/b"),
                  *define("other", url="rtmp://127.0.0.1/a/c",
                          autostart="no"),
                  "-D", f"streamer.ffmpeg={program}")
    with s.control() as c:
        c.subscribe("output")
        wait_until(lambda: s.output()["state"] == "running", "it runs")
        allow_few(s, 96)
        with flood(s.control):
            wait_until(lambda: "cannot accept" in s.logged(), "the door rests")
            c.ask("start", name="other")
            until(c, "running", "other")
            for o in c.ask("status")["outputs"]:
                os.kill(o["pid"], signal.SIGKILL)
            until(c, "running", "live")
            wait_until(lambda: {o["state"] for o in c.ask("status")["outputs"]}
                       == {"running"}, "both run again")
        assert "cannot be started" not in s.logged()
