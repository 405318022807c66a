"""What outputs write to this machine's disk: nothing that was recorded is lost,
nothing is left behind, and a place that takes nothing is seen. Every disk is
real."""
import contextlib
import os
import signal
import subprocess

import pytest

import daemon
import peers
from daemon import wait_until
from supervisor import (  # noqa: F401
    define, nginx, source, states, supervise, until)


@pytest.fixture
def folder(rundir):
    path = rundir / "media"
    path.mkdir()
    return path


@pytest.fixture
def disk(folder):
    """A folder of 400 kB."""
    if os.geteuid() != 0 or subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", folder],
            stderr=subprocess.DEVNULL).returncode:
        pytest.skip("to mount a small disk takes root")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def ffmpegs(s):
    """Its other child is the keeper of its files."""
    return [p for p in s.ffmpegs() if "ffmpeg" in daemon.command_line(p)]


def kill_and_await(s, times):
    for _ in range(times):
        o = s.output()
        for pid in ffmpegs(s):
            os.kill(pid, signal.SIGKILL)
        wait_until(lambda: s.output()["pid"] not in (0, o["pid"]) and
                   s.output()["out_time_ms"] > 1500, "it sends again")


def duration_s(path):
    pcm = subprocess.run(
        ["ffmpeg", "-v", "quiet", "-i", path, "-f", "s16le", "-ac", "1",
         "-ar", str(peers.RATE), "-"], stdout=subprocess.PIPE).stdout
    return len(pcm) / 2 / peers.RATE


@pytest.mark.parametrize("name", ["%Y.aac", "%Y.opus", "%Y.wav", "%05d.mp3"])
def test_a_restart_writes_nothing_over(supervise, source, folder, name):
    """ffmpeg was killed at minute 59, and the recording of the hour was 0
    bytes again; numbers began at 0 with every start."""
    s = supervise(*define(url=f"{folder}/{name}"))
    wait_until(lambda: s.output()["out_time_ms"] > 1500, "it sends")
    kill_and_await(s, 2)
    files = sorted(folder.iterdir())
    assert len(files) == 3
    assert all(duration_s(path) > 0.5 for path in files)
    if "%0" in name:
        assert [p.name for p in files] == [
            "00000.mp3", "00001.mp3", "00002.mp3"]
    else:
        kind = name[2:]
        assert [p.name[4:] for p in files] == [
            f".1{kind}", f".2{kind}", kind]


def sizes(folder):
    """Of the files of a folder, while the keeper moves some aside: those that
    have left their name meanwhile are looked for again."""
    while True:
        with contextlib.suppress(FileNotFoundError):
            return [p.stat().st_size for p in folder.iterdir()]


def test_names_that_come_again(supervise, source, folder):
    """With %M alone, or %H, the file of an hour ago was written over."""
    for second in range(60):
        (folder / f"{second:02}.mp3").write_text("of the last minute")
    supervise(*define(url=f"{folder}/%S.mp3", segment="2s"))
    wait_until(lambda: sum(n > 1000 for n in sizes(folder)) > 2, "three files")
    assert sum(n == 18 for n in sizes(folder)) == 60


@pytest.mark.parametrize("variants", ["", "64k 32k"])
def test_no_segment_is_left_behind(supervise, source, folder, variants):
    """Each restart left a segment that no list names, for ever."""
    s = supervise(*define(url=f"{folder}/live.m3u8", segment="500ms",
                          **({"variants": variants} if variants else {})))
    wait_until(lambda: s.output()["out_time_ms"] > 4500, "it sends")
    kill_and_await(s, 8)
    wait_until(lambda: s.output()["out_time_ms"] > 4500, "it goes on")
    for path in folder.glob("live_*.m3u8" if variants else "live.m3u8"):
        listed = {line for line in path.read_text().splitlines()
                  if line.endswith(".ts")}
        there = {p.name for p in folder.glob(f"{path.stem}*.ts")}
        assert len(listed) == 6 and len(there - listed) < 4


@pytest.mark.parametrize("name", ["live.m3u8", "", "live.mpd", "%Y.mp3"])
def test_a_folder_that_is_not_there(supervise, source, folder, name):
    """It was running two times in three."""
    s = supervise(*define(url=f"{folder}/web/{name}"))
    with s.control() as c:
        c.subscribe("output")
        wait_until(lambda: s.output()["state"] == "rejected", "it is seen")
        assert s.output()["last_error"] == (
            f"url: the folder '{folder}/web' is not there")
        (folder / "web").mkdir()
        events = until(c, "running")
    assert states(events).count("running") == 1


