"""Has a text spoken for itself alone, by ttsd's speech socket."""
import json
import socket
import struct

from daemon import PATIENCE_S


class Taker:
    """One connection: what it asks, the reply, and the frames behind it."""

    def __init__(self, directory):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(PATIENCE_S)
        self.socket.connect(f"{directory}/speech.sock")
        self.file = self.socket.makefile("rb")
        self.pcm, self.marks = b"", []
        self.last = self.end = None

    def ask(self, **fields):
        self.socket.sendall(
            json.dumps({"op": "speak", **fields}).encode() + b"\n")
        return json.loads(self.file.readline())

    def frame(self):
        """Takes the next one; false when there is none any more."""
        header = self.file.read(5)
        if len(header) < 5:
            return False
        length, kind = struct.unpack("<Ic", header)
        payload = self.file.read(length)
        assert len(payload) == length and self.last is None
        if kind == b"P":
            self.pcm += payload
        elif kind == b"M":
            self.marks.append(json.loads(payload))
        else:
            self.last, self.end = kind.decode(), json.loads(payload)
        return True

    def take(self):
        while self.frame():
            pass
        return self

    def words(self):
        return [m for m in self.marks if m["mark"] == "word"]

    def close(self):
        self.file.close()
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def speak(ttsd, **fields):
    """All of it, which must end well."""
    with Taker(ttsd.directory) as taker:
        taker.reply = taker.ask(**fields)
        assert taker.reply["ok"], taker.reply
        taker.take()
        assert taker.last == "E", taker.end
        assert taker.end["samples"] * 2 * taker.reply["channels"] == \
            len(taker.pcm)
        return taker
