"""The power fails at a write of the ledger's, at one after the other: what was
promised before holds after it.

Story: that a commit outlives a power cut rested on what SQLite says of itself;
what ttsd makes of the files around it had never been tried.

POWER_CUTS=n tries so many of the writes, or `all` (`make powercut`); POWER_SEED=n
does the same once more."""
import contextlib
import os
import random
import signal
import sqlite3
import threading
import time

import pytest

import power
from daemon import Control, Ttsd, runtime_dir, wait_until
from test_durable import ledgers
from test_ledger import Ledger, fill

CUTS = os.environ.get("POWER_CUTS", "24")
SEED = int(os.environ.get("POWER_SEED", random.randrange(1 << 30)))
CHANNELS = ("main", "side")
TONE = [w for c in CHANNELS for w in ("-D", f"channel.{c}.engine=tone")] + [
    "-D", "ttsd.key_window=24h", "-D", "ttsd.restore_within=24h",
    "-D", "message.ticket.text=ms=30 {ticket}", "-D", "series.A.last=99999"]
SAY_MS, RATE = 30, 24000
SAMPLES = RATE * SAY_MS // 1000
# Enough for the log of the database to be worked in, when there is time.
LONG = "freq=440 " * 3000


@pytest.fixture(scope="module")
def shim(tmp_path_factory):
    return power.build_shim(tmp_path_factory.mktemp("shim"))


class Desk(threading.Thread):
    """Asks for one announcement after the other, each until it is answered,
    and notes when it was."""

    def __init__(self, rundir, number, chance):
        super().__init__(daemon=True)
        self.path, self.number, self.chance = rundir, number, chance
        self.channel = CHANNELS[number % len(CHANNELS)]
        self.asked, self.over = [], threading.Event()

    def run(self):
        while not self.over.is_set():
            with contextlib.suppress(OSError, AssertionError, ValueError):
                with contextlib.closing(
                        Control(self.path / "control.sock")) as c:
                    while not self.over.is_set():
                        self.ask(c)
            self.over.wait(0.02)

    def ask(self, c):
        if not self.asked or "told_ns" in self.asked[-1]:
            self.asked.append(self.think_of())
        request = self.asked[-1]
        cancel = self.chance.random() < 0.1
        reply = c.json({"op": "say", **request["fields"]})
        request.update(told_ns=time.monotonic_ns(), reply=reply)
        if reply["ok"] and cancel:
            request["cancel_ns"] = time.monotonic_ns()
            ended = c.json({"op": "cancel", "id": reply["id"]})
            if ended["ok"]:
                request["cancelled_ns"] = time.monotonic_ns()
        self.over.wait(self.chance.uniform(0, 0.05))

    def think_of(self):
        key = f"{self.number}-{len(self.asked)}"
        fields = {"key": key, "text": f"ms={SAY_MS} {key}",
                  "channel": self.channel}
        if self.asked and self.chance.random() < 0.15:
            fields["replaces"] = self.asked[-1]["fields"]["key"]
        if self.chance.random() < 0.05:
            fields["text"] = LONG + fields["text"]
        return {"fields": fields}


class Caller(Desk):
    """Calls the next number of a series, each request until it is answered."""

    def ask(self, c):
        if not self.asked or "told_ns" in self.asked[-1]:
            self.asked.append({"key": f"call-{len(self.asked)}"})
        reply = c.json({"op": "call", "series": "A", **self.asked[-1]})
        self.asked[-1].update(told_ns=time.monotonic_ns(), reply=reply)
        self.over.wait(self.chance.uniform(0, 0.05))


class Witness(threading.Thread):
    """Notes when it was told of each beginning and end."""

    def __init__(self, rundir):
        super().__init__(daemon=True)
        self.path, self.told, self.over = rundir, [], threading.Event()

    def run(self):
        while not self.over.is_set():
            with contextlib.suppress(OSError, AssertionError, ValueError):
                with contextlib.closing(
                        Control(self.path / "control.sock")) as c:
                    c.subscribe("started", "finished")
                    while True:
                        e = c.event()
                        self.told.append((time.monotonic_ns(), e))
            self.over.wait(0.01)


class World:
    """What was done, what was told, and what was written, in one run."""

    def __init__(self, shim, rundir, seconds):
        chance = random.Random(SEED)
        self.rundir, notes = rundir, rundir / "notes"
        env = power.watched(shim, "ledger", rundir, notes)
        self.desks = [Desk(rundir, n, random.Random(chance.random()))
                      for n in range(3)]
        self.caller = Caller(rundir, 0, random.Random(chance.random()))
        self.witness = Witness(rundir)
        self.disk = power.Disk(rundir)
        ttsd = Ttsd(rundir, *TONE, env=env)
        for thread in (*self.desks, self.caller, self.witness):
            thread.start()
        for what in ("ledger", "ttsd", "stop", "nothing"):
            self.witness.over.wait(seconds / 4)
            if what == "ledger":
                for pid in ledgers(ttsd):
                    os.kill(pid, signal.SIGKILL)
            elif what != "nothing":
                ttsd.kill() if what == "ttsd" else ttsd.stop()
                ttsd.__exit__(None)
                ttsd = Ttsd(rundir, *TONE, env=env)
        for desk in (*self.desks, self.caller):
            desk.over.set()
            desk.join()
        ttsd.stop()
        ttsd.__exit__(None)
        self.witness.over.set()
        self.witness.join()
        self.notes = power.read_notes(notes)
        self.asked = [a for d in self.desks for a in d.asked
                      if a.get("reply", {}).get("ok")]

    def told_before(self, ns, event):
        return {e["id"]: e for at, e in self.witness.told
                if at < ns and e["event"] == event}


