"""ttsd and its ledger together: what was accepted outlives both."""
import contextlib
import csv
import io
import json
import os
import signal
import sqlite3

from client import ctl  # noqa: F401
from daemon import PATIENCE_S, Ttsd, children_running, wait_until

TONE = ("-D", "channel.main.engine=tone")


def ledgers(ttsd):
    return children_running(ttsd.pid, "ledger")


def ledger_of(ttsd):
    return wait_until(lambda: ledgers(ttsd), "the ledger runs")[0]


def rows(rundir):
    """What is in the ledger, once no ttsd has it."""
    with contextlib.closing(sqlite3.connect(rundir / "state/ledger.db")) as db:
        db.row_factory = sqlite3.Row
        return {r["id"]: dict(r) for r in db.execute(
            "select * from announcement order by id")}


def test_kept_over_a_kill(rundir):
    """Story: a killed ttsd lost its queue; 17 of 284 had no outcome."""
    with Ttsd(rundir, *TONE) as ttsd, ttsd.control() as c:
        c.subscribe("started")
        ids = [c.ask("say", text="ms=400 a", key=f"k{i}")["id"]
               for i in range(5)]
        c.event("started", id=ids[1])
        ttsd.kill()
    with Ttsd(rundir, *TONE) as ttsd, ttsd.control() as c:
        c.subscribe("finished")
        again = c.ask("say", text="ms=400 a", key="k4")
        assert again["id"] == ids[4] and again["duplicate"]
        assert c.ask("say", text="ms=50 a")["id"] > ids[4]
        told = [e["id"] for e in c.until("finished", id=ids[4])]
        assert told == ids[1:]
    kept = rows(rundir)
    assert [kept[i]["outcome"] for i in ids] == ["spoken"] * 5
    assert kept[ids[1]]["replays"] == 1
    assert kept[ids[4]]["key"] == "k4"
    assert json.loads(kept[ids[0]]["request"])["text"] == "ms=400 a"


def test_boards_are_kept(rundir):
    """A board whose ttsd and picture had both ended, as in a reboot, showed its
    configuration instead of the number that had been called last."""
    board = (*TONE, "-D", "video.board.source=colour")
    shows = [{"ticket": "A1", "hall": "north"}, {"ticket": "A2"}]
    with Ttsd(rundir, *board) as ttsd, ttsd.control() as c:
        c.subscribe("finished")
        for show in shows:
            c.ask("say", text="ms=50 a", show=show)
            c.event("finished")
        c.ask("pause")
        c.ask("say", text="ms=50 a", show={"ticket": "A3"})
        told = c.ask("show", video="board")
        assert told["fields"] == {"ticket": "A2", "hall": "north"}
        ttsd.kill()
    # The paused one is said again, if it is let.
    with Ttsd(rundir, *board, "-D", "ttsd.restore_within=1ms") as ttsd, \
            ttsd.control() as c:
        assert c.ask("show", video="board") == told
        c.ask("show", video="board", show={"ticket": "A9"})
        assert c.ask("show", video="board")["calls"] == told["calls"]


def test_who_asked(rundir):
    with Ttsd(rundir, *TONE) as ttsd, ttsd.control() as c:
        c.ask("say", text="ms=50 a")
        c.ask("say", text="ms=50 a", by="前台")
        assert [i.get("by") for i in c.ask("history")["items"]] == [
            "前台", None]
        for wrong in ("", "a" * 65, "a\nb"):
            assert c.refused("say", text="a", by=wrong) == "bad-request"
    asked = rows(rundir)[1]
    assert (asked["uid"], asked["pid"]) == (os.geteuid(), os.getpid())


def test_kept_over_a_stop(rundir):
    with Ttsd(rundir, *TONE) as ttsd, ttsd.control() as c:
        ids = [c.ask("say", text="ms=500 a")["id"] for _ in range(3)]
        ttsd.stop()
        # A ledger that ended with it was "not opened in time".
        assert "not kept" not in ttsd.logged()
    assert all(r["outcome"] is None for r in rows(rundir).values())
    with Ttsd(rundir, *TONE) as ttsd, ttsd.control() as c:
        c.subscribe("finished")
        assert [i["id"] for i in c.ask("queue")["items"]] == ids
        assert c.ask("cancel", id=ids[2])["outcome"] == "cancelled"
        c.event("finished", id=ids[1], outcome="spoken")
    outcomes = [r["outcome"] for r in rows(rundir).values()]
    assert outcomes == ["spoken", "spoken", "cancelled"]


def test_a_killed_ledger(start, rundir):
    ttsd = start(*TONE)
    with ttsd.control() as c:
        assert c.ask("say", text="ms=50 a")["durable"]
        for i in range(3):
            os.kill(ledger_of(ttsd), signal.SIGKILL)
            reply = c.ask("say", text="ms=50 a")
            assert reply["id"] == 2 + i
    ttsd.stop()
    assert sorted(rows(rundir)) == [1, 2, 3, 4]


