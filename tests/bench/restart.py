"""How long an output is off the air."""
import os
import socket
import threading
import time

from instruments import percentile
from daemon import Control, Daemon, Ttsd, runtime_dir, wait_until
from peers import NginxRtmp


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
