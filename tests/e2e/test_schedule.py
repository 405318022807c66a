"""[schedule NAME]: bells and hours, asked for by ttsd-gateway."""
import datetime
import json
import os
import time

import pytest

import daemon
from daemon import Control, wait_until
from gateway import Gateway

TONE = ["-D", "channel.main.engine=tone"]


def in_seconds(s):
    """A time of day, local, so many seconds from now, and the same as the
    protocol writes it."""
    at = datetime.datetime.now() + datetime.timedelta(seconds=s)
    at = at.replace(microsecond=0)
    utc = at.astimezone(datetime.timezone.utc)
    return at.strftime("%H:%M:%S"), utc


@pytest.fixture
def bell(rundir):
    running = []

    def run(*settings, listen=True, env=None):
        args = [w for s in settings for w in ("-D", f"schedule.bell.{s}")]
        running.append(Gateway(rundir, *args, *TONE, env=env) if listen else
                       daemon.Daemon("ttsd-gateway", rundir, *args, *TONE,
                                     ready="is up", env=env))
        return running[-1]

    yield run
    for g in running:
        g.__exit__(None)


def told(gateway):
    body = json.loads(gateway.request("GET", "/v1/schedule")[2])
    return body["schedule"][0]


def test_whom_it_is_told(rundir):
    """A token of one channel was told what is said on all others."""
    with Gateway(rundir, "-D", "channel.hall.engine=tone", "-D",
                 "schedule.bell.at=12:00", "-D", "schedule.bell.text=x", "-D",
                 "schedule.bell.channel=hall", "-D",
                 "zone.ground.channels=hall") as g:
        assert told(g)["channel"] == ["hall"]
        for channels, count in [("hall", 1), ("cafe", 0), ("cafe,hall", 1),
                                ("ground", 1)]:
            token = g.add_token(channels.replace(",", ""), "read",
                                channels=channels)
            body = json.loads(
                g.request("GET", "/v1/schedule", token=token)[2])
            assert len(body["schedule"]) == count, channels


def test_it_begins_on_its_time(start, bell, rundir):
    d = start(*TONE)
    text, due = in_seconds(3)
    g = bell(f"at={text}", "text=440:0.1")
    wait_until(lambda: told(g).get("became"), "it is asked for")
    with Control(rundir / "control.sock") as c:
        c.subscribe("started", "finished")
        began = c.event("started")
    assert abs(began["time"] - due.timestamp() * 1000) < 1000
    said = told(g)
    assert said["became"] == "asked for"
    assert said["next"] > said["last"], "tomorrow again"
    assert d.status()["channels"][0]["name"] == "main"


def test_a_gateway_that_is_killed_has_it_said_once(start, bell, rundir):
    start(*TONE)
    text, _ = in_seconds(2)
    g = bell(f"at={text}", "text=440:0.1", listen=False)
    with Control(rundir / "control.sock") as c:
        c.subscribe("started")
        wait_until(lambda: c.ask("queue")["items"], "it is asked for")
        for _ in range(3):
            g.kill()
            g = bell(f"at={text}", "text=440:0.1", listen=False)
            wait_until(lambda: "is asked for" in g.logged(), "asked again")
        first = c.event("started")["id"]
        c.ask("say", text="440:0.1")
        assert c.event("started")["id"] == first + 1, "nothing in between"


def test_ttsd_that_comes_late(start, bell, rundir):
    """What nobody was there for is asked for until its `ttl`."""
    text, _ = in_seconds(1)
    g = bell(f"at={text}", "text=440:0.1")
    wait_until(lambda: g.post("status")[0] == 503, "nobody is there")
    time.sleep(1.5)  # it is due, and late
    start(*TONE)
    with Control(rundir / "control.sock") as c:
        c.subscribe("started")
        c.event("started")


def test_what_was_not_said_is_told(bell):
    text, _ = in_seconds(0)
    g = bell(f"at={text}", "text=440:0.1", "ttl=1s")
    wait_until(lambda: told(g).get("became"), "it is given up")
    assert told(g)["became"] == "ttsd did not answer in time"
    assert "schedule=bell is not said" in g.logged()


def test_a_refusal_is_told(start, bell):
    start(*TONE)
    text, _ = in_seconds(2)
    g = bell(f"at={text}", "clip=nosuch")
    wait_until(lambda: told(g).get("became"), "it is refused")
    assert "nosuch" in told(g)["became"]


@pytest.mark.parametrize("day, wanted", [
    ("2027-03-28", "2027-03-28T01:30:00.000Z"),
    ("2027-10-31", "2027-10-31T00:30:00.000Z"),
    ("2027-07-01", "2027-07-01T00:30:00.000Z")])
def test_when_clocks_are_changed(bell, day, wanted):
    """Half past two in Berlin: not there in March, twice in October."""
    g = bell("at=2:30", f"dates={day}", "text=x",
             env={**os.environ, "TZ": "Europe/Berlin"})
    got = told(g)["next"]
    assert got in (wanted, wanted.replace("T00:", "T01:"))


@pytest.mark.parametrize("settings, message", [
    (["text=x"], "expected `at` or `every`"),
    (["at=8"], "at: expected times of the day"),
    (["at=8:00"], "expected `text` or `clip`"),
    (["at=8:00", "text=x", "days=monday"], "days: expected mon"),
    (["every=1s", "text=x"], "every: expected a minute"),
    (["at=8:00", "text=x", "dates=24.12."], "dates: expected days"),
    (["at=8:00", "text=x", "channel=moon"], "channel: there is no"),
])
def test_mistakes(bell, settings, message):
    with pytest.raises(AssertionError, match=message):
        bell(*settings)
