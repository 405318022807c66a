"""What is said until it is cancelled: `repeat = until-cancelled`."""
import datetime
import json
import os
import signal

import numpy as np
import pytest

from broker import broker, join  # noqa: F401
from client import ctl, follow  # noqa: F401
from daemon import (PATIENCE_S, Control, Daemon, Ttsd, children_running,
                    wait_until)
from engines import running
from gateway import Gateway
from sound import samples

RATE = 24000
# A busy machine is not to starve the first round.
TONE = ("-D", "channel.main.engine=tone", "-D", "engine.tone.type=tone", "-D",
        "engine.tone.prebuffer=1s")
TEXT = "ms=200 a"
SOUND = RATE // 5
GAP = RATE * 3 // 10
ROUND = SOUND + GAP
ENDLESS = {"text": TEXT, "repeat": "until-cancelled", "gap_ms": 300}


def words(seen, id_):
    return [e["sample"] for e in seen if e["event"] == "word" and
            e["id"] == id_]


def test_rounds_to_the_sample(start):
    ttsd = start(*TONE)
    with running("tone") as engine:
        sound = samples(engine.say(TEXT, sample_rate=RATE).pcm)
    with ttsd.control() as c, ttsd.listen() as reader:
        c.subscribe("word", "finished")
        joined = ttsd.status()["channels"][0]["subscribers"][0]["first_sample"]
        id_ = c.ask("say", **ENDLESS)["id"]
        at = [c.event("word", id=id_)["sample"] for _ in range(12)]
        # The engine is not needed any more.
        assert ttsd.status()["workers"][0]["jobs"] == 1
        assert c.ask("cancel", id=id_)["outcome"] == "cancelled"
        done = c.event("finished", id=id_)
        assert np.all(np.diff(at) == ROUND)
        assert done["first_sample"] == at[0]
        assert done["rounds"] in (11, 12)
        heard = samples(reader.until(at[-1] - joined))
    for first in at[:-1]:
        first -= joined
        assert np.array_equal(heard[first:first + SOUND], sound)
        assert not heard[first + SOUND:first + ROUND].any()


@pytest.mark.parametrize("gap_ms, heard", [(60_000, True), (300, None)])
def test_cancelled(start, gap_ms, heard):
    """In a pause of a minute it ends with the round before it; in its sound,
    with a fade."""
    with start(*TONE).control() as c:
        c.subscribe("word", "finished")
        id_ = c.ask("say", **ENDLESS | {"gap_ms": gap_ms})["id"]
        at = c.event("word", id=id_)["sample"]
        if heard:
            while not c.ask("queue")["items"][0]["rounds"]:
                pass
        c.ask("cancel", id=id_)
        done = c.event("finished", id=id_)
        assert (done["outcome"], done["reason"]) == ("cancelled", "cancelled")
        if heard:
            assert done["last_sample"] == at + SOUND - 1
            assert done["rounds"] == 1


def test_its_time_to_live(start):
    with start(*TONE).control() as c:
        c.subscribe("word", "finished")
        id_ = c.ask("say", **ENDLESS, ttl_ms=1200, key="k")["id"]
        seen = c.until("finished", id=id_)
        assert seen[-1]["outcome"] == "spoken"
        assert seen[-1]["reason"] == "its time to live is over"
        at = words(seen, id_)
        assert seen[-1]["rounds"] == len(at) == 3
        assert seen[-1]["last_sample"] == at[-1] + SOUND - 1
        # A broker that gives it once more does not begin it anew.
        again = c.ask("say", **ENDLESS, key="k")
        assert again["duplicate"] and again["outcome"] == "spoken"


def test_interrupted(start):
    """By what is urgent, and by that alone; it goes on behind it."""
    with start(*TONE).control() as c:
        c.subscribe("word", "finished", "preempted")
        id_ = c.ask("say", **ENDLESS)["id"]
        c.event("word", id=id_)
        waits = c.ask("say", text="ms=100 w")["id"]
        urgent = c.ask("say", text="ms=100 u", priority="urgent")["id"]
        seen = c.until("finished", id=urgent)
        assert not words(seen, waits)
        again = [c.event("word", id=id_)["sample"] for _ in range(3)]
        assert np.all(np.diff(again) == ROUND)
        item = c.ask("queue")["items"][0]
        assert item["id"] == id_ and item["repeat"] == "until-cancelled"
        c.ask("skip")
        assert c.event("finished", id=id_)["reason"] == "skipped"
        assert c.event("finished", id=waits)["outcome"] == "spoken"


