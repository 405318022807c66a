"""Ten outputs on one channel, five of them dead: what the others lose, and
what the supervisor costs meanwhile."""
import contextlib
import threading
import time

import numpy as np

import sound
from daemon import Ttsd, runtime_dir, wait_until
from instruments import cpu_seconds
from peers import RtspListener
from supervisor import Supervisor, define

RATE = 24000
# Spoken without end: no two seconds are the same.
TEXT = " ".join(f"Number {i}, please." for i in range(100, 1000, 7))


def lost(reference, received):
    """Samples that are missing between the first and the last second of
    what was received; it went through no lossy codec."""
    first, at = sound.match(received[:2 * RATE], reference)
    last, end = sound.match(received[-2 * RATE:], reference)
    assert min(first, last) > 0.999, "this is not what was sent"
    return end + 2 * RATE - at - len(received)


def is_part(reference, received):
    """Every sample, in its place."""
    return reference.tobytes().find(received.tobytes()) >= 0


def bench_outputs(table, seconds):
    with contextlib.ExitStack() as stack:
        where = stack.enter_context(runtime_dir())
        ttsd = stack.enter_context(Ttsd(where))
        with ttsd.control() as c:
            c.ask("say", text=TEXT)
        reference = stack.enter_context(ttsd.listen())
        far = [stack.enter_context(RtspListener()) for _ in range(5)]
        words = [word for i, f in enumerate(far) for word in define(
            f"good{i}", url=f.url, codec="pcm", rtsp_transport="tcp")]
        words += [word for i in range(5) for word in define(
            f"dead{i}", url="rtmp://127.0.0.1:9/live/x",
            backoff_initial="200ms", backoff_max="30s")]
        s = stack.enter_context(Supervisor(where, *words))
        wait_until(lambda: all(len(f.pcm) > 2 * RATE for f in far),
                   "all five are heard")
        started, used = time.monotonic(), cpu_seconds(s.pid)
        threading.Event().wait(seconds)
        used = cpu_seconds(s.pid) - used
        percent = 100 * used / (time.monotonic() - started)
        received = [f.samples(RATE).copy() for f in far]
        sent = np.frombuffer(
            reference.until(max(map(len, received))), dtype="<i2")
        outputs = s.outputs()
        drops = sum(o["drops"] for o in outputs.values())
        tries = sum(len(o["history"]) and o["restarts"]
                    for name, o in outputs.items() if "dead" in name)
    table.add("five of ten outputs dead: samples that the others lost",
              sum(lost(sent, r) for r in received), "samples", 0)
    table.add("five of ten outputs dead: receivers with any gap",
              sum(not is_part(sent, r) for r in received), "of 5", 0)
    table.add("five of ten outputs dead: drops at ttsd", drops, "", 0)
    table.add(f"five of ten outputs dead ({tries} tries): the supervisor",
              percent, "% of a core", 1)
