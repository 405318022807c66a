"""Two addresses for one output, addresses that are asked for, and streams
that grow old."""
import os
import pathlib
import signal
import socket

import pytest

from daemon import Ttsd, wait_until
from peers import RATE, NginxRtmp, heard_noise
from supervisor import define, nginx, source, supervise, until  # noqa: F401

DEAD = "rtmp://127.0.0.1:1/live/primary"


def until_active(connection, active, name="live"):
    """The event that tells of the switch."""
    while True:
        e = connection.event("output")
        if e["name"] == name and e["active"] == active:
            return e


def test_fails_over_and_comes_back(rundir, supervise, source, nginx):
    """The primary is dead at first; when it comes, it has to prove itself
    before the backup is left, and both are sent to meanwhile."""
    folder = pathlib.Path(rundir) / "primary"
    folder.mkdir()
    with NginxRtmp(folder, start=False) as primary:
        s = supervise(*define(
            url=primary.url("one"), backup_url=nginx.url("two"),
            failover_after=2, failback_after="1s"))
        with s.control() as c:
            c.subscribe("output")
            until_active(c, "backup")
            with nginx.decode("two") as far:
                heard_noise(far.samples(2 * RATE))
            o = s.output()
            assert o["active"] == "backup" and o["state"] == "running"
            assert o["url"].endswith("/live/***")
            assert o["primary"]["state"] in ("backoff", "starting")
            assert "refused" in o["primary"]["last_error"]
            backup = o["pid"]
            primary.start()
            e = until_active(c, "primary")
            assert (e["from"], e["to"]) == ("running", "running")
            with primary.decode("one") as far:
                heard_noise(far.samples(2 * RATE))
        o = s.output()
        assert o["active"] == "primary" and o["state"] == "running"
        assert o["pid"] != backup
        wait_until(lambda: s.output()["backup"]["state"] == "stopped",
                   "the backup is left")
        assert len(s.ffmpegs()) == 1


def test_fails_over_because_of_time(supervise, source, nginx):
    """A server that accepts and says nothing is one long attempt."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        s = supervise(*define(
            url=f"rtmp://127.0.0.1:{silent.getsockname()[1]}/live/x",
            backup_url=nginx.url(), failover_timeout="300ms"))
        with s.control() as c:
            c.subscribe("output")
            assert "fails" in until_active(c, "backup")["reason"]
        with nginx.decode() as far:
            heard_noise(far.samples(2 * RATE))


def test_a_backup_that_is_dead_too(supervise, source):
    s = supervise(*define(
        url=DEAD, backup_url="rtmp://127.0.0.1:1/live/backup",
        failover_after=1, backoff_max="200ms"))
    wait_until(lambda: s.output()["active"] == "backup", "it fails over")
    wait_until(lambda: s.output()["restarts"] > 2, "the backup is tried")
    wait_until(lambda: s.output()["primary"]["restarts"] > 4,
               "and the primary still is")


def test_stop_and_start_begin_at_the_primary(supervise, source, nginx):
    s = supervise(*define(url=DEAD, backup_url=nginx.url(),
                          failover_after=1))
    with s.control() as c:
        c.subscribe("output")
        until_active(c, "backup")
        until(c, "running")
        c.ask("stop", name="live")
        until(c, "stopped")
        assert s.ffmpegs() == []
        c.ask("start", name="live")
        assert until(c, "starting")[-1]["active"] == "primary"
        until_active(c, "backup")


def test_ttsd_off_air_is_no_reason(rundir, supervise, nginx):
    s = supervise(*define(url=nginx.url("a"), backup_url=nginx.url("b"),
                          failover_after=1))
    with s.control() as c:
        c.subscribe("output")
        until(c, "backoff")
        with Ttsd(rundir):
            seen = until(c, "running")
    assert {e["active"] for e in seen} == {"primary"}


@pytest.mark.parametrize("keys, said", [
    ({"backup_url": "gopher://x/y"}, "backup_url"),
    ({"backup_url": "rtmp://h/a/k", "codec": "opus",
      "url": "rtsp://h/a"}, "backup_url"),
    ({"url_file": "/x", "url": "rtsp://h/a"}, "only one of url"),
    ({"url_command": "x"}, "only one of url"),
    ({"failover_after": 0, "url": "rtsp://h/a"}, "failover_after"),
])
def test_bad_addresses(supervise, keys, said):
    s = supervise(*define(**{"url": "rtsp://h/a", **keys}), ready=None)
    assert s.process.wait(30) == 78
    assert said in s.logged()


# ---- addresses that are asked for -----------------------------------------

def command(directory, body):
    path = pathlib.Path(directory) / "url"
    path.write_text("#!/bin/sh\n" + body)
    path.chmod(0o755)
    return path


def test_url_command_is_asked_at_each_start(
        rundir, supervise, source, nginx):
    """Tokens expire: the address of the second start is not the first's."""
    asked = pathlib.Path(rundir) / "asked"
    program = command(rundir, f"""
echo >>{asked}
echo "{nginx.url('token')}$(wc -l <{asked} | tr -d ' ')"
""")
    s = supervise(*define(url_command=program))
    with s.control() as c:
        c.subscribe("output")
        until(c, "running")
        with nginx.decode("token1") as far:
            heard_noise(far.samples(2 * RATE))
        os.kill(s.output()["pid"], signal.SIGKILL)
        until(c, "backoff")
        until(c, "running")
        with nginx.decode("token2") as far:
            heard_noise(far.samples(2 * RATE))
    assert "token" not in s.logged()


