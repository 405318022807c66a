#!/usr/bin/python3
"""Says announcements over six kinds of server, does to those what servers do,
and holds the ear to what it says of each.

    hearing.py [--count N] [--lanes N] [--seed SEED] [--only WAY]...

N announcements over each, on so many channels side by side. All right: exit 0.
A `heard` for what did not come, or a `missed` for what came whole, is printed,
and the exit status is 1; what lies between is a matter of taste (oracle.py).
"""
import argparse
import collections
import contextlib
import json
import os
import pathlib
import random
import secrets
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "e2e"))

import numpy as np  # noqa: E402

import daemon  # noqa: E402
import sound  # noqa: E402
from ear import Ear  # noqa: E402
from oracle import Hearsay, at_8_khz, streams  # noqa: E402
from peers import RATE  # noqa: E402
from warp import Warp  # noqa: E402
from ways import WAYS  # noqa: E402

WORDS = """amber river seven castle window eleven garden mountain copper thirty
harbour lantern meadow ninety orange pebble quarter railway silver tower umbrella
valley winter yellow zebra bridge candle dragon engine forest guitar hammer island
jungle kitten lemon magnet number ocean pencil""".split()
# One announcement of so many has a fault of its own; some last for two.
FAULTED = 0.5
FAULTS = ("freeze", "other", "slate", "mute", "delay", "cut", "break")
# These are noticed, within the time of an announcement and so much more.
NOTICED = ("freeze", "other", "slate", "mute")
NOTICED_S = 2
DRIFT_S = 1
# A receipt comes so long after its sound.
RECEIPT_S = 2
# So long before an announcement its fault begins, at most.
EARLY_S = 1.5
PAUSE_S = 2
# A listener of segments is behind by some; what came later is not looked for.
LATE_S = 5


class Saying:
    """An announcement, and what was done to it."""

    def __init__(self, number, fault, began, event):
        self.number, self.fault, self.began = number, fault, began
        self.first, self.last = event["first_sample"], event["last_sample"]
        self.ended = time.monotonic()


