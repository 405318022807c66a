"""The manners of a desk, and many channels at once."""
import random
import socket
import threading
import time

from instruments import (
    FRAME_MS, RATE, Clocked, cpu_seconds, percentile, resident_mb)
from daemon import Ttsd, runtime_dir

TONE = ("-D", "channel.main.engine=tone")


def connect(path):
    s = socket.socket(socket.AF_UNIX)
    s.connect(str(path))
    return s


def bench_urgent(table, count):
    """From an urgent request to its first sample on the socket, while
    something else is on air; and the gap between queued announcements."""
    delays, gaps = [], []
    with runtime_dir() as where, Ttsd(where, *TONE) as ttsd, \
            ttsd.control() as c:
        c.subscribe("started", "finished")
        reader = connect(where / "main.sock")
        ours = Clocked(reader.recv, skip=44)
        joined = ttsd.status()["channels"][0]["subscribers"][0]
        long = c.ask("say", text="ms=3600000 a", on_preempt="resume")["id"]
        c.event("started")
        for _ in range(count):
            time.sleep(random.random() * FRAME_MS / 1000)
            asked = time.monotonic()
            said = c.ask("say", text="ms=30 u", priority="urgent")
            first = (c.event("started", id=said["id"])["sample"] -
                     joined["first_sample"])
            while (arrived := ours.time_of(first)) is None:
                time.sleep(0.001)
            delays.append((arrived - asked) * 1000)
            c.event("finished", id=said["id"])
            ours.arrivals = ours.arrivals[-50:]
        c.ask("cancel", id=long)
        c.event("finished")
        ids = [c.ask("say", text="ms=37 x")["id"] for _ in range(20)]
        ends = [c.event("finished", id=i) for i in ids]
        gaps = [b["first_sample"] - a["last_sample"] - 1
                for a, b in zip(ends, ends[1:])]
        ours.stopped = True
        reader.shutdown(socket.SHUT_RDWR)
    for p in (50, 99):
        table.add(f"urgent to its first sample p{p}", percentile(delays, p),
                  "ms", FRAME_MS + 5)
    table.add("gap between queued announcements, worst", max(gaps),
              "samples", 0)


def cpu_while(ttsd, seconds):
    """Microseconds of processor per second."""
    before, start = cpu_seconds(ttsd.pid), time.monotonic()
    time.sleep(seconds)
    return ((cpu_seconds(ttsd.pid) - before) * 1e6 /
            (time.monotonic() - start))


def bench_queue(table, seconds):
    """What waiting announcements cost a tick."""
    with runtime_dir() as where, Ttsd(where, *TONE) as ttsd, \
            ttsd.control() as c:
        c.ask("pause")
        reader = connect(where / "main.sock")
        Clocked(reader.recv)
        c.ask("say", text="x", ttl_ms=3600_000)
        one = cpu_while(ttsd, seconds)
        for _ in range(999):
            c.ask("say", text="x", ttl_ms=3600_000)
        thousand = cpu_while(ttsd, seconds)
        reader.shutdown(socket.SHUT_RDWR)
    table.add("tick with 1,000 announcements waiting", thousand / 100, "us",
              None, one / 100, "with one")


def drain(sockets, late, stop):
    """Reads many streams and notes how late the chunks of one are."""
    import selectors
    selector = selectors.DefaultSelector()
    for s in sockets:
        selector.register(s, selectors.EVENT_READ)
    while not stop.is_set():
        for key, _ in selector.select(0.1):
            data = key.fileobj.recv(65536)
            if key.fileobj is sockets[0]:
                late(data)


def bench_subscribers(table, seconds):
    """One idle channel with one subscriber, and with 101."""
    with runtime_dir() as where, Ttsd(where) as ttsd:
        stop = threading.Event()
        sockets = [connect(where / "main.sock")]
        readers = [threading.Thread(
            target=drain, args=(list(sockets), lambda data: None, stop))]
        readers[0].start()
        one = cpu_while(ttsd, seconds)
        more = [connect(where / "main.sock") for _ in range(100)]
        readers.append(threading.Thread(
            target=drain, args=(more, lambda data: None, stop)))
        readers[1].start()
        time.sleep(0.5)
        hundred = cpu_while(ttsd, seconds)
        stop.set()
        for r in readers:
            r.join()
        for s in sockets + more:
            s.close()
    table.add("one idle channel with one subscriber", one, "us/s", 3000)
    table.add("each further subscriber", (hundred - one) / 100, "us/s")


def bench_channels(table, seconds):
    """200 channels of several rates and voices, a fifth of them with music,
    and a subscriber each: idle, and half of them speaking."""
    count = 200
    rates = [8000, 16000, 22050, 24000, 44100, 48000]
    voices = ["en", "de", "fr", "es", "en-us+f3"]
    args = ["-D", "channel.c0.rate=24000"]
    for i in range(1, count):
        args += ["-D", f"channel.c{i}.rate={rates[i % len(rates)]}",
                 "-D", f"channel.c{i}.voice={voices[i % len(voices)]}"]
        if i % 5 == 0:
            args += ["-D", f"channel.c{i}.bed=ding"]
    with runtime_dir() as where, Ttsd(where, *args) as ttsd, \
            ttsd.control() as c:
        alone = cpu_while(ttsd, seconds)
        sockets = [connect(where / f"c{i}.sock") for i in range(count)]
        stop = threading.Event()
        chunks = []
        total = [-44]

        def note(data):
            total[0] += len(data)
            chunks.append((time.monotonic(), total[0] // 2))
        reader = threading.Thread(
            target=drain, args=(sockets, note, stop), daemon=True)
        reader.start()
        time.sleep(1)
        idle = cpu_while(ttsd, seconds)
        text = "This is a sentence of some length. " * 20
        for i in range(0, count, 2):
            c.ask("say", text=text, channel=f"c{i}")
        time.sleep(2)
        chunks.clear()
        busy = cpu_while(ttsd, seconds)
        states = [ch["state"] for ch in ttsd.status()["channels"]]
        offsets = [t - n / RATE for t, n in chunks]
        late = [(o - min(offsets)) * 1000 for o in offsets]
        memory = resident_mb(ttsd.pid)
        stop.set()
        reader.join()
        for s in sockets:
            s.close()
    table.add("200 sleeping channels", alone / 1e4, "% of a core")
    table.add("one idle channel of 200, with a subscriber", idle / count,
              "us/s")
    table.add("one speaking channel of 100, over idle",
              (busy - idle) / 100, "us/s")
    table.add("200 channels, 100 speaking", busy / 1e4, "% of a core")
    table.add("speaking channels that starve",
              states.count("starving"), "channels", 0)
    for p in (50, 99):
        table.add(f"chunk lateness with 200 channels p{p}",
                  percentile(late, p), "ms")
    table.add("resident with 200 channels", memory, "MB")