@pytest.mark.parametrize("body, said", [
    ("echo no token today >&2; exit 3",
     "url_command: exit status 3: no token today"),
    ("exit 0", "url_command: expected a URL on the first line"),
    ("echo rtmp://a b", "url_command: expected a URL on the first line"),
    ("yes rtmp://x | tr -d '\\n' | head -c 99999",
     "url_command: expected a URL"),
    ("echo gopher://x/y", "url"),
    ("sleep 1000", "url_command gave no answer within 500 ms"),
    ("kill -9 $$", "url_command: killed by SIGKILL"),
])
def test_a_url_command_that_fails(rundir, supervise, source, body, said):
    s = supervise(*define(
        url_command=command(rundir, body), start_timeout="500ms"))
    wait_until(lambda: said in s.output()["last_error"], said)
    wait_until(lambda: s.output()["restarts"] > 0, "it is tried again")
    cause = s.output()["history"][0]["cause"]
    assert cause in ("address", "start-timeout")
    assert s.process.poll() is None


def test_stop_ends_a_url_command(rundir, supervise, source):
    s = supervise(*define(url_command=command(rundir, "exec sleep 1000")))
    wait_until(lambda: s.output()["state"] == "starting", "it is asked")
    with s.control() as c:
        c.subscribe("output")
        c.ask("stop", name="live")
        until(c, "stopped")
    wait_until(lambda: s.ffmpegs() == [], "it is ended")


def test_a_url_command_that_is_not_there(rundir, supervise, source):
    s = supervise(*define(url_command=f"{rundir}/missing"))
    wait_until(lambda: "url_command: cannot be run: no such file" in
               s.output()["last_error"], "it says so")


def test_no_shell_runs_a_url_command(rundir, supervise, source):
    """A text file that somebody had made executable was refused as `command`
    of an engine; as `url_command` a shell ran each of its lines."""
    path = command(rundir, "")
    path.write_text(f"touch {rundir}/ran\necho rtmp://a/b/c\n")
    s = supervise(*define(url_command=path))
    wait_until(lambda: "url_command: cannot be run: not an executable" in
               s.output()["last_error"], "it says so")
    assert not (pathlib.Path(rundir) / "ran").exists()


def test_url_file_is_read_at_each_start(rundir, supervise, source, nginx):
    path = pathlib.Path(rundir) / "address"
    s = supervise(*define(url_file=path))
    wait_until(lambda: "url_file: cannot be read: no such file" in
               s.output()["last_error"], "it is missed")
    path.write_text(nginx.url("first") + "\n")
    with s.control() as c:
        c.subscribe("output")
        until(c, "running")
        path.write_text(nginx.url("second"))
        c.ask("restart", name="live")
        until(c, "stopping")
        until(c, "running")
    with nginx.decode("second") as far:
        heard_noise(far.samples(2 * RATE))
    assert s.output()["url"] == nginx.url("***")


# ---- history, and old age --------------------------------------------------

def test_history_tells_why(supervise, source, nginx):
    s = supervise(*define(url=nginx.url()))
    with s.control() as c:
        c.subscribe("output")
        until(c, "running")
        os.kill(s.output()["pid"], signal.SIGKILL)
        until(c, "backoff")
        until(c, "running")
        c.ask("restart", name="live")
        until(c, "stopping")
        until(c, "running")
        c.ask("stop", name="live")
        until(c, "stopped")
    newest, oldest = s.output()["history"]
    assert newest["cause"] == "asked"
    assert oldest["cause"] == "killed"
    assert oldest["reason"] == "killed by SIGKILL"
    assert newest["time"] > oldest["time"]
    assert newest["ran_ms"] >= 0


def test_an_old_stream_is_renewed_in_an_idle_moment(
        rundir, supervise, nginx):
    """Due at 6 s, in the middle of an announcement, it waits for its end."""
    parts = [{"text": "Hello"}, {"pause_ms": 3500}, {"text": "there"}]
    with Ttsd(rundir) as t:
        s = supervise(*define(url=nginx.url(), max_age="6s",
                              autostart="no"))
        with s.control() as c, t.control() as d:
            d.subscribe("finished")
            c.subscribe("output")
            c.ask("start", name="live")
            until(c, "running")
            d.ask("say", parts=parts, delay_ms=3000)
            stopping = until(c, "stopping")[-1]
            assert d.event("finished")["time"] <= stopping["time"]
            until(c, "running")
            newest = s.output()["history"][0]
            assert newest["cause"] == "max-age"
            assert newest["ran_ms"] > 6000


def test_one_that_is_never_idle_is_renewed_all_the_same(
        rundir, supervise, nginx):
    with Ttsd(rundir) as t:
        s = supervise(*define(url=nginx.url(), max_age="2s",
                              autostart="no"))
        with s.control() as c, t.control() as d:
            d.subscribe("started", "finished")
            said = d.ask("say", text="never ending words " * 60)
            d.event("started")
            c.subscribe("output")
            c.ask("start", name="live")
            until(c, "running")
            until(c, "stopping")
            until(c, "running")
            newest = s.output()["history"][0]
            assert newest["cause"] == "max-age"
            assert newest["ran_ms"] >= 3000, "no idle moment was waited for"
            d.ask("cancel", id=said["id"])
