"""A ttsd that is started again while very much waits."""
import contextlib
import json
import os
import socket
import sqlite3
import time

from desk import TONE, connect
from instruments import FRAME_MS, Clocked
from daemon import Ttsd, runtime_dir, wait_until

MANY = "-D", "channel.main.queue_max=100000"


def fill(where, count, keyed):
    """Has so many wait, as an earlier ttsd would have left them."""
    with Ttsd(where, *TONE) as ttsd, ttsd.control() as c:
        c.ask("say", text="ms=10 a")
    now = int(time.time() * 1000)
    rows = ((i, "main", f"k{i}" if keyed else None, f"Number {i}",
             json.dumps({"text": f"Number {i}"}), now, os.getuid())
            for i in range(2, count + 2))
    with contextlib.closing(sqlite3.connect(where / "state/ledger.db")) as db:
        db.executemany(
            "insert into announcement (id, channel, key, text, request,"
            " accepted_ms, uid) values (?, ?, ?, ?, ?, ?, ?)", rows)
        db.commit()


def bench_restoring(table, count, keyed):
    """From the start to sound on the stream, and until all wait again; and
    how long the stream paused meanwhile, beside the same time afterwards."""
    what = f"{count:,} announcements{' with keys' if keyed else ''}"
    with runtime_dir() as where:
        fill(where, count, keyed)
        start = time.monotonic()
        with Ttsd(where, *TONE, *MANY) as ttsd, ttsd.control() as c:
            wait_until((where / "main.sock").exists, "it listens")
            reader = connect(where / "main.sock")
            ours = Clocked(reader.recv, skip=44)
            c.ask("say", text="ms=10 a")
            restored = time.monotonic() - start
            during = len(ours.arrivals)
            time.sleep(restored)
            times = [t for t, _ in ours.arrivals]
            ours.stopped = True
            reader.shutdown(socket.SHUT_RDWR)
    pauses = [(b - a) * 1000 for a, b in zip(times, times[1:])]
    table.add(f"{what} restored", restored, "s", 2)
    table.add(f"{what}: start to sound", times[0] - start, "s")
    table.add(f"{what}: longest pause of the stream", max(pauses[:during]),
              "ms", 2 * FRAME_MS, max(pauses[during:]), "afterwards")
