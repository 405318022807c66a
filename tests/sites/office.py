"""Who publishes for all sites, and keeps what they tell: a client of MQTT 5, as
small as it can be."""
import socket
import threading
import time

from broker import packet


def text(value):
    data = value.encode()
    return len(data).to_bytes(2, "big") + data


class Office:
    def __init__(self, port, *topics):
        self.socket = socket.create_connection(("127.0.0.1", port), 30)
        self.socket.settimeout(None)
        self.input = self.socket.makefile("rb")
        self.lock = threading.Lock()
        self.number = 0
        self.open = set()       # published, and not acknowledged
        self.told = []          # time, topic and payload of what came
        self.failed = None
        self.socket.sendall(packet(0x10, text("MQTT") + b"\5\2\0\0\0"
                                   + text("office")))
        self.socket.sendall(packet(0x82, b"\xff\xff\0" + b"".join(
            text(t) + b"\1" for t in topics)))
        assert self._read()[0] == 0x20 and self._read()[0] == 0x90
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _read(self):
        kind = self.input.read(1)[0]
        length, shift = 0, 0
        while True:
            byte = self.input.read(1)[0]
            length |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return kind, self.input.read(length)

    def _run(self):
        try:
            while True:
                kind, body = self._read()
                if kind == 0x40:
                    self.open.discard(int.from_bytes(body[:2], "big"))
                elif kind & 0xf0 == 0x30:
                    self._take(kind, body)
        except (OSError, ValueError, IndexError) as e:
            self.failed = e

    def _take(self, kind, body):
        at = 2 + int.from_bytes(body[:2], "big")
        topic = body[2:at].decode()
        if kind & 6:
            with self.lock:
                self.socket.sendall(packet(0x40, body[at:at + 2]))
            at += 2
        at += 1 + body[at]
        self.told.append((time.time(), topic, body[at:].decode()))

    def publish(self, topic, payload, expiry_s=None):
        properties = b"" if expiry_s is None else \
            b"\2" + expiry_s.to_bytes(4, "big")
        with self.lock:
            self.number = self.number % 60000 + 1
            self.open.add(self.number)
            self.socket.sendall(packet(
                0x32, text(topic) + self.number.to_bytes(2, "big")
                + bytes([len(properties)]) + properties + payload.encode()))

    def close(self):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.thread.join()
        self.socket.close()
