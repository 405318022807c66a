"""Receipts at a broker, of what ended while the gateway was killed, and ttsd
with it: none is left out, and one that is told twice has the same number."""
import collections
import json
import random
import threading

import daemon
from broker import broker, join  # noqa: F401
from daemon import wait_until

TONE = ["-D", "channel.main.engine=tone"]
KILLS = 12


def asked(broker, heard, **fields):
    """A text that site says, and its id."""
    broker.publish("ttsd/hall/say", {"text": "440:0.1", **fields})
    return heard.next("ttsd/hall/replies", ok=True)["id"]


def told(heard, last):
    """Ends, up to that of `last`."""
    ends = []

    def is_last(payload):
        event = json.loads(payload)
        if event["event"] == "finished":
            ends.append(event)
        return event["event"] == "finished" and event["id"] == last
    heard.until("ttsd/hall/receipts", is_last)
    return ends


def noted(heard, event):
    """Waits until the broker keeps that it has this one."""
    heard.until("ttsd/hall/told", lambda p: p and int(p) >= event["seq"])


def test_a_gateway_that_is_killed(start, broker, join):
    """Also the first one, which has told nothing yet."""
    d = start(*TONE)
    heard = broker.subscribe("ttsd/hall/#")
    site = join(broker)
    ids = []
    with d.control() as c:
        c.subscribe("finished")
        for _ in range(3):
            c.ask("pause")
            ids.append(asked(broker, heard))
            site.kill()
            c.ask("resume")
            c.event("finished", id=ids[-1])
            site = join(broker)
            ends = told(heard, ids[-1])
            # What the broker has is not told again.
            assert [e["id"] for e in ends] == ids[-1:], ends
            noted(heard, ends[-1])


def test_both_that_are_killed(start, rundir, broker, join):
    """The next ttsd knows from the ledger how it ended."""
    d = start(*TONE)
    heard = broker.subscribe("ttsd/hall/#")
    site = join(broker)
    with d.control() as c:
        c.subscribe("finished")
        c.ask("pause")
        said = asked(broker, heard)
        site.kill()
        c.ask("resume")
        c.event("finished", id=said)
        wait_until(lambda: "outcome" in c.ask("history")["items"][0],
                   "its end is written down")
    d.kill()
    for p in rundir.glob("*.sock"):
        p.unlink()
    with daemon.Ttsd(rundir, *TONE):
        site = join(broker)
        end, = told(heard, said)
        assert end["recalled"] and end["outcome"] == "spoken"
        site.stop()


def test_kills_at_random_moments(start, broker, join):
    d = start(*TONE)
    chance = random.Random(13)
    heard = broker.subscribe("ttsd/hall/#")
    ends = collections.defaultdict(set)

    def all_told():
        with heard.grown:
            for m in heard.messages:
                event = json.loads(m["payload"]) if m["topic"].endswith(
                    "/receipts") else {}
                if event.get("event") == "finished":
                    ends[event["id"]].add((event["seq"], event["outcome"]))
            heard.messages.clear()
        items = d.control().ask("history", limit=1000)["items"]
        return len(items) == 3 * KILLS and all(
            "outcome" in i and i["id"] in ends for i in items)

    join(broker).kill()
    for n in range(KILLS):
        for i in range(3):
            broker.publish("ttsd/hall/say", {
                "text": f"440:0.0{i + 1}", "key": f"K{n}-{i}"})
        site = join(broker, ready="is up")
        threading.Event().wait(chance.uniform(0, 0.4))
        site.kill()
    join(broker)
    wait_until(all_told, "each was told")
    assert all(len(e) == 1 for e in ends.values()), ends


def test_marks_that_are_none(start, broker, join):
    """Whoever may write there can have receipts told again, and no more."""
    d = start(*TONE)
    for mark in b"x", b"-1", b"9" * 20, b"1" * 60000, b"\xff\0", b"1":
        broker.publish("ttsd/hall/told", mark, args=["-r"])
        heard = broker.subscribe("ttsd/hall/replies", "ttsd/hall/receipts")
        site = join(broker)
        ends = told(heard, asked(broker, heard))
        heard.close()
        site.stop()
    # The last one begins with the first event of all.
    assert len(ends) == len(d.control().ask("history")["items"]) == 6
