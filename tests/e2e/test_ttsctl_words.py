"""What may be written on ttsctl's command line, and what is said of what may
not."""
import json
import os
import pathlib
import re
import signal
import subprocess

import pytest

import daemon
from client import (  # noqa: F401
    ctl, fake_daemon, follow, line_of, table)
from daemon import Daemon, binary, wait_until

DONE, FAILED, USAGE, DATA, DENIED = 0, 1, 64, 65, 77

ROOT = pathlib.Path(__file__).parents[2]

ZONES = ["-D", "channel.main.engine=tone", "-D", "channel.hall.engine=tone",
         "-D", "channel.ward.engine=tone",
         "-D", "zone.all.channels=hall ward"]


def commands(ctl):  # noqa: F811
    return [line.split()[0] for line in ctl("help", "--all").stdout.partition(
        "Commands:\n")[2].partition("\n\n")[0].splitlines()
        if not line.startswith("   ")]


# ---- exit statuses ---------------------------------------------------------


def test_statuses_are_told(ctl):  # noqa: F811
    """The help and the manual tell of the same ones."""
    told = ctl("help", "--all").stdout.partition("Exit status:\n")[2]
    numbers = re.findall(r"^  (\d+) ", told, re.M)
    man = (ROOT / "docs" / "man" / "ttsctl.1").read_text()
    man = man.partition(".Sh EXIT STATUS")[2].partition(".Sh ")[0]
    assert numbers == re.findall(r"^\.It (\d+)$", man, re.M)
    assert numbers == ["0", "1", "2", "3", "64", "65", "69", "77"]


@pytest.mark.parametrize("code, status", [
    ("bad-request", DATA), ("too-long", DATA), ("denied", DENIED),
    ("unknown-channel", FAILED), ("not-found", FAILED),
    ("queue-full", FAILED), ("unavailable", FAILED), ("of-tomorrow", FAILED),
])
def test_status_of_a_refusal(rundir, ctl, code, status):  # noqa: F811
    """Story: 1 was said of all, so that a script could not know whether it
    is of any use to ask again."""
    with fake_daemon(rundir, json.dumps(
            {"ok": False, "error": code, "message": "no"}).encode() + b"\n"):
        for wait in [], ["--wait"]:
            p = ctl("say", "Hello", *wait)
            assert p.returncode == status
            assert p.stderr.startswith("ttsctl: no")


def test_a_daemon_of_somebody_else(rundir, ctl):  # noqa: F811
    with fake_daemon(rundir, b'{"ok":true}\n'):
        if os.geteuid() == 0:
            p = ctl("ping", user=65534)
        else:
            (rundir / "control.sock").chmod(0)
            p = ctl("ping")
    assert p.returncode == DENIED and "permission denied" in p.stderr


def test_a_text_that_is_none(ctl):  # noqa: F811
    p = subprocess.run([binary("ttsctl"), "say", b"\xff"],
                       capture_output=True)
    assert p.returncode == DATA and b"not UTF-8" in p.stderr


# ---- help ------------------------------------------------------------------


def test_help_and_version_are_commands(ctl):  # noqa: F811
    for args, same in [(["help"], ["--help"]), (["version"], ["--version"]),
                       (["help", "say"], ["say", "--help"])]:
        p = ctl(*args)
        assert (p.returncode, p.stderr) == (DONE, "")
        assert p.stdout == ctl(*same).stdout != ""
    p = ctl("help", "sya")
    assert p.returncode == USAGE and "did you mean 'say'?" in p.stderr


@pytest.mark.parametrize("args, meant", [
    (["pasue"], "pause"), (["histroy"], "history"), (["Say", "x"], "say"),
    (["say", "--priorty", "high", "x"], "--priority"),
    (["history", "--sicne=1h"], "--since"),
    (["pause", "--zoen", "x"], "--zone"),
    (["bogus"], None), (["say", "-5"], None), (["say", "--xyzzy"], None),
])
def test_did_you_mean(ctl, args, meant):  # noqa: F811
    p = ctl(*args)
    assert p.returncode == USAGE and p.stderr.count("\n") == 1
    if meant:
        assert f" (did you mean '{meant}'?); " in p.stderr
    else:
        assert "did you mean" not in p.stderr


