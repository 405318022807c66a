"""Messages that are made ahead: they are on air though their engine hangs, and
what is heard is what espeak-ng says.

Story: an alarm was as good as the engine that was to say it, and that had
hung for an hour before anybody asked for one."""
import json
import os
import shutil
import signal

import pytest

import daemon
from client import ctl  # noqa: F401
from daemon import children_running, wait_until
from gateway import Gateway
from scrape import metered  # noqa: F401
from sound import espeak, match, samples

TEXT = "Attention please. Leave the building by the nearest exit."
RATE = 22050
CONF = ("-D", f"channel.main.rate={RATE}", "-D", f"message.alarm.text={TEXT}",
        "-D", "message.alarm.priority=urgent",
        "-D", "message.alarm.prepare=yes")


def prepared(c):
    return c.ask("messages")["messages"][0]["prepared"][0]


def signal_engines(ttsd, which):
    pids = children_running(ttsd.pid, "espeak")
    assert pids
    for pid in pids:
        os.kill(pid, which)


def expect_heard(ttsd, c, text=TEXT):
    """It begins within 50 ms of the stream, and is heard to its end."""
    with ttsd.listen() as reader:
        reader.until(RATE // 10)
        asked = c.ask("status")["channels"][0]["sample"]
        id_ = c.ask("say", message="alarm")["id"]
        seen = c.until("finished", id=id_)
        first = next(e for e in seen if e["event"] == "started")["sample"]
        assert seen[-1]["outcome"] == "spoken"
        assert first - asked <= RATE * 50 // 1000
        assert [e["text"] for e in seen if e["event"] == "word"] == \
            text.replace(".", "").split()
        said = samples(espeak(text))
        heard = samples(reader.until(RATE // 10 + len(said)))
        assert match(said, heard)[0] > 0.99


def test_engine_hangs(start, ctl):  # noqa: F811
    ttsd = start(*CONF)
    with ttsd.control() as c:
        wait_until(lambda: prepared(c)["ready"], "it is ready")
        row = ctl("messages").stdout.splitlines()[1].split()
        assert row[:1] + row[2:3] == ["alarm", "yes"], row
        c.subscribe("started", "word", "finished")
        signal_engines(ttsd, signal.SIGSTOP)
        try:
            expect_heard(ttsd, c)
            expect_heard(ttsd, c)
        finally:
            signal_engines(ttsd, signal.SIGCONT)


def test_readiness_waits_for_it(start, metered, rundir):  # noqa: F811
    """From the start on: who sends people to ttsd as soon as it is ready sends
    none before the alarm is. The gateway is ready as soon as ttsd answers."""
    gate = rundir / "gate"
    os.mkfifo(gate)
    ttsd, scraper = metered(
        "-D", "engine.slow.type=command", "-D", "engine.slow.rate=22050", "-D",
        f"engine.slow.command=sh -c 'read x <{gate} && exec head -c 44100 "
        "/dev/zero'", "-D", "engine.slow.format=raw", "-D",
        "engine.slow.timeout=120s", "-D", "channel.main.engine=slow", *CONF)
    with Gateway(rundir) as g, ttsd.control() as c:
        # It is open as soon as the engine reads it, which is at work then.
        with open(gate, "w") as opened:
            assert scraper.ready() == [
                "message alarm is not prepared on channel main "
                "(it is on 0 of 1): it is being made"]
            assert scraper.get("/healthz")[0] == 200
            status, _, body = g.request("GET", "/readyz")
            assert status == 200 and body.startswith(b"ok\n")
            assert not prepared(c)["ready"]
            opened.write("go on\n")
        wait_until(lambda: prepared(c)["ready"], "it is ready")
        assert scraper.ready() == []


def test_other_words_after_a_reload(start, tmp_path):
    words = tmp_path / "words"
    words.write_text("exit = door\n")
    ttsd = start(*CONF, "-D", f"ttsd.dictionary={words}")
    with ttsd.control() as c:
        wait_until(lambda: prepared(c)["ready"], "it is ready")
        before = prepared(c)["duration_ms"]
        words.write_text("exit = door which is at the end of the corridor\n")
        ttsd.process.send_signal(signal.SIGHUP)
        wait_until(lambda: prepared(c).get("duration_ms", 0) > before,
                   "it is made anew")


@pytest.fixture
def engines(rundir, tmp_path, monkeypatch):
    """A folder of programs in which engines may be replaced."""
    real = daemon.BUILD
    (tmp_path / "bin").mkdir()
    shutil.copy(real / "bin" / "ttsd", tmp_path / "bin")
    folder = tmp_path / "libexec" / "ttsd"
    folder.mkdir(parents=True)
    for program in (real / "libexec" / "ttsd").iterdir():
        (folder / program.name).symlink_to(program)
    monkeypatch.setattr(daemon, "BUILD", tmp_path)
    return folder


def test_no_engine_over_an_upgrade(engines, start):
    """The one that there is hangs, and those of the new program never speak:
    it had forgotten the alarm, and waited for them."""
    ttsd = start(*CONF)
    with ttsd.control() as c, ttsd.control() as other:
        wait_until(lambda: prepared(c)["ready"], "it is ready")
        c.subscribe("started", "word", "finished")
        signal_engines(ttsd, signal.SIGSTOP)
        (engines / "espeak").unlink()
        (engines / "espeak").write_text("#!/bin/sh\nexec sleep 1000\n")
        (engines / "espeak").chmod(0o755)
        for _ in range(2):
            assert c.ask("upgrade")["ok"]
            assert prepared(c)["ready"]
            expect_heard(ttsd, c)
        # And where it is asked for while the programs change.
        other.send(b'{"op":"upgrade"}\n')
        id_ = c.ask("say", message="alarm")["id"]
        assert c.until("finished", id=id_)[-1]["outcome"] == "spoken"
        assert json.loads(other.line())["ok"]
