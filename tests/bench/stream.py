"""Pacing, latency, processor time and memory of one channel."""
import os
import random
import signal
import socket
import subprocess
import time

from instruments import (
    FRAME_MS, RATE, Clocked, cpu_seconds, percentile, resident_mb)
from daemon import Ttsd, children_running, runtime_dir, wait_until

TEXT = "Ticket number forty two, please go to counter three."


def silence_of_ffmpeg():
    """What a hand-made script would use for silence."""
    return subprocess.Popen(
        ["ffmpeg", "-v", "error", "-re", "-f", "lavfi", "-i",
         f"anullsrc=r={RATE}:cl=mono", "-f", "s16le", "pipe:1"],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, bufsize=0)


def bench_stream(table, seconds):
    """Pacing, processor time and memory of an idle channel, against ffmpeg's
    own paced silence."""
    other = silence_of_ffmpeg()
    with runtime_dir() as where, Ttsd(where) as ttsd:
        reader = socket.socket(socket.AF_UNIX)
        reader.connect(str(where / "main.sock"))
        ours = Clocked(reader.recv, skip=44)
        theirs = Clocked(lambda n: os.read(other.stdout.fileno(), n))
        time.sleep(1)
        cpu = cpu_seconds(ttsd.pid), cpu_seconds(other.pid), time.monotonic()
        time.sleep(seconds)
        elapsed = time.monotonic() - cpu[2]
        busy = [100 * (cpu_seconds(p) - c) / elapsed for p, c in
                ((ttsd.pid, cpu[0]), (other.pid, cpu[1]))]
        late, base = ours.lateness_ms(), theirs.lateness_ms()
        for p, target in ((50, None), (99, 1.0), (99.9, None)):
            table.add(f"chunk lateness p{p:g}", percentile(late, p), "ms",
                      target, percentile(base, p), "ffmpeg -re")
        t0, n0 = ours.arrivals[0]
        t1, n1 = ours.arrivals[-1]
        table.add("stream against clock, worst",
                  max(abs((t - t0) * 1000 - (n - n0) * 1000 / RATE)
                      for t, n in ours.arrivals), "ms", FRAME_MS)
        table.add("drift", abs((n1 - n0) / RATE / (t1 - t0) - 1) * 1e6,
                  "ppm")
        table.add("idle channel, one subscriber", busy[0], "% of a core",
                  0.3, busy[1], "ffmpeg -re")
        table.add("ttsd resident", resident_mb(ttsd.pid), "MB", 10,
                  resident_mb(other.pid), "ffmpeg -re")
        ours.stopped = theirs.stopped = True
        reader.shutdown(socket.SHUT_RDWR)
        other.kill()
        other.wait()
        other.stdout.close()


def first_byte_of_espeak():
    """A hand-made script: start espeak-ng for each text."""
    start = time.monotonic()
    p = subprocess.Popen(["espeak-ng", "-v", "en", "--stdout", TEXT],
                         stdout=subprocess.PIPE, bufsize=0)
    os.read(p.stdout.fileno(), 45)
    delay = time.monotonic() - start
    p.stdout.read()
    p.stdout.close()
    p.wait()
    return delay * 1000


def delays_on_air(count, also, *args, ready=lambda ttsd, c: None, **said):
    """From the request to the arrival of the announcement's first sample, in
    milliseconds; `also` is called behind every fourth."""
    said = said or {"text": TEXT}
    delays = []
    with runtime_dir() as where, Ttsd(where, *args) as ttsd, \
            ttsd.control() as c:
        c.subscribe("started", "finished")
        ready(ttsd, c)
        reader = socket.socket(socket.AF_UNIX)
        reader.connect(str(where / "main.sock"))
        ours = Clocked(reader.recv, skip=44)
        joined = ttsd.status()["channels"][0]["subscribers"][0]
        for i in range(count):
            time.sleep(random.random() * FRAME_MS / 1000)
            asked = time.monotonic()
            c.ask("say", **said)
            first = c.event("started")["sample"] - joined["first_sample"]
            while (arrived := ours.time_of(first)) is None:
                time.sleep(0.001)
            delays.append((arrived - asked) * 1000)
            c.ask("skip")
            c.event("finished")
            ours.arrivals = ours.arrivals[-50:]
            if i % 4 == 0:
                also()
        ours.stopped = True
        reader.shutdown(socket.SHUT_RDWR)
    return delays


def bench_latency(table, count):
    base = []
    delays = delays_on_air(
        count, lambda: base.append(first_byte_of_espeak()))
    for p, target in ((50, FRAME_MS / 2 + 2), (99, FRAME_MS + 4)):
        table.add(f"text to first sample p{p}", percentile(delays, p), "ms",
                  target, percentile(base, p), "espeak-ng --stdout")


def stop_engines(ttsd, c):
    """Once the message is prepared."""
    wait_until(lambda: all(p["ready"] for m in c.ask("messages")["messages"]
                           for p in m["prepared"]), "it is prepared")
    for pid in children_running(ttsd.pid, "espeak"):
        os.kill(pid, signal.SIGSTOP)


def bench_prepared(table, count):
    """A message that is prepared, with its engine stopped, against `say` of
    the same text with an engine that runs."""
    base = delays_on_air(count, lambda: None)
    delays = delays_on_air(
        count, lambda: None, "-D", f"message.alarm.text={TEXT}", "-D",
        "message.alarm.prepare=yes", ready=stop_engines, message="alarm")
    for p in (50, 99, 100):
        table.add(f"prepared message to first sample, engine stopped, p{p}",
                  percentile(delays, p), "ms", 50, percentile(base, p),
                  "say, engine runs")