def test_did_you_mean_that_channel(start, ctl):  # noqa: F811
    """ttsd and streamer-supervisor know the names, and say it."""
    start(*ZONES)
    for command in ["say", "x"], ["pause"], ["history"], ["events"]:
        p = ctl(*command, "-c", "hlal")
        assert p.returncode == FAILED and "did you mean 'hall'?" in p.stderr
    assert "did you mean 'all'?" in ctl("skip", "-c", "alll").stderr
    assert "did you mean" not in ctl("skip", "-c", "roof").stderr


def test_did_you_mean_that_output(rundir, ctl):  # noqa: F811
    with Daemon("streamer-supervisor", rundir,
                "-D", "output.lobby.url=rtmp://127.0.0.1:9/live/a",
                "-D", "output.lobby.autostart=no", ready="is up"):
        p = ctl("start", "loby")
        assert p.returncode == FAILED and "did you mean 'lobby'?" in p.stderr


# ---- zones -----------------------------------------------------------------


def test_zone_is_an_option_wherever_several_channels_are(ctl):  # noqa: F811
    """Story: `say` had --zone, and `pause --zone all` was an unknown option,
    though `pause -c all` did just that."""
    several = [c for c in commands(ctl) if "NAME,..." in
               ctl(c, "--help").stdout]
    assert {"say", "skip", "clear", "pause", "resume", "queue", "history",
            "status", "top", "set", "events", "call",
            "transfer"} == set(several)
    for command in several:
        assert "      --zone NAME,...  " in ctl(command, "--help").stdout


def test_zones_and_channels(start, ctl, follow):  # noqa: F811
    d = start(*ZONES)
    assert ctl("pause", "--zone", "all").returncode == DONE
    assert ctl("say", "--zone=all", "200ms").stdout.count("held") == 2
    with d.control() as c:
        c.subscribe("queued")
        # What is named twice is meant once, and nothing is forgotten.
        p = ctl("say", "-c", "main", "--zone", "all", "-c", "hall", "200ms")
        assert p.stdout.count("announcement") == 3, p.stdout
        assert {c.event("queued")["channel"] for _ in range(3)} == {
            "main", "hall", "ward"}
    assert ctl("queue", "--zone", "all").stdout.count("200ms") == 4
    assert ctl("clear", "--zone", "all").stdout.endswith(": 4\n")
    assert ctl("set", "--zone", "all", "volume=40").returncode == DONE
    assert len(table(ctl("history", "--zone", "all").stdout)) == 4
    zones = table(ctl("channels").stdout.split("\n\n")[1])
    assert zones == [{"ZONE": "all", "CHANNELS": "hall, ward"}]
    channels = json.loads(ctl("-j", "status", "--zone", "all").stdout)
    assert [c["name"] for c in channels["channels"]] == ["hall", "ward"]
    p = follow("-j", "events", "--zone", "all", "queued")
    line = wait_until(lambda: ctl("say", "100ms") and ctl(
        "say", "-c", "ward", "100ms") and line_of(p), "an event")
    assert json.loads(line)["channel"] == "ward"
    p = ctl("skip", "--zone", "none")
    assert p.returncode == FAILED and "no channel or zone 'none'" in p.stderr


@pytest.mark.parametrize("command", ["say", "pause", "events"])
def test_a_zone_needs_a_name(ctl, command):  # noqa: F811
    assert ctl(command, "--zone").returncode == USAGE


# ---- Ctrl-C ----------------------------------------------------------------


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_what_goes_on_without_it(start, ctl, follow, rundir,  # noqa: F811
                                 signum):
    """Story: who pressed Ctrl-C in `say --wait` thought that it was taken
    back, and heard it all the same."""
    start(*ZONES)
    ctl("pause", "--zone", "all")
    for zone, ids in ("all", "1 2"), ("ward", "3"):
        p = follow("say", "--wait", "--zone", zone, "100ms")
        for _ in ids.split():
            p.stdout.readline()
        p.send_signal(signum)
        assert p.wait(daemon.PATIENCE_S) == -signum
        words = p.stderr.read().decode()
        assert words.count("\n") == 1
        assert words.endswith(f": ttsctl -r {rundir} cancel {ids}\n"), words
        assert ctl("cancel", *ids.split()).returncode == DONE


