"""`ttsctl top`: all of it on one screen, live on a terminal and once without
one."""
import contextlib
import json
import signal

import pytest

from client import ctl  # noqa: F401
from daemon import Ttsd, binary, wait_until
from gateway import Gateway
from supervisor import define, nginx, supervise  # noqa: F401
from terminal import Terminal

TONE = ("-D", "channel.main.engine=tone", "-D", "channel.hall.engine=tone")
# A text whose words are on air long enough to be looked at.
SLOW = "ms=10 one ms=600000 two ms=10 three"


@pytest.fixture
def top(rundir):
    with contextlib.ExitStack() as stack:
        def run(*args, **kw):
            return stack.enter_context(Terminal(
                binary("ttsctl"), "-r", rundir, "top", *args, **kw))
        yield run


@pytest.fixture
def ttsd(rundir):
    with Ttsd(rundir, *TONE) as t:
        yield t


def on_air(ttsd, text=SLOW, word="two", **fields):
    """Its id, once that word of it is on air."""
    with ttsd.control() as c:
        c.subscribe("word")
        number = c.ask("say", text=text, **fields)["id"]
        c.event("word", id=number, text=word)
    return number


def wait_behind(ttsd, *texts, **fields):
    with ttsd.control() as c:
        return [c.ask("say", text=t, **fields)["id"] for t in texts]


# ---- live ------------------------------------------------------------------


def test_words_light_up(ttsd, top, ctl):  # noqa: F811
    """Where there are no colours, they stand in brackets."""
    t = top(env={"NO_COLOR": "1"})
    t.shows("ttsd 0", "main  idle", "hall  idle")
    number = on_air(ttsd)
    t.shows(f"  {number}  on air 0:", "    ms=10 one ms=600000 [two] ms=10")
    ctl("cancel", number)
    wait_until(lambda: "[two]" not in t.text(), "it is gone")
    t.shows("main  idle")
    assert not t.colours


def test_colours(ttsd, top):
    t = top()
    t.shows("main  idle")
    on_air(ttsd)
    t.shows("600000 two")
    wait_until(lambda: "1;32" in t.colours, "the word is lit")


def test_what_waits(ttsd, top, ctl):  # noqa: F811
    on_air(ttsd)
    first, second = wait_behind(ttsd, "first", "second")
    urgent, = wait_behind(ttsd, "third", priority="high", channel="main")
    later, = wait_behind(ttsd, "fourth", delay_ms=3_000_000)
    t = top()
    text = t.shows("first", "second", "third", "fourth", "4 waiting")
    rows = [line.split()[0] for line in text.splitlines()
            if line.startswith("  ") and line.split()[0].isdigit()][1:]
    assert rows == [str(i) for i in (urgent, first, second, later)]
    assert " high " in text and "in 49:" in text
    ctl("clear")
    t.shows("0 waiting")
    ctl("pause")
    t.shows("main  paused")


def test_who_comes_late_sees_all_of_the_text(ttsd, top):
    """`queue` tells 120 characters of it, the event before all."""
    on_air(ttsd, text=SLOW + " more" * 40)
    t = top(env={"NO_COLOR": "1"}, rows=40)
    t.shows("main  speaking", "ms=600000")
    wait_until(lambda: t.text().count("more") == 40, t.text())


def test_how_long_it_goes_on(ttsd, top):
    """By the plan, or by how fast it was spoken before."""
    with ttsd.control() as c:
        c.subscribe("finished")
        number = c.ask("say", text="ms=100 ten of them")["id"]
        c.event("finished", id=number)
    on_air(ttsd, text=SLOW, word="two")
    wait_behind(ttsd, "a text of twenty chars")
    text = top().shows(" left", "chars")
    line = next(row for row in text.splitlines() if "chars" in row)
    assert "~" in line


def test_channels_that_are_asked_for(ttsd, top, supervise):  # noqa: F811
    supervise(*TONE, *define("one", channel="hall", autostart="no",
                             url="udp://127.0.0.1:9"),
              *define("two", autostart="no", url="udp://127.0.0.1:9"))
    text = top("-c", "hall").shows("hall  idle", "one")
    assert "main  " not in text and "\ntwo" not in text


def test_outputs_and_receipts(ttsd, top, nginx, supervise, ctl):  # noqa: F811
    s = supervise(
        *define("live", url=nginx.url("secret-key"), hear="yes",
                probe_url=nginx.url("secret-key")),
        *define("dead", url="rtmp://127.0.0.1:9/live/dead",
                backoff_initial="20s", backoff_max="20s"))
    wait_until(lambda: (s.output()["heard"] or {}).get("state") ==
               "silent-as-sent", "it is heard")
    t = top(columns=120)
    t.shows("live    running", "silent-as-sent", "dead    backoff",
            "  waits ")
    with ttsd.control() as c:
        number = c.ask("say", text="ms=2000 amp=0.5 a")["id"]
    t.shows(f"of {number}: heard, ", " ms ", f"of {number}: missed, ")
    assert "secret-key" not in "".join(t.reads)


