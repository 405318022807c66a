"""The benchmarks: percentiles and ratios, each figure beside a baseline that
is measured in the same run. Prints a table and writes JSON.

    bench.py [--json FILE] [--quick]

Nothing here passes or fails: a figure beyond its target is marked, for a
person to look at. The machine's own noise is in every figure, the baseline's
included.
"""
import argparse
import ctypes
import json
import os
import pathlib
import random
import socket
import struct
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))

from daemon import (  # noqa: E402
    Control, Daemon, Ttsd, runtime_dir, wait_until)
from peers import NginxRtmp  # noqa: E402

FRAME_MS = 10
RATE = 24000
TEXT = "Ticket number forty two, please go to counter three."


def percentile(values, p):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * p / 100))]


class Table:
    def __init__(self):
        self.rows = []

    def add(self, name, value, unit, target=None, baseline=None, of=""):
        self.rows.append({"name": name, "value": round(value, 3),
                          "unit": unit, "target": target,
                          "baseline": baseline and round(baseline, 3),
                          "baseline_of": of})

    def show(self):
        head = ("what", "measured", "target", "baseline", "ratio")
        lines = []
        for r in self.rows:
            met = r["target"] is None or r["value"] <= r["target"]
            lines.append((
                r["name"], f"{r['value']:.2f} {r['unit']}",
                "" if r["target"] is None else
                f"{r['target']:g} {'' if met else '(missed)'}",
                "" if r["baseline"] is None else
                f"{r['baseline']:.2f} {r['baseline_of']}",
                "" if not r["baseline"] else
                f"{r['value'] / r['baseline']:.3f}"))
        widths = [max(len(x[i]) for x in lines + [head])
                  for i in range(len(head))]
        for line in [head] + lines:
            print("  ".join(x.ljust(w) for x, w in zip(line, widths)).rstrip())


