"""A disk that is full, and has room again."""
import contextlib

import daemon
from assault import Assault


class Disk(Assault):
    name = "disk"
    pause_s = (0.5, 4)

    def step(self):
        if not self.world.namespace:
            self.world.quiet.wait()
            return
        # What leads to the disk is a supervisor, which may be dead just now.
        with contextlib.suppress(OSError):
            file = self.world.disk() / "fill"
            if file.exists():
                file.unlink()
                yield "room again"
            else:
                self._fill(file)
                yield "full"

    @staticmethod
    def _fill(file):
        with contextlib.suppress(OSError), open(file, "wb", buffering=0) as f:
            while f.write(bytes(1 << 16)):
                pass

    def undo(self):
        """As soon as there is a supervisor: it was tried once, while another
        storm had the supervisor dead, and the disk stayed full for good."""
        def has_room():
            with contextlib.suppress(OSError):
                folder = self.world.disk()
                if folder:
                    (folder / "fill").unlink(missing_ok=True)
                return True
        daemon.wait_until(has_room, "the disk has room again")
