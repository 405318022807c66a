"""A client of Wyoming, for tests of ttsd-gateway as its server."""
import contextlib
import json
import re
import socket

from daemon import PATIENCE_S


class Client:
    """One connection, written from the protocol's description."""

    def __init__(self, gateway, address="127.0.0.1", source=""):
        port = re.search(r'wyoming="[^"]*:(\d+)"', gateway.logged())[1]
        self.socket = socket.create_connection((address, int(port)),
                                               PATIENCE_S, (source, 0))
        self.file = self.socket.makefile("rb")

    def send(self, kind, **data):
        body = json.dumps(data, ensure_ascii=False).encode() if data else b""
        head = {"type": kind, "version": "1.7.0"}
        if body:
            head["data_length"] = len(body)
        self.socket.sendall(json.dumps(head).encode() + b"\n" + body)

    def event(self):
        """Type, data and payload; None at the end."""
        with contextlib.suppress(ConnectionError):
            if line := self.file.readline():
                head = json.loads(line)
                data = json.loads(
                    self.file.read(head.get("data_length") or 0) or b"{}")
                return head["type"], data, self.file.read(
                    head.get("payload_length") or 0)
        return None

    def hear(self, last="audio-stop"):
        """The sound up to that event, and the types that came."""
        pcm, kinds = b"", []
        while not kinds or kinds[-1] != last:
            kind, data, payload = self.event()
            kinds.append(kind)
            assert kind != "error", data
            if kind in ("audio-start", "audio-chunk"):
                assert data == {"rate": 24000, "width": 2, "channels": 1}
            pcm += payload
        return pcm, kinds

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.file.close()
        self.socket.close()
