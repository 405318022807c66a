"""How long the readers of a stream wait while the program changes."""
import json
import selectors
import socket
import threading
import time

from instruments import FRAME_MS, percentile
from daemon import Ttsd, runtime_dir

READERS = 50
TEXT = "freq=300 " + "word " * 200


class Gaps:
    """Many readers on one thread; of each the longest wait between two
    arrivals, since it was asked last."""

    def __init__(self, path):
        self.selector = selectors.DefaultSelector()
        self.last, self.longest = {}, {}
        self.stopped = False
        for _ in range(READERS):
            s = socket.socket(socket.AF_UNIX)
            s.connect(str(path))
            self.selector.register(s, selectors.EVENT_READ)
            self.last[s] = time.monotonic()
        self.forget()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self):
        while not self.stopped:
            for key, _ in self.selector.select(0.1):
                now = time.monotonic()
                key.fileobj.recv(65536)
                gap = now - self.last[key.fileobj]
                self.last[key.fileobj] = now
                if gap > self.longest.get(key.fileobj, 0):
                    self.longest[key.fileobj] = gap

    def forget(self):
        self.longest = {}

    def longest_ms(self):
        return 1000 * max(list(self.longest.values()), default=0)

    def close(self):
        self.stopped = True
        self.thread.join()
        for s in self.last:
            s.close()


def have_wait(c, count):
    """So many announcements, on a channel that is paused."""
    c.ask("pause", channel="side")
    for first in range(0, count, 500):
        part = range(first, min(first + 500, count))
        c.send(b"".join(json.dumps({
            "op": "say", "channel": "side", "key": f"k{i}",
            "text": f"Number {i}, please go to counter {i % 9}."
        }).encode() + b"\n" for i in part))
        for _ in part:
            c.line()


def measure(count, waiting):
    """The longest wait of any of fifty readers around each upgrade, and in as
    long a time without one; how long a client waits for its answer."""
    waits, usual, answers = [], [], []
    with runtime_dir() as where, Ttsd(
            where, "-D", "channel.main.engine=tone", "-D",
            "channel.side.engine=tone", "-D",
            "channel.side.queue_max=100000") as ttsd, ttsd.control() as c:
        have_wait(c, waiting)
        gaps = Gaps(where / "main.sock")
        c.ask("say", text=TEXT)
        time.sleep(1)
        for _ in range(count):
            gaps.forget()
            time.sleep(0.5)
            usual.append(gaps.longest_ms())
            gaps.forget()
            began = time.monotonic()
            c.ask("upgrade")
            answers.append(1000 * (time.monotonic() - began))
            # Those that wait come after it.
            c.ask("queue", channel="side", limit=1)
            time.sleep(0.5 - (time.monotonic() - began) % 0.5)
            waits.append(gaps.longest_ms())
        gaps.close()
    return waits, usual, answers


def bench_upgrade(table, count):
    for waiting, times in ((0, count), (1000, count // 5), (10000, count // 5)):
        waits, usual, answers = measure(max(times, 3), waiting)
        what = f"upgrade, {waiting:,} wait" if waiting else "upgrade"
        for p in (50, 100):
            table.add(f"{what}: longest wait of {READERS} readers, p{p}",
                      percentile(waits, p), "ms", 2 * FRAME_MS,
                      percentile(usual, p), "without")
        table.add(f"{what}: from the request to its answer, p50",
                  percentile(answers, 50), "ms")