class Clocked:
    """Reads a stream of s16le and notes when how much had arrived."""

    def __init__(self, read, skip=0):
        self.arrivals = []  # (time, samples so far)
        self.read = read
        self.skip = skip
        self.stopped = False
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self):
        total = -self.skip
        while not self.stopped:
            data = self.read(65536)
            now = time.monotonic()
            if not data:
                return
            total += len(data)
            if total > 0:
                self.arrivals.append((now, total // 2))

    def time_of(self, sample):
        for when, samples in list(self.arrivals):
            if samples > sample:
                return when
        return None

    def lateness_ms(self):
        """Of each arrival, against the line that none of them is before."""
        offsets = [t - n / RATE for t, n in self.arrivals]
        first = min(offsets)
        return [(o - first) * 1000 for o in offsets]


def cpu_seconds(pid):
    """On the processor so far, exact: schedstat counts nanoseconds."""
    with open(f"/proc/{pid}/schedstat") as f:
        return int(f.read().split()[0]) / 1e9


def be_punctual():
    """An instrument that is late itself would blame others: asks for the
    shortest time slice, as ttsd does (sched_setattr(2), Linux 6.12)."""
    attr = struct.pack("<IIQiIQQQ", 48, 0, 1, 0, 0, 100_000, 0, 0)
    number = {"x86_64": 314, "aarch64": 274}.get(os.uname().machine)
    if number:
        ctypes.CDLL(None).syscall(number, 0, attr, 0)


def resident_mb(pid):
    with open(f"/proc/{pid}/status") as f:
        for line in f:
            if line.startswith("VmHWM"):
                return int(line.split()[1]) / 1024


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


def bench_latency(table, count):
    """From the request to the arrival of the announcement's first sample."""
    delays, base = [], []
    with runtime_dir() as where, Ttsd(where) as ttsd, ttsd.control() as c:
        c.subscribe("started", "finished")
        reader = socket.socket(socket.AF_UNIX)
        reader.connect(str(where / "main.sock"))
        ours = Clocked(reader.recv, skip=44)
        joined = ttsd.status()["channels"][0]["subscribers"][0]
        for i in range(count):
            time.sleep(random.random() * FRAME_MS / 1000)
            asked = time.monotonic()
            c.ask("say", text=TEXT)
            first = c.event("started")["sample"] - joined["first_sample"]
            while (arrived := ours.time_of(first)) is None:
                time.sleep(0.001)
            delays.append((arrived - asked) * 1000)
            c.ask("skip")
            c.event("finished")
            ours.arrivals = ours.arrivals[-50:]
            if i % 4 == 0:
                base.append(first_byte_of_espeak())
        ours.stopped = True
        reader.shutdown(socket.SHUT_RDWR)
    for p, target in ((50, FRAME_MS / 2 + 2), (99, FRAME_MS + 4)):
        table.add(f"text to first sample p{p}", percentile(delays, p), "ms",
                  target, percentile(base, p), "espeak-ng --stdout")


class Tap:
    """A TCP relay in front of an RTMP server that notes when each connection
    sent its first byte, and its first sound: what follows the metadata."""

    def __init__(self, port):
        self.target = port
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        self.notes = []  # ("first" or "sound", time)
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                near, _ = self.server.accept()
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", self.target))
            for a, b, note in ((near, far, self._note),
                               (far, near, lambda data, seen: seen)):
                threading.Thread(target=self._relay, args=(a, b, note),
                                 daemon=True).start()

    def _note(self, data, seen):
        if not seen:
            self.notes.append(("first", time.time()))
        if b"@setDataFrame" in seen and len(seen) < 8192:
            self.notes.append(("sound", time.time()))
            return seen + b"x" * 8192
        return seen + data if len(seen) < 8192 else seen

    def _relay(self, a, b, note):
        seen = b""
        while True:
            try:
                data = a.recv(65536)
                b.sendall(data)
            except OSError:
                data = b""
            if not data:
                for s in (a, b):
                    try:
                        s.shutdown(socket.SHUT_RDWR)
                    except OSError:
                        pass
                return
            seen = note(data, seen)

    def when(self, what):
        while True:
            for name, at in list(self.notes):
                if name == what:
                    return at
            time.sleep(0.001)

    def close(self):
        self.server.close()


def bench_restart(table, count):
    """SIGKILL of ffmpeg until sound is at the server again."""
    first, sound, back = [], [], []
    with runtime_dir() as where, NginxRtmp(where) as nginx, Ttsd(where):
        tap = Tap(nginx.port)
        with Daemon("streamer-supervisor", where, "-D",
                    f"output.live.url=rtmp://127.0.0.1:{tap.port}/live/x",
                    "-D", "output.live.healthy_after=0s", ready=None):
            path = where / "streamer.sock"
            wait_until(path.exists, "the supervisor is there")
            with Control(path) as c:
                c.subscribe()
                wait_until(lambda: c.ask("status")["outputs"][0]["state"] ==
                           "running", "it is on air")
                for _ in range(count):
                    pid = c.ask("status")["outputs"][0]["pid"]
                    c.events.clear()
                    tap.notes.clear()
                    killed = time.time()
                    os.kill(pid, 9)
                    spawned = c.event("output", to="starting")["time"] / 1000
                    first.append((tap.when("first") - spawned) * 1000)
                    sound.append((tap.when("sound") - spawned) * 1000)
                    back.append((tap.when("sound") - killed) * 1000)
                    c.event("output", to="running")
        tap.close()
    for name, values, target in (
            ("ffmpeg spawn to its first byte at the server", first, 150),
            ("ffmpeg spawn to sound at the server", sound, None),
            ("SIGKILL of ffmpeg to sound at the server", back, 500)):
        for p in (50, 99):
            table.add(f"{name} p{p}", percentile(values, p), "ms", target)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", default=None)
    parser.add_argument("--quick", action="store_true")
    args = parser.parse_args()
    table = Table()
    be_punctual()
    bench_stream(table, 3 if args.quick else 20)
    bench_latency(table, 20 if args.quick else 200)
    bench_restart(table, 3 if args.quick else 25)
    table.show()
    if args.json:
        with open(args.json, "w") as f:
            json.dump(table.rows, f, indent=1)
        print(f"written to {args.json}")


if __name__ == "__main__":
    main()