class Lane:
    """One channel, its way to a listener, and the ear."""

    def __init__(self, ttsd, folder, way, channel, seed):
        self.ttsd, self.channel = ttsd, channel
        self.random = random.Random(seed)
        self.folder = folder / channel
        self.folder.mkdir()
        with ttsd.control() as c:
            c.subscribe("subscriber", channel=channel)
            self.warp = Warp(folder / f"{channel}.sock")
            self.origin = c.event(
                "subscriber", state="joined")["first_sample"]
        self.gaps = [(self.origin, 0)]  # from that sample, so many left out
        threading.Thread(target=self.watch, daemon=True).start()
        self.way = WAYS[way](self.folder, self.warp)
        self.ear = Ear(folder, self.way.reader(), **{
            "channel": channel, "audio": folder / f"{channel}.sock",
            "delay-max": self.way.delay_max_ms, "stall": self.way.stall_ms})
        self.sayings = []
        self.wrong = []
        self.heard = None  # what came, when all has
        self.slate = sound.espeak("This channel is offline. We will be back "
                                  "soon; thank you for your patience.", "en-us")
        self.other = sound.espeak(" ".join(
            self.random.choices(WORDS, k=60)), "en+f3")

    def watch(self):
        """On a machine that is too busy ttsd leaves some out."""
        with self.ttsd.control() as c, contextlib.suppress(OSError):
            c.subscribe("subscriber", channel=self.channel)
            c.socket.settimeout(None)
            for line in c.lines:
                e = json.loads(line)
                if e.get("state") == "lagging" and e["pid"] == os.getpid():
                    self.gaps.append((e["edge"], e["left_out"]))

    # ---- what is done ------------------------------------------------------

    def begin(self, fault):
        if fault == "freeze":
            self.way.freeze()
        elif fault == "break":
            self.way.cut()
        elif fault in ("other", "slate"):
            self.warp.begin("other", self.other if fault == "other"
                            else self.slate)
        elif fault:
            self.warp.begin(fault)

    def end_fault(self, fault):
        if fault == "freeze":
            self.way.thaw()
        elif fault and fault != "break":
            self.warp.end()

    def say(self, fault):
        text = " ".join(self.random.choices(WORDS, k=5))
        with self.ttsd.control() as c:
            c.subscribe("started", "finished", channel=self.channel)
            number = c.ask("say", text=text, channel=self.channel)["id"]
            c.event("started", id=number)
            began = time.monotonic()
            if fault == "cut":
                self.cut_within()
            event = c.event("finished", id=number)
        self.sayings.append(Saying(number, fault, began, event))

    def cut_within(self):
        time.sleep(0.2 + self.random.random() / 2)
        self.warp.begin("cut")
        time.sleep(0.7 + self.random.random())
        self.warp.end()

    def run(self, count):
        """Faults begin before an announcement or within it."""
        self.ear.until("heard", state="silent-as-sent")
        while len(self.sayings) < count:
            fault = self.random.choice(FAULTS) \
                if self.random.random() < FAULTED else None
            if fault != "cut":
                self.begin(fault)
            if fault:
                time.sleep(self.random.random() * EARLY_S)
            for _ in range(self.random.choice((1, 1, 2)) if fault else 1):
                self.say(fault)
                time.sleep(PAUSE_S * self.random.random())
            if fault in NOTICED:
                self.await_notice()
            self.end_fault(None if fault == "cut" else fault)
            time.sleep(PAUSE_S)
        self.say(None)

    def await_notice(self):
        last = self.sayings[-1]
        end = last.ended + (self.delay(last.began) or 0) + NOTICED_S
        while time.monotonic() < end and not self.noticed(last.began):
            time.sleep(0.1)

    # ---- what came of it ---------------------------------------------------

    def await_receipts(self):
        numbers = {s.number for s in self.sayings}
        daemon.wait_until(
            lambda: len(self.receipts().keys() & numbers) == len(numbers),
            f"all have a receipt over {self.way.name}",
            self.way.delay_max_ms / 1000 + 30)

    def told(self, word):
        """What the ear said, with its times."""
        return [(when, json.loads(line[len(word):])) for when, line in zip(
            list(self.ear.times), list(self.ear.lines))
            if line.startswith(word + " ")]

    def receipts(self):
        return {r["id"]: (when, r) for when, r in self.told("receipt")}

    def delay(self, until):
        """The last one known by then, in s; None: none was."""
        return next((o["delay_ms"] / 1000
                     for when, o in reversed(self.told("heard"))
                     if when <= until and o["delay_ms"] >= 0), None)

    def noticed(self, since):
        """When a fault was told from then on, or that nothing can be read;
        None: not yet."""
        return next((when for when, o in self.told("heard")
                     if when >= since and (
                         o["why"] or o["state"] in ("unheard", "foreign"))),
                    None)

    def judge(self, saying):
        """What is true of it, whatever its receipt says; None: ttsd left some
        of it out for who wrote it down."""
        if self.heard is None:
            self.heard = streams(self.way.log)
        if any(saying.first < edge <= saying.last for edge, _ in self.gaps):
            return None
        lost = max(gap for gap in self.gaps if gap[0] <= saying.first)[1]
        begin, end = (2 * (sample - self.origin - lost)
                      for sample in (saying.first, saying.last + 1))
        pcm = np.frombuffer(bytes(self.warp.sent[begin:end]), dtype="<i2")
        return Hearsay(
            at_8_khz(pcm, RATE), self.heard, saying.began,
            saying.ended + self.way.delay_max_ms / 1000 + LATE_S)

    def end(self):
        self.ear.end()
        self.way.end()
        self.warp.close()


