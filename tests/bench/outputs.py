"""Ten outputs on one channel, five of them dead: what the others lose, and
what the supervisor costs meanwhile."""
import contextlib
import threading
import time

import numpy as np

from daemon import Ttsd, runtime_dir, wait_until
from instruments import cpu_seconds
from peers import RtspListener
from supervisor import Supervisor, define

RATE = 24000
# Spoken without end: no two seconds are the same.
TEXT = " ".join(f"Number {i}, please." for i in range(100, 1000, 7))


def find(part, sound, begin=0):
    """Where it begins, in samples; -1: nowhere."""
    at = sound.tobytes().find(part.tobytes(), 2 * begin)
    return at // 2 if at % 2 == 0 else -1


def lost(reference, received):
    """Samples that are missing in the midst of what was received, which went
    through no lossy codec; all of them, where it begins with what was not sent.
    No two seconds of what was sent are the same."""
    missing, here, block = 0, 0, RATE // 10
    there = find(received[:2 * RATE], reference)
    if there < 0:
        return len(received)
    while here < len(received):
        part = received[here:here + block]
        if not np.array_equal(part, reference[there:there + len(part)]):
            begin, end = resumes(reference[there:], received[here:])
            missing += end - begin
            here, there = here + begin, there + end
        here, there = here + block, there + block
    return missing


def resumes(reference, received):
    """Where both are the same for two seconds again. The end is never."""
    for begin in range(0, len(received) - 2 * RATE, RATE // 10):
        end = find(received[begin:begin + 2 * RATE], reference)
        if end >= 0:
            return begin, end
    return len(received), 2 * len(received)


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
