#!/usr/bin/python3
"""Does everything to a running ttsd and streamer-supervisor that may befall
them, and holds them to what they promise.

    torture.py [--seconds N] [--seed SEED] [--only PHASE]

Ten minutes unless --seconds says otherwise; with less than two, all assaults
come at once. Nothing is lost: exit 0. Else the last lines say what was, with
the seed that chooses the same blows again (their order is the same, what they
hit depends on the time), and the exit status is 1.
"""
import argparse
import collections
import secrets
import sys
import time
import traceback

import world as worlds
from bad_engines import Engines
from clients import Clients
from crowd import Speaker
from freezes import Deaths, Freezes
from full_disk import Disk
from kills import Kills
from pictures import OnlyPictures, Pictures

# A phase: its share of the time, and who attacks.
PHASES = {
    "kills": (0.15, (Kills,)),
    "clients": (0.15, (Clients,)),
    "engines": (0.15, (Engines,)),
    "disk": (0.1, (Disk,)),
    "pictures": (0.1, (OnlyPictures,)),
    "freezes": (0.1, (Freezes,)),
    "deaths": (0.05, (Deaths,)),
    "everything": (0.2, (Kills, Clients, Engines, Disk, Freezes, Pictures)),
}
# To set a world up, and to settle it.
OVERHEAD_S = 15
SHORT_S = 120


def storm(world, seconds, assaults):
    speakers = [Speaker(world, channel) for channel in ("main", "side")]
    attackers = [attack(world) for attack in assaults]
    world.quiet.wait(seconds)
    world.quiet.set()
    did = collections.Counter()
    for one in (*attackers, *speakers):
        world.wrong += one.join()
    for attacker in attackers:
        did.update({f"{attacker.name}: {k}": n
                    for k, n in attacker.did.items()})
    return did


def run_phase(name, seconds, seed):
    """A world of its own, its storm, and the calm after it."""
    print(f"-- {name}, {seconds:.0f} s", flush=True)
    world = worlds.World(seed)
    did = collections.Counter()
    try:
        with world:
            if world.namespace is None and name == "disk":
                print("   not here: this system lets nobody mount a small "
                      "file system", flush=True)
            did = storm(world, seconds, PHASES[name][1])
            world.settle()
    except Exception:  # what is wrong is told with the rest
        world.wrong.append(f"broken off: {traceback.format_exc()}")
    return world, did


def show(world, did):
    for what, count in sorted(did.items()):
        print(f"   {count:7} {what}")
    outcomes = ", ".join(f"{n} {o}" for o, n in sorted(
        world.outcomes.items())) or "none"
    print(f"   {sum(world.outcomes.values()):7} announcements: {outcomes}")
    print(f"   {world.heard:7} samples heard, in order and on time; the "
          f"longest wait was {world.longest_s * 1000:.0f} ms")
    print(f"   {world.seen:7} samples heard beside a picture, "
          f"{world.frames} frames seen with them")
    held = ", ".join(f"{n} {v}" for v, n in sorted(world.most.items()))
    print(f"   at most: {held}")
    for wrong in world.wrong:
        print(f"   LOST: {wrong}")
    sys.stdout.flush()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", default=secrets.token_hex(4))
    parser.add_argument("--only", choices=PHASES)
    options = parser.parse_args()
    print(f"torture: seed {options.seed}", flush=True)
    names = [options.only] if options.only else list(PHASES)
    if options.seconds < SHORT_S and not options.only:
        names = ["everything"]
    whole = sum(PHASES[n][0] for n in names)
    spare = max(options.seconds - OVERHEAD_S * len(names),
                options.seconds / 2)
    began, wrong = time.monotonic(), []
    total = collections.Counter()
    for name in names:
        world, did = run_phase(
            name, spare * PHASES[name][0] / whole, f"{options.seed}:{name}")
        show(world, did)
        total.update(blows=sum(did.values()), samples=world.heard,
                     announcements=sum(world.outcomes.values()))
        wrong += [f"{name}: {w}" for w in world.wrong]
    print(f"torture: {total['blows']} blows, {total['announcements']} "
          f"announcements, {total['samples']} samples, "
          f"{time.monotonic() - began:.0f} s, seed {options.seed}")
    if not wrong:
        print("torture: nothing lost")
        return 0
    print("torture: lost:", *wrong, sep="\n  ")
    return 1


if __name__ == "__main__":
    sys.exit(main())
