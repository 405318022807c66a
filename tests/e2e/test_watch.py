"""`ttsctl outputs`: the table that people read, live on a terminal and line
by line without one."""
import contextlib
import json
import os
import pathlib
import signal

import pytest

import daemon
import peers
from client import ctl, follow, table  # noqa: F401
from daemon import binary, wait_until
from supervisor import (  # noqa: F401
    Supervisor, define, nginx, source, supervise)
from terminal import Terminal

DEAD = "rtmp://127.0.0.1:9/live/dead"


def titles(text):
    return set(text.splitlines()[0].split())


@pytest.fixture
def watch(rundir):
    with contextlib.ExitStack() as stack:
        def run(*args, **kw):
            return stack.enter_context(Terminal(
                binary("ttsctl"), "-r", rundir, "outputs", *args, **kw))
        yield run


@pytest.fixture
def mixed(supervise, source, nginx):
    """One on air, one at its backup, one that nobody wants."""
    s = supervise(
        *define("live", url=nginx.url("secret-key")),
        *define("two", url=DEAD, backup_url=nginx.url("two"),
                failover_after=1, backoff_max="20s", backoff_initial="10s"),
        *define("off", url="udp://127.0.0.1:9", autostart="no"))
    wait_until(lambda: [o["state"] for o in s.outputs().values()] ==
               ["running", "running", "stopped"], "they are so")
    return s


# ---- once ------------------------------------------------------------------


def test_table(mixed, ctl):
    text = ctl("outputs").stdout
    rows = {r["OUTPUT"]: r for r in table(text)}
    assert rows["live"]["STATE"] == "running"
    assert rows["live"]["ACTIVE"] == "-" and rows["live"]["UP"].endswith("s")
    assert rows["live"]["SPEED"].endswith("x")
    assert rows["two"]["ACTIVE"] == "backup"
    assert rows["off"]["STATE"] == "stopped" and rows["off"]["SPEED"] == "-"
    below = text.splitlines()[3]
    assert below.startswith("  primary: waits ") and "refused" in below
    assert "secret-key" not in text and "PROBE" not in titles(text)


def test_why_one_does_not_run(supervise, source, ctl):
    s = supervise(*define(url=DEAD, backoff_initial="20s",
                          backoff_max="20s"))
    wait_until(lambda: s.output()["state"] == "backoff", "it fails")
    error = s.output()["last_error"]
    below = ctl("outputs").stdout.splitlines()[2]
    assert below.startswith("  waits ") and below.endswith(error)


def test_what_the_probe_says(supervise, source, nginx, ctl):
    s = supervise(*define(url=nginx.url(), probe_url=nginx.url(),
                          probe_interval="1s"))
    wait_until(lambda: (s.output()["probe"] or {}).get("good"), "it is good")
    assert table(ctl("outputs").stdout)[0]["PROBE"] == "good"
    assert "\nprobe\ngood " in ctl("outputs", "live").stdout


def test_all_about_one(mixed, ctl):
    text = ctl("outputs", "two").stdout
    assert text.startswith("two\n") and "\nprimary\n" in text
    fields = dict(line.split(None, 1) for line in text.split("\n\n")[0]
                  .splitlines()[1:])
    assert fields["state"] == "running" and fields["active"] == "backup"
    history = table([part for part in text.split("\n\n")
                     if part.startswith("ENDED")][-1])
    assert history[0]["CAUSE"] == "exit"
    assert "refused" in history[0]["REASON"]
    one = json.loads(ctl("--json", "outputs", "two").stdout)
    assert one["name"] == "two" and one["primary"]["history"]


def test_one_that_is_not_there(mixed, ctl):
    p = ctl("outputs", "three")
    assert p.returncode == 1 and p.stdout == ""
    assert "there is no output 'three'" in p.stderr
    assert ctl("outputs", "two", "three").returncode == 64
    assert ctl("outputs", "--wait", "--watch").returncode == 64


def test_waits_for_one(mixed, follow):
    """The one that is stopped keeps nobody waiting who asked for another."""
    p = follow("outputs", "--wait", "live")
    assert p.wait(daemon.PATIENCE_S) == 0


@pytest.mark.parametrize("columns", [120, 80, 50, 24, 5])
def test_fits_the_terminal(mixed, watch, columns):
    t = watch(columns=columns)
    assert t.ended() == 0
    lines = t.text().splitlines()
    assert len(lines) == 5 and max(map(len, lines)) <= columns
    assert (columns < 24) or "STATE" in lines[0]
    assert ("RESTARTS" in lines[0]) == (columns >= 80)


# ---- live ------------------------------------------------------------------


def test_live(mixed, watch, ctl):
    t = watch("--watch")
    text = t.shows("ttsd is", "live", "two", "off")
    assert not t.modes["25"] and t.modes["1049"]
    assert "secret-key" not in text
    ctl("start", "off")
    wait_until(lambda: "stopped" not in t.text(), "the change is there")
    frames = t.frames
    wait_until(lambda: t.frames > frames + 1, "it goes on")


def writes(pid):
    """How many write(2) a process has made."""
    fields = pathlib.Path(f"/proc/{pid}/io").read_text().split()
    return int(fields[fields.index("syscw:") + 1])


