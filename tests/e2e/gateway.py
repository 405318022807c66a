"""Runs ttsd-gateway, and asks it as its clients do."""
import contextlib
import hashlib
import http.client
import json
import re
import socket

import daemon
from daemon import PATIENCE_S


class Gateway(daemon.Daemon):
    """On a free port of this machine; `rights` are those without a token."""

    def __init__(self, directory, *args, rights="read say", **kw):
        super().__init__(
            "ttsd-gateway", directory, "-D", "http.listen=127.0.0.1:0", "-D",
            f"http.anonymous={rights}", *args, ready="is up", **kw)
        found = re.search(r'http="(?:127.0.0.1|\[::1\]|0.0.0.0):(\d+)"',
                          self.logged())
        self.port = int(found[1]) if found else 0
        self.tokens = self.directory / "state" / "tokens"

    def add_token(self, name, may, **settings):
        """What `ttsctl token add` does, by hand."""
        token = f"ttsd_{name}-secret"
        line = f"{name} sha256:{hashlib.sha256(token.encode()).hexdigest()}"
        line += f" may={may}" if may else ""
        line += "".join(f" {k}={v}" for k, v in settings.items())
        with open(self.tokens, "a", encoding="utf-8") as f:
            f.write(line + "\n")
        self.tokens.chmod(0o600)
        return token

    def connect(self):
        return http.client.HTTPConnection("127.0.0.1", self.port,
                                          timeout=PATIENCE_S)

    def request(self, method, path, body=None, token=None, **headers):
        """Status, headers and body of one request."""
        c = self.connect()
        headers = {k.replace("_", "-"): v for k, v in headers.items()}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if isinstance(body, dict):
            body = json.dumps(body)
            headers.setdefault("Content-Type", "application/json")
        try:
            c.request(method, path, body, headers)
            r = c.getresponse()
            return r.status, r.headers, r.read()
        finally:
            c.close()

    def post(self, op, token=None, headers=None, **fields):
        """Status and answer of an operation."""
        status, _, body = self.request("POST", f"/v1/{op}", fields, token,
                                       **(headers or {}))
        return status, json.loads(body)

    def ask(self, op, **kw):
        status, answer = self.post(op, **kw)
        assert status == 200 and answer["ok"], answer
        return answer

    def events(self, query="", path="/v1/events", **headers):
        return Events(self, f"{path}?{query}", headers)

    def raw(self, data):
        """Sends bytes, and returns all that comes back. It may hang up
        before it has read all of them."""
        got = b""
        with socket.create_connection(("127.0.0.1", self.port),
                                      PATIENCE_S) as s:
            with contextlib.suppress(OSError):
                s.sendall(data)
                s.shutdown(socket.SHUT_WR)
            with contextlib.suppress(ConnectionError):
                while part := s.recv(65536):
                    got += part
        return got


class Events:
    """Server-sent events, as an EventSource reads them."""

    def __init__(self, gateway, path, headers):
        self.connection = gateway.connect()
        self.connection.request("GET", path, headers={
            k.replace("_", "-"): v for k, v in headers.items()})
        self.response = self.connection.getresponse()
        self.status = self.response.status
        self.last_id = None

    def next(self):
        """The next event: its name, and its data."""
        name, data = None, None
        while True:
            line = self.response.readline()
            assert line, "the events ended"
            field, _, value = line.decode().rstrip("\n").partition(": ")
            if field == "event":
                name = value
            elif field == "data":
                data = json.loads(value)
            elif field == "id":
                self.last_id = value
            elif not line.strip() and name:
                return name, data

    def until(self, wanted):
        while True:
            name, data = self.next()
            if name == wanted:
                return data

    def close(self):
        self.connection.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
