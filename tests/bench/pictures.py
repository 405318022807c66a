"""Sound and picture at the far end: how far a flash is from its beep, and a
mouth from its voice."""
import contextlib
import os
import time

import numpy as np

import peers
from air import PHASES, Air, far_ends, nothing, stand_still
from daemon import runtime_dir, wait_until
from instruments import percentile
from painter import LAYOUTS
from picture_changes import bench_changes
from picture_cost import bench_cost, bench_delay
from picture_pauses import bench_pauses
from recording import Recorder, errors_ms, flashes, onsets, openings

SECONDS_HLS = 8  # that a player is behind
FPS = 25
FLASH_MS = 20
MOUTH_MS = 40
# The mouth of the presenter in parts of the picture: width, height, left, top.
MOUTH = (0.08, 0.09, 0.46, 0.62)
VOWELS = ("Ah.", "Eight.", "Open.", "Under.", "I am.")
SPEECH = 0.1  # of the loudest: espeak-ng's vowels are there within 4 ms


def add_errors(table, what, errors, count, target_ms, missing):
    """A picture is seen from a frame on, so a perfect one is up to half a
    frame away. What never came has no error, and is counted."""
    if errors:
        sizes = sorted(map(abs, errors))
        table.add(f"{what}, mean", float(np.mean(errors)), "ms")
        table.add(f"{what}, sd", float(np.std(errors)), "ms")
        for name, size in (("p50", percentile(sizes, 50)),
                           ("p99", percentile(sizes, 99)),
                           ("the worst", sizes[-1])):
            table.add(f"{what}, {name}", size, "ms", target_ms,
                      1000 / FPS / 2, "ms, half a frame")
        table.add(f"{what}: farther than {target_ms} ms, of {count}",
                  sum(s > target_ms for s in sizes), "", 0)
    table.add(f"{what}: {missing}, of {count}", count - len(errors), "", 0)


# ---- flash against beep ------------------------------------------------------


def record(air, name, args, count, phase):
    """The errors of so many beeps, received after something happened."""
    path = air.where / f"{name}-{phase.__name__}.mkv"
    with contextlib.ExitStack() as stack:
        if name == "RTSP":  # it is the server, so it comes first
            recorder = stack.enter_context(Recorder(path, *args))
        phase(air)
        if name != "RTSP":
            wait_until(lambda: name == "RTMP" or os.path.exists(args[0]),
                       "there is a list")
            recorder = stack.enter_context(Recorder(path, *args))
        recorder.has_begun()
        air.beep(count)
        if phase is nothing:
            stand_still(air)
            air.beep(count)
        time.sleep(SECONDS_HLS if name == "HLS" else 1)
    return errors_ms(flashes(path), onsets(path))


def bench_flashes(table, count, phases):
    with contextlib.ExitStack() as outer:
        for name, url, args in far_ends(outer):
            found = []
            with contextlib.ExitStack() as stack:
                air = Air(stack, url)
                for phase in phases:
                    found += record(air, name, args, count, phase)
            add_errors(table, f"{name}: a flash against its beep", found,
                       air.said, FLASH_MS, "beeps without a flash")


# ---- mouth against voice -----------------------------------------------------


def bench_mouth(table, rounds):
    with contextlib.ExitStack() as stack:
        where = stack.enter_context(runtime_dir())
        nginx = stack.enter_context(peers.NginxRtmp(where))
        air = Air(stack, nginx.url(), layout=LAYOUTS / "presenter.svg",
                  engine=(), size="640x360")
        path = air.where / "mouth.mkv"
        air.runs()
        with Recorder(path, nginx.url()) as recorder:
            recorder.has_begun()
            for _ in range(rounds):
                for text in VOWELS:
                    air.say(text)
            time.sleep(1)
        found = errors_ms(openings(path, MOUTH), onsets(path, SPEECH))
    add_errors(table, "RTMP: the presenter's mouth against its voice", found,
               air.said, MOUTH_MS, "voices without a mouth")


def bench_pictures(table, quick):
    bench_flashes(table, 2 if quick else 7, PHASES[:2] if quick else PHASES)
    bench_mouth(table, 1 if quick else 6)
    bench_changes(table, 3 if quick else 20)
    bench_pauses(table, 3 if quick else 4)
    bench_cost(table, 5 if quick else 20)
    bench_delay(table, 3 if quick else 20)