@pytest.mark.parametrize("given, said", [
    ("forever", "\"repeat\" is 'forever', neither a whole number from 1 to 20 "
                "nor until-cancelled"),
    (0, "\"repeat\" must be a whole number from 1 to 20, or until-cancelled"),
    (["until-cancelled"],
     "\"repeat\" must be a whole number from 1 to 20, or until-cancelled")])
def test_neither_number_nor_word(start, given, said):
    with start(*TONE).control() as c:
        reply = c.json({"op": "say", "text": "x", "repeat": given})
        assert reply["error"] == "bad-request"
        assert reply["message"] == said
        assert c.ask("queue")["items"] == []


# ---- over restarts --------------------------------------------------------

def kept(c, id_):
    """What the ledger has of it, once that is open."""
    reply = c.json({"op": "history", "id": id_})
    return reply["items"][0] if reply["ok"] else {}


@pytest.mark.parametrize("ends", ["kill", "stop"])
def test_goes_on_after(rundir, ends):
    """It is going on when ttsd ends, and goes on when the next one comes,
    which is later than anything else is said."""
    late = (*TONE, "-D", "ttsd.restore_within=1ms")
    with Ttsd(rundir, *TONE) as ttsd, ttsd.control() as c:
        c.subscribe("word", "started")
        id_ = c.ask("say", **ENDLESS)["id"]
        c.event("word", id=id_)
        wait_until(lambda: "started_ms" in kept(c, id_),
                   "that it began is kept")
        other = c.ask("say", text="ms=50 a")["id"]
        getattr(ttsd, ends)()
    with Ttsd(rundir, *late) as ttsd, ttsd.control() as c:
        c.subscribe("word", "finished")
        at = [c.event("word", id=id_)["sample"] for _ in range(3)]
        assert np.all(np.diff(at) == ROUND)
        c.ask("cancel", id=id_)
        done = c.event("finished", id=id_)
        wait_until(lambda: "outcome" in kept(c, id_), "its end is kept")
        row = kept(c, id_)
        assert (row["outcome"], row["replays"]) == ("cancelled", 1)
        assert row["rounds"] == done["rounds"] >= 2
        assert kept(c, other)["outcome"] == "expired"
        assert "rounds" not in kept(c, other)


