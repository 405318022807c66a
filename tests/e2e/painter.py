"""Runs the painter alone: scenes in, frames out."""
import contextlib
import json
import os
import queue
import signal
import subprocess
import threading
import time

import numpy

from daemon import BUILD, PATIENCE_S, ROOT

PROGRAM = str(BUILD / "libexec/ttsd/painter")
LAYOUTS = ROOT / "streamer-supervisor/painter/layouts"
# What others' libraries leave behind is not ours to mend.
LSAN = f"suppressions={ROOT / 'tests/e2e/leaks.supp'}:print_suppressions=0"
ENVIRONMENT = {**os.environ, "LSAN_OPTIONS": LSAN}


class Frame:
    def __init__(self, line, data, width, height):
        words = dict(w[1:].split(b"=") for w in line.split()[1:])
        self.scene = int(words[b"scene"])
        self.is_bare = words.get(b"bare") == b"1"
        self.ms = float(words[b"ms"])
        self.data = data
        luma = width * height
        self.luma = numpy.frombuffer(data[:luma], numpy.uint8).reshape(
            height, width)

    def is_as(self, other):
        return self.data == other.data


class Painter(contextlib.AbstractContextManager):
    """Frames and reports are read as they come; each is waited for with a
    deadline. What it was not asked for, at its end, is an error."""

    def __init__(self, *args, width=320, height=180, env=None):
        # An overlay has its alpha below its colours.
        rows = height * 2 if "--overlay" in args else height
        self.width, self.height = width, rows
        self.process = subprocess.Popen(
            [PROGRAM, "--size", f"{width}x{height}", "--fps", "25",
             *map(str, args)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**ENVIRONMENT, **(env or {})})
        self.id, self.uses = 0, None
        self.well = set()  # of what it told that all is well, at first
        self.told = set()  # of what it told of trouble
        self.frames, self.reports = queue.Queue(), queue.Queue()
        self.log = ""
        self.threads = [threading.Thread(target=t, daemon=True)
                        for t in (self._read_frames, self._read_reports)]
        for thread in self.threads:
            thread.start()

    def _read_frames(self):
        out = self.process.stdout
        self.header = out.readline()
        size = self.width * self.height * 3 // 2
        while line := out.readline():
            data = out.read(size)
            if len(data) < size:
                break
            self.frames.put(Frame(line, data, self.width, self.height))
        self.frames.put(None)

    def _read_reports(self):
        for line in self.process.stderr:
            try:
                report = json.loads(line)
            except ValueError:
                self.log += line.decode(errors="replace")
                continue
            self._take_report(report)

    def _take_report(self, report):
        mended = report.get("mended")
        if "uses" in report:
            self.uses = report["uses"]
        elif mended and mended not in self.told:
            self.well.add(mended)
        else:
            self.told.add(report.get("trouble"))
            self.reports.put(report)

    def send(self, **scene):
        self.id += 1
        self.write(json.dumps({"id": self.id, **scene}, ensure_ascii=False))

    def write(self, line):
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()

    def frame(self):
        frame = self.frames.get(timeout=PATIENCE_S)
        assert frame, "the painter has ended"
        return frame

    def draw(self, **scene):
        self.send(**scene)
        frame = self.frame()
        assert frame.scene == self.id
        return frame

    def settle(self):
        """Waits so long that it has looked at its files twice."""
        time.sleep(0.3)

    def report(self):
        return self.reports.get(timeout=PATIENCE_S)

    def kill(self):
        """As its parent does at a deadline."""
        self.process.kill()
        self.process.wait(PATIENCE_S)

    def __exit__(self, kind, *_):
        with contextlib.suppress(OSError):
            self.process.stdin.close()
        try:
            self.process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self.kill()
        for thread in self.threads:
            thread.join(PATIENCE_S)
        self.process.stdout.close()
        self.process.stderr.close()
        if kind is None:
            code = self.process.returncode
            assert code in (0, -signal.SIGKILL), f"exit {code}\n{self.log}"
            assert "Sanitizer" not in self.log, self.log
            assert "runtime error" not in self.log, self.log
