"""What became of each announcement at each output. What was spoken while its
server was gone was listed as spoken, and nobody had heard it."""
import signal

import pytest

from client import ctl  # noqa: F401
from daemon import Ttsd, command_line, wait_until
from receivers import Icecast
from supervisor import define, nginx, supervise, until  # noqa: F401

TEXT = "Now serving number {}. Please go to counter {}, on the left."


@pytest.fixture
def ttsd(rundir):
    with Ttsd(rundir) as t:
        yield t


def say(ttsd, *numbers):
    with ttsd.control() as c:
        return c.ask("say", text=TEXT.format(*numbers))["id"]


def history(ttsd, number, **fields):
    """The receipts that are kept of it, by output."""
    with ttsd.control() as c:
        item, = [i for i in c.ask("history", **fields)["items"]
                 if i["id"] == number]
    return {r["output"]: r for r in item["receipts"]}


def told(c, number, last, output="live"):
    """The events of an announcement, up to that state."""
    seen = c.until("receipt", id=number, state=last, output=output)
    return [e for e in seen if e["event"] == "receipt"
            and (e["id"], e["output"]) == (number, output)]


def states(receipts):
    return [r["state"] for r in receipts]


def running(s, name="live"):
    wait_until(lambda: s.output(name)["state"] == "running", "it runs")


def test_all_is_well(supervise, ttsd, nginx):
    s = supervise(*define(url=nginx.url(), probe_url=nginx.url(), hear="yes"))
    wait_until(lambda: (s.output()["heard"] or {}).get("state") ==
               "silent-as-sent", "it is heard")
    with ttsd.control() as c:
        c.subscribe("receipt")
        number = say(ttsd, 41, 2)
        seen = told(c, number, "heard")
    assert states(seen) == ["sent", "delivered", "heard"]
    assert seen[0]["time"] <= seen[1]["time"] <= seen[2]["time"]
    assert seen[2]["confidence"] > 0.9
    wait_until(lambda: history(ttsd, number)["live"]["state"] == "heard",
               "it is kept")
    kept = history(ttsd, number)["live"]
    assert kept["sent_ms"] == seen[0]["time"]
    assert kept["delivered_ms"] == seen[1]["time"]
    assert kept["decided_ms"] == seen[2]["time"]
    assert kept["delay_ms"] == seen[2]["delay_ms"]
    assert s.output()["receipts"] == {
        "sent": 1, "delivered": 1, "heard": 1, "missed": 0, "unknown": 0}


def test_icecast_without_an_ear(supervise, ttsd):
    with Icecast() as icecast:
        s = supervise(*define(url=icecast.url()))
        running(s)
        with s.control() as c:
            c.subscribe("receipt")
            number = say(ttsd, 3, 4)
            assert states(told(c, number, "delivered")) == [
                "sent", "delivered"]


def test_rtp_is_sent_and_no_more(supervise, ttsd):
    s = supervise(*define(url="rtp://127.0.0.1:9"))
    running(s)
    with s.control() as c:
        c.subscribe("receipt")
        first, second = say(ttsd, 3, 4), say(ttsd, 5, 6)
        c.event("receipt", id=first, state="sent")
        # The receipt of the first was complete before that of the second.
        seen = c.until("receipt", id=second, state="sent")
    assert states(seen) == ["sent"]


def test_its_server_is_killed_while_it_speaks(supervise, ttsd, nginx):
    s = supervise(*define(url=nginx.url()),
                  *define("other", url=nginx.url("other"), autostart="no"))
    running(s)
    good = say(ttsd, 1, 2)
    with ttsd.control() as c, s.control() as outputs:
        c.subscribe("receipt", "started")
        outputs.subscribe("output")
        c.event("receipt", id=good, state="delivered")
        number = say(ttsd, 7, 8)
        c.event("started", id=number)
        nginx.kill()
        until(outputs, "backoff")
        missed, = told(c, number, "missed")
    # As it ended, another try may have been under way.
    assert missed["reason"].startswith((
        "the output was not sent: ",
        "the output came on air only after it had begun")), missed
    wait_until(lambda: history(ttsd, number), "it is kept")
    with ttsd.control() as c:
        items = c.ask("history", missed=True)["items"]
    assert [i["id"] for i in items] == [number]
    assert list(history(ttsd, good)) == ["live"]


def test_nothing_is_kept(supervise, rundir, nginx):
    with Ttsd(rundir, "-D", "ttsd.durable=no") as ttsd:
        running(supervise(*define(url=nginx.url())))
        with ttsd.control() as c:
            c.subscribe("receipt")
            number = say(ttsd, 1, 2)
            assert states(told(c, number, "delivered")) == [
                "sent", "delivered"]
            assert c.refused("history") == "unavailable"


