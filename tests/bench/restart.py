"""How long an output is off the air."""
import os
import socket
import threading
import time

from instruments import percentile
from daemon import Ttsd, runtime_dir, wait_until
from peers import NginxRtmp
from supervisor import Supervisor, define


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
    """SIGKILL of ffmpeg until its successor's bytes, and then its sound, are
    at the server; and where that time goes."""
    waited, first, sound, to_bytes, to_sound = [], [], [], [], []
    with runtime_dir() as where, NginxRtmp(where) as nginx, Ttsd(where):
        tap = Tap(nginx.port)
        with Supervisor(where, *define(
                url=f"rtmp://127.0.0.1:{tap.port}/live/x",
                backoff_initial="200ms", healthy_after="0s")) as s:
            wait_until(lambda: s.output()["state"] == "running",
                       "it is on air")
            with s.control() as c:
                c.subscribe()
                for _ in range(count):
                    pid = s.output()["pid"]
                    c.events.clear()
                    tap.notes.clear()
                    killed = time.time()
                    os.kill(pid, 9)
                    spawned = c.event("output", to="starting")["time"] / 1000
                    waited.append((spawned - killed) * 1000)
                    first.append((tap.when("first") - spawned) * 1000)
                    sound.append((tap.when("sound") - spawned) * 1000)
                    to_bytes.append((tap.when("first") - killed) * 1000)
                    to_sound.append((tap.when("sound") - killed) * 1000)
                    c.event("output", to="running")
        tap.close()
    for name, values, target in (
            ("SIGKILL of ffmpeg to the next one's spawn", waited, None),
            ("ffmpeg spawn to its first byte at the server", first, 150),
            ("ffmpeg spawn to sound at the server", sound, None),
            ("SIGKILL of ffmpeg to bytes at the server", to_bytes, 300),
            ("SIGKILL of ffmpeg to sound at the server", to_sound, 500)):
        for p in (50, 99):
            table.add(f"{name} p{p}", percentile(values, p), "ms", target)


def bench_outage(table, outage_s, step_s):
    """A server is back after an outage in which the back-off has grown to
    its maximum: each of eight outputs is on air within one such step."""
    names = [f"o{i}" for i in range(8)]
    with runtime_dir() as where, NginxRtmp(where) as nginx, Ttsd(where):
        words = [word for name in names for word in define(
            name, url=nginx.url(name), backoff_initial="200ms",
            backoff_max=f"{step_s}s", healthy_after="0s")]
        with Supervisor(where, *words) as s, s.control() as c:
            wait_until(lambda: all(
                o["state"] == "running" for o in s.outputs().values()),
                "all are on air")
            nginx.kill()
            threading.Event().wait(outage_s)
            wait_until(lambda: all(
                o["backoff_ms"] >= step_s * 500
                for o in s.outputs().values()), "all wait their longest",
                patience=2 * step_s + 30)
            c.subscribe()
            nginx.start()
            back = time.time()
            took = {}
            while len(took) < len(names):
                e = c.event("output", to="running")
                took[e["name"]] = (e["time"] / 1000 - back) / step_s
    for p in (50, 99):
        table.add(f"server back to on air, in steps of {step_s} s p{p}",
                  percentile(took.values(), p), "steps", 1)
