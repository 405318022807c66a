"""A terminal of some size with a program on it, for tests: what a person
would see there."""
import codecs
import contextlib
import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
import threading

import daemon

# What a program may send: a control sequence, a line's end, or text.
TOKEN = re.compile(r"\x1b\[(\??)([0-9;]*)([A-Za-z])|\r|\n|[^\x1b\r\n]+")


class Terminal:
    """Understands what ttsctl uses of ECMA-48, and no more."""

    def __init__(self, *argv, columns=80, rows=24, env=None, keys=False):
        self.columns, self.rows = columns, rows
        self.grid = [""] * rows
        self.row = self.column = 0
        self.modes = {"25": True, "7": True}  # the cursor, wrapping
        self.colours = set()
        self.frames = 0
        self.reads = []
        self.forgiven = -1  # frames that were made for another size
        self.lock = threading.Lock()
        self.master, slave = pty.openpty()
        self._set_size()
        self.process = subprocess.Popen(
            list(map(str, argv)), stdin=slave if keys else subprocess.DEVNULL,
            stdout=slave, stderr=slave, env={**os.environ, **(env or {})})
        os.close(slave)
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    def _set_size(self):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack(
            "HHHH", self.rows, self.columns, 0, 0))

    def type(self, keys):
        os.write(self.master, keys.encode())

    def echoes(self):
        """Does it show what is typed, and a line at a time?"""
        both = termios.ECHO | termios.ICANON
        return termios.tcgetattr(self.master)[3] & both == both

    def resize(self, columns, rows):
        with self.lock:
            self.columns, self.rows = columns, rows
            self.grid = [""] * rows
            self.row = min(self.row, rows - 1)
            self.forgiven = self.frames + 1
            self._set_size()

    def _read(self):
        decode = codecs.getincrementaldecoder("utf-8")().decode
        left = ""
        with contextlib.suppress(OSError):  # EIO: the program has ended
            while data := os.read(self.master, 65536):
                with self.lock:
                    self.reads.append(data.decode(errors="replace"))
                    left = self._take(left + decode(data))

    def _take(self, text):
        """Returns what is not complete yet."""
        at = 0
        while match := TOKEN.match(text, at):
            at = match.end()
            if match[3]:
                self._control(match[1], match[2], match[3])
            elif match[0] == "\r":
                self.column = 0
            elif match[0] == "\n":
                assert self.row + 1 < self.rows or \
                    self.frames <= self.forgiven, "the screen has scrolled"
                self.row = min(self.row + 1, self.rows - 1)
            else:
                self._put(match[0])
        assert len(text) - at < 16, f"not understood: {text[at:]!r}"
        return text[at:]

    def _control(self, private, arguments, final):
        if private:
            self.modes[arguments] = final == "h"
        elif final == "H":
            self.row = self.column = 0
            self.frames += 1
        elif final == "K":
            self.grid[self.row] = self.grid[self.row][:self.column]
        elif final == "J":
            self.grid[self.row:] = [self.grid[self.row][:self.column]] + \
                [""] * (self.rows - self.row - 1)
        else:
            assert final == "m", f"not understood: {arguments}{final}"
            self.colours.add(arguments)

    def _put(self, text):
        line = self.grid[self.row].ljust(self.column)
        end = self.column + len(text)
        self.grid[self.row] = (line[:self.column] + text + line[end:])
        self.column = end
        assert end <= self.columns or self.modes["7"] or \
            self.frames <= self.forgiven, "a line is longer than the screen"

    def text(self):
        with self.lock:
            return "\n".join(line.rstrip() for line in self.grid).rstrip()

    def shows(self, *words):
        """Waits until all of them are there; returns the screen."""
        daemon.wait_until(
            lambda: all(word in self.text() for word in words),
            f"{words} on the screen:\n{self.text()}")
        return self.text()

    def ended(self):
        """Its exit status, once all that it wrote has been seen."""
        code = self.process.wait(daemon.PATIENCE_S)
        self.thread.join(daemon.PATIENCE_S)
        return code

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.ended()
        os.close(self.master)