def test_every_frame_is_one_write(mixed, watch, ctl):
    """A terminal that draws between two writes would flicker. (How reads of
    a terminal are cut is the kernel's business, so writes are counted: one
    to ask for each frame, one to draw it, and what is under way.)"""
    t = watch("--watch", rows=50)
    t.shows("live")
    frames, before = t.frames, writes(t.process.pid)
    for what in ["start", "stop"] * 2:
        ctl(what, "off")
    wait_until(lambda: t.frames >= frames + 6, "some frames")
    after = writes(t.process.pid)
    assert after - before <= 2 * (t.frames - frames) + 2


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM,
                                    signal.SIGHUP])
def test_the_terminal_is_given_back(mixed, watch, signum):
    t = watch("--watch")
    t.shows("live")
    t.process.send_signal(signum)
    assert t.ended() == -signum
    assert t.modes == {"25": True, "7": True, "1049": False}


def test_stopped_by_its_user(mixed, watch):
    """Ctrl-Z, and fg."""
    t = watch("--watch")
    t.shows("live")
    before = len(t.reads)
    t.process.send_signal(signal.SIGTSTP)
    wait_until(lambda: any("[?25h" in data for data in t.reads[before:]),
               "the cursor is back")
    t.process.send_signal(signal.SIGCONT)
    wait_until(lambda: not t.modes["25"] and t.modes["1049"], "it goes on")
    frames = t.frames
    wait_until(lambda: t.frames > frames, "it draws")


def test_quits_by_a_key(mixed, watch):
    """Other keys do nothing, and are not shown on the screen."""
    t = watch("--watch", keys=True)
    t.shows("live")
    assert not t.echoes()
    t.type("xyz\n")
    frames = t.frames
    wait_until(lambda: t.frames > frames + 1, "it goes on")
    assert "xyz" not in "".join(t.reads)
    t.type("q")
    assert t.ended() == 0 and t.echoes()
    assert t.modes == {"25": True, "7": True, "1049": False}


def test_a_signal_gives_the_keyboard_back(mixed, watch):
    t = watch("--watch", keys=True)
    t.shows("live")
    t.process.send_signal(signal.SIGINT)
    assert t.ended() == -signal.SIGINT and t.echoes()


def test_resized(mixed, watch):
    t = watch("--watch", columns=100, rows=20)
    t.shows("SPEED")
    t.resize(30, 4)
    wait_until(lambda: "SPEED" not in t.text() and "STATE" in t.text(),
               "it is narrow")
    t.resize(100, 20)
    t.shows("SPEED", "off")


def test_colours_are_optional(mixed, watch):
    plain = watch("--watch", env={"NO_COLOR": "1"})
    plain.shows("live")
    bright = watch("--watch")
    bright.shows("live")
    assert not plain.colours and "32" in bright.colours


def test_one_live(mixed, watch):
    watch("--watch", "two", rows=90).shows("active        backup", "CAUSE")
    assert watch("--watch", "two", rows=9).shows(
        "state").splitlines()[8] == "..."
    watch("--watch", "three").shows("there is no output of that name")


def test_outlives_the_supervisor(mixed, watch, rundir, supervise):
    t = watch("--watch")
    t.shows("ttsd is")
    mixed.kill()
    t.shows("closed the connection", "waiting for it", "live")
    supervise(*define("new", url="udp://127.0.0.1:9", autostart="no"))
    t.shows("ttsd is", "new")
    assert "live" not in t.text()


def test_a_supervisor_that_hangs(mixed, watch):
    t = watch("--watch")
    t.shows("ttsd is")
    os.kill(mixed.pid, signal.SIGSTOP)
    try:
        t.shows("does not answer", "live")
    finally:
        os.kill(mixed.pid, signal.SIGCONT)
    t.shows("ttsd is")


def test_nothing_to_watch(watch):
    t = watch("--watch")
    assert t.ended() == 69 and "is not running" in t.text()
    assert t.frames == 0 and "1049" not in t.modes


# ---- without a terminal ----------------------------------------------------


def test_lines(mixed, follow, ctl):
    p = follow("outputs", "--watch")
    lines = [p.stdout.readline().decode() for _ in range(5)]
    assert lines[0].startswith("OUTPUT") and lines[4].startswith("off")
    ctl("start", "off")
    line = p.stdout.readline().decode()
    assert "name=off" in line and "to=starting" in line


def test_lines_about_one(mixed, follow, ctl):
    p = follow("--json", "outputs", "--watch", "off")
    assert json.loads(p.stdout.readline())["state"] == "stopped"
    ctl("restart", "live")
    ctl("start", "off")
    event = json.loads(p.stdout.readline())
    assert (event["name"], event["to"]) == ("off", "starting")


def test_lines_outlive_the_supervisor(mixed, follow, supervise):
    p = follow("--json", "outputs", "--watch")
    assert len(json.loads(p.stdout.readline())["outputs"]) == 3
    mixed.kill()
    assert b"closed the connection; waiting" in p.stderr.readline()
    supervise(*define("new", url="udp://127.0.0.1:9", autostart="no"))
    line = json.loads(p.stdout.readline())
    while "outputs" not in line:
        line = json.loads(p.stdout.readline())
    assert [o["name"] for o in line["outputs"]] == ["new"]
