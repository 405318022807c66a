"""Engines that lie, hang, die and never end: each announcement is for one
of them, and has an outcome all the same."""
import contextlib
import json

from assault import Assault

# Words that make the tone engine misbehave (docs/ENGINE.md).
TONES = ("a garbage b", "a partial", "a crash b", "crash", "a exit=3", "hang",
         "a stall=400 b", "stderr=2000 a", "error", "a error=voice",
         "slow=0.5 a b", "native=8000 a b")
ENGINES = ("rubbish", "endless", "silent", "dying", "deaf", "web", "wyoming")
QUEUE = 6


class Engines(Assault):
    name = "engines"
    pause_s = (0.1, 0.8)

    def step(self):
        request = {"op": "say", "channel": "bad", "ttl_ms": 20000}
        if self.random.random() < 0.5:
            text = self.random.choice(TONES)
            request["text"], what = text, f"tone: {text}"
        else:
            what = self.random.choice(ENGINES)
            request["text"], request["engine"] = "Say this.", what
        with contextlib.suppress(OSError, AssertionError, ValueError), \
                self.world.control("control.sock") as c:
            book = self.world.book
            reply = c.json(request)
            if not reply["ok"]:
                assert reply["error"] in ("queue-full", "unavailable"), (
                    json.dumps(reply))
                return
            book.accept(reply["id"])
            yield what
            # What makes sound for an hour is not waited for.
            if reply["position"] > QUEUE or what == "endless":
                self.world.quiet.wait(0.5)
                c.ask("clear", channel="bad")
                c.ask("skip", channel="bad")
