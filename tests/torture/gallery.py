"""The pictures of the tortured world: a board that is painted, a camera, and
the door of a renderer; each with an output that shows it, and an eye on it."""
import contextlib
import subprocess

import daemon
from camera import WebCamera
from eye import Eye

VIDEOS = ("board", "door", "face")
# One that broke off again and again is not shown for as long.
SHOWN_S = 330

LAYOUT = """<svg xmlns="http://www.w3.org/2000/svg" width="160" height="90">
<rect width="160" height="90" fill="#234"/>
<text x="8" y="40" font-size="24" fill="#fff">{ticket} {clock}</text>
<rect id="caption" x="8" y="60" width="144" height="28" fill="none"
 font-size="10" color="#fff"/></svg>"""

# Small, for what is tried is not the encoder.
CONF = """
[video board]
source = board
layout = {dir}/board.svg
size = 160x90
fps = 10
[video door]
source = url
url = {camera}
size = 160x90
fps = 10
[video face]
source = raw
clock = yes
size = 160x90
fps = 10
"""


def jpeg():
    return subprocess.run(
        ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "color=white:s=64x32",
         "-frames:v", "1", "-f", "mjpeg", "-"], stdin=subprocess.DEVNULL,
        check=True, capture_output=True).stdout


class Gallery(contextlib.AbstractContextManager):
    def __init__(self, world):
        self.world = world
        self.layout = world.rundir / "board.svg"
        self.picture = jpeg()
        self.camera = WebCamera(self.picture)
        self.eyes = []
        self.mend()

    def conf(self):
        return CONF.format(dir=self.world.rundir, camera=self.camera.url)

    def mend(self):
        """Everything is as it should be."""
        self.hang(LAYOUT)
        self.camera.picture = self.picture

    def hang(self, text):
        new = self.layout.with_suffix(".new")
        new.write_text(text)
        new.rename(self.layout)

    def look(self):
        self.eyes = [Eye(self.world, video) for video in VIDEOS]
        assert all(eye.goes_on(daemon.PATIENCE_S) for eye in self.eyes)

    # ---- whom there is to hurt ----

    def processes(self):
        """(kind, pid, parent) of each `picture` and of the child of it that
        makes its frames."""
        supervisor = self.world.daemon_pid("streamer.sock")
        found = []
        for pid in daemon.children(supervisor):
            with contextlib.suppress(OSError):
                if "/picture\0" not in daemon.command_line(pid):
                    continue
                found.append(("picture", pid, supervisor))
                found += [(self._kind(child), child, pid)
                          for child in daemon.children(pid)]
        return found

    @staticmethod
    def _kind(pid):
        return ("painter" if "/painter\0" in daemon.command_line(pid)
                else "camera's ffmpeg")

    def outputs(self):
        status = self.world.ask("streamer.sock", "status")
        return {o["name"]: o for o in status["outputs"] if o["picture"]}

    # ---- what must be true ----

    def settle(self, when):
        """All pictures are shown and well, and go on."""
        self.mend()
        missing = set()

        def well():
            status = self.world.ask("streamer.sock", "status")
            missing.clear()
            missing.update(
                f"the picture of {o['name']} ({o['picture']['why']})"
                for o in status["outputs"]
                if o["picture"] and not o["picture"]["sent"])
            missing.update(
                f"[video {v['name']}] ({v})" for v in status["videos"]
                if not v.get("serving") or v.get("trouble") or
                v.get("source", "running") != "running")
            return not missing

        try:
            daemon.wait_until(well, "pictures are back", SHOWN_S)
        except (AssertionError, OSError):
            return [f"not back {when}: {', '.join(sorted(missing))}"]
        return [f"[video {eye.video}] stands still {when}"
                for eye in self.eyes if not eye.goes_on(daemon.PATIENCE_S)]

    def check(self):
        return [w for eye in self.eyes
                for w in eye.check(self.world.jumps("main"))]

    def __exit__(self, *_):
        for eye in self.eyes:
            eye.close()
        self.camera.__exit__()
