"""A disk that can hang, for tests: one of user space (disk_server.py), mounted
by root."""
import pathlib
import signal
import subprocess
import sys

import pytest

import daemon


class Disk:
    """What is in `folder` is also in `there`."""

    def __init__(self, directory):
        self.folder, self.there = directory / "folder", directory / "mount"
        self.folder.mkdir(mode=0o700)
        self.there.mkdir()
        self.process = subprocess.Popen(
            [sys.executable,
             pathlib.Path(__file__).with_name("disk_server.py"), self.folder,
             self.there], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE)
        self.works = self.process.stdout.readline() == b"mounted\n"

    def hang(self):
        self.process.send_signal(signal.SIGUSR1)

    def go_on(self):
        self.process.send_signal(signal.SIGUSR2)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        """Its end is also that of all who wait for it."""
        self.process.kill()
        self.process.wait(daemon.PATIENCE_S)
        self.process.stdout.close()
        self.process.stderr.close()
        subprocess.run(["umount", "-l", self.there], check=False,
                       stderr=subprocess.DEVNULL)


@pytest.fixture
def open_disk(rundir):
    yield from working(Disk(rundir))


def working(disk_there):
    with disk_there as d:
        if not d.works:
            pytest.skip("no file system in user space here: "
                        f"{d.process.stderr.read().decode()}")
        yield d
