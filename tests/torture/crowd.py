"""Those who only want something said, all through the storm."""
import threading

import daemon
from book import peer_pid

TEXTS = (
    "Please go to window three.", "请A023号到3号窗口", "The doors close.",
    "Gate 14: last call. All passengers, please.", "A", "12 345",
    "Der Zug nach Ulm fährt von Gleis 7.",
    "This one is longer, so that something may happen to it on its way, "
    "and it has commas, full stops. And more than one sentence.")


class Speaker:
    """Says one thing after the other on a channel, through lost connections
    and new daemons."""

    def __init__(self, world, channel):
        self.world = world
        self.channel = channel
        self.random = world.random("crowd", channel)
        self.wrong = []
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def join(self):
        self.thread.join(3 * daemon.PATIENCE_S)
        if self.thread.is_alive():
            self.wrong.append(f"a speaker of {self.channel} never came back")
        return self.wrong

    def _run(self):
        while not self.world.quiet.is_set():
            try:
                with self.world.control("control.sock") as c:
                    self._talk(c)
            except TimeoutError:
                self.wrong.append(f"a speaker of {self.channel} got no answer")
            # What dies in the midst of a request has not accepted it.
            except (OSError, AssertionError, ValueError):
                pass
            self.world.quiet.wait(0.1)

    def _talk(self, c):
        book = self.world.book
        if peer_pid(c.socket) != book.pid:
            return
        while not self.world.quiet.is_set():
            reply = c.json(self._request())
            if reply["ok"]:
                book.accept(reply["id"])
            elif reply["error"] not in ("queue-full", "unavailable"):
                self.wrong.append(f"refused: {reply}")
            self._meddle(c, reply)
            self.world.quiet.wait(self.random.uniform(0.3, 3))

    def _request(self):
        r = self.random
        request = {"op": "say", "channel": self.channel,
                   "text": r.choice(TEXTS)}
        if r.random() < 0.2:
            request["priority"] = r.choice(
                ("background", "high", "urgent"))
        if r.random() < 0.1:
            request["ttl_ms"] = r.randrange(1, 5000)
        if r.random() < 0.1:
            request["repeat"] = 2
        elif r.random() < 0.05:
            request |= {"repeat": "until-cancelled", "ttl_ms": 3000}
        if r.random() < 0.1:
            request["on_preempt"] = r.choice(("replay", "resume", "drop"))
        if r.random() < 0.1:
            request["delay_ms"] = r.randrange(0, 3000)
        return request

    def _meddle(self, c, reply):
        """Cancels, skips and clears, as people do; the queue stays short."""
        what = self.random.random()
        if reply.get("position", 0) > 8:
            c.ask("clear", channel=self.channel)
        elif what < 0.05 and reply["ok"]:
            c.json({"op": "cancel", "id": reply["id"]})
        elif what < 0.1:
            c.ask("skip", channel=self.channel)