def test_a_ledger_that_hangs(start, rundir):
    """It costs the promise, not the sound; and mends by itself."""
    ttsd = start(*TONE)
    ledger = ledger_of(ttsd)
    with ttsd.control() as c, ttsd.control() as events:
        events.subscribe("durable", "finished")
        assert c.ask("say", text="ms=50 a")["durable"]
        os.kill(ledger, signal.SIGSTOP)
        assert c.ask("say", text="ms=50 a")["durable"] is False
        told = events.until("durable")
        assert told[-1]["durable"] is False and told[-1]["reason"]
        assert {e.get("outcome") for e in told[:-1]} == {"spoken"}
        os.kill(ledger, signal.SIGCONT)
        assert events.event("durable")["durable"]
        assert c.ask("say", text="ms=50 a")["durable"]
    ttsd.stop()
    assert rows(rundir)[2]["outcome"] == "spoken"


def test_a_second_ttsd(start, rundir, tmp_path):
    """It speaks, and says that it keeps nothing."""
    with start(*TONE).control() as c:
        assert c.ask("say", text="ms=50 a")["durable"]
    with Ttsd(tmp_path, *TONE, "-D", f"ttsd.state_dir={rundir}/state") as second, \
            second.control() as c:
        c.subscribe("finished")
        reply = c.ask("say", text="ms=50 a")
        assert reply["durable"] is False and reply["id"] > 1 << 40
        c.event("finished", id=reply["id"], outcome="spoken")
        wait_until(lambda: "in use by another ttsd (pid " in second.logged(),
                   "it says why")
        second.kill()


def test_required(start, rundir):
    (rundir / "state").touch()
    ttsd = start(*TONE, "-D", "ttsd.durable=required")
    with ttsd.control() as c:
        reply = c.json({"op": "say", "text": "ms=50 a"})
        assert reply["error"] == "unavailable"
        assert "not a directory" in reply["message"]
        (rundir / "state").unlink()
        wait_until(lambda: c.json({"op": "say", "text": "ms=50 a"})["ok"],
                   "the ledger is there")


def test_not_wanted(start, rundir):
    ttsd = start(*TONE, "-D", "ttsd.durable=no")
    with ttsd.control() as c:
        assert "durable" not in c.ask("say", text="ms=50 a")
    assert not ledgers(ttsd)
    assert not (rundir / "state").exists()


def test_in_use_of_a_stopped_one(rundir):
    """A stop waits for what the ledger has still to write down."""
    with Ttsd(rundir, *TONE) as ttsd, ttsd.control() as c:
        for _ in range(200):
            c.send(b"say ms=50 a\n")
        for _ in range(200):
            assert c.line().startswith("ok")
        ttsd.stop()
    assert len(rows(rundir)) == 200
    assert ttsd.process.wait(PATIENCE_S) == 0


# ---- history


def test_history(start, rundir):
    ttsd = start(*TONE, "-D", "channel.side.engine=tone")
    with ttsd.control() as c:
        c.subscribe("finished")
        c.ask("say", text="ms=50 a", key="k1")
        c.event("finished", id=1)
        c.ask("say", text="ms=50 a, b", channel="side")
        c.event("finished", id=2)
        c.ask("say", text="ms=5000 a")
        c.ask("say", text="ms=50 never")
        c.ask("cancel", id=4)
        items = c.ask("history")["items"]
        assert [i["id"] for i in items] == [4, 3, 2, 1]
        assert items[0]["outcome"] == "cancelled" and items[0]["reason"]
        assert "outcome" not in items[1]
        first = items[3]
        assert first["text"] == "ms=50 a" and first["pid"] > 0
        assert first["last_sample"] - first["first_sample"] == 1199
        assert first["accepted_ms"] <= first["started_ms"] \
            <= first["ended_ms"]

        def ids(**fields):
            return [i["id"] for i in c.ask("history", **fields)["items"]]
        assert ids(channel="side") == [2]
        assert ids(outcome="spoken") == [2, 1]
        assert ids(key="k1") == [1]
        assert ids(limit=1) == [4]
        assert ids(id=2) == ids(id="2") == [2]
        assert ids(id=99) == ids(id=2, outcome="failed") == []
        assert ids(since_ms=items[1]["accepted_ms"]) == [4, 3]
        assert ids(until_ms=items[2]["accepted_ms"]) == [1]
        assert c.refused("history", outcome="lost") == "bad-request"
        assert c.refused("history", channel="nowhere") == "unknown-channel"


def test_history_of_a_channel_that_is_gone(rundir):
    with Ttsd(rundir, *TONE, "-D", "channel.side.engine=tone") as ttsd, \
            ttsd.control() as c:
        c.subscribe("finished")
        c.ask("say", text="ms=50 a", channel="side")
        c.event("finished", id=1)
    with Ttsd(rundir, *TONE) as ttsd, ttsd.control() as c:
        items = c.ask("history", channel="side")["items"]
        assert [i["id"] for i in items] == [1]


