"""Runs the program that listens to an output, and reads what it says."""
import json
import subprocess
import threading
import time

from daemon import BUILD, PATIENCE_S
from peers import RATE, Program

PROGRAM = str(BUILD / "libexec" / "ttsd" / "ear")
QUIET = ["ffmpeg", "-hide_banner", "-nostdin", "-loglevel", "error"]


def sent(rundir):
    """ffmpeg's options for the sound of the channel."""
    return ["-f", "s16le", "-ar", RATE, "-ac", 1, "-skip_initial_bytes", 44,
            "-probesize", 32, "-analyzeduration", 0, "-fflags", "nobuffer",
            "-i", f"unix:{rundir}/main.sock"]


def heard(url, *options):
    """The command line of an ffmpeg that listens to a URL."""
    return [*QUIET, "-fflags", "nobuffer", "-analyzeduration", 500000,
            *options, "-i", url, "-f", "s16le",
            "-ac", 1, "-ar", 8000, "-flush_packets", 1, "pipe:1"]


class Ear(Program):
    def __init__(self, rundir, reader, **options):
        options = {"audio": f"{rundir}/main.sock",
                   "control": f"{rundir}/control.sock", "channel": "main",
                   "delay-max": 15000, "stall": 5000, **options}
        self.log = open(rundir / "ear.log", "ab")
        super().__init__(
            PROGRAM, *(w for k, v in options.items()
                       for w in ([f"--{k}"] if v is True else [f"--{k}", v])),
            "--reader", *reader, stdout=subprocess.PIPE, stderr=self.log)
        self.lines = []
        self.times = []  # when each came, monotonic
        self.grown = threading.Condition()
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    def _read(self):
        for line in self.process.stdout:
            with self.grown:
                self.times.append(time.monotonic())
                self.lines.append(line.decode())
                self.grown.notify_all()

    def said(self, word):
        return [json.loads(line[len(word):]) for line in list(self.lines)
                if line.startswith(word + " ")]

    def until(self, word, **fields):
        """The first that it says so."""
        def there():
            return next((o for o in self.said(word) if all(
                o.get(k) == v for k, v in fields.items())), None)

        with self.grown:
            assert self.grown.wait_for(there, PATIENCE_S), (fields, self.lines)
            return there()

    def now(self, **fields):
        """Waits until what is heard is so."""
        def there():
            last = self.said("heard")[-1:]
            return last and all(
                last[0].get(k) == v for k, v in fields.items()) and last[0]

        with self.grown:
            assert self.grown.wait_for(there, PATIENCE_S), (fields, self.lines)
            return there()

    def receipt(self, number):
        return self.until("receipt", id=number)

    def end(self, *how):
        super().end(*how)
        self.thread.join(PATIENCE_S)
        self.process.stdout.close()
        self.log.close()
