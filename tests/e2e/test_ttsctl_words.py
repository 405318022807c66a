"""What may be written on ttsctl's command line, and what is said of what may
not."""
import json

import pytest

from client import (  # noqa: F401
    ctl, fake_daemon, follow, line_of, table)
from daemon import wait_until

DONE, FAILED, USAGE = 0, 1, 64

ZONES = ["-D", "channel.main.engine=tone", "-D", "channel.hall.engine=tone",
         "-D", "channel.ward.engine=tone",
         "-D", "zone.all.channels=hall ward"]


def commands(ctl):  # noqa: F811
    return [line.split()[0] for line in ctl("--help").stdout.partition(
        "Commands:\n")[2].partition("\n\n")[0].splitlines()]


# ---- zones -----------------------------------------------------------------


def test_zone_is_an_option_wherever_several_channels_are(ctl):  # noqa: F811
    """Story: `say` had --zone, and `pause --zone all` was an unknown option,
    though `pause -c all` did just that."""
    several = [c for c in commands(ctl) if "NAME,..." in
               ctl(c, "--help").stdout]
    assert {"say", "skip", "clear", "pause", "resume", "queue", "history",
            "status", "set", "events"} == set(several)
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