def test_history_by_zone(rundir):
    """It took the name of one channel alone."""
    with Ttsd(rundir, "-D", "channel.a.engine=tone", "-D",
              "channel.b.engine=tone", "-D", "channel.c.engine=tone", "-D",
              "zone.upstairs.channels=b c") as t, t.control() as c:
        for name in ("a", "b", "c"):
            c.ask("say", text=name, channel=name)

        def said(channel):
            items = c.ask("history", channel=channel)["items"]
            return {item["channel"] for item in items}

        assert said("upstairs") == {"b", "c"}
        assert said(["a", "b"]) == {"a", "b"}
        assert said(["a", "upstairs"]) == {"a", "b", "c"}
        assert c.refused("history", channel=["a", "d"]) == "unknown-channel"


def test_history_of_many(rundir):
    """More than the ledger looks at in one step, and than it tells in one."""
    with Ttsd(rundir, *TONE) as ttsd, ttsd.control() as c:
        c.ask("say", text="ms=50 a", key="needle")
    with contextlib.closing(sqlite3.connect(rundir / "state/ledger.db")) as db:
        db.executemany(
            "insert into announcement (id, channel, text, request,"
            " accepted_ms, ended_ms, outcome) values (?, ?, ?, ?, ?, ?, ?)",
            [(i, "main", "x" * 120, json.dumps({"text": "x" * 5000}),
              4 * 10**12, 4 * 10**12, "spoken") for i in range(2, 6002)])
        db.commit()
    with Ttsd(rundir, *TONE) as ttsd, ttsd.control() as c:
        assert len(c.ask("history", limit=1000)["items"]) == 1000
        assert [i["id"] for i in c.ask("history", key="needle")["items"]] == [1]
        last = c.ask("history", limit=1)["items"]
        assert last[0]["id"] == 6001
        assert len(c.ask("history", outcome="failed")["items"]) == 0


def test_no_history(start):
    ttsd = start(*TONE, "-D", "ttsd.durable=no")
    with ttsd.control() as c:
        assert c.refused("history") == "unavailable"


def test_a_history_that_is_lost(start):
    """The ledger dies while it is asked; on a busy machine it may be dead
    before."""
    ttsd = start(*TONE)
    with ttsd.control() as c:
        def is_lost():
            wait_until(lambda: c.ask("say", text="ms=50 a")["durable"],
                       "it keeps")
            ledger = ledger_of(ttsd)
            os.kill(ledger, signal.SIGSTOP)
            c.send(b'{"op":"history"}\n')
            with ttsd.control() as other:
                other.ask("ping")
            os.kill(ledger, signal.SIGKILL)
            return json.loads(c.line()).get("error") == "unavailable"

        wait_until(is_lost, "it dies while it is asked")
        wait_until(lambda: c.json({"op": "history"})["ok"], "it is back")


# With what a spreadsheet takes off before it, and in full width.
FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\r=1", "\n=1", "  =1",
            "\uff1d1+1", "\uff0b1", "\uff0d1", "\uff20SUM(A1)"]


def test_a_cell_is_no_formula(start, ctl):  # noqa: F811
    """Story: anybody who may speak could have a spreadsheet that opens the
    history run what the text says: =HYPERLINK(...), or worse."""
    with start(*TONE).control() as c:
        for text in FORMULAS + ["1=1", "a-b", "a;=b", '"=b']:
            c.ask("say", text=text, key=text)
    text = ctl("history", "--csv").stdout
    cells = list(csv.DictReader(io.StringIO(text, newline="")))
    first = "'" * len(FORMULAS) + '1aa"'
    assert "".join(c["text"][0] for c in cells) == first
    assert "".join(c["key"][0] for c in cells) == first
    assert not any(c["asked"].startswith("'") for c in cells)
    assert ',"a;=b"\n' in text, "where a semicolon ends cells, too"
    assert ',"""=b"\n' in text


def test_ttsctl_history(start, ctl):  # noqa: F811
    start(*TONE)
    ctl("say", "--wait", "--key", "a,b", 'ms=50 "a"')
    ctl("say", "ms=9000 b")
    table = ctl("history").stdout.splitlines()
    assert table[0].split()[:2] == ["ID", "CHANNEL"]
    assert [line.split()[0] for line in table[1:]] == ["1", "2"]
    text = ctl("history", "--csv", "--since", "1h").stdout
    parsed = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [r["id"] for r in parsed] == ["1", "2"]
    assert parsed[0]["key"] == "a,b" and parsed[0]["text"] == 'ms=50 "a"'
    assert parsed[1]["outcome"] == ""
    assert "nothing" in ctl("history", "--until", "1h").stdout
    assert ctl("history", "--since", "soon").returncode == 64
    assert json.loads(ctl("history", "--json").stdout)["ok"]
