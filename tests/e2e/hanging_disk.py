"""A disk that can hang, for tests: one of user space (disk_server.py), which is
mounted where its own process alone sees it."""
import pathlib
import signal
import subprocess
import sys

import pytest

import daemon


class Disk:
    """What is in `folder` is also in `there`. Where it is not `apart`, which
    takes root, that is a path as any other."""

    def __init__(self, directory, apart=True):
        self.folder, mount = directory / "folder", directory / "mount"
        self.folder.mkdir(mode=0o700)
        mount.mkdir()
        self.process = subprocess.Popen(
            [*(("unshare", "-Urm") if apart else ()), sys.executable,
             pathlib.Path(__file__).with_name("disk_server.py"), self.folder,
             mount], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE)
        self.works = self.process.stdout.readline() == b"mounted\n"
        self.mounted = None if apart else mount
        self.there = mount if self.mounted else pathlib.Path(
            f"/proc/{self.process.pid}/root{mount}")

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
        if self.mounted:
            subprocess.run(["umount", "-l", self.mounted], check=False,
                           stderr=subprocess.DEVNULL)


@pytest.fixture
def disk(rundir):
    yield from working(Disk(rundir))


@pytest.fixture
def open_disk(rundir):
    yield from working(Disk(rundir, apart=False))


def working(disk_there):
    with disk_there as d:
        if not d.works:
            pytest.skip("no file system in user space here: "
                        f"{d.process.stderr.read().decode()}")
        yield d
