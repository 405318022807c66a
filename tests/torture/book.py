"""What a ttsd promised, and whether it kept it, as seen from outside: a book
of its announcements, and an ear on each of its streams."""
import collections
import contextlib
import json
import os
import socket
import struct
import threading
import time

import daemon

HEADER_BYTES = 44
# A tick, and the time of a turn: what a status may be behind the clock.
TOLERANCE_S = 0.1
# How often the count is held against the stream's place.
LOOKS = 31
ROUNDS = 20


def peer_pid(connection):
    """Of the process that made the socket at the other end."""
    raw = connection.getsockopt(
        socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    return struct.unpack("3i", raw)[0]


class Book:
    """Every announcement of one ttsd: who was accepted, and what became of
    it. Each has one outcome, and only those that were queued have one."""

    def __init__(self, path):
        self.control = daemon.Control(path)
        self.pid = peer_pid(self.control.socket)
        self.control.subscribe("queued", "finished", "clock")
        self.control.socket.settimeout(None)
        self.changed = threading.Condition()
        self.accepted = set()
        self.queued = set()
        self.outcomes = {}
        self.skipped = collections.Counter()  # samples, by channel
        self.jumps = collections.Counter()  # how often that was
        self.wrong = []
        self.ended = False
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    def _read(self):
        with contextlib.suppress(OSError, AssertionError, ValueError):
            while True:
                self._take(json.loads(self.control.line()))
        with self.changed:
            self.ended = True
            self.changed.notify_all()

    def _take(self, event):
        with self.changed:
            name, number = event["event"], event.get("id")
            if name == "queued" and number in self.queued:
                self.wrong.append(f"announcement {number} was queued twice")
            elif name == "queued":
                self.queued.add(number)
            elif name == "clock":
                self.skipped[event["channel"]] += event["skipped"]
                self.jumps[event["channel"]] += 1
            elif number in self.outcomes:
                self.wrong.append(f"announcement {number} has two outcomes")
            else:
                self.outcomes[number] = event["outcome"]
            self.changed.notify_all()

    def accept(self, number):
        with self.changed:
            self.accepted.add(number)

    def settle(self, patience):
        """Waits until everything has its outcome; what has not is lost."""
        with self.changed:
            self.changed.wait_for(
                lambda: self.ended or not self._open(), patience)
            if self.ended:
                return ["ttsd cut off a reader that keeps up"]
            return self.wrong + [
                f"announcement {n} has no outcome" for n in self._open()] + [
                f"announcement {n} has an outcome and never was queued"
                for n in self.outcomes.keys() - self.queued]

    def _open(self):
        return (self.accepted | self.queued) - self.outcomes.keys()

    def close(self):
        with contextlib.suppress(OSError):
            self.control.socket.shutdown(socket.SHUT_RDWR)
        self.thread.join(daemon.PATIENCE_S)
        self.control.close()


class Ear:
    """Counts the samples of a channel. The channel's lag_max must be so long
    that an ear is never skipped."""

    def __init__(self, world, channel):
        self.world = world
        self.channel = channel
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(str(world.rundir / f"{channel}.sock"))
        self.count = -HEADER_BYTES
        self.grown = threading.Condition()
        self.longest_s = 0.0
        self.began = self._look()
        self.first = self._mine()["first_sample"]
        # What the clock had skipped before is in `first` already.
        self.skipped = world.book.skipped[channel]
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    def _status(self):
        status = self.world.ask("control.sock", "status")
        return {c["name"]: c for c in status["channels"]}[self.channel]

    def _look(self):
        """A place in the stream, and between what times it was told."""
        before = time.monotonic()
        return self._status()["sample"], before, time.monotonic()

    def _mine(self):
        found = [s for s in self._status()["subscribers"]
                 if s["pid"] == os.getpid()
                 and s["first_sample"] == getattr(
                     self, "first", s["first_sample"])]
        assert found, f"the ear at {self.channel} is no subscriber any more"
        return found[0]

    def _read(self):
        before = time.monotonic()
        with contextlib.suppress(OSError):
            while data := self.socket.recv(1 << 16):
                now = time.monotonic()
                with self.grown:
                    self.count += len(data)
                    self.longest_s = max(self.longest_s, now - before)
                    self.grown.notify_all()
                before = now

    def samples(self):
        return self.count // 2

    def _expected(self, place):
        book = self.world.book
        return place - self.first - (
            book.skipped[self.channel] - self.skipped)

    def _surplus(self):
        """Samples heard beyond those that the stream has: the middle of many
        looks, for a tick may fall between the question and the answer."""
        seen, c = [], self.world.control("control.sock")
        with c:
            for _ in range(LOOKS):
                status = c.ask("status", channel=self.channel)
                heard = self.samples()
                place = status["channels"][0]["sample"]
                seen.append(heard - self._expected(place))
                time.sleep(0.0037)
        return sorted(seen)[LOOKS // 2]

    def check(self):
        """What is wrong with the stream so far: samples that are missing, or
        too many, or a clock that is not the clock's."""
        name, wrong = f"channel {self.channel}", []
        # On a busy machine samples are under way for a while; what is lost
        # is not there at the last look either.
        for _ in range(ROUNDS):
            surplus = self._surplus()
            if surplus == 0:
                break
        if surplus < 0:
            wrong.append(f"{name} lacks {-surplus} samples")
        elif surplus > 0:
            wrong.append(f"{name} has {surplus} samples too many")
        first, then = self.began, self._look()
        passed = (then[0] - first[0]) / self.world.rate
        least, most = then[1] - first[2], then[2] - first[1]
        if not least - TOLERANCE_S < passed < most + TOLERANCE_S:
            wrong.append(f"{name} went on by {passed:.3f} s in {least:.3f} "
                         f"to {most:.3f} s")
        if self._mine()["skips"]:
            wrong.append(f"{name} skipped an ear that keeps up")
        return wrong

    def close(self):
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.thread.join(daemon.PATIENCE_S)
        self.socket.close()