def test_either_may_be_away(rundir, top, supervise):  # noqa: F811
    s = supervise(*define("off", url="udp://127.0.0.1:9", autostart="no"))
    with Ttsd(rundir, *TONE) as ttsd:
        t = top()
        t.shows("main  idle", "off     stopped")
        ttsd.kill()
        t.shows("ttsd closed the connection", "waiting for it")
    with Ttsd(rundir, *TONE) as ttsd:
        t.shows("  ttsd 0", "main  idle")
        s.kill()
        t.shows("streamer-supervisor closed the connection", "off  ")
        on_air(ttsd)
        t.shows("600000 two")
        supervise(*define("new", url="udp://127.0.0.1:9", autostart="no"))
        t.shows("new     stopped", "600000 two")
        assert "off  " not in t.text()


def test_one_that_was_never_there(ttsd, top, supervise):  # noqa: F811
    t = top()
    t.shows("main  idle", "streamer-supervisor is not running")
    supervise(*define("new", url="udp://127.0.0.1:9", autostart="no"))
    t.shows("new     stopped")


def test_none_is_there(top):
    t = top()
    assert t.ended() == 69 and "ttsd is not running" in t.text()
    assert t.frames == 0 and "1049" not in t.modes


def test_small_and_large(start, top):
    ttsd = start(*TONE, "-D", "channel.cafe.engine=tone")
    t = top(columns=100, rows=30)
    t.shows("main  idle")
    on_air(ttsd)
    wait_behind(ttsd, "一二三四五六七八九十" * 6, "second")
    t.shows("second", "hall  idle")
    t.resize(52, 5)
    wait_until(lambda: "hall" not in t.text() and "600000 two" in t.text(),
               "what has to be seen is there")
    assert "channels where nothing is said: 2" in t.text()
    t.resize(100, 30)
    t.shows("second", "hall  idle")


@pytest.mark.parametrize("signum", [None, signal.SIGINT, signal.SIGTERM])
def test_the_terminal_is_given_back(ttsd, top, signum):
    t = top(keys=True)
    t.shows("main  idle")
    assert not t.echoes() and t.modes["1049"]
    if signum:
        t.process.send_signal(signum)
    else:
        t.type("q")
    assert t.ended() == -(signum or 0) and t.echoes()
    assert t.modes == {"25": True, "7": True, "1049": False}


# ---- once ------------------------------------------------------------------


def test_once(ttsd, ctl, supervise):  # noqa: F811
    supervise(*define("off", url="udp://127.0.0.1:9", autostart="no"))
    number = on_air(ttsd)
    wait_behind(ttsd, "next")
    p = ctl("top")
    assert (p.returncode, p.stderr) == (0, "")
    assert "\033" not in p.stdout
    assert f"\n  {number}  on air 0:" in p.stdout
    assert f"    {SLOW}\n" in p.stdout and "  next\n" in p.stdout
    assert "\noff     stopped" in p.stdout


def test_json(ttsd, ctl, supervise):  # noqa: F811
    supervise(*define("off", url="udp://127.0.0.1:9", autostart="no"))
    number = on_air(ttsd)
    waiting, = wait_behind(ttsd, "next")
    p = ctl("--json", "top")
    assert (p.returncode, p.stderr, p.stdout.count("\n")) == (0, "", 1)
    o = json.loads(p.stdout)
    assert [c["name"] for c in o["ttsd"]["channels"]] == ["main", "hall"]
    assert [i["name"] for i in o["streamer"]["outputs"]] == ["off"]
    assert [i["id"] for i in o["queues"]["main"]] == [number, waiting]
    assert (o["on_air"]["main"]["id"], o["on_air"]["main"]["text"]) == (
        number, SLOW)
    assert o["on_air"]["main"]["for_ms"] >= 0 and "hall" not in o["on_air"]
    assert o["trouble"] == {} and "gateway" not in o


def test_once_without_a_supervisor(ttsd, ctl):  # noqa: F811
    p = ctl("top")
    assert p.returncode == 0 and "main  idle" in p.stdout
    assert "streamer-supervisor is not running" in p.stdout
    o = json.loads(ctl("--json", "top").stdout)
    assert o["streamer"] is None
    assert "is not running" in o["trouble"]["streamer-supervisor"]


def test_once_and_nobody_there(ctl):  # noqa: F811
    p = ctl("top")
    assert (p.returncode, p.stdout) == (69, "")
    assert "ttsd is not running" in p.stderr


def test_a_channel_that_is_not_there(ttsd, ctl):  # noqa: F811
    p = ctl("top", "-c", "nosuch")
    assert (p.returncode, p.stdout) == (1, "")
    assert "there is no channel or zone 'nosuch'" in p.stderr


def test_the_gateway(ttsd, ctl, rundir):  # noqa: F811
    """Where the configuration has it listen, at a port or a socket."""
    conf = rundir / "ttsd.conf"
    with Gateway(rundir) as g:
        conf.write_text(f"[http]\nlisten = 127.0.0.1:{g.port}\n")
        assert (f"ttsd-gateway listens at 127.0.0.1:{g.port}\n" in
                ctl("top", "--config", conf).stdout)
        o = json.loads(ctl("top", "-j", "--config", conf).stdout)
        assert o["gateway"] == {"at": f"127.0.0.1:{g.port}", "answers": True}
    assert "ttsd-gateway does not answer at" in ctl(
        "top", "--config", conf).stdout
    conf.write_text(f"[http]\nlisten = {rundir}/http.sock\n")
    assert f"does not answer at {rundir}/http.sock" in ctl(
        "top", "--config", conf).stdout
