"""A stand-in for the service manager: what a daemon tells it by sd_notify(3).
tests/systemd has the real one."""
import os
import socket
import time

from daemon import PATIENCE_S


class Manager:
    def __init__(self, directory, watchdog_s=0):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        path = f"{directory}/notify"
        self.socket.bind(path)
        self.env = {**os.environ, "NOTIFY_SOCKET": path}
        if watchdog_s:
            self.env["WATCHDOG_USEC"] = str(int(watchdog_s * 1e6))

    def next(self):
        """The next that is told: pairs of a datagram."""
        self.socket.settimeout(PATIENCE_S)
        text = self.socket.recv(65536).decode()
        return dict(line.split("=", 1) for line in text.split("\n"))

    def until(self, key, accept=lambda value: True):
        """The value of the first datagram with such a key."""
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            told = self.next()
            if key in told and accept(told[key]):
                return told[key]
        raise TimeoutError(key)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()