def test_nothing_goes_on_without_it(rundir, follow):  # noqa: F811
    """Before there is an id there is nothing to say, nor after the end."""
    with fake_daemon(rundir, b'{"ok":true}\n', requests=2) as asked:
        p = follow("say", "--wait", "Hello")
        wait_until(lambda: len(asked) == 2, "it asks")
        p.send_signal(signal.SIGINT)
        assert p.wait(daemon.PATIENCE_S) == -signal.SIGINT
        assert p.stderr.read() == b""


# ---- what is pasted --------------------------------------------------------


@pytest.mark.parametrize("words, ids", [
    (["7"], 7), (["announcement 7"], 7), (["announcement", "7"], 7),
    (["hall: announcement 7, 2 before it"], 7), (["announcement 7: spoken"], 7),
    (["announcement 7", "8"], [7, 8]),
    (["announcement", "7", "announcement", "8"], [7, 8]),
])
def test_cancel_takes_what_say_prints(rundir, ctl, words, ids):  # noqa: F811
    """Story: `ttsctl cancel "announcement 19"` was refused, and that is what
    `say` had printed."""
    with fake_daemon(rundir, b'{"ok":true,"outcome":"cancelled",'
                     b'"cancelled":2}\n') as asked:
        p = ctl("cancel", *words)
    assert asked == [{"op": "cancel", **(
        {"id": ids} if isinstance(ids, int) else {"ids": ids})}]
    assert p.stdout == ("announcement 7: cancelled\n"
                        if isinstance(ids, int) else "cancelled: 2 of 2\n")


@pytest.mark.parametrize("words", [
    ["announcement"], ["announcement x"], ["announcement 7x"], ["7,"],
    ["announcement 0"], ["7", "announcement -1"], ["announcements 7"]])
def test_cancel_of_what_is_no_id(ctl, words):  # noqa: F811
    p = ctl("cancel", *words)
    assert p.returncode == USAGE and "is not the id" in p.stderr


# ---- what a script wants ---------------------------------------------------


def test_quiet_prints_the_id_alone(start, ctl):  # noqa: F811
    start(*ZONES)
    assert ctl("say", "-q", "100ms").stdout == "1\n"
    assert ctl("say", "--quiet", "--wait", "100ms").stdout == "2\n"
    ctl("pause", "--zone", "all")
    p = ctl("say", "-q", "--zone", "all", "100ms")
    assert (p.stdout, p.stderr) == ("3\n4\n", "")
    assert ctl("cancel", *p.stdout.split()).returncode == DONE


@pytest.mark.parametrize("text, byte", [
    (b"\0", 1), (b"Hello\0", 6), ("H\u00e9llo".encode("utf-16-le"), 2)])
def test_nul_is_no_text(ctl, text, byte):  # noqa: F811
    """Story: what came back was about \\u0000 in JSON, which nobody had
    written."""
    p = subprocess.run([binary("ttsctl"), "say", "-"], input=text,
                       capture_output=True)
    assert p.returncode == DATA
    assert p.stderr.startswith(b"ttsctl: byte %d of the text is a NUL" % byte)


# ---- what the answer tells -------------------------------------------------


def test_what_is_kept_and_what_is_not(start, ctl, rundir):  # noqa: F811
    """Story: of a channel with `durable = no` it said each time that its
    announcement is not kept, and that the log says why, which said nothing."""
    start("-D", "channel.main.engine=tone", "-D", "channel.main.durable=no")
    p = ctl("say", "--wait", "100ms")
    assert (p.returncode, p.stderr) == (DONE, "")


def test_why_it_is_not_kept(rundir, ctl):  # noqa: F811
    with fake_daemon(rundir, b'{"ok":true,"id":1,"durable":false,'
                     b'"reason":"the disk is full"}\n'):
        p = ctl("say", "Hello")
    assert (p.returncode, p.stdout) == (DONE, "announcement 1\n")
    assert p.stderr == ("ttsctl: it is not kept over a restart of ttsd: the "
                        "disk is full\n")
