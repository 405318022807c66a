#!/usr/bin/env python3
"""Many sites at one broker, whose links are cut at random: each announcement
is spoken once at each site, or has expired; and each receipt is there within
five seconds in which its site's link was up.

  sites.py [--sites 200] [--seconds 600] [--seed N]
           [--every S]  a site's own messages: one in so long
           [--cuts S]   its link: cut once in so long

Prints what was measured; fails where something was lost, said twice or late.
docs/MANY-SITES.md has the numbers.
"""
import argparse
import collections
import contextlib
import json
import os
import pathlib
import random
import sys
import time

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / "e2e")]

import daemon  # noqa: E402
from broker import Broker, Site  # noqa: E402
from links import Network  # noqa: E402
from office import Office  # noqa: E402

# Where each announcement may wait for its link for so long, and not longer.
FRESH_S = 8
RECEIPT_S = 5
# Some have no end of their time: they have to be spoken, whenever it is.
LASTING = 0.2


def processes(roots):
    """A process and all below it."""
    found, left = [], list(roots)
    while left:
        pid = left.pop()
        found.append(pid)
        with contextlib.suppress(OSError):
            left += daemon.children(pid)
    return found


def cpu_s(pid):
    with contextlib.suppress(OSError):
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(
            ")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return 0.0


def memory(pid):
    """What it alone has, and its part of what it shares."""
    with contextlib.suppress(OSError):
        for line in pathlib.Path(
                f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0


class Run:
    def __init__(self, stack, directory, count, seed):
        self.random = random.Random(seed)
        self.broker = stack.enter_context(Broker(directory))
        self.network = Network(count, self.broker.port)
        stack.callback(self.network.close)
        self.names = [f"site{i}" for i in range(count)]
        self.sites, self.ttsds = [], []
        for name, link in zip(self.names, self.network.links):
            at = directory / name
            at.mkdir()
            self.ttsds.append(stack.enter_context(daemon.Ttsd(
                at, "-D", "channel.main.engine=tone", "-D",
                "ttsd.workers=1")))
            self.sites.append(stack.enter_context(Site(
                at, link.port, "-D", "mqtt.groups=all", site=name)))
        self.office = Office(self.broker.port, "ttsd/+/receipts",
                             "ttsd/+/replies")
        stack.callback(self.office.close)
        # By site and key: when it was published, and how long it is fresh.
        self.published = collections.defaultdict(dict)
        self.count = 0

    def publish(self):
        """For one site, or for all of them."""
        self.count += 1
        key = f"K{self.count}"
        everywhere = self.random.random() < 0.02
        expiry_s = None if self.random.random() < LASTING else FRESH_S
        name = self.random.choice(self.names)
        for n in self.names if everywhere else [name]:
            self.published[n][key] = (time.time(), expiry_s)
        self.office.publish(
            "ttsd/group/all/say" if everywhere else f"ttsd/{name}/say",
            json.dumps({"text": "tone", "key": key}), expiry_s)

    def roots(self):
        return {"ttsd": [t.pid for t in self.ttsds],
                "ttsd-gateway": [s.pid for s in self.sites],
                "mosquitto": [self.broker.process.pid]}

    def say_for(self, seconds, each_s, cuts_s):
        """Publishes for so long; returns what that took, by program."""
        self.network.trouble(self.random, cuts_s)
        before = {n: sum(map(cpu_s, processes(p)))
                  for n, p in self.roots().items()}
        began = due = time.monotonic()
        while time.monotonic() < began + seconds:
            self.publish()
            due += each_s
            time.sleep(max(0, due - time.monotonic()))
            assert self.office.failed is None, self.office.failed
        took_s = time.monotonic() - began
        return {n: (
            (sum(map(cpu_s, processes(p))) - before[n]) / took_s,
            sum(map(memory, processes(p)))) for n, p in self.roots().items()}

    def settle(self):
        """Waits until all that has to be told was told."""
        self.network.peace()

        def all_told():
            told = collections.Counter(
                t.split("/")[1] for _, t, p in list(self.office.told)
                if t.endswith("/receipts"))
            return all(told[n] >= len(h) for n, h in self.histories().items())

        def lasting_said():
            h = self.histories()
            return all(k in {i.get("key") for i in h[n]}
                       for n, keys in self.published.items()
                       for k, (_, e) in keys.items() if e is None)
        # What is missing then is told by faults().
        for told in lasting_said, all_told:
            end = time.monotonic() + 60
            while not told() and time.monotonic() < end:
                time.sleep(0.5)

    def histories(self):
        """All that each site has accepted; over when nothing waits."""
        out = {}
        for name, t in zip(self.names, self.ttsds):
            with t.control() as c:
                items, until = [], {}
                while True:
                    part = c.ask("history", limit=1000, **until)["items"]
                    items += part
                    if len(part) < 1000:
                        break
                    until = {"until_ms": part[-1]["accepted_ms"]}
            out[name] = items
        return out

    # ---- what is held against what ---------------------------------------

    def faults(self):
        """What was said twice, lost, or told too late."""
        faults, late = [], []
        told = {what.split()[0] + " " + what.split()[2]
                for _, what in self.receipts()}
        for n, items in self.histories().items():
            link = self.network.links[self.names.index(n)]
            said = collections.Counter(i.get("key") for i in items)
            faults += [f"{n} {k} accepted {c} times"
                       for k, c in said.items() if c != 1]
            faults += [f"{n} {i} was not published" for i in items
                       if i.get("key") not in self.published[n]]
            faults += [f"{n} {i['key']} {i.get('outcome')}" for i in items
                       if i.get("outcome") not in ("spoken", "expired")]
            faults += [f"{n} {i['key']} has no receipt" for i in items
                       if f"{n} {i['id']}" not in told]
            for key, (at, expiry_s) in self.published[n].items():
                up = link.up_since(at, RECEIPT_S)
                if key not in said and (expiry_s is None or (
                        up and up < at + expiry_s - 1)):
                    faults.append(f"{n} {key} was lost")
        for took_s, what in self.receipts():
            late.append(took_s)
            if took_s > RECEIPT_S:
                faults.append(f"{what} came {took_s:.1f} s late")
        return faults, late

    def receipts(self):
        """Of each: how long after it could come at the soonest it came."""
        for at, topic, payload in self.office.told:
            if not topic.endswith("/receipts"):
                continue
            event = json.loads(payload)
            name = topic.split("/")[1]
            link = self.network.links[self.names.index(name)]
            soonest = event["time"] / 1000
            # Up since when, of the stretches in which it was long enough.
            enough = link.up_since(soonest, RECEIPT_S) or at
            begin = max([soonest, *(t for t, up in link.changes
                                    if up and t <= min(at, enough))])
            yield at - begin, f"{name} {event['event']} {event['id']}"


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    p.add_argument("--sites", type=int, default=200)
    p.add_argument("--seconds", type=float, default=600)
    p.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    p.add_argument("--every", type=float, default=20)
    p.add_argument("--cuts", type=float, default=24)
    o = p.parse_args()
    print(f"seed {o.seed}, {o.sites} sites, {o.seconds:g} s", flush=True)
    with contextlib.ExitStack() as stack:
        directory = stack.enter_context(daemon.runtime_dir())
        run = Run(stack, directory, o.sites, o.seed)
        print("all are there", flush=True)
        took = run.say_for(o.seconds, o.every / o.sites, o.cuts)
        run.settle()
        faults, late = run.faults()
        tell(run, took, late)
    for fault in faults[:20]:
        print(fault)
    print(f"{len(faults)} faults")
    return 1 if faults else 0


def tell(run, took, late):
    items = [i for h in run.histories().values() for i in h]
    outcomes = collections.Counter(i.get("outcome") for i in items)
    wanted = sum(map(len, run.published.values()))
    again = sum('"duplicate":true' in p for _, t, p in run.office.told
                if t.endswith("/replies"))
    print(f"{run.count} messages, for {wanted} announcements: "
          f"{outcomes['spoken']} spoken, {outcomes['expired']} expired at "
          f"the site, {wanted - len(items)} at the broker; {again} came again")
    cuts = sum(not up for link in run.network.links
               for _, up in link.changes)
    late.sort()
    print(f"{cuts} cuts; {len(late)} receipts: half within "
          f"{late[len(late) // 2]:.2f} s, 99 % within "
          f"{late[len(late) * 99 // 100]:.2f} s, all within {late[-1]:.2f} s")
    for name, (cores, size) in took.items():
        print(f"{name} and below: {cores:.2f} cores, {size / 2**20:.0f} MiB")
    print(f"together: {sum(c for c, _ in took.values()):.2f} cores, "
          f"{sum(s for _, s in took.values()) / 2**20:.0f} MiB")


if __name__ == "__main__":
    sys.exit(main())
