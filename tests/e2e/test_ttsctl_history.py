"""`ttsctl history`: its columns, and how times are named."""
import csv
import datetime
import io
import json
import os
import time

import pytest

from client import ctl, fake_daemon, follow, table  # noqa: F401
from daemon import wait_until

DONE, USAGE, UNREACHABLE = 0, 64, 69

LINE = {"id": 1, "channel": "main", "text": "Number 12", "accepted_ms": 0,
        "replays": 0, "receipts": []}


def history(rundir, ctl, rows, *options):  # noqa: F811
    reply = {"ok": True, "items": rows}
    with fake_daemon(rundir, json.dumps(reply).encode() + b"\n"):
        p = ctl("history", *options)
    (rundir / "control.sock").unlink()
    assert p.returncode == DONE, p.stderr
    return p.stdout


@pytest.mark.parametrize("more, columns", [
    ({}, set()), ({"key": "train 7"}, {"KEY"}), ({"replays": 2}, {"REPLAYS"}),
    ({"key": "a", "replays": 1, "reason": "x"}, {"KEY", "REPLAYS", "REASON"}),
    ({"rounds": 12}, {"ROUNDS"}),
])
def test_columns_that_tell_something(rundir, ctl, more, columns):  # noqa: F811
    """Story: which announcement had which key, and what was begun twice, was
    in --json and --csv alone."""
    rows = [{**LINE, **more}, {**LINE, "id": 2}]
    told = table(history(rundir, ctl, rows))
    assert set(told[0]) & {
        "KEY", "REPLAYS", "REASON", "ROUNDS"} == columns
    # The latest comes last.
    for column in columns:
        assert told[1][column] == str(more[column.lower()])
        assert told[0][column] == "-"
    lines = list(csv.DictReader(io.StringIO(
        history(rundir, ctl, rows, "--csv"), newline="")))
    assert [line["replays"] for line in lines] == [
        "0", str(more.get("replays", 0))]
    assert [line["rounds"] for line in lines] == [
        "", str(more.get("rounds", ""))]
    assert [line["key"] for line in lines] == ["", more.get("key", "")]


def test_nothing_is_cut_in_a_pipe(rundir, ctl):  # noqa: F811
    text = "请A023号到三号窗口" * 80
    told = history(rundir, ctl, [{**LINE, "text": text}])
    assert text in told and "…" not in told


# ---- times -----------------------------------------------------------------

EAST = datetime.timezone(datetime.timedelta(minutes=90))


def asked_for(rundir, ctl, *args):  # noqa: F811
    """The request that ttsctl makes of it, in a local time of UTC+1:30."""
    with fake_daemon(rundir, b'{"ok":true,"id":1,"items":[]}\n') as asked:
        p = ctl(*args, env={**os.environ, "TZ": "EAST-1:30"})
    (rundir / "control.sock").unlink()
    assert p.returncode == DONE, p.stderr
    return asked[0]


def test_since_and_until(rundir, ctl):  # noqa: F811
    """Story: when was it? At ten to three. --since took that in the form of
    RFC 3339 alone, with seconds and a time zone."""
    now = datetime.datetime.now(EAST)
    earlier, later = (now + datetime.timedelta(hours=h) for h in (-1, 1))
    minute = {"second": 0, "microsecond": 0}
    midnight = {"hour": 0, "minute": 0, **minute}
    for written, meant in [
            (f"{earlier:%H:%M}", earlier.replace(**minute)),
            (f"{earlier.hour}:{earlier:%M}", earlier.replace(**minute)),
            # That is to come: it was yesterday.
            (f"{later:%H:%M:%S}", later.replace(microsecond=0) -
             datetime.timedelta(days=1)),
            (f"{later:%Y-%m-%d}", later.replace(**midnight)),
            (f"{later:%Y-%m-%d %H:%M}", later.replace(**minute)),
            (f"{later:%Y-%m-%dT%H:%M:%S}", later.replace(microsecond=0)),
            ("2026-11-20T09:00:00+01:00", datetime.datetime(
                2026, 11, 20, 8, tzinfo=datetime.timezone.utc))]:
        request = asked_for(rundir, ctl, "history", "--since", written,
                            "--until", written)
        assert request["since_ms"] == request["until_ms"] == round(
            meant.timestamp() * 1000), written
    for written, seconds in [("1.5s", 1.5), ("90m", 5400), ("2d", 172800)]:
        begun = time.time()
        ms = asked_for(rundir, ctl, "history", "--since", written)["since_ms"]
        assert begun - 1 <= ms / 1000 + seconds <= time.time() + 1


def test_at(rundir, ctl):  # noqa: F811
    later = datetime.datetime.now(EAST) + datetime.timedelta(hours=1)
    for written in (f"{later:%H:%M}", f"{later:%Y-%m-%d %H:%M}"):
        at = asked_for(rundir, ctl, "say", "--at", written, "Hello")["at"]
        assert datetime.datetime.strptime(
            at, "%Y-%m-%dT%H:%M:%S.%f%z") == later.replace(
                second=0, microsecond=0)


@pytest.mark.parametrize("option, written, field, ms", [
    ("--ttl", "2m", "ttl_ms", 120000), ("--ttl", "1500", "ttl_ms", 1500),
    ("--gap", "1.5s", "gap_ms", 1500), ("--delay", "1h", "delay_ms", 3600000),
    ("--delay", "250ms", "delay_ms", 250),
])
def test_durations(rundir, ctl, option, written, field, ms):  # noqa: F811
    """Story: two minutes were --ttl 120000."""
    request = asked_for(rundir, ctl, "say", option, written, "Hello")
    assert request[field] == ms


def test_lead_and_patience(rundir, ctl, follow):  # noqa: F811
    assert ctl("-w", "10ms", "ping").returncode == UNREACHABLE
    with fake_daemon(rundir, b'{"ok":true}\n') as asked:
        follow("events", "--lead", "0.5s")
        assert wait_until(lambda: asked, "it asks")[0]["lead_ms"] == 500


@pytest.mark.parametrize("args, expected", [
    (["history", "--since", "soon"], "how long ago"),
    (["history", "--until", "25:00"], "a time of day (14:50)"),
    (["history", "--since", "2026-02-30"], "a date (2026-11-29)"),
    (["say", "--at", "1w", "x"], "how long from now"),
    (["say", "--ttl", "2min", "x"], "a duration (500ms, 1.5s, 2m, 1h)"),
    (["say", "--ttl", "99999999999999999999", "x"], "a duration"),
    (["-w", "9999999999999999", "-w", "x", "ping"], "a number of seconds"),
])
def test_what_is_no_time(ctl, args, expected):  # noqa: F811
    p = ctl(*args)
    assert p.returncode == USAGE and expected in p.stderr
