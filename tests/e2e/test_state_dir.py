"""State directories that are of no use, or become so, as a whole ttsd meets
them: they cost the promise, not the sound, everybody who asks is told why, and
all that was accepted is written down once they are mended. Every disk is
real."""
import contextlib
import os
import shutil
import subprocess

import pytest

from daemon import wait_until
from hanging_disk import open_disk  # noqa: F401
from scrape import Scraper
from test_durable import rows

TONE = ("-D", "channel.main.engine=tone")
ROOT = pytest.mark.skipif(
    os.geteuid() != 0, reason="to mount a disk, or give files away, takes root")


class Desk:
    """A ttsd whose state is in `folder`, and all who ask it."""

    def __init__(self, start, rundir, folder):
        self.ttsd = start(
            *TONE, "-D", f"ttsd.metrics={rundir}/metrics.sock",
            "-D", f"ttsd.state_dir={folder}")
        self.scraper = Scraper(rundir / "metrics.sock")
        self.control, self.events = self.ttsd.control(), self.ttsd.control()
        self.events.subscribe("durable", "finished")
        self.asked, self.heard = [], set()

    def say(self):
        reply = self.control.ask("say", text="ms=50 a")
        self.asked.append(reply["id"])
        return reply["durable"]

    def told(self, name, **fields):
        seen = self.events.until(name, **fields)
        self.heard |= {e["id"] for e in seen if e.get("outcome") == "spoken"}
        return seen[-1]

    def keeps_not(self, why):
        wait_until(lambda: not self.say(), "it keeps nothing")
        assert why in self.told("durable", durable=False)["reason"]
        assert any("not kept over a restart" in line and why in line
                   for line in self.scraper.ready())
        assert self.scraper.value("ttsd_durable") == 0
        wait_until(lambda: why in self.ttsd.logged(), "the log says why")
        self.is_heard()

    def keeps_again(self):
        self.told("durable", durable=True)
        assert self.say()
        assert self.scraper.value("ttsd_durable") == 1
        assert self.scraper.ready() == []

    def is_heard(self):
        if self.asked[-1] not in self.heard:
            self.told("finished", id=self.asked[-1], outcome="spoken")

    def has_kept_all(self, rundir):
        self.is_heard()
        self.control.close()
        self.events.close()
        self.ttsd.stop()
        kept = rows(rundir)
        assert [kept.get(i, {}).get("outcome") for i in self.asked] == [
            "spoken"] * len(self.asked)


# ---- before it starts

def be_a_file(path):
    path.touch()
    return path.unlink


def be_a_fifo(path):
    os.mkfifo(path)
    return path.unlink


def be_a_link_to_nothing(path):
    path.symlink_to(path.parent / "nothing" / "there")
    return path.unlink


def be_open_to_others(path):
    path.mkdir()
    path.chmod(0o777)
    return lambda: path.chmod(0o700)


def be_anothers(path):
    path.mkdir()
    os.chown(path, 12345, 12345)
    return lambda: os.chown(path, os.geteuid(), os.getegid())


def be_anothers_link(path):
    (path.parent / "elsewhere").mkdir(mode=0o700)
    path.symlink_to(path.parent / "elsewhere")
    os.lchown(path, 12345, 12345)
    return path.unlink


def be_of_a_newer_ttsd(path):
    path.mkdir(mode=0o700)
    file = path / "ledger.db"
    subprocess.run(["/usr/bin/python3", "-c", f"""
import sqlite3
db = sqlite3.connect({str(file)!r})
db.executescript('pragma application_id=0x74747364; pragma user_version=9999;')
"""], check=True)
    file.chmod(0o600)
    return file.unlink


@pytest.mark.parametrize("be, why", [
    (be_a_file, "not a directory"), (be_a_fifo, "not a directory"),
    (be_a_link_to_nothing, "no such file"),
    (be_open_to_others, "can be written by others"),
    pytest.param(be_anothers, "belongs to user 12345", marks=ROOT),
    pytest.param(be_anothers_link, "belongs to user 12345", marks=ROOT),
    (be_of_a_newer_ttsd, "newer ttsd")], ids=lambda v: getattr(
        v, "__name__", ""))
def test_of_no_use(start, rundir, be, why):
    mend = be(rundir / "state")
    desk = Desk(start, rundir, rundir / "state")
    desk.keeps_not(why)
    mend()
    desk.keeps_again()
    desk.has_kept_all(rundir)


def test_a_link_of_ours(start, rundir):
    """It is followed: so service managers lay them."""
    (rundir / "elsewhere").mkdir(mode=0o700)
    (rundir / "state").symlink_to(rundir / "elsewhere")
    desk = Desk(start, rundir, rundir / "state")
    assert desk.say()
    desk.has_kept_all(rundir)
    assert (rundir / "elsewhere/ledger.db").exists()


# ---- disks

@contextlib.contextmanager
def mounted(folder, *options):
    folder.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", ",".join(
        ("mode=700", *options)), "tmpfs", folder], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", folder],
                       stderr=subprocess.DEVNULL, check=False)


@ROOT
def test_read_only(start, rundir):
    with mounted(rundir / "state", "ro"):
        desk = Desk(start, rundir, rundir / "state")
        desk.keeps_not("read-only")
        subprocess.run(["mount", "-o", "remount,rw", rundir / "state"],
                       check=True)
        desk.keeps_again()
        desk.has_kept_all(rundir)


@ROOT
def test_full(start, rundir):
    with mounted(rundir / "state", "size=600k"):
        desk = Desk(start, rundir, rundir / "state")
        assert desk.say()
        fill = rundir / "state/fill"
        with contextlib.suppress(OSError), open(fill, "wb", 0) as f:
            while f.write(bytes(4096)):
                pass
        desk.keeps_not("make room there")
        fill.unlink()
        desk.keeps_again()
        desk.has_kept_all(rundir)


def is_gone(desk, rundir):
    """What is said from now on is kept in the folder that is there now."""
    wait_until(desk.say, "it is kept again")
    lost = desk.asked.pop(0)
    desk.has_kept_all(rundir)
    assert lost not in rows(rundir)


def test_its_folder_is_deleted(start, rundir):
    """Story: SQLite wrote on into files that nobody could open any more, and
    replies said that all was kept."""
    desk = Desk(start, rundir, rundir / "state")
    assert desk.say()
    desk.is_heard()
    shutil.rmtree(rundir / "state")
    is_gone(desk, rundir)


@ROOT
def test_its_disk_is_taken_away(start, rundir):
    with mounted(rundir / "state"):
        desk = Desk(start, rundir, rundir / "state")
        assert desk.say()
        desk.is_heard()
        subprocess.run(["umount", "-l", rundir / "state"], check=True)
        is_gone(desk, rundir)


@ROOT
def test_a_disk_that_hangs(start, rundir, open_disk):  # noqa: F811
    """A ledger that waits for it cannot even be killed."""
    (rundir / "state").symlink_to(open_disk.folder)
    desk = Desk(start, rundir, open_disk.there)
    assert desk.say()
    open_disk.hang()
    desk.keeps_not("does not answer in time")
    open_disk.go_on()
    desk.keeps_again()
    desk.has_kept_all(rundir)