class Tally:
    """What is counted over a way."""

    def __init__(self):
        self.counts = collections.Counter()
        self.latencies = []  # of receipts, after the sound
        self.notices = []    # of faults, after the announcement
        self.lines = []

    def add_lane(self, lane):
        self.lines += lane.wrong
        self.counts["false start"] += len(lane.wrong)
        receipts = lane.receipts()
        before = None
        for saying in lane.sayings if not lane.wrong else ():
            self.add(lane, saying, *receipts[saying.number], before)
            before = saying

    def add(self, lane, saying, told, receipt, before):
        truth = lane.judge(saying)
        if truth is None or truth.pieces == 0:
            self.counts["left out"] += 1
            return
        verdict, state = truth.verdict(), receipt["state"]
        self.counts[f"{state}, {verdict}"] += 1
        false = (state, verdict) in (("heard", "lost"), ("missed", "came"))
        if false:
            self.counts[f"false {state}"] += 1
        if false or (state == "unknown" and verdict == "came"):
            self.lines.append(
                f"{lane.channel}: {saying.number} ({saying.fault}) "
                f"{truth.came} of {truth.pieces} pieces came; {receipt}")
        if state == "heard" and verdict == "came":
            late = told - max(truth.at, saying.ended)
            self.latencies.append(late)
            if late > RECEIPT_S:
                self.lines.append(
                    f"{lane.channel}: {saying.number} ({saying.fault}, after "
                    f"{before and before.fault}) {late:.1f} s late: {receipt}")
        if verdict == "lost" and saying.fault in NOTICED and \
                not (before and before.fault):
            self.add_notice(lane, saying)

    def add_notice(self, lane, saying):
        """Of the first announcement of a fault, all of which was lost. Before
        anything was heard over a way, or where it was late by more and more,
        nobody knows when it was due."""
        noticed = lane.noticed(saying.began)
        delay = lane.delay(saying.began)
        if delay is None:
            self.counts["no delay known"] += 1
            return
        due = saying.ended + delay
        if abs(lane.delay(due + NOTICED_S) - delay) > DRIFT_S:
            return
        if noticed is None:
            self.lines.append(f"{lane.channel}: {saying.number} "
                              f"({saying.fault}) was never noticed")
            self.counts["not noticed"] += 1
            return
        self.notices.append(noticed - due)
        if noticed - due > NOTICED_S:
            self.lines.append(
                f"{lane.channel}: {saying.number} ({saying.fault}) was noticed "
                f"{noticed - due:.1f} s late")


def percentile(values, part):
    return sorted(values)[min(int(len(values) * part), len(values) - 1)] \
        if values else float("nan")


def tell(way, tally):
    print(f"{way:8} " + "  ".join(
        f"{what}: {n}" for what, n in sorted(tally.counts.items()) if n))
    for what, values in (("receipt after its sound", tally.latencies),
                         ("fault noticed after the announcement",
                          tally.notices)):
        print(f"         {what}, s: p50 {percentile(values, 0.5):.2f}, "
              f"p99 {percentile(values, 0.99):.2f} of {len(values)}")
    for line in tally.lines:
        print("   ", line)


def run(folder, ways, count, lanes, seed):
    """Returns a tally for each way."""
    names = [(way, f"{way}{i}") for way in ways for i in range(lanes)]
    options = [word for _, name in names
               for word in ("-D", f"channel.{name}.lag_max=10s")]
    with daemon.Ttsd(folder, *options) as ttsd:
        running = [Lane(ttsd, folder, way, name, f"{seed} {name}")
                   for way, name in names]
        try:
            threads = [threading.Thread(
                target=guarded, args=(lane, -(-count // lanes)))
                for lane in running]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            tallies = {way: Tally() for way in ways}
            for lane in running:
                tallies[lane.way.name].add_lane(lane)
            return tallies
        finally:
            for lane in running:
                lane.end()


def guarded(lane, count):
    try:
        lane.run(count)
        lane.await_receipts()
    except Exception as e:  # noqa: BLE001
        lane.wrong.append(f"{lane.channel}: {type(e).__name__}: {e}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--lanes", type=int, default=2)
    parser.add_argument("--seed", default=secrets.token_hex(4))
    parser.add_argument("--only", action="append", choices=WAYS)
    args = parser.parse_args()
    print(f"seed {args.seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="hearing-") as folder:
        tallies = run(pathlib.Path(folder), args.only or list(WAYS),
                      args.count, args.lanes, args.seed)
    for way, tally in tallies.items():
        tell(way, tally)
    return 1 if any(n for t in tallies.values() for what, n in t.counts.items()
                    if what.startswith("false")) else 0


if __name__ == "__main__":
    sys.exit(main())
