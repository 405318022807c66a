"""ttsctl goes on over a restart of ttsd. A presenter's script that waited for
the end of an announcement was told that ttsd had gone, and never how it
ended."""
import json
import signal

import pytest

from client import follow  # noqa: F401
from daemon import PATIENCE_S, Ttsd, wait_until

TONE = ("-D", "channel.main.engine=tone")
NOT_KEPT = (*TONE, "-D", "ttsd.durable=no")
DONE, FAILED, UNREACHABLE = 0, 1, 69


def when_kept(ttsd):
    """Lets its ledger open, however long that takes."""
    with ttsd.control() as c:
        wait_until(lambda: c.ask("say", text="ms=10 a").get("durable", True),
                   "the ledger is open")


def is_noted(c, number):
    """Its beginning is on the disk, where anything is kept."""
    reply = c.json({"op": "history", "id": number})
    return not reply["ok"] or "started_ms" in reply["items"][0]


def waits_for(ttsd, follow, *args):  # noqa: F811
    """A `say --wait` whose announcement is on air, and its id."""
    when_kept(ttsd)
    with ttsd.control() as c:
        c.subscribe("started")
        p = follow("--json", "say", "--wait", *args)
        number = json.loads(p.stdout.readline())["id"]
        c.event("started", id=number)
        wait_until(lambda: is_noted(c, number), "that it began is kept")
    return p, number


def ended(p):
    code = p.wait(PATIENCE_S)
    return code, p.stderr.read().decode()


@pytest.mark.parametrize("ends", ["kill", "stop"])
def test_said_by_the_next_one(rundir, follow, ends):  # noqa: F811
    with Ttsd(rundir, *TONE) as ttsd:
        p, number = waits_for(ttsd, follow, "ms=1000 a")
        getattr(ttsd, ends)()
    with Ttsd(rundir, *TONE):
        code, said = ended(p)
    assert code == DONE, said
    assert "waiting for it" in said


def test_dropped_by_the_next_one(rundir, follow):  # noqa: F811
    with Ttsd(rundir, *TONE) as ttsd:
        p, number = waits_for(ttsd, follow, "ms=5000 a")
        ttsd.kill()
    with Ttsd(rundir, *TONE, "-D", "channel.main.on_restart=drop"):
        code, said = ended(p)
    assert code == FAILED and "it was on air when ttsd ended" in said


def test_it_ended_meanwhile(rundir, follow):  # noqa: F811
    """It is told what a ttsd knew that it has never spoken to."""
    with Ttsd(rundir, *TONE) as ttsd:
        p, number = waits_for(ttsd, follow, "ms=300 a")
        p.send_signal(signal.SIGSTOP)
        ttsd.kill()
    with Ttsd(rundir, *TONE) as ttsd, ttsd.control() as c:
        c.subscribe("finished", since=0)
        c.event("finished", id=number, outcome="spoken")
        ttsd.stop()
    with Ttsd(rundir, *TONE):
        p.send_signal(signal.SIGCONT)
        code, said = ended(p)
    assert code == DONE, said
    last = [json.loads(line) for line in p.stdout.read().splitlines()][-1]
    assert last["event"] == "finished" and last["outcome"] == "spoken"


def test_nothing_is_kept(rundir, follow):  # noqa: F811
    with Ttsd(rundir, *NOT_KEPT) as ttsd:
        p, number = waits_for(ttsd, follow, "ms=5000 a")
        ttsd.kill()
    with Ttsd(rundir, *NOT_KEPT):
        code, said = ended(p)
    assert code == UNREACHABLE and "is not known: ttsd had not kept" in said


def test_the_ledger_has_another_of_its_number(rundir, follow):  # noqa: F811
    """Without a ledger ids began at 1 again, and what was cut off by the kill
    was "spoken", as the ledger's own 1 had been."""
    with Ttsd(rundir, *TONE) as ttsd, ttsd.control() as c:
        c.subscribe("finished")
        for number in (1, 2):
            c.ask("say", text="ms=10 a")
            c.event("finished", id=number, outcome="spoken")
    with Ttsd(rundir, *NOT_KEPT) as ttsd:
        p, number = waits_for(ttsd, follow, "ms=5000 a")
        assert number == 2
        ttsd.kill()
    with Ttsd(rundir, *TONE):
        code, said = ended(p)
    assert code == UNREACHABLE and "is not known: ttsd had not kept" in said


def test_a_ledger_that_is_lost(rundir, follow):  # noqa: F811
    with Ttsd(rundir, *TONE) as ttsd:
        p, number = waits_for(ttsd, follow, "ms=5000 a")
        ttsd.kill()
    with Ttsd(rundir, *TONE, "-D", f"ttsd.state_dir={rundir}/other"):
        code, said = ended(p)
    assert code == UNREACHABLE and "knows nothing of it" in said


def test_it_does_not_come_back(rundir, follow):  # noqa: F811
    with Ttsd(rundir, *TONE) as ttsd:
        p, number = waits_for(ttsd, follow, "-w", "0", "ms=5000 a")
        ttsd.kill()
        code, said = ended(p)
    assert code == UNREACHABLE and "is not running" in said


def test_events_go_on(rundir, follow):  # noqa: F811
    with Ttsd(rundir, *TONE) as ttsd, ttsd.control() as c:
        p = follow("--json", "events", "finished")
        wait_until(lambda: ttsd.status()["clients"] == 3, "it listens")
        when_kept(ttsd)
        json.loads(p.stdout.readline())
        p.send_signal(signal.SIGSTOP)
        number = c.ask("say", text="ms=10 a")["id"]
        # A number that is not on the disk yet is not known afterwards.
        wait_until(lambda: "seq" in c.ask("history", id=number)["items"][0],
                   "its end is kept")
        ttsd.kill()
    with Ttsd(rundir, *TONE) as ttsd, ttsd.control() as c:
        p.send_signal(signal.SIGCONT)
        told = [json.loads(p.stdout.readline())]
        while told[-1]["id"] != number:
            told.append(json.loads(p.stdout.readline()))
        new = c.ask("say", text="ms=10 a")["id"]
        while told[-1]["id"] != new:
            told.append(json.loads(p.stdout.readline()))
    numbers = [e["seq"] for e in told]
    assert numbers == sorted(set(numbers))
    ids = [e["id"] for e in told]
    assert len(ids) == len(set(ids))
