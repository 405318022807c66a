"""ttsd, its ledger and its engines killed at random moments, while clients ask
for what they have had no answer to again: each announcement that was accepted
has one outcome, in its order, under one id.

DURABLE_KILLS=1000 does it for longer, DURABLE_SEED=n the same once more."""
import contextlib
import json
import os
import random
import signal
import sqlite3
import threading

from daemon import Control, Ttsd, children, command_line, wait_until

KILLS = int(os.environ.get("DURABLE_KILLS", 12))
TONE = ("-D", "channel.main.engine=tone", "-D", "ttsd.key_window=1h")
SAMPLES = 24000 * 40 // 1000


class Client(threading.Thread):
    """Asks for one announcement after the other, each until it is answered."""

    def __init__(self, rundir, name):
        super().__init__(daemon=True)
        self.path, self.label = rundir / "control.sock", name
        self.ids, self.wrong, self.over = {}, [], threading.Event()

    def run(self):
        while not self.over.is_set():
            with contextlib.suppress(OSError, AssertionError, ValueError):
                with contextlib.closing(Control(self.path)) as c:
                    while not self.over.is_set():
                        self.ask(c)
            self.over.wait(0.02)

    def ask(self, c):
        key = f"{self.label}-{len(self.ids)}"
        reply = c.json({"op": "say", "text": "ms=40 a", "key": key})
        if not reply["ok"]:
            self.wrong.append(reply)
            self.over.wait(0.1)
        elif reply["durable"]:
            self.ids[key] = reply["id"]
        self.over.wait(0.03)


def victims(ttsd, program):
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        return [p for p in children(ttsd.pid)
                if command_line(p).split("\0")[0].endswith(program)]
    return []


def test_kills(rundir):
    seed = int(os.environ.get("DURABLE_SEED", random.randrange(1 << 30)))
    chance = random.Random(seed)
    clients = [Client(rundir, n) for n in "ab"]
    ttsd = Ttsd(rundir, *TONE)
    for client in clients:
        client.start()
    story = []
    for _ in range(KILLS):
        clients[0].over.wait(chance.uniform(0.05, 0.6))
        what = chance.choice(("ttsd", "ttsd", "ttsd/ledger", "ttsd/tone"))
        story.append(what)
        if what == "ttsd":
            ttsd.kill()
            ttsd.__exit__(None)
            ttsd = Ttsd(rundir, *TONE)
            continue
        for pid in victims(ttsd, what):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
    for client in clients:
        client.over.set()
    for client in clients:
        client.join()
    with ttsd.control() as c:
        wait_until(lambda: not c.ask("queue")["items"], "all is said", 120)
    ttsd.stop()
    ttsd.__exit__(None)
    judge(rundir, clients, f"seed {seed}: {story}")


def judge(rundir, clients, story):
    with contextlib.closing(sqlite3.connect(rundir / "state/ledger.db")) as db:
        db.row_factory = sqlite3.Row
        rows = [dict(r) for r in db.execute(
            "select * from announcement order by id")]
    by_key = {}
    for row in rows:
        by_key.setdefault(row["key"], []).append(row)
    faults = []
    for client in clients:
        faults += [f"refused: {r}" for r in client.wrong]
        for key, id_ in client.ids.items():
            its = by_key.get(key, [])
            spoken = [r for r in its if r["outcome"] == "spoken"]
            if id_ not in [r["id"] for r in its]:
                faults.append(f"{key}: {id_} is lost")
            if len(spoken) > 1:
                faults.append(f"{key} is said twice")
    faults += [f"{r['id']} has no outcome" for r in rows if not r["outcome"]]
    whole = [r for r in rows if r["outcome"] == "spoken"]
    faults += [f"{r['id']} is cut" for r in whole
               if r["last_sample"] - r["first_sample"] + 1 < SAMPLES]
    order = [r["id"] for r in sorted(whole, key=lambda r: (
        r["ended_ms"], r["id"]))]
    if order != sorted(order):
        faults.append(f"out of order: {order}")
    assert whole and not faults, "\n".join(
        [story, *faults, *(json.dumps(r) for r in rows)])