def test_upgraded_on_air(start):
    with start(*TONE).control() as c:
        c.subscribe("word", "finished", "started")
        id_ = c.ask("say", **ENDLESS)["id"]
        at = [c.event("word", id=id_)["sample"]]
        for _ in range(3):
            reply = c.json({"op": "upgrade"})
            assert reply["ok"], reply
            at.append(c.event("word", id=id_)["sample"])
        at.append(c.event("word", id=id_)["sample"])
        assert not np.any(np.diff(at) % ROUND)
        c.ask("cancel", id=id_)
        done = c.event("finished", id=id_)
        assert done["first_sample"] == at[0]
        assert done["rounds"] in ((at[-1] - at[0]) // ROUND,
                                  (at[-1] - at[0]) // ROUND + 1)


# ---- at every door --------------------------------------------------------

def test_prepared(start):
    """A message says so itself; its engine hangs, and it goes round."""
    ttsd = start(*TONE, *(w for k, v in {
        "text": TEXT, "repeat": "until-cancelled", "gap": "300ms",
        "priority": "urgent", "prepare": "yes"}.items()
        for w in ("-D", f"message.alarm.{k}={v}")))
    with ttsd.control() as c:
        wait_until(lambda: c.ask("messages")["messages"][0]["prepared"][0][
            "ready"], "it is ready")
        engines = children_running(ttsd.pid, "tone")
        for pid in engines:
            os.kill(pid, signal.SIGSTOP)
        try:
            c.subscribe("word", "finished")
            id_ = c.ask("say", message="alarm")["id"]
            at = [c.event("word", id=id_)["sample"] for _ in range(4)]
            assert np.all(np.diff(at) == ROUND)
            c.ask("cancel", id=id_)
            assert c.event("finished", id=id_)["rounds"] in (3, 4)
        finally:
            for pid in engines:
                os.kill(pid, signal.SIGCONT)


def test_over_http(start, rundir):
    start(*TONE)
    with Gateway(rundir, *TONE, rights="read say control") as g, \
            g.events("events=word,finished") as events:
        said = g.ask("say", **ENDLESS)
        at = [events.until("word")["sample"] for _ in range(3)]
        assert np.all(np.diff(at) == ROUND)
        g.ask("cancel", id=said["id"])
        assert events.until("finished")["outcome"] == "cancelled"
        status, reply = g.post("say", text="x", repeat="forever")[:2]
        assert status == 400
        assert "'forever', neither a whole number" in reply["message"]


def test_scheduled(start, rundir):
    """It is asked for at its time, and said until its time to live is over."""
    start(*TONE)
    at = datetime.datetime.now() + datetime.timedelta(seconds=2)
    bell = {"at": at.strftime("%H:%M:%S"), "text": TEXT, "gap": "300ms",
            "repeat": "until-cancelled", "ttl": "2s"}
    with Control(rundir / "control.sock") as c:
        c.subscribe("word", "finished")
        with Gateway(rundir, *TONE, *(w for k, v in bell.items() for w in (
                "-D", f"schedule.bell.{k}={v}"))):
            seen = c.until("finished")
    done = seen[-1]
    assert (done["outcome"], done["reason"]) == (
        "spoken", "its time to live is over")
    spaced = np.diff(words(seen, done["id"]))
    assert len(spaced) >= 2 and np.all(spaced == ROUND)


def test_a_bad_word_in_the_configuration(rundir):
    with Daemon("ttsd", rundir, "-D", "message.x.text=a", "-D",
                "message.x.repeat=forever", ready=None) as ttsd:
        assert ttsd.wait() == 78
        assert "'forever' is not valid; expected a whole number from 1 to " \
            "20, or until-cancelled" in ttsd.logged()


def test_by_ttsctl(start, ctl, follow):  # noqa: F811
    """Who waits for it waits until somebody cancels it."""
    with start(*TONE).control() as c:
        c.subscribe("word", "finished")
        p = follow("--json", "say", "--repeat", "until-cancelled", "--gap",
                   "300ms", "--wait", TEXT)
        id_ = json.loads(p.stdout.readline())["id"]
        at = [c.event("word", id=id_)["sample"] for _ in range(3)]
        assert np.all(np.diff(at) == ROUND)
        head, row = ctl("queue").stdout.splitlines()
        assert row[head.index("REPEAT"):].startswith("until-cancelled")
        assert p.poll() is None
        ctl("cancel", str(id_))
        assert p.wait(PATIENCE_S) == 1
        said = p.stdout.read().decode() + p.stderr.read().decode()
        assert "cancelled" in said
    wrong = ctl("say", "--repeat", "forever", "x")
    assert wrong.returncode == 64
    assert "--repeat is 'forever'; expected a whole number, or " \
        "until-cancelled" in wrong.stderr
    assert ctl("complete", "--", "say", "--repeat", "unt").stdout == \
        "until-cancelled\n"


def test_over_mqtt(start, broker, join):  # noqa: F811
    """Sent with its key a second time, it is no second one."""
    start(*TONE)
    heard = broker.subscribe("ttsd/hall/#")
    join(broker)
    for _ in range(2):
        broker.publish("ttsd/hall/say", {**ENDLESS, "key": "alarm"})
        reply = heard.next("ttsd/hall/replies")
        assert reply["ok"] and reply["key"] == "alarm"
    assert reply["duplicate"]
    broker.publish("ttsd/hall/cancel", {"id": reply["id"]})
    heard.next("ttsd/hall/receipts", event="finished", id=reply["id"],
               outcome="cancelled")
