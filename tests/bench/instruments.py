"""What the benchmarks measure with."""
import ctypes
import os
import pathlib
import struct
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))

FRAME_MS = 10
RATE = 24000


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
    """On the processor so far, exact: schedstat counts nanoseconds, of each of
    its threads."""
    return sum(int((task / "schedstat").read_text().split()[0])
               for task in pathlib.Path(f"/proc/{pid}/task").iterdir()) / 1e9


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
