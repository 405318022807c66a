"""Clients of every socket that do what no client should."""
import contextlib
import json
import socket
import threading

from assault import Assault

HELD_MAX = 60
CONTROL = ("control.sock", "streamer.sock")
HTTP = ("ttsd-http", "streamer-http")
AUDIO = ("main.sock", "side.sock", "bad.sock")
HARMLESS = ("ping", "status", "queue", "channels", "voices", "engines",
            "help", "subscribe", "say", "set", "cancel", "start", "add")


class Clients(Assault):
    name = "clients"
    pause_s = (0.0, 0.15)

    def __init__(self, world):
        self.held = []
        super().__init__(world)

    def step(self):
        what = self.random.choice((
            self.flood, self.half_line, self.drip, self.silent_reader,
            self.malformed, self.mutated, self.overlong, self.come_and_go,
            self.stalled_ear, self.http_half, self.http_rubbish,
            self.say_flood, self.let_go))
        # Whoever is refused or cut off has got what is due.
        with contextlib.suppress(OSError):
            what()
            yield what.__name__.replace("_", " ")

    def undo(self):
        while self.held:
            self.held.pop().close()

    def _hold(self, s):
        s.setblocking(False)
        self.held.append(s)
        while len(self.held) > HELD_MAX:
            self.held.pop(self.random.randrange(len(self.held))).close()

    def _open(self, names):
        s = self.world.connect(self.random.choice(names))
        s.settimeout(2)
        return s

    def _send(self, s, data):
        """As much of it as is taken, of one that may not read."""
        with contextlib.suppress(OSError):
            s.sendall(data)

    def flood(self):
        s = self._open(CONTROL)
        reader = threading.Thread(target=self._drain, args=(s,), daemon=True)
        reader.start()
        self._send(s, b"ping\n" * 5000)
        self._send(s, b'{"op":"status"}\n' * 50)
        with contextlib.suppress(OSError):
            s.shutdown(socket.SHUT_WR)
        reader.join(10)
        s.close()

    @staticmethod
    def _drain(s):
        with contextlib.suppress(OSError):
            while s.recv(65536):
                pass

    def say_flood(self):
        """A queue that is full refuses; what it took is in the book."""
        with self._open(CONTROL[:1]) as s:
            self._send(s, b'{"op":"say","channel":"bad","text":"a"}\n' * 300)

    def half_line(self):
        s = self._open(CONTROL)
        self._send(s, b'{"op":"say","text":"half of')
        self._hold(s)

    def drip(self):
        with self._open(CONTROL) as s:
            for byte in b'{"op":"ping"}\n'[:self.random.randrange(15)]:
                self._send(s, bytes([byte]))
                self.world.quiet.wait(0.005)

    def silent_reader(self):
        s = self._open(CONTROL)
        self._send(s, b'{"op":"subscribe"}\n')
        self._send(s, b'{"op":"status"}\n' * self.random.randrange(200))
        self._hold(s)

    def malformed(self):
        with self._open(CONTROL) as s:
            self._send(s, self.random.randbytes(
                self.random.randrange(1, 3000)) + b"\n")
            self._send(s, self.random.choice((
                b"[" * 30000 + b"\n", b'{"op":null}\n', b"\0\0\n",
                b'{"op":"say","text":{}}\n', b'{"op":"say"' + b"\n",
                b'{"op":"say","text":"\xff\xfe"}\n', b"\r\n\r\n",
                b'{"op":"say","parts":[[[]]]}\n', b"\xef\xbb\xbfping\n")))

    def mutated(self):
        """A request with fields of every kind and a few bytes changed."""
        values = (0, -1, 2**63, 1e300, "", "x" * 500, None, True, [], {}, [{}],
                  "main", "espeak", "normal", "2026-01-01T00:00:00Z")
        request = {"op": self.random.choice(HARMLESS), "channel": "bad"}
        for field in ("text", "ssml", "parts", "channel", "voice", "rate",
                      "ttl_ms", "id", "lead_ms", "events", "key", "name"):
            if self.random.random() < 0.3:
                request[field] = self.random.choice(values)
        # These would change what the world is held to.
        if request["op"] in ("set", "start", "add", "cancel"):
            request["channel"] = request["name"] = "no-such"
            request["id"] = 10**9
        raw = bytearray(json.dumps(request).encode())
        for _ in range(self.random.randrange(3)):
            raw[self.random.randrange(len(raw))] = self.random.randrange(256)
        with self._open(CONTROL) as s:
            self._send(s, bytes(raw) + b"\n")

    def overlong(self):
        with self._open(CONTROL) as s:
            self._send(s, b"say " + b"x" * self.random.choice(
                (65534, 65537, 300000)) + b"\n")

    def come_and_go(self):
        for _ in range(self.random.randrange(1, 60)):
            self._open(CONTROL + AUDIO).close()

    def stalled_ear(self):
        self._hold(self._open(AUDIO))

    def http_half(self):
        s = self._open(HTTP)
        self._send(s, b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nX-")
        self._hold(s)

    def http_rubbish(self):
        with self._open(HTTP) as s:
            self._send(s, self.random.choice((
                self.random.randbytes(2000) + b"\r\n\r\n",
                b"POST /metrics HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n",
                b"GET " + b"/x" * 20000 + b" HTTP/1.1\r\n\r\n",
                b"GET /healthz HTTP/9.9\r\n\r\n" * 50)))

    def let_go(self):
        for s in self.held:
            s.close()
        self.held.clear()
