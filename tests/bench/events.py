"""What those cost who subscribe to events and read none."""
import json
import socket
import time

from instruments import Clocked, resident_mb
from daemon import Ttsd, runtime_dir
from desk import TONE, connect


def silent_subscribers(path, count):
    """They ask, hear the answer, and read no more."""
    sockets = [connect(path) for _ in range(count)]
    for s in sockets:
        s.sendall(b'{"op":"subscribe"}\n')
    for s in sockets:
        s.recv(100)
    return sockets


def bench_events(table, readers=300, texts=64, text_bytes=60_000):
    """Large events for many who do not read: memory, and how late the stream
    is meanwhile."""
    words = "x " * (text_bytes // 2)
    with runtime_dir() as where, Ttsd(where, *TONE) as ttsd, \
            ttsd.control() as c:
        reader = connect(where / "main.sock")
        heard = Clocked(reader.recv, skip=44)
        c.ask("pause")
        time.sleep(1)
        before = resident_mb(ttsd.pid)
        sockets = silent_subscribers(where / "control.sock", readers)
        request = json.dumps({"op": "say", "text": words}).encode() + b"\n"
        for _ in range(texts):
            c.socket.sendall(request)
        for _ in range(texts):
            c.ask("ping")
        for _ in range(50):
            c.ask("ping")
            time.sleep(0.02)
        late = max(heard.lateness_ms())
        memory = resident_mb(ttsd.pid) - before
        heard.stopped = True
        reader.shutdown(socket.SHUT_RDWR)
        for s in sockets:
            s.close()
    table.add(f"resident for {readers} who read no events", memory, "MB", 64)
    table.add("stream late meanwhile, worst", late, "ms", 20)
