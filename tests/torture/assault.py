"""What all assaults have in common: a thread that does one thing after the
other until the storm is over, and counts what it did."""
import collections
import threading

import daemon


class Assault:
    name = ""
    pause_s = (0.02, 0.3)

    def __init__(self, world):
        self.world = world
        self.random = world.random(self.name)
        self.did = collections.Counter()
        self.wrong = []
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self):
        try:
            while not self.world.quiet.is_set():
                for what in self.step():
                    self.did[what] += 1
                self.world.quiet.wait(self.random.uniform(*self.pause_s))
        except Exception as e:  # it must not end in silence
            self.wrong.append(f"{self.name} itself failed: {e!r}")
        finally:
            self.undo()

    def step(self):
        """Does something, and yields the names of what it did."""
        raise NotImplementedError

    def undo(self):
        """Puts right what would keep the world from coming back."""

    def join(self):
        self.thread.join(3 * daemon.PATIENCE_S)
        if self.thread.is_alive():
            self.wrong.append(f"{self.name} itself hangs")
        return self.wrong
