"""[schedule NAME]: bells and hours, asked for by ttsd-gateway."""
import contextlib
import datetime
import json
import os
import signal
import sqlite3
import time

import pytest

import daemon
from client import ctl  # noqa: F401
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
        running.append(Gateway(rundir, *args, *TONE, env=env,
                               rights="read say control") if listen else
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


def entries(gateway):
    """What there is, by name."""
    body = json.loads(gateway.request("GET", "/v1/schedule")[2])
    return {one["name"]: one for one in body["schedule"]}


def wait_for(gateway, names):
    wait_until(lambda: set(entries(gateway)) == set(names), f"only {names}")
    return entries(gateway)


def test_a_client_sets_it(start, bell, rundir):
    """It is said on its time, changed, and, removed, said no more."""
    start(*TONE)
    g = bell("at=12:00", "text=x")
    text, due = in_seconds(12)
    g.ask("set-schedule", name="soon", at="1:00", text="440:0.1")
    wait_for(g, ["bell", "soon"])
    g.ask("set-schedule", name="later", at=text, text="440:0.1")
    reply = g.ask("set-schedule", name="soon", at=[text], text="440:0.2")
    assert reply["durable"] and reply["next"].startswith(
        due.strftime("%Y-%m-%dT%H:%M:%S"))
    wait_until(lambda: entries(g)["soon"].get("text") == "440:0.2", "changed")
    assert entries(g)["soon"]["kept"] and not entries(g)["bell"]["kept"]
    assert entries(g)["soon"]["next"] == reply["next"]
    g.ask("remove-schedule", name="later")
    wait_for(g, ["bell", "soon"])
    with Control(rundir / "control.sock") as c:
        c.subscribe("started", "finished")
        began = c.event("started")
        c.event("finished")
        assert not c.ask("queue")["items"], "nothing else was due"
        said = c.ask("history")["items"]
    assert abs(began["time"] - due.timestamp() * 1000) < 1000
    assert [s["by"] for s in said] == ["local"], "who has set it"
    assert entries(g)["soon"]["became"] == "asked for"


def test_it_outlives_all_that_are_killed(start, bell, rundir):
    d = start(*TONE)
    g = bell("at=12:00", "text=x")
    for name in ("a", "b", "c"):
        g.ask("set-schedule", name=name, at="13:00", text="下课了",
              days=["mon", "wed"], channel="main")
    g.ask("remove-schedule", name="b")
    before = wait_for(g, ["bell", "a", "c"])
    d.kill()
    g.kill()
    g = bell("at=12:00", "text=x")
    assert set(entries(g)) == {"bell"}, "nobody is there to tell"
    d = start(*TONE)
    assert wait_for(g, ["bell", "a", "c"]) == before
    with Control(rundir / "control.sock") as c:
        upgraded = c.ask("upgrade")
        assert upgraded["ok"], upgraded
    with Control(rundir / "control.sock") as c:
        c.ask("set-schedule", name="d", at="14:00", text="x")
    wait_for(g, ["bell", "a", "c", "d"])


def test_what_the_configuration_says_goes_before(start, bell, rundir):
    """ttsd may have an older one than the gateway."""
    start(*TONE)
    with Control(rundir / "control.sock") as c:
        c.ask("set-schedule", name="bell", at="13:00", text="kept")
        c.ask("set-schedule", name="other", at="13:00", text="kept")
        g = bell("at=12:00", "text=configured")
        got = wait_for(g, ["bell", "other"])
        assert got["bell"]["text"] == "configured"
        assert got["other"]["text"] == "kept"
        c.ask("remove-schedule", name="bell")
        c.ask("remove-schedule", name="other")
    assert wait_for(g, ["bell"])["bell"]["text"] == "configured"


def test_a_channel_that_has_gone(start, bell, rundir):
    d = start(*TONE, "-D", "channel.hall.engine=tone")
    text, _ = in_seconds(6)
    with Control(rundir / "control.sock") as c:
        c.ask("set-schedule", name="lost", at=text, text="440:0.1",
              channel="hall")
    d.stop()
    start(*TONE)
    g = bell("at=12:00", "text=x")
    wait_until(lambda: entries(g).get("lost", {}).get("became"), "refused")
    assert "hall" in entries(g)["lost"]["became"]


@pytest.mark.parametrize("fields, why", [
    ({"text": " "}, "empty"), ({"text": "\x1b"}, "control character"),
    ({"clip": "nosuch"}, "nosuch"), ({"chime": "nosuch"}, "nosuch"),
    ({"voice": "nosuch"}, "nosuch"), ({"language": "xx"}, "xx")])
def test_what_can_never_be_said_is_refused_when_it_is_set(start, fields, why):
    d = start("-D", "channel.main.engine=espeak")
    with d.control() as c:
        reply = c.json({"op": "set-schedule", "name": "a", "at": "8:00",
                        "text": "x", **fields})
        assert not reply["ok"] and why in reply["message"], reply
        assert c.ask("schedules")["schedules"] == []


def test_what_was_over_when_it_was_set_is_not_said(start, bell, rundir):
    start(*TONE)
    text, _ = in_seconds(-2)
    with Control(rundir / "control.sock") as c:
        c.ask("set-schedule", name="early", at=text, text="440:0.1")
        g = bell("at=12:00", "text=x")
        got = wait_for(g, ["bell", "early"])["early"]
        assert "became" not in got and "last" not in got
        assert not c.ask("queue")["items"] and not c.ask("history")["items"]


def test_a_gateway_that_stood_still_says_nothing_of_before(
        start, bell, rundir):
    """What was over while it stood was said, every second one, in a burst."""
    start(*TONE)
    with Control(rundir / "control.sock") as c:
        for n in range(5):
            c.ask("set-schedule", name=f"n{n}", text="440:0.1", ttl="1s",
                  at=[in_seconds(s)[0] for s in range(12, 17)])
        g = bell("at=12:00", "text=x")
        wait_for(g, ["bell", *(f"n{n}" for n in range(5))])
        os.kill(g.pid, signal.SIGSTOP)
        time.sleep(19)  # all of it is due, and over
        os.kill(g.pid, signal.SIGCONT)
        wait_until(lambda: entries(g)["n4"].get("became"), "it goes on")
        got = entries(g)
        assert {got[f"n{n}"]["became"] for n in range(5)} == {
            "ttsd did not answer in time"}
        assert not c.ask("queue")["items"] and not c.ask("history")["items"]
    assert g.logged().count("is not said") == 5, "of many the first"


def test_nobody_else_has_its_keys(start, bell):
    start(*TONE)
    g = bell("at=12:00", "text=x")
    status, reply = g.post("say", text="440:0.1", key="schedule bell 2030")
    assert status == 400 and "the gateway's own" in reply["message"]
    status, reply = g.post("say", text="440:0.1",
                           headers={"Idempotency_Key": "schedule x"})
    assert status == 400 and "the gateway's own" in reply["message"]


def test_a_reload_reaches_the_gateway(start, rundir, ctl, tmp_path):
    """`ttsctl reload` said that all was well, and the old bell rang."""
    conf = tmp_path / "ttsd.conf"

    def write(name, text):
        conf.write_text("[channel main]\nengine = tone\n"
                        f"[schedule {name}]\nat = 12:00\ntext = {text}\n")
    write("tea", "one")
    d = start("-c", str(conf))
    with Gateway(rundir, "-c", str(conf)) as g:
        assert entries(g)["tea"]["text"] == "one"
        write("tea", "two")
        assert "ttsd-gateway" in ctl("reload").stdout
        wait_until(lambda: "afresh; changed [schedule tea]" in g.logged(),
                   "it is reached")
        write("milk", "three")
        ctl("reload")
        # ttsd, too, knows which names are taken.
        with d.control() as c:
            assert c.json({"op": "set-schedule", "name": "milk", "at": "1:00",
                           "text": "440:0.1"})["error"] == "bad-request"
            c.ask("set-schedule", name="tea", at="1:00", text="440:0.1")


def test_a_row_that_no_request_has_made(start, rundir):
    """The ledger may be damaged."""
    d = start(*TONE)
    with d.control() as c:
        for n in range(6):
            c.ask("set-schedule", name=f"n{n}", at="1:00", text="440:0.1")
    d.stop()
    with contextlib.closing(
            sqlite3.connect(rundir / "state" / "ledger.db")) as db, db:
        for n, entry in enumerate([
                '{"at":"1:00","text":"x","channel":[1]}', "[1]", "null", "{",
                '{"at":[["1:00"],5],"text":{"a":1}}']):
            db.execute("UPDATE schedule SET entry = ? WHERE name = ?",
                       (entry, f"n{n}"))
    d = start(*TONE)
    with d.control() as c:
        # The ledger before may have it still.
        told = wait_until(lambda: c.json({"op": "schedules"}).get("schedules"),
                          "the ledger tells")
        assert [s["name"] for s in told] == ["n5"]
        assert c.ask("say", text="440:0.1")["durable"]


def test_by_ttsctl(start, ctl):
    start(*TONE, "-D", "channel.hall.engine=tone")

    def run(*words):
        r = ctl(*words)
        return r.returncode, r.stdout, r.stderr
    assert run("schedules")[1].startswith("nothing was set")
    code, out, _ = run("set-schedule", "bell", "at=8:00, 12:30", "repeat=2",
                       "days=mon-fri", "channel=hall,main", "text=上课了",
                       "dates=2027-03-01..2027-03-07", "by=ann")
    assert code == 0 and out == "bell: next on Mon 2027-03-01 08:00:00\n"
    code, out, _ = run("set-schedule", "over", "at=8:00", "text=x",
                       "dates=2020-03-01")
    assert code == 0 and "no day" in out
    head, *rows = run("schedules")[1].splitlines()
    assert head.split()[:3] == ["NAME", "NEXT", "AT"]
    assert ["bell" in rows[0], "上课了" in rows[0], "hall, main" in rows[0],
            "ann" in rows[0], "over" in rows[1]] == [True] * 5
    assert "bell\t上课了" in run("complete", "remove-schedule", "b")[1]
    assert "at=" in run("complete", "set-schedule", "x", "a")[1]
    for words, wrong, said in [
            (["x", "at=7", "text=x"], 65, "[schedule x] at: expected times"),
            (["x", "at=7:00"], 65, "`text` or `clip`"),
            (["x", "colour=y"], 65, "colour"),
            (["x"], 64, "KEY=VALUE"), (["x", "name=y"], 64, "'name'"),
            (["x", "at=7:00", "op=stop-all"], 64, "'op'"),
            (["x", "at=7:00", "text=x", "channel=moon"], 1, "moon")]:
        code, _, err = run("set-schedule", *words)
        assert (code, said in err) == (wrong, True), (words, err)
    assert run("remove-schedule", "moon")[0] == 1
    assert run("remove-schedule", "bell")[0] == 0
    assert run("schedules")[1].count("\n") == 2


def test_nobody_but_the_broker_is_served(start, rundir):
    """What is kept is said by any gateway."""
    start(*TONE)
    text, _ = in_seconds(5)
    with daemon.Daemon("ttsd-gateway", rundir, "-D",
                       "wyoming.listen=127.0.0.1:0", *TONE, ready="is up"), \
            Control(rundir / "control.sock") as c:
        c.subscribe("started")
        c.ask("set-schedule", name="soon", at=text, text="440:0.1")
        c.event("started")


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
