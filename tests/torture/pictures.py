"""Whatever makes pictures fails: painter, camera, renderer, files."""
import contextlib
import os
import signal

import picture
from assault import Assault
from gallery import LAYOUT
from kills import Blows

LAYOUTS = {
    "half of a layout": LAYOUT[:60],
    "no layout": "no layout",
    "an empty layout": "",
    "a layout that takes long": '<svg xmlns="http://www.w3.org/2000/svg" '
    'width="160" height="90"><defs><g id="a0"><path d="M0 0h9v9z"/></g>' +
    "".join(f'<g id="a{n + 1}">' + f'<use href="#a{n}"/>' * 10 + "</g>"
            for n in range(9)) + '</defs><use href="#a9"/></svg>',
}
# Signals for a process that makes frames. The one that passes on the sound may
# stand still for less than its parent's patience, 4 s.
SIGNALS = (signal.SIGKILL, signal.SIGSEGV, signal.SIGSTOP)
PICTURE_STOP_S = 1.5
RENDERERS = 4


class Pictures(Assault):
    name = "pictures"
    pause_s = (0.05, 0.6)

    def __init__(self, world):
        self.blows = Blows()
        self.renderers = []
        super().__init__(world)

    def step(self):
        self.blows.wake()
        what = self.random.choice((
            self.signal, self.signal, self.layout, self.camera, self.render))
        with contextlib.suppress(OSError):
            yield from what()

    def undo(self):
        self.blows.wake_all()
        self.world.gallery.mend()
        while self.renderers:
            self.renderers.pop().close()

    def signal(self):
        found = self.world.gallery.processes()
        if not found:
            return
        kind, pid, parent = self.random.choice(found)
        number = self.random.choice(SIGNALS)
        longest = 4
        if kind == "picture":
            number, longest = signal.SIGSTOP, PICTURE_STOP_S
        yield from self.blows.strike(
            kind, pid, parent, number, self.random.uniform(0.1, longest))

    def layout(self):
        gallery = self.world.gallery
        what = self.random.choice((*LAYOUTS, "a layout", "gone", "a pipe"))
        if what in LAYOUTS:
            # Not by a rename: whoever reads it may see a part of it.
            gallery.layout.write_text(LAYOUTS[what])
        elif what == "a layout":
            gallery.hang(LAYOUT)
        else:
            gallery.layout.unlink(missing_ok=True)
            if what == "a pipe":
                os.mkfifo(gallery.layout)
        yield f"layout: {what}"
        self.world.quiet.wait(self.random.uniform(0, 1))
        gallery.hang(LAYOUT)

    def camera(self):
        gallery = self.world.gallery
        what = self.random.choice(("stands still", "sends rubbish", "sends"))
        gallery.camera.picture = {"stands still": None,
                                  "sends rubbish": b"no picture at all",
                                  "sends": gallery.picture}[what]
        yield f"the camera {what}"

    def render(self):
        s = self.world.connect("face.raw.sock")
        s.settimeout(1)
        self.renderers.append(s)
        while len(self.renderers) > RENDERERS:
            self.renderers.pop(0).close()
        what = self.random.choice((
            "frames", "half of a frame", "a wrong size", "rubbish",
            "nothing", "frames of any time"))
        frame = picture.frame(160, 90, self.random.randrange(16, 235))
        header = b"YUV4MPEG2 W160 H90 F10:1 C420jpeg\n"
        s.sendall({
            "frames": header + frame * 3,
            "half of a frame": header + frame[:len(frame) // 2],
            "a wrong size": b"YUV4MPEG2 W16 H16\nFRAME\n" + bytes(9999),
            "rubbish": self.random.randbytes(9999),
            "nothing": header,
            "frames of any time": header + b"".join(
                picture.frame(160, 90, 99, sample=self.random.randrange(
                    1 << 40)) for _ in range(3)),
        }[what])
        yield f"a renderer sends {what}"


class OnlyPictures(Pictures):
    """Nothing else happens, so nothing of it reaches the sound: no output is
    started afresh, and no stream of a picture ends."""

    def __init__(self, world):
        self.before = world.gallery.outputs()
        self.lives = [eye.lives for eye in world.gallery.eyes]
        super().__init__(world)

    def join(self):
        super().join()
        for name, o in self.world.gallery.outputs().items():
            if o["restarts"] != self.before[name]["restarts"]:
                self.wrong.append(
                    f"output {name} was started afresh: {o['history'][:1]}")
            if o["drops"] != self.before[name]["drops"]:
                self.wrong.append(f"output {name} lost sound")
        for eye, lives in zip(self.world.gallery.eyes, self.lives):
            if eye.lives != lives:
                self.wrong.append(f"the stream of [video {eye.video}] ended")
        return self.wrong