@pytest.mark.parametrize("name", ["live.m3u8", "live.mpd", "%Y.mp3"])
def test_a_full_disk(supervise, source, disk, name):
    """It was running without a word, with segments and lists of 0 bytes."""
    s = supervise(*define(url=f"{disk}/{name}", segment="1s",
                          stall_timeout="1s"))
    wait_until(lambda: s.output()["out_time_ms"] > 2500, "it sends")
    fill = disk / "fill"
    with s.control() as c, fill.open("ab", buffering=0) as f:
        c.subscribe("output")

        def is_seen():
            with contextlib.suppress(OSError):
                f.write(bytes(4096))
            return "no space left" in s.output()["last_error"].lower()
        wait_until(is_seen, "it is seen")
        until(c, "backoff")
        empty = [p for p in disk.iterdir()
                 if p.stat().st_size == 0 and p.suffix != ".m3u8"]
        assert len(empty) < 5
        fill.unlink()
        f.truncate(0)
        until(c, "running")
    wait_until(lambda: s.output()["out_time_ms"] > 2500, "it sends again")


def grouped(nginx, url, **more):
    return [*define("stream", url=nginx.url(), group="g", **more),
            *define("file", url=url, group="g", **more)]


def both_send(s, ms=1500):
    return all(o["state"] == "running" and o["out_time_ms"] > ms
               for o in s.outputs().values())


@pytest.mark.parametrize("name", ["%Y-now.aac", "%05d.aac"])
def test_a_restart_of_a_group_writes_nothing_over(
        supervise, source, nginx, folder, name):
    """A recording in a group had no keeper: each restart of the group wrote
    over the file of that name."""
    s = supervise(*grouped(nginx, f"{folder}/{name}"))
    wait_until(lambda: both_send(s), "they send")
    for _ in range(2):
        pid = s.output("file")["pid"]
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: s.output("file")["pid"] not in (0, pid) and
                   both_send(s), "they send again")
    assert s.output("file")["carried"]
    files = sorted(folder.iterdir())
    assert len(files) == 3
    assert all(duration_s(path) > 0.5 for path in files)


def test_no_segment_of_a_group_is_left_behind(
        supervise, source, nginx, folder):
    """Each restart of a group left a segment that no list names."""
    s = supervise(*grouped(nginx, f"{folder}/live.m3u8", segment="500ms"))
    wait_until(lambda: both_send(s, 4500), "they send")
    for _ in range(6):
        pid = s.output("file")["pid"]
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: s.output("file")["pid"] not in (0, pid) and
                   both_send(s), "they send again")
    wait_until(lambda: both_send(s, 4500), "they go on")
    listed = {line for line in (folder / "live.m3u8").read_text().splitlines()
              if line.endswith(".ts")}
    there = {p.name for p in folder.glob("*.ts")}
    assert len(listed) == 6 and len(there - listed) < 4


def test_a_member_without_its_folder(supervise, source, nginx, folder):
    """The group goes on air without it, and it says why."""
    s = supervise(*grouped(nginx, f"{folder}/web/%Y.aac"))
    wait_until(lambda: s.output("file")["state"] == "rejected", "it is seen")
    assert s.output("file")["last_error"] == (
        f"url: the folder '{folder}/web' is not there")
    wait_until(lambda: s.output("stream")["out_time_ms"] > 1500, "it sends")
    assert s.output("stream")["restarts"] == 0


@pytest.mark.parametrize("name", ["live.m3u8", "%Y.aac"])
def test_a_full_disk_under_a_member(supervise, source, nginx, disk, name):
    """HLS in a group was running for ever on a full disk, which ffmpeg says
    nothing of. The stream goes on, and the member says why."""
    s = supervise(*grouped(nginx, f"{disk}/{name}", stall_timeout="1s",
                           segment="1s"))
    wait_until(lambda: both_send(s, 2500), "they send")
    fill = disk / "fill"
    with fill.open("ab", buffering=0) as f:
        def is_seen():
            with contextlib.suppress(OSError):
                f.write(bytes(4096))
            o = s.output("file")
            return not o["carried"] and (
                "no space left" in o["last_error"].lower())
        wait_until(is_seen, "it is seen")
        fill.unlink()
        f.truncate(0)
    wait_until(lambda: both_send(s), "both send")
    assert s.output("stream")["carried"]
