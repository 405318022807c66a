"""`ttsctl history`: its columns, and how times are named."""
import csv
import io
import json

import pytest

from client import ctl, fake_daemon, table  # noqa: F401

DONE, USAGE = 0, 64

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
])
def test_columns_that_tell_something(rundir, ctl, more, columns):  # noqa: F811
    """Story: which announcement had which key, and what was begun twice, was
    in --json and --csv alone."""
    rows = [{**LINE, **more}, {**LINE, "id": 2}]
    told = table(history(rundir, ctl, rows))
    assert set(told[0]) & {"KEY", "REPLAYS", "REASON"} == columns
    # The latest comes last.
    for column in columns:
        assert told[1][column] == str(more[column.lower()])
        assert told[0][column] == "-"
    lines = list(csv.DictReader(io.StringIO(
        history(rundir, ctl, rows, "--csv"), newline="")))
    assert [line["replays"] for line in lines] == [
        "0", str(more.get("replays", 0))]
    assert [line["key"] for line in lines] == ["", more.get("key", "")]


def test_nothing_is_cut_in_a_pipe(rundir, ctl):  # noqa: F811
    text = "请A023号到三号窗口" * 80
    told = history(rundir, ctl, [{**LINE, "text": text}])
    assert text in told and "…" not in told
