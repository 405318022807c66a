"""Log lines are key=value, and who reads them may trust the keys."""
import re

import pytest

import peers
from daemon import wait_until
from supervisor import (  # noqa: F401
    ASKED, define, script, source, supervise)

# Controls, no UTF-8, an end of the value, keys of ours.
FORGED = r'\033[31m \342\200\256 \377 x" id=7 spoken reason="\\" pid=1'

QUOTED = r'"(?:[^"\\]|\\(?:["\\nrt]|x[0-9a-f]{2}|u[0-9a-f]{4}))*"'


def keys(line):
    """The keys of a line outside its quoted values, all of which must end."""
    rest = re.sub(QUOTED, "Q", line)
    assert '"' not in rest, line
    return re.findall(r"(\w+)=", rest)


def lines_with(log, word):
    return [line for line in log.splitlines() if word in line]


def test_an_engine_cannot_forge_keys(rundir, start):
    """Story: an engine that wrote `x" id=7 spoken reason="` to its standard
    error, or gave that as its reason, made our line say it of announcement
    7."""
    bad = script(rundir, f"printf '{FORGED}\\n' >&2; exit 3\n", "bad")
    ttsd = start("-D", "engine.bad.type=command",
                 "-D", f"engine.bad.command={bad}",
                 "-D", "channel.main.engine=bad")
    with ttsd.control() as control:
        control.subscribe("finished")
        control.ask("say", text="Hello")
        done = control.event("finished")
        assert done["outcome"] == "failed" and 'x" id=7' in done["reason"]
    log = ttsd.logged()
    said = lines_with(log, "says=")
    assert said and all(keys(line) == ["engine", "pid", "says"]
                        for line in said), said
    failed = lines_with(log, " outcome=failed ")
    assert [keys(line) for line in failed] == \
        [["channel", "id", "outcome", "reason"]]
    assert not re.search(r"[^\x20-\x7e\n]", log), "controls are escaped"


@pytest.mark.parametrize("line", [
    rf"\r{FORGED}",
    r'[rtmp @ 0x1] [error] 403 Forbidden" output=b b->running reason="'])
def test_ffmpeg_cannot_forge_keys(rundir, supervise, source, line):
    """Story: ffmpeg repeats what a server says, and its lines and the reason
    of a change of state stood in our log as they came."""
    program = script(rundir, ASKED + f"printf '{line}\\n' >&2; exit 1\n")
    s = supervise(*define(url="rtmp://127.0.0.1/a/b"),
                  "-D", f"streamer.ffmpeg={program}")
    wait_until(lambda: re.search("->(backoff|rejected)", s.logged()),
               "it failed")
    log = s.logged()
    said = lines_with(log, "ffmpeg says=")
    assert said and all(keys(li) == ["output", "says"] for li in said), said
    ended = [keys(li) for li in lines_with(log, "output=live starting->")]
    assert ended and all(
        found in (["output", "reason"], ["output", "reason", "backoff_ms"])
        for found in ended), log
    assert not re.search(r"[^\x20-\x7e\n]", log), "controls are escaped"


def test_a_clients_file_name_cannot_forge_keys(rundir, supervise, source):
    """Story: whoever may add an output gives names of files, which our
    warnings repeat."""
    s = supervise()
    path = rundir / 'k output=b "\nx'
    path.write_text("abc")
    path.chmod(0o644)
    with s.control() as c:
        c.ask("add", name="live", url="rtmp://127.0.0.1:1/a",
              key_file=str(path))
    wait_until(lambda: "can be read by other users" in s.logged(), "warned")
    warned = lines_with(s.logged(), "can be read by other users")
    assert [keys(li) for li in warned] == [["output", "key_file"]]


def test_a_dead_output_is_not_told_for_ever(supervise, source):
    """Story: an output whose server was gone for good wrote fifteen lines a
    minute."""
    port = peers.free_port()
    s = supervise(*define(url=f"rtmp://127.0.0.1:{port}/a/b",
                          backoff_max="50ms"))
    wait_until(lambda: s.output()["restarts"] >= 8, "it was tried eight times")
    told = [line for line in lines_with(s.logged(), "output=live ")
            if " debug: " not in line]
    ends = [line for line in told if "->backoff" in line]
    assert len(ends) == 3, told
    assert ends[2].endswith(" (the same again is counted, and told every 10 "
                            "min)")
    assert told[-1] == ends[2]
    with s.control() as c:
        c.ask("stop", name="live")
    wait_until(lambda: "->stopped" in lines_with(s.logged(), " info: ")[-1],
               "the stop is told")
