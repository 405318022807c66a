"""What it costs to keep what is accepted."""
import contextlib
import json
import random
import selectors
import socket
import sqlite3
import time

from instruments import percentile
from daemon import Ttsd, runtime_dir

TONE = ("-D", "channel.main.engine=tone")
CLIENTS = 500
# Between two requests, so that each has a transaction of its own.
PAUSE_S = 0.01


def timed(count, ask):
    """How long each of them took, in ms."""
    took = []
    for i in range(count):
        time.sleep(PAUSE_S * random.random())
        begun = time.monotonic()
        ask(i)
        took.append((time.monotonic() - begun) * 1000)
    return took


def plain_commits(folder, count):
    """SQLite as the ledger has it, with nothing around it."""
    with contextlib.closing(sqlite3.connect(
            folder / "plain.db", isolation_level=None)) as db:
        for pragma in ("locking_mode=exclusive", "journal_mode=wal",
                       "synchronous=full"):
            db.execute(f"pragma {pragma}")
        db.execute("create table t (id integer primary key autoincrement,"
                   " request text, at integer)")
        db.execute("create index i on t(at)")
        return timed(count, lambda i: db.execute(
            "insert into t (request, at) values (?, ?)", ("x" * 60, i)))


def say(c, **more):
    reply = c.ask("say", text="ms=20 a", **more)
    assert reply.get("durable", True), reply


def bench_replies(table, count):
    """From a request to its reply: with the disk, and without it."""
    with runtime_dir() as where:
        plain = plain_commits(where, count)
        with Ttsd(where, *TONE) as ttsd, ttsd.control() as c:
            c.ask("pause")
            kept = timed(count, lambda i: say(c))
        with Ttsd(where, *TONE, "-D", "ttsd.durable=no") as ttsd, \
                ttsd.control() as c:
            c.ask("pause")
            quick = timed(count, lambda i: say(c))
    for p in (50, 99):
        table.add(f"say to its reply, kept on the disk p{p}",
                  percentile(kept, p), "ms", None, percentile(plain, p),
                  "a plain commit")
        table.add(f"say to its reply, durable = no p{p}",
                  percentile(quick, p), "ms")


def bench_burst(table):
    """Many clients ask at the same moment."""
    with runtime_dir() as where, Ttsd(
            where, *TONE, "-D", f"ttsd.clients_max={CLIENTS + 20}",
            "-D", "channel.main.queue_max=1000") as ttsd:
        with ttsd.control() as c:
            c.ask("pause")
        selector, asked, took = selectors.DefaultSelector(), {}, []
        for _ in range(CLIENTS):
            s = socket.socket(socket.AF_UNIX)
            s.connect(str(where / "control.sock"))
            selector.register(s, selectors.EVENT_READ)
            asked[s] = None
        for s in asked:
            asked[s] = time.monotonic()
            s.sendall(b'{"op":"say","text":"ms=20 a"}\n')
        while len(took) < CLIENTS:
            for key, _ in selector.select():
                reply = json.loads(key.fileobj.recv(4096))
                assert reply["durable"], reply
                took.append((time.monotonic() - asked[key.fileobj]) * 1000)
                selector.unregister(key.fileobj)
        for s in asked:
            s.close()
    for p in (50, 99):
        table.add(f"{CLIENTS} at once, each to its reply p{p}",
                  percentile(took, p), "ms")


def bench_keeping(table, count):
    bench_replies(table, count)
    bench_burst(table)
