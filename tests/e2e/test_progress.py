"""`say --wait` on a terminal tells how far it has come, in a line that is
written over."""
import contextlib
import signal

import pytest

from client import ctl  # noqa: F401
from daemon import Ttsd, binary, wait_until
from supervisor import define, nginx, supervise  # noqa: F401
from terminal import Terminal

TONE = ("-D", "channel.main.engine=tone", "-D", "channel.hall.engine=tone")
# A text whose second word is on air until it is cancelled.
SLOW = "ms=10 one ms=600000 two ms=10 three"


@pytest.fixture
def say(rundir):
    with contextlib.ExitStack() as stack:
        def run(*args, **kw):
            return stack.enter_context(Terminal(
                binary("ttsctl"), "-r", rundir, "say", *args, **kw))
        yield run


@pytest.fixture
def ttsd(rundir):
    with Ttsd(rundir, *TONE) as t:
        yield t


def test_queued_and_on_air(ttsd, say, ctl):  # noqa: F811
    ctl("say", SLOW)
    ctl("say", "ms=10 next")
    t = say("--wait", SLOW)
    t.shows("announcement 3, 2 before it\nannouncement 3 is queued, 2 before")
    ctl("cancel", 2)
    t.shows("announcement 3 is queued, 1 before it")
    ctl("skip")
    t.shows("announcement 3 is on air 0:", ": ms=10 one ms=600000 two")
    assert "three" not in t.text()
    ctl("skip")
    assert t.ended() == 1
    assert t.text() == ("announcement 3, 2 before it\n"
                        "ttsctl: announcement 3: cancelled (skipped)")


def test_it_is_gone_at_the_end(ttsd, say):
    t = say("--wait", "ms=1500 one")
    t.shows("announcement 1\nannouncement 1 is on air 0:00, 0:0")
    assert t.ended() == 0 and t.text() == "announcement 1"


def test_a_narrow_terminal(ttsd, say):
    """What is cut is the beginning of what was said; no line is wrapped."""
    t = say("--wait", "ms=10 one two three four ms=600000 five", columns=60)
    line = t.shows(" five").splitlines()[1]
    assert len(line) < 60 and "…" in line


def test_a_channel_that_is_named(ttsd, say):
    t = say("--wait", "-c", "hall", SLOW)
    t.shows("announcement 1 is on air 0:", "two")


def test_a_schedule(ttsd, say):
    say("--wait", "--delay", "30m", "one").shows("announcement 1 is due in 29:")


def test_waits_for_receipts(ttsd, say, nginx, supervise):  # noqa: F811
    s = supervise(*define("live", url=nginx.url(), hear="yes",
                          probe_url=nginx.url()))
    wait_until(lambda: (s.output()["heard"] or {}).get("state") ==
               "silent-as-sent", "it is heard")
    t = say("--wait=heard", "ms=2000 amp=0.5 a", columns=120)
    t.shows("was spoken; waiting for the receipts of live")
    assert t.ended() == 0 and t.text() == "announcement 1"


def test_interrupted(ttsd, say):
    t = say("--wait", SLOW)
    t.shows("is on air 0:")
    t.process.send_signal(signal.SIGINT)
    assert t.ended() == -signal.SIGINT
    assert t.text().splitlines()[1].startswith(
        "ttsctl: what was asked for is still waiting, or on air;")


def test_over_a_restart(rundir, say):
    with Ttsd(rundir, *TONE) as ttsd:
        t = say("--wait", "ms=3000 one")
        t.shows("is on air 0:")
        ttsd.kill()
        t.shows("waiting for it")
    with Ttsd(rundir, *TONE):
        t.shows("announcement 1 is on air 0:")
        assert t.ended() == 0
    assert "is on air" not in t.text()


@pytest.mark.parametrize("option", ["--json", "-q"])
def test_who_wants_none(ttsd, say, option):
    t = say("--wait", option, "ms=300 one")
    assert t.ended() == 0 and "\033" not in "".join(t.reads)


def test_elsewhere_there_is_none(ttsd, ctl):  # noqa: F811
    p = ctl("say", "--wait", "ms=300 one")
    assert (p.returncode, p.stdout, p.stderr) == (0, "announcement 1\n", "")
