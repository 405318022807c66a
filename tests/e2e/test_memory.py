"""Little memory: what there is no room for is refused with a word, and the
stream goes on.

Story: a ttsd under a small limit of its address space died by an assertion in
a library, and every announcement with it.
"""
import contextlib
import resource

import pytest

from daemon import BUILD, wait_until
from supervisor import (  # noqa: F401
    ASKED, HEALTHY, define, script, source, supervise)

LARGE = "x" * 60000

pytestmark = pytest.mark.skipif(
    "san" in BUILD.parts, reason="the sanitizer needs the address space")


def limit_memory(d, more):
    """At most so many bytes more than it has now; None: no limit."""
    with open(f"/proc/{d.pid}/statm", encoding="ascii") as f:
        size = int(f.read().split()[0]) * resource.getpagesize()
    _, hard = resource.prlimit(d.pid, resource.RLIMIT_AS)
    resource.prlimit(d.pid, resource.RLIMIT_AS,
                     (hard if more is None else size + more, hard))


def crowd(d, stack, clients=200):
    """So many connections, each of which asks for events; those that are
    served."""
    served = []
    for _ in range(clients):
        # Who is not let in is told so in plain words.
        with contextlib.suppress(AssertionError, OSError, ValueError):
            c = stack.enter_context(d.control())
            c.ask("subscribe")
            served.append(c)
    return served


def ask_all(clients, request):
    """How many were answered well, and how many were told that there is no
    room. Nobody gets another answer, but may be cut off."""
    answers = {True: 0, False: 0}
    for c in clients:
        with contextlib.suppress(AssertionError, OSError):
            reply = c.json(request)
            answers[reply["ok"]] += 1
            if not reply["ok"] and reply["error"] not in (
                    "unavailable", "queue-full"):
                raise ValueError(reply)
    return answers


@pytest.mark.parametrize("room", [64, 256, 1024, 3072], ids="{}k".format)
def test_ttsd_without_memory_answers_and_stays_on_air(start, room):
    ttsd = start("-D", "channel.main.engine=tone",
                 "-D", "ttsd.clients_max=500")
    with ttsd.control() as c, ttsd.listen() as reader, \
            contextlib.ExitStack() as stack:
        c.subscribe("finished")
        said = c.ask("say", text="ms=10 a")["id"]
        c.event("finished", id=said)
        limit_memory(ttsd, room * 1024)
        answers = ask_all(crowd(ttsd, stack), {
            "op": "say", "text": LARGE, "delay_ms": 3600000})
        assert answers[False] or "memory" in ttsd.logged(), answers
        reader.until(len(reader.pcm) // 2 + 4800)
        limit_memory(ttsd, None)
        with ttsd.control() as again:
            again.ask("clear")
            again.subscribe("finished")
            said = again.ask("say", text="ms=10 a")["id"]
            assert again.event("finished", id=said)["outcome"] == "spoken"


@pytest.mark.parametrize("room", [64, 256, 1024], ids="{}k".format)
def test_a_supervisor_without_memory_answers_and_sends(
        supervise, source, rundir, room):
    program = script(rundir, ASKED + HEALTHY)
    s = supervise(*define(url="rtmp://127.0.0.1/a/b"),
                  "-D", f"streamer.ffmpeg={program}")
    wait_until(lambda: s.output()["state"] == "running", "it runs")
    with contextlib.ExitStack() as stack:
        limit_memory(s, room * 1024)
        clients = crowd(s, stack, 50)
        for i, c in enumerate(clients):
            ask_all([c], {
                "op": "add", "name": f"more{i}", "autostart": False,
                "url": "rtmp://127.0.0.1/" + "x" * 1000})
        ask_all(clients, {"op": "status"})
        limit_memory(s, None)
    assert s.output()["state"] == "running"
    assert s.output()["restarts"] == 0
