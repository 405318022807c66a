"""Numbers that desks call: ttsd and its ledger killed at random moments while
two desks call as fast as they can. No number is called twice, and none is lost
without being told.

DESK_KILLS=1000 does it for longer, DESK_SEED=n the same once more."""
import contextlib
import os
import random
import signal
import sqlite3
import threading

from client import ctl  # noqa: F401
from daemon import Control, Ttsd
from test_durable import ledgers

KILLS = int(os.environ.get("DESK_KILLS", 12))
CONF = ("-D", "channel.main.engine=tone", "-D", "channel.main.queue_max=100000",
        "-D", "message.ticket.text=ms=5 {ticket}",
        "-D", "message.long.text=ms=20000 {ticket} {counter}",
        "-D", "series.A.last=99999", "-D", "series.A.width=5",
        "-D", "series.B.last=9999",
        "-D", "ttsd.key_window=1h")


class Desk(threading.Thread):
    """Calls the next number, each request until it is answered."""

    def __init__(self, rundir, counter):
        super().__init__(daemon=True)
        self.path, self.counter = rundir / "control.sock", counter
        self.replies, self.sent, self.asked = [], [], 0
        self.over = threading.Event()

    def run(self):
        while not self.over.is_set():
            with contextlib.suppress(OSError, AssertionError, ValueError):
                with contextlib.closing(Control(self.path)) as c:
                    while not self.over.is_set():
                        self.ask(c)
            self.over.wait(0.01)

    def ask(self, c):
        """Every third one is sent on to B, and the desk calls for B, too."""
        last = self.replies[-1]["ticket"] if self.replies else None
        ask = {"op": "call", "series": "A", "counter": self.counter}
        if self.asked % 3 == 1 and last.startswith("A"):
            ask = {"op": "transfer", "ticket": last, "series": "B"}
        elif self.asked % 3 == 2:
            ask["series"] = "B"
        reply = c.json({**ask, "key": f"{self.counter}-{self.asked}"})
        assert reply["ok"], reply
        (self.replies if ask["op"] == "call" else self.sent).append(reply)
        self.asked += 1


def calls(rundir):
    with contextlib.closing(sqlite3.connect(rundir / "state/ledger.db")) as db:
        db.row_factory = sqlite3.Row
        return [dict(r) for r in db.execute("select * from call order by id")]


def test_two_desks_and_kills(rundir):
    seed = int(os.environ.get("DESK_SEED", random.randrange(1 << 30)))
    chance = random.Random(seed)
    desks = [Desk(rundir, counter) for counter in "12"]
    ttsd = Ttsd(rundir, *CONF)
    for desk in desks:
        desk.start()
    for _ in range(KILLS):
        desks[0].over.wait(chance.uniform(0.05, 0.5))
        if chance.random() < 0.5:
            for pid in ledgers(ttsd):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        else:
            ttsd.kill()
            ttsd.__exit__(None)
            ttsd = Ttsd(rundir, *CONF)
    for desk in desks:
        desk.over.set()
        desk.join()
    ttsd.kill()
    ttsd.__exit__(None)
    told = [(r["counter"], r["ticket"]) for d in desks for r in d.replies
            if r["durable"]]
    kept = calls(rundir)
    story = f"DESK_SEED={seed}: {len(told)} calls"
    print(story)
    assert len(told) > 20, story
    for series in "AB":
        taken = [c["number"] for c in kept
                 if c["series"] == series and c["number"] is not None]
        # Who asked twice, for no answer came, was told of one number.
        assert len(set(taken)) == len(taken), story
        assert sorted(taken) == list(range(1, len(taken) + 1)), story
    assert {(c["counter"], c["ticket"]) for c in kept} >= set(told), story
    # Who waited was called once, and nobody who waits is lost.
    waited = [c["waited"] for c in kept if c["waited"]]
    waits = {c["id"]: c["ticket"] for c in kept if c["state"] == "waiting"}
    assert len(set(waited)) == len(waited) > 2, story
    assert set(waited) <= set(waits), story
    assert set(waits) >= {r["id"] for d in desks for r in d.sent
                            if r["durable"]}, story
    assert waited == sorted(waited), story
    # By A, and once more by B.
    tickets = [ticket for _, ticket in told]
    assert max(tickets.count(t) for t in set(tickets)) <= 2, story


