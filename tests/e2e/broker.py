"""A mosquitto of a test's own, and clients at it."""
import contextlib
import json
import os
import shutil
import socket
import subprocess
import threading

import pytest

import daemon
from daemon import PATIENCE_S, wait_until


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as s:
        return s.getsockname()[1]


class Broker:
    """Restarted with all that it has kept, unless it is to forget."""

    def __init__(self, directory, *lines, port=None, args=()):
        self.directory = directory / "broker"
        self.directory.mkdir(exist_ok=True)
        # As root it would take on another user, who may not read our files.
        self.directory.chmod(0o755)
        self.port = port or free_port()
        self.args = args
        self.conf = self.directory / "mosquitto.conf"
        self.conf.write_text("\n".join([
            f"listener {self.port} 127.0.0.1", *lines,
            *([] if any("allow_anonymous" in l for l in lines)
              else ["allow_anonymous true"]),
            # Written down when it ends, as it comes with Debian.
            "persistence true", f"persistence_location {self.directory}/",
            "max_queued_messages 0", "user root", ""]))
        self.log_path = self.directory / "mosquitto.log"
        self.process = None
        self.subscribers = []
        self.start()

    def start(self):
        program = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                [program, "-c", str(self.conf)],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)

        def answers():
            assert self.process.poll() is None, self.log_path.read_text()
            with contextlib.suppress(OSError), socket.create_connection(
                    ("127.0.0.1", self.port), 1):
                return True
        wait_until(answers, "mosquitto answers")

    def kill(self):
        self.process.kill()
        self.process.wait(PATIENCE_S)

    def stop(self):
        """With what it keeps written down."""
        self.process.terminate()
        self.process.wait(PATIENCE_S)

    def take_over(self, client):
        """Connects by the name of another client, and is gone again."""
        done = subprocess.run(
            ["mosquitto_pub", "-h", "127.0.0.1", "-p", str(self.port), "-V",
             "5", "-i", client, "-q", "1", "-t", "test/taken", "-m", "x",
             *self.args], capture_output=True, timeout=PATIENCE_S)
        assert done.returncode == 0, done.stderr

    def publish(self, topic, payload, qos=1, args=(), version="5"):
        text = payload if isinstance(payload, (str, bytes)) \
            else json.dumps(payload)
        data = text if isinstance(text, bytes) else text.encode()
        done = subprocess.run(
            ["mosquitto_pub", "-h", "127.0.0.1", "-p", str(self.port), "-V", version, "-q",
             str(qos), "-t", topic, "-s", *self.args, *args], input=data,
            capture_output=True, timeout=PATIENCE_S)
        assert done.returncode == 0, done.stderr

    def subscribe(self, *topics):
        s = Subscriber(self, topics)
        self.subscribers.append(s)
        return s

    def close(self):
        for s in self.subscribers:
            s.close()
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(PATIENCE_S)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Subscriber:
    """Messages in their order, with their properties of MQTT 5."""

    def __init__(self, broker, topics):
        ready = f"test/{os.getpid()}/{id(self)}"
        self.process = subprocess.Popen(
            ["mosquitto_sub", "-h", "127.0.0.1", "-p", str(broker.port), "-V",
             "5", "-q", "1", "-F", "%j", *broker.args, "-t", ready,
             *(a for t in topics for a in ("-t", t))],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        self.messages = []
        self.grown = threading.Condition()
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

        def subscribed():
            broker.publish(ready, "x")
            with self.grown:
                return any(m["topic"] == ready for m in self.messages)
        wait_until(subscribed, "mosquitto_sub has subscribed")
        with self.grown:
            self.messages = [m for m in self.messages if m["topic"] != ready]

    def _read(self):
        for line in self.process.stdout:
            with self.grown:
                self.messages.append(json.loads(line))
                self.grown.notify_all()

    def until(self, topic, matches):
        """Takes the first message of a topic that does, and drops those of
        that topic before it. Of topics among each other there is no order."""
        def found():
            while m := next((m for m in self.messages
                             if m["topic"] == topic), None):
                self.messages.remove(m)
                if matches(m["payload"]):
                    return m
            return None
        with self.grown:
            m = self.grown.wait_for(found, PATIENCE_S)
        assert m, f"no such message came: {self.messages}"
        return m

    def next(self, topic, /, **fields):
        """The payload of the next one with these fields, as JSON."""
        return json.loads(self.until(topic, lambda p: all(
            json.loads(p).get(k) == v for k, v in fields.items()))["payload"])

    def text(self, topic, payload):
        self.until(topic, lambda p: p == payload)

    def close(self):
        self.process.kill()
        self.process.wait()
        self.thread.join(PATIENCE_S)
        self.process.stdout.close()


class Site(daemon.Daemon):
    """A gateway with a broker alone."""

    def __init__(self, directory, port, *args, site="hall", ready="connected",
                 **kw):
        super().__init__(
            "ttsd-gateway", directory, "-D",
            f"mqtt.url=mqtt://127.0.0.1:{port}", "-D", f"mqtt.site={site}",
            *args, ready=ready, **kw)


@pytest.fixture
def broker(rundir):
    with Broker(rundir) as b:
        yield b


@pytest.fixture
def join(rundir):
    running = []

    def run(broker, *args, **kw):
        running.append(Site(rundir, broker.port, *args, **kw))
        return running[-1]

    yield run
    for s in running:
        s.__exit__(None)


def _length(n):
    out = b""
    while True:
        n, digit = divmod(n, 128)
        out += bytes([digit | (0x80 if n else 0)])
        if not n:
            return out


def packet(kind, body):
    return bytes([kind]) + _length(len(body)) + body


def publication(topic, payload, mid=0, dup=False, retain=False):
    """A PUBLISH of MQTT 5 without properties, QoS 1 where it has a number."""
    data = payload if isinstance(payload, bytes) else payload.encode()
    name = topic if isinstance(topic, bytes) else topic.encode()
    return packet(0x30 | (8 if dup else 0) | (2 if mid else 0) | retain,
                  len(name).to_bytes(2, "big") + name
                  + (mid.to_bytes(2, "big") if mid else b"") + b"\0" + data)


class Liar:
    """A server that says that it is a broker of MQTT 5, and does what a test
    has it do. One connection at a time."""

    def __init__(self):
        self.server = socket.create_server(("127.0.0.1", 0))
        self.server.settimeout(PATIENCE_S)
        self.port = self.server.getsockname()[1]
        self.connection = None

    def accept(self, known=True, reason=0):
        """Takes the next connection, and answers its CONNECT."""
        self.connection, _ = self.server.accept()
        self.connection.settimeout(PATIENCE_S)
        self.buffer = b""
        kind, body = self.read()
        assert kind == 0x10 and body[2:6] == b"MQTT"
        self.send(packet(0x20, bytes([known and not reason, reason, 0])))
        return self

    def send(self, data):
        self.connection.sendall(data)

    def _take(self, n):
        while len(self.buffer) < n:
            part = self.connection.recv(65536)
            if not part:
                raise EOFError
            self.buffer += part
        out, self.buffer = self.buffer[:n], self.buffer[n:]
        return out

    def read(self):
        """The next packet; what is expected of a broker is answered."""
        kind = self._take(1)[0]
        length, shift = 0, 0
        while True:
            byte = self._take(1)[0]
            length |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                break
        body = self._take(length)
        # Who has gone meanwhile wants no answer.
        with contextlib.suppress(OSError):
            self._answer(kind, body)
        return kind, body

    def _answer(self, kind, body):
        if kind & 0xf0 == 0x80:
            # Each topic is behind its length, and has a byte of options.
            count, at = 0, 3
            while at < len(body):
                at += 3 + int.from_bytes(body[at:at + 2], "big")
                count += 1
            self.send(packet(0x90, body[:2] + b"\0" + b"\1" * count))
        elif kind & 0xf6 == 0x32:
            n = int.from_bytes(body[:2], "big")
            self.send(packet(0x40, body[2 + n:4 + n]))
        elif kind & 0xf0 == 0xc0:
            self.send(packet(0xd0, b""))

    def until(self, kind, matches=lambda body: True):
        """Packets up to one of that kind; those before it."""
        seen = []
        while True:
            got, body = self.read()
            if got & 0xf0 == kind and matches(body):
                return seen, body
            seen.append((got, body))

    def acknowledged(self, mid):
        return self.until(0x40, lambda b: b[:2] == mid.to_bytes(2, "big"))[0]

    def reply(self):
        """The next answer to a message, as JSON."""
        _, body = self.until(0x30, lambda b: b"/replies" in b[:100])
        return json.loads(body[body.index(b'{"'):])

    def no_more(self):
        """Says that nothing follows; who has gone already is not told."""
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_WR)

    def ended(self):
        """All packets until the other side is gone."""
        seen = []
        try:
            while True:
                seen.append(self.read())
        except (EOFError, OSError):
            return seen

    def drop(self):
        self.connection.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.connection:
            self.connection.close()
        self.server.close()
