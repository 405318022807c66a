"""What it costs to listen to an output, how right the delay is that is told,
and how soon after its sound an announcement has its receipt."""
import contextlib
import pathlib
import sys
import threading
import time

from daemon import Ttsd, children, runtime_dir, wait_until
from ear import Ear, heard, sent
from instruments import cpu_seconds, percentile, resident_mb
from peers import NginxRtmp, Program

LATE = pathlib.Path(__file__).with_name("late.py")
LATE_S = (0, 0.5, 3)
# As the comparison, so that nothing but time lies between the two.
RATE = 8000
TEXT = "Now serving number {}. Please go to counter {}, on the left."


def say(ttsd, ear, number):
    """Its receipt, and how long it came after the announcement ended and all
    of it was at the listener, in s."""
    with ttsd.control() as c:
        c.subscribe("finished")
        given = c.ask("say", text=TEXT.format(number, number % 9 + 1))["id"]
        c.event("finished", id=given)
        ended = time.monotonic()
    receipt = ear.receipt(given)
    told = next(when for when, line in zip(ear.times, ear.lines)
                if line.startswith("receipt ") and f'"id":{given},' in line)
    return receipt, told - ended - receipt.get("delay_ms", 0) / 1000


def bench_delay(table, count):
    """Against a reader that is late by a time that is known."""
    for late in LATE_S:
        with contextlib.ExitStack() as stack:
            where = stack.enter_context(runtime_dir())
            ttsd = stack.enter_context(Ttsd(
                where, "-D", f"channel.main.rate={RATE}"))
            ear = stack.enter_context(Ear(
                where, [sys.executable, LATE, where / "main.sock", late]))
            ear.until("heard", state="silent-as-sent")
            errors = [abs(say(ttsd, ear, 100 + i)[0]["delay_ms"] -
                          late * 1000) for i in range(count)]
        table.add(f"ear: delay of {late:g} s, error, worst of {count}",
                  max(errors), "ms", target=20)


def bench_cost(table, seconds, count):
    """Over RTMP; beside the same ffmpeg, which decodes to 8 kHz."""
    with contextlib.ExitStack() as stack:
        where = stack.enter_context(runtime_dir())
        ttsd = stack.enter_context(Ttsd(where))
        nginx = stack.enter_context(NginxRtmp(where))
        stack.enter_context(Program(
            "ffmpeg", "-v", "error", *sent(where), "-c:a", "aac", "-b:a",
            "64k", "-f", "flv", "-flush_packets", 1, nginx.url()))
        wait_until(nginx.bytes_in, "it is sent")
        ear = stack.enter_context(Ear(where, heard(nginx.url(), "-f", "flv")))
        ear.until("heard", state="silent-as-sent")
        after = [say(ttsd, ear, 100 + i)[1] for i in range(count)]
        ffmpeg, = children(ear.process.pid)
        with ttsd.control() as c:
            c.ask("say", text=" ".join(
                TEXT.format(i, i % 9 + 1) for i in range(200, 200 + seconds)))
        begun = time.monotonic()
        before = cpu_seconds(ear.process.pid), cpu_seconds(ffmpeg)
        threading.Event().wait(seconds)
        took = time.monotonic() - begun
        own, decoder = (100 * (cpu_seconds(pid) - was) / took for pid, was in
                        zip((ear.process.pid, ffmpeg), before))
        memory = resident_mb(ear.process.pid)
    of = "its ffmpeg, which decodes to 8 kHz"
    table.add("ear: of a core, with its ffmpeg, all is spoken",
              own + decoder, "%", target=2.5, baseline=decoder, of=of)
    table.add("ear: of a core, alone", own, "%")
    table.add("ear: memory", memory, "MB")
    table.add(f"ear: receipt after the sound, p50 of {count}",
              percentile(after, 50), "s", target=2)
    table.add("ear: receipt after the sound, p99",
              percentile(after, 99), "s", target=2)


def bench_hearing(table, seconds, count):
    bench_delay(table, max(count // 3, 2))
    bench_cost(table, seconds, count)