def test_told_with_its_receipts(rundir):
    with Ttsd(rundir, *CONF, "-D", "channel.hall.rate=8000") as ttsd, \
            ttsd.control() as c:
        c.subscribe("finished")
        id_ = c.ask("call", series="A", by="front")["id"]
        c.event("finished", id=id_)
        c.ask("receipt", receipts=[{"channel": "main", "id": id_,
                                    "output": "web", "state": "heard",
                                    "time": 1000}])
        c.ask("skip-number", series="A")
        assert len(c.ask("calls", channel=["main", "hall"])["calls"]) == 2
        assert [i["ticket"] for i in c.ask("calls", channel="hall")[
            "calls"]] == ["A00002"]
        assert c.refused("calls", channel="roof") == "unknown-channel"
        skipped, called = c.ask("calls", series="A", channel="main")["calls"]
    assert (skipped["ticket"], skipped["outcome"]) == ("A00002", "skipped")
    assert called["outcome"] == "spoken" and called["by"] == "front"
    assert called["receipts"][0]["state"] == "heard"
    assert "receipts" not in skipped or not skipped["receipts"]


def test_ttsctl(rundir, ctl):  # noqa: F811
    long = ("--message", "long")
    with Ttsd(rundir, *CONF, "-D", "series.A.counters=1 2",
              "-D", "series.B.restart=never"):
        assert ctl("call", "A", "1", *long).stdout == (
            "A00001 to counter 1: announcement 1\n")
        assert ctl("call", "-q", "B", "window", "--by", "front").stdout == (
            "B001\n")
        assert ctl("call", "Ａ２３", "2").stdout == (
            "A00023 to counter 2: announcement 3, 2 before it\n")
        assert ctl("call", "--again", "-n", "window").stdout.startswith(
            "B001 to counter window: announcement 4")
        assert ctl("call", "--again", "A").stdout.startswith("A00023 to")
        assert ctl("transfer", "A1", "2").stdout.startswith(
            "A00001 to counter 2: ")
        assert ctl("uncall", "2").stdout == (
            "B001 was taken back, and is next again\n")
        assert ctl("skip-number", "B").stdout == (
            "B001 was passed over; next is B002\n")
        assert ctl("set-series", "A", "70").stdout == "next is A00070\n"
        series = ctl("series").stdout.splitlines()
        assert series[0].split() == ["SERIES", "NEXT", "LAST", "COUNTER",
                                     "CALLED", "TODAY", "COUNTERS"]
        assert series[1].split()[:5] == ["A", "A00070", "A00001", "2", "1"]
        table = ctl("calls", "B").stdout.splitlines()
        assert [row.split()[3] for row in table[1:]] == ["B001"] * 3
        assert "uncalled" in table[1] and "skipped" in table[-1]
        assert ctl("say", "--message", "ticket", "ticket=A7").returncode == 0
        assert ctl("transfer", "A1", "-s", "B").stdout == (
            "A00001 waits for series B\n")
        assert ctl("transfer", "A23", "--series", "B").stdout == (
            "A00023 waits for series B, 1 before it\n")
        assert "WAITING" in ctl("series").stdout
        assert "A00001, A00023" in ctl("series").stdout
        waits = ctl("calls", "B").stdout.splitlines()[-1].split()
        assert waits[3] == "A00023" and "waiting" in waits
        assert ctl("uncall", waits[0]).stdout == "A00023 was taken back\n"
        assert ctl("call", "-q", "B", "window").stdout == "A00001\n"
        assert ctl("call", "-q", "B", "window").stdout == "B002\n"
        assert ctl("call", "A", "3").returncode == 1
        for wrong in (["call"], ["transfer", "A1"],
                      ["transfer", "A1", "2", "-s", "B"], ["uncall", "x"],
                      ["set-series", "A", "x"], ["say"],
                      ["say", "--message", "ticket", "A7"]):
            assert ctl(*wrong).returncode == 64, wrong