@pytest.fixture(scope="module")
def world(shim):
    with runtime_dir() as rundir:
        yield World(shim, rundir, 1.6)


class Sequel:
    """A ttsd that finds what the power cut has left, and says it."""

    def __init__(self, folder, known):
        self.begun_ms = time.time_ns() // 10**6
        with Ttsd(folder, *TONE) as ttsd, ttsd.control() as c:
            c.subscribe("finished")
            # A busy machine may take its time: who asks before has no answer
            # of it.
            wait_until(lambda: c.json({"op": "history", "limit": 1})["ok"],
                       "the ledger is open")
            again = known and c.ask("say", **known["fields"])
            self.again = again and again["id"]
            lasts = [c.ask("say", text="ms=10 last", channel=channel,
                           priority="background")["id"]
                     for channel in CHANNELS]
            self.first_id = lasts[0]
            self.ticket = c.ask("call", series="A")["ticket"]
            while lasts:
                e = c.event("finished")
                lasts = [i for i in lasts if i != e["id"]]
        self.log = ttsd.logged()
        self.aside = list(folder.glob("state/*.aside-1"))
        with contextlib.closing(
                sqlite3.connect(folder / "state/ledger.db")) as db:
            db.row_factory = sqlite3.Row
            self.rows = {r["id"]: dict(r) for r in db.execute(
                "select * from announcement order by id")}
            self.tickets = [r["ticket"] for r in db.execute(
                "select ticket from call order by id")]

    def said(self):
        return [r for r in self.rows.values() if r["outcome"] == "spoken"
                and r["ended_ms"] >= self.begun_ms]


def wrong_words(world, sequel):
    """What is told of an announcement is what it was."""
    asked = {a["reply"]["id"]: a for a in world.asked}
    for id_, row in sequel.rows.items():
        if id_ >= sequel.first_id:
            continue
        if id_ in asked and row["key"] != asked[id_]["fields"]["key"]:
            yield f"{id_} bears the key {row['key']}"
        if row["outcome"] not in ("spoken", "cancelled"):
            yield f"{id_} has the outcome {row['outcome']}: {row['reason']}"
        if row["outcome"] == "cancelled" and id_ in asked and \
                "cancel_ns" not in asked[id_] and \
                "replaced" not in (row["reason"] or ""):
            yield f"{id_} is cancelled: {row['reason']}"
        if row["outcome"] == "spoken" and row["last_sample"] - \
                row["first_sample"] + 1 < SAMPLES:
            yield f"{id_} is cut"


def broken_promises(world, sequel, cut_ns):
    """All that was told before the cut holds."""
    before = [a for a in world.asked if a["told_ns"] < cut_ns]
    began = world.told_before(cut_ns, "started")
    ended = world.told_before(cut_ns, "finished")
    said = {r["id"] for r in sequel.said()}
    for a in before:
        reply, id_ = a["reply"], a["reply"]["id"]
        if id_ >= sequel.first_id:
            yield f"{id_} is given again"
        row = sequel.rows.get(id_)
        if not reply["durable"]:
            continue
        if row is None:
            yield f"{id_} is lost"
            continue
        if a.get("cancelled_ns", cut_ns) < cut_ns and \
                row["outcome"] != "cancelled":
            yield f"{id_} was cancelled, and is {row['outcome']}"
        old = reply.get("replaced")
        if old in said and old not in began:
            yield f"{old} was replaced by {id_}, and is said"
        if id_ in said and id_ in began and not row["replays"]:
            yield f"{id_} is said again, and not marked so"
        if ended.get(id_, {}).get("outcome") == "spoken" != row["outcome"]:
            yield f"{id_} was spoken, and is {row['outcome']}"
    for channel in CHANNELS:
        order = [r["id"] for r in sorted(
            sequel.said(), key=lambda r: r["first_sample"])
            if r["channel"] == channel and r["id"] < sequel.first_id]
        if order != sorted(order):
            yield f"out of order on {channel}: {order}"
    if sequel.aside:
        yield "the ledger is set aside"


def lost_numbers(world, sequel, cut_ns):
    """No number is called twice, and none is lost without being told."""
    told = [a["reply"]["ticket"] for a in world.caller.asked
            if a.get("told_ns", cut_ns) < cut_ns and a["reply"]["durable"]]
    if len(set(told)) < len(told):
        yield f"called twice: {told}"
    if sequel.ticket in told:
        yield f"{sequel.ticket} is called again"
    for ticket in set(told) - set(sequel.tickets):
        yield f"the call of {ticket} is lost"
    numbers = [int(t[1:]) for t in sequel.tickets]
    if numbers != list(range(1, len(numbers) + 1)):
        yield f"numbers that nobody tells of: {numbers}"