def test_a_supervisor_that_is_killed(supervise, ttsd, nginx):
    """Whether it was heard nobody will know."""
    output = define(url=nginx.url(), probe_url=nginx.url("elsewhere"),
                    hear="yes", stall_timeout="60s")
    s = supervise(*output)
    running(s)
    wait_until(lambda: any("libexec/ttsd/ear" in command_line(p)
                           for p in s.ffmpegs()), "the ear is there")
    with ttsd.control() as c:
        c.subscribe("receipt")
        number = say(ttsd, 1, 2)
        told(c, number, "delivered")
        s.process.send_signal(signal.SIGKILL)
        s.process.wait()
        supervise(*output)
        unknown, = told(c, number, "unknown")
    # A busy machine has the ear say so before.
    assert unknown["reason"] in ("streamer-supervisor was not there to see",
                                 "it began before anybody listened")
    wait_until(lambda: history(ttsd, number)["live"]["state"] == "unknown",
               "it is kept")
    assert history(ttsd, number)["live"]["delivered_ms"]


def test_a_ttsd_that_is_restarted(supervise, rundir, nginx):
    """What the supervisor had to tell it tells the next one."""
    with Ttsd(rundir) as first:
        s = supervise(*define(url=nginx.url()))
        running(s)
        with s.control() as c:
            c.subscribe("receipt")
            number = say(first, 1, 2)
            told(c, number, "sent")
            first.process.send_signal(signal.SIGKILL)
            first.process.wait()
        with Ttsd(rundir) as second:
            wait_until(lambda: history(second, number).get("live"),
                       "it is kept")
            assert history(second, number)["live"]["state"] in (
                "sent", "delivered")


# ---- ttsctl


HEARD, MISSED, UNKNOWN = 0, 1, 2


def listen(s, name="live"):
    wait_until(lambda: (s.output(name)["heard"] or {}).get("state") ==
               "silent-as-sent", f"{name} is heard")


def say_and_hear(ctl, *args):
    p = ctl("say", "--wait=heard", *args, TEXT.format(7, 8))
    return p.returncode, p.stderr


def test_wait_until_it_is_heard(supervise, ttsd, nginx, ctl):  # noqa: F811
    s = supervise(*define(url=nginx.url(), probe_url=nginx.url(), hear="yes"),
                  *define("mute", url=nginx.url("other")))
    listen(s)
    assert say_and_hear(ctl) == (HEARD, "")
    wait_until(lambda: "mute " in ctl("history").stdout, "the other, too")
    assert "live heard" in ctl("history").stdout
    assert ctl("history", "--missed").stdout == "nothing was said\n"


def test_wait_for_a_zone(supervise, rundir, nginx, ctl):  # noqa: F811
    zone = ["-D", "channel.a.rate=24000", "-D", "channel.b.rate=24000",
            "-D", "zone.all.channels=a b"]
    with Ttsd(rundir, *zone):
        s = supervise(*zone, *(word for name in "ab" for word in define(
            name, channel=name, url=nginx.url(name),
            probe_url=nginx.url(name), hear="yes")))
        listen(s, "a"), listen(s, "b")
        assert say_and_hear(ctl, "--zone", "all") == (HEARD, "")
        # Of the second channel nobody listens any more.
        assert ctl("stop", "b").returncode == 0
        status, why = say_and_hear(ctl, "--zone", "all")
    assert status == UNKNOWN
    assert "no output of channel 'b' listens" in why, why


def test_wait_and_one_misses_it(supervise, ttsd, nginx, ctl):  # noqa: F811
    s = supervise(*define(url=nginx.url(), probe_url=nginx.url(), hear="yes"))
    listen(s)
    nginx.kill()
    wait_until(lambda: s.output()["state"] != "running", "it fails")
    status, why = say_and_hear(ctl)
    assert status == MISSED
    assert "output live missed it (" in why, why
    wait_until(lambda: "live missed it: " in ctl("history", "--missed").stdout,
               "it is listed")
    assert '"live missed (' in ctl("history", "--csv").stdout


def test_wait_where_nobody_listens(supervise, ttsd, nginx,
                                   ctl):  # noqa: F811
    status, why = say_and_hear(ctl)
    assert status == UNKNOWN and "streamer-supervisor does not answer" in why
    s = supervise(*define(url=nginx.url()))
    running(s)
    status, why = say_and_hear(ctl)
    assert status == UNKNOWN and "no output of channel 'main' listens" in why
    assert ctl("say", "--wait=hear", "x").returncode == 64