def last_known(world, cut_ns):
    """A request that may be sent again: not one that was taken back."""
    gone = {a["fields"].get("replaces") for d in world.desks for a in d.asked}
    known = [a for a in world.asked if a["told_ns"] < cut_ns
             and a["reply"]["durable"] and "cancel_ns" not in a
             and a["fields"]["key"] not in gone]
    return max(known, key=lambda a: a["told_ns"], default=None)


def chosen(world, chance):
    """Numbers of writes before which the power is cut."""
    count = len(world.notes)
    if CUTS == "all":
        return range(count + 1)
    return sorted(chance.sample(range(count + 1), min(int(CUTS), count)))


def time_of_cut(world, at):
    """Just before the next write."""
    return (world.notes[at].time_ns if at < len(world.notes)
            else time.monotonic_ns())


def show(world, cut_ns, sequel):
    lines = [f"asked: {a}"[:400] for a in world.asked if a["told_ns"] < cut_ns]
    lines += [f"told: {at} {e}" for at, e in world.witness.told if at < cut_ns]
    lines += [f"kept: {({**r, 'request': ''})}" for r in sequel.rows.values()]
    return "\n".join([*lines[-60:], sequel.log[-3000:]])


def test_a_disk_that_keeps_its_word(world):
    chance = random.Random(SEED)
    cuts = chosen(world, chance)
    print(f"POWER_SEED={SEED}: {len(cuts)} cuts of {len(world.notes)} writes, "
          f"{len(world.asked)} announcements")
    disk, at = world.disk.copy(), 0
    for cut in cuts:
        for note in world.notes[at:cut]:
            disk.take(note)
        at = cut
        after = disk.copy()
        how = after.lose_power(chance)
        cut_ns = time_of_cut(world, cut)
        with runtime_dir() as folder:
            after.lay_out(folder)
            known = last_known(world, cut_ns)
            sequel = Sequel(folder, known)
        faults = [*wrong_words(world, sequel),
                  *broken_promises(world, sequel, cut_ns),
                  *lost_numbers(world, sequel, cut_ns)]
        if known and sequel.again != known["reply"]["id"]:
            faults.append(f"the key {known['fields']['key']} is forgotten")
        assert not faults, "\n".join(
            [f"POWER_SEED={SEED}, before write {cut}: {how}", *faults,
             show(world, cut_ns, sequel)])


def test_a_disk_that_lies(world):
    """It says that it has written, and loses the last of it. The promises are
    lost with it; but no ledger is left that cannot be opened, and none that
    tells what was not so."""
    chance = random.Random(SEED)
    cuts = chosen(world, chance)[::2]
    aside = 0
    for cut in cuts:
        believed = max(0, cut - chance.choice((1, 3, 10, 40, 200)))
        disk = world.disk.copy()
        for note in world.notes[:believed]:
            disk.take(note)
        disk.sync_all()
        disk.keeps_its_word = False
        for note in world.notes[believed:cut]:
            disk.take(note)
        how = disk.lose_power(chance)
        with runtime_dir() as folder:
            disk.lay_out(folder)
            sequel = Sequel(folder, None)
        faults = list(wrong_words(world, sequel))
        if sequel.aside and "is kept as" not in sequel.log:
            faults.append("it was set aside without a word")
        aside += bool(sequel.aside)
        assert not faults, "\n".join(
            [f"POWER_SEED={SEED}, before write {cut}, of {cut - believed}: "
             f"{how}", *faults,
             show(world, time_of_cut(world, cut), sequel)])
    print(f"POWER_SEED={SEED}: {len(cuts)} cuts, {aside} ledgers set aside")


def test_while_a_damaged_one_is_set_aside(shim, tmp_path):
    """Story: between the two names a file has then, or before the new ledger
    knew of the old one, a cut had ids begin at 1 again."""
    chance = random.Random(SEED)
    state = tmp_path / "state"
    state.mkdir(mode=0o700)
    fill(state, 300)
    os.truncate(state / "ledger.db", 20000)
    disk = power.Disk(tmp_path)
    env = power.watched(shim, "ledger", tmp_path, tmp_path / "notes")
    with Ledger(state, env=env) as ledger:
        first = ledger.hello["next_id"]
        assert first > 1 << 40
    notes = power.read_notes(tmp_path / "notes")
    for note in notes:
        disk.take(note)
        after = disk.copy()
        how = after.lose_power(chance)
        with runtime_dir() as folder:
            after.lay_out(folder)
            with Ledger(folder / "state") as ledger:
                assert ledger.hello and ledger.hello["next_id"] >= first, (
                    f"POWER_SEED={SEED}, behind {note}: {how}; "
                    f"{ledger.hello}, {ledger.said()}")
