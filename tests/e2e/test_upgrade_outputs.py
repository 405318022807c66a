"""The supervisor starts its new program over itself: its ffmpegs go on, and who
receives a stream notices nothing."""
import contextlib
import json
import os
import shutil
import signal
import time

import pytest

import daemon
from captions import Hls
from client import ctl  # noqa: F401
from daemon import children, descriptors, exists, is_zombie, wait_until
from peers import RATE, RtspListener, free_port, heard_noise, is_listening
from scrape import Scraper
from supervisor import (  # noqa: F401
    ASKED, define, nginx, script, source, supervise, until)
from test_captions import folder, on_air, programs_of, says_in_step  # noqa: F401
from test_runtime import pretend, runs, section, unbroken  # noqa: F401
from test_hearing import await_heard, hear, say, ttsd  # noqa: F401

VIDEO = ("-D", "video.v.source=colour", "-D", "video.v.size=320x180",
         "-D", "video.v.fps=10")


def upgrade(s):
    """Answered by the new program."""
    with s.control() as c:
        reply = c.ask("upgrade")
    assert reply["version"] == reply["from"]


def refuse(s):
    """Why the old program stays."""
    with s.control() as c:
        reply = c.json({"op": "upgrade"})
        assert (reply["ok"], reply["error"]) == (False, "unavailable"), reply
        assert reply["message"] in s.logged()
        assert c.ask("ping")
    return reply["message"]


def all_run(s, *names):
    outputs = s.outputs()
    return all(outputs[n]["state"] == "running" for n in names)


def lasting(o):
    """What of an output's status stays as it is while it is sent."""
    return {key: o.get(key) for key in (
        "pid", "state", "restarts", "last_exit", "last_error", "history",
        "active", "wanted", "carried", "url", "waits_for")}


@pytest.fixture
def installed(rundir, monkeypatch):
    """A program that can be replaced by another, `install(body)`: a script
    that may run the first one, `$0.old`."""
    bin = rundir / "installed" / "bin"
    bin.mkdir(parents=True)
    (bin.parent / "libexec").symlink_to(daemon.BUILD / "libexec")
    program = bin / "streamer-supervisor"
    shutil.copy(daemon.binary(program.name), program)
    monkeypatch.setattr(daemon, "BUILD", bin.parent)

    def install(body, interpreter="/bin/sh"):
        if not (bin / "streamer-supervisor.old").exists():
            program.rename(bin / "streamer-supervisor.old")
        new = bin / "new"
        new.write_text(f"#!{interpreter}\n{body}")
        new.chmod(0o755)
        new.rename(program)

    return install


def test_nobody_notices(rundir, supervise, source, nginx, folder):  # noqa: F811
    """Three times in a row, with outputs of every kind."""
    with RtspListener() as rtsp:
        s = supervise(
            *VIDEO, *define("rtmp", url=nginx.url("rtmp")),
            *define("rtsp", url=rtsp.url, codec="pcm"),
            *define("hls", url=f"{folder}/live.m3u8", segment="1s"),
            *define("seen", url=nginx.url("seen"), video="v"),
            *define("a", url=nginx.url("a"), group="g"),
            *define("b", url=nginx.url("b"), group="g"),
            *define("off", url=nginx.url("off"), autostart="no"))
        names = ["rtmp", "rtsp", "hls", "seen", "a", "b"]
        wait_until(lambda: all_run(s, *names), "all run")
        wait_until(lambda: s.output("seen")["picture"]["sent"], "it is seen")
        with nginx.decode("rtmp") as far, nginx.decode("a") as grouped:
            far.samples(RATE)
            was = s.outputs()
            held = sorted(children(s.pid))
            for n in range(3):
                upgrade(s)
                now = s.outputs()
                assert {n: lasting(o) for n, o in now.items()} == {
                    n: lasting(o) for n, o in was.items()}
                assert all(now[n]["out_time_ms"] >= was[n]["out_time_ms"] > 0
                           and now[n]["drops"] >= was[n]["drops"]
                           and now[n]["uptime_ms"] > was[n]["uptime_ms"] > 0
                           for n in names)
                assert now["seen"]["picture"]["encoder"] == "libx264"
                wait_until(lambda: sorted(children(s.pid)) == held,
                           "its children are those that were there")
                if n == 0:
                    fds = descriptors(s.pid)
            wait_until(lambda: descriptors(s.pid) == fds, "none is left over")
            for decoder in (far, grouped):
                got = decoder.samples(len(decoder.pcm) // 2 + 2 * RATE)
                for at in range(RATE, len(got) - RATE, RATE):
                    heard_noise(got[at:at + RATE])
        unbroken(rtsp.samples(len(rtsp.pcm) // 2 + RATE))
        assert all_run(s, *names)
        s.stop()
    assert not any(exists(pid) for pid in held)


def test_clients_are_kept(supervise, source, nginx):
    """SIGUSR2 does the same; who listens hears of it, and of what follows."""
    s = supervise(*define(url=nginx.url()))
    wait_until(lambda: all_run(s, "live"), "it runs")
    with s.control() as c:
        c.subscribe("upgrade", "output")
        for _ in range(3):
            os.kill(s.pid, signal.SIGUSR2)
            assert c.event("upgrade")["state"] == "done"
        os.kill(s.output()["pid"], signal.SIGKILL)
        assert until(c, "running")[0]["reason"] == "killed by SIGKILL"
        assert c.plain("quit").startswith("ok")


def test_a_dead_one_is_seen_and_started_again(supervise, source, nginx):
    s = supervise(*define(url=nginx.url()), *define("b", url=nginx.url("b")))
    wait_until(lambda: all_run(s, "live", "b"), "they run")
    os.kill(s.output()["pid"], signal.SIGKILL)
    wait_until(lambda: s.output()["restarts"] == 1 and all_run(s, "live"),
               "it runs again")
    kept = s.output("b")["pid"]
    upgrade(s)
    assert s.output()["restarts"] == 1
    with s.control() as c:
        c.subscribe("output")
        dead = s.output()["pid"]
        os.kill(dead, signal.SIGKILL)
        events = until(c, "running")
    assert events[0]["reason"] == "killed by SIGKILL"
    assert s.output()["restarts"] == 2
    assert [e["cause"] for e in s.output()["history"]] == ["killed"] * 2
    assert s.output("b")["pid"] == kept
    assert not any(map(is_zombie, children(s.pid)))


WAITS = """
import os, signal, sys
if "--try-upgrade" not in sys.argv:
    os.kill({dead}, signal.SIGKILL)
    os.waitid(os.P_PID, {dead}, os.WEXITED{how})
os.execv(sys.argv[0] + ".old", sys.argv)
"""


@pytest.mark.parametrize("how,why", [
    (" | os.WNOWAIT", "killed by SIGKILL"),
    ("", "lost as the supervisor was upgraded")])
def test_one_that_died_meanwhile_is_seen(
        installed, supervise, source, nginx, how, why):
    """The old program has handed it over, the new one has not begun; it is a
    script, which may reap it."""
    s = supervise(*define(url=nginx.url()), *define("b", url=nginx.url("b")))
    wait_until(lambda: all_run(s, "live", "b"), "they run")
    dead, kept = s.output()["pid"], s.output("b")["pid"]
    installed(WAITS.format(dead=dead, how=how), "/usr/bin/python3")
    upgrade(s)
    wait_until(lambda: s.output()["pid"] not in (0, dead) and
               all_run(s, "live"), "another runs")
    assert s.output()["restarts"] == 1
    assert s.output()["history"][0]["reason"].endswith(why)
    assert s.output("b")["pid"] == kept
    assert not any(map(is_zombie, children(s.pid)))


@pytest.mark.parametrize("body,why", [
    ("echo it lacks a library >&2\nexit 127\n", "it lacks a library"),
    ("exit 0\n", "answers as no version"),
    ("kill -SEGV $$\n", "SIGSEGV"),
    ("exec sleep 60\n", "not ready within"),
    ('exec "$0.old" --no-such-option\n', "--no-such-option"),
])
def test_a_bad_program_takes_nobodys_place(
        installed, supervise, source, nginx, body, why):
    s = supervise(*define(url=nginx.url()))
    wait_until(lambda: all_run(s, "live"), "it runs")
    was = s.output()
    installed(body)
    assert why in refuse(s)
    assert lasting(s.output()) == lasting(was)
    with nginx.decode() as far:
        heard_noise(far.samples(2 * RATE))
    installed('exec "$0.old" "$@"\n')
    upgrade(s)
    assert lasting(s.output()) == lasting(was)


def test_a_mistake_in_the_configuration_is_refused(
        rundir, supervise, source, pretend):  # noqa: F811
    file = rundir / "ttsd.conf"
    file.write_text(section("live", "udp://127.0.0.1:9"))
    s = supervise("-c", str(file), *pretend)
    pid = runs(s, "live")
    file.write_text(section("live", "gopher://127.0.0.1:9"))
    assert "[output live] url" in refuse(s)
    assert s.output()["pid"] == pid


def test_what_has_changed_on_disk_is_as_after_a_reload(
        rundir, supervise, source, pretend):  # noqa: F811
    file = rundir / "ttsd.conf"
    kept = section("kept", "udp://127.0.0.1:9")
    file.write_text(kept + section("gone", "udp://127.0.0.1:10") +
                    section("other", "udp://127.0.0.1:11"))
    s = supervise("-c", str(file), *pretend)
    pids = {name: runs(s, name) for name in ("kept", "gone", "other")}
    with s.control() as c:
        c.ask("add", name="added", url="udp://127.0.0.1:12")
        pids["added"] = runs(s, "added")
    file.write_text(kept + section("other", "udp://127.0.0.1:13") +
                    section("new", "udp://127.0.0.1:14"))
    upgrade(s)
    wait_until(lambda: "outputs added=1 removed=1 changed=1" in s.logged(),
               "it is reloaded")
    runs(s, "new")
    wait_until(lambda: runs(s, "other") != pids["other"], "it is another")
    assert set(s.outputs()) == {"kept", "other", "new", "added"}
    assert s.output("kept")["pid"] == pids["kept"]
    assert s.output("added")["pid"] == pids["added"]
    wait_until(lambda: not exists(pids["gone"]), "its ffmpeg is gone")
    with s.control() as c:
        c.ask("remove", name="added")
        wait_until(lambda: not exists(pids["added"]), "it ends")


def test_what_waits_goes_on_waiting(supervise, source, nginx):
    """One that was stopped, one that fails again and again, one on its
    backup."""
    s = supervise(
        *define("off", url=nginx.url("off")),
        *define("fails", url="rtmp://127.0.0.1:1/live/x",
                backoff_initial="60s", backoff_max="60s"),
        *define("backup", url="rtmp://127.0.0.1:1/live/x",
                backup_url=nginx.url("backup"), failover_after="1",
                backoff_initial="60s", backoff_max="60s"))
    wait_until(lambda: all_run(s, "off", "backup"), "they run")
    wait_until(lambda: s.output("fails")["state"] == "backoff", "it fails")
    assert s.output("backup")["active"] == "backup"
    with s.control() as c:
        c.ask("stop", name="off")
        wait_until(lambda: s.output("off")["state"] == "stopped", "it stops")
    was = s.outputs()
    upgrade(s)
    now = s.outputs()
    assert {n: lasting(o) for n, o in now.items()} == {
        n: lasting(o) for n, o in was.items()}
    assert now["fails"]["backoff_ms"] == was["fails"]["backoff_ms"] > 0
    assert now["backup"]["primary"]["last_error"]


def test_keys_are_kept(supervise, source, nginx):
    """They were taken out of the environment, where the next program would
    have looked for them."""
    s = supervise(*define(url=nginx.url("").rstrip("/"),
                          key_env="STREAM_KEY"),
                  env={**os.environ, "STREAM_KEY": "stream"})
    wait_until(lambda: all_run(s, "live"), "it runs")
    for _ in range(2):
        upgrade(s)
        os.kill(s.output()["pid"], signal.SIGKILL)
        restarts = s.output()["restarts"]
        wait_until(lambda: s.output()["restarts"] > restarts and
                   all_run(s, "live"), "it runs again")
        environ = open(f"/proc/{s.output()['pid']}/environ").read()
        assert "STREAM_KEY" not in environ
    with nginx.decode() as far:
        heard_noise(far.samples(2 * RATE))


SAYS_ITS_KEY = """
secret=$(cat)
n=0
while [ ! -e DIR/go ]; do
    n=$((n + 100000))
    echo "out_time_us=$n"
    echo "progress=continue"
    sleep 0.1
done
echo "[rtmp @ 0x1] [error] no such stream: $secret" >&2
exit 1
"""


def test_secrets_of_a_running_ffmpeg_stay_masked(rundir, supervise, source):
    """Its key has been replaced since, so nobody else knows that it is one."""
    key = rundir / "key"
    key.write_text("first-secret-key")
    key.chmod(0o600)
    program = script(
        rundir, ASKED + SAYS_ITS_KEY.replace("DIR", str(rundir)))
    s = supervise("-D", f"streamer.ffmpeg={program}", *define(
        url="rtmp://127.0.0.1/live", key_file=key))
    wait_until(lambda: all_run(s, "live"), "it runs")
    key.write_text("another-key")
    upgrade(s)
    (rundir / "go").touch()
    wait_until(lambda: "no such stream" in s.logged(), "it says its key")
    wait_until(lambda: s.output()["history"], "it has ended")
    assert "first-secret" not in s.logged()
    assert "first-secret" not in str(s.output())


def test_children_die_with_the_new_program(supervise, source, nginx):
    """However it dies, as they did with the first one."""
    s = supervise(*define(url=nginx.url()))
    wait_until(lambda: all_run(s, "live"), "it runs")
    upgrade(s)
    pid = s.output()["pid"]
    s.kill()
    wait_until(lambda: not exists(pid), "its ffmpeg is gone")


def test_captions_go_on(on_air, folder):  # noqa: F811
    """With their ffmpeg, and a real ttsd."""
    hls = Hls(folder)
    d, s = on_air()
    says_in_step(hls, d)
    was = s.output(), programs_of(s, "captions")
    for _ in range(2):
        upgrade(s)
        assert (lasting(s.output()), programs_of(s, "captions")) == (
            lasting(was[0]), was[1])
        says_in_step(hls, d)
    assert s.output()["captions"]["restarts"] == was[0]["captions"]["restarts"]
    assert len(hls.runs()) == 1
    os.kill(was[1][0], signal.SIGKILL)
    wait_until(lambda: s.output()["captions"]["restarts"] == 1 and
               s.output()["captions"]["state"] == "running", "other captions")
    says_in_step(hls, d)


@pytest.mark.parametrize("keys", [{}, {"group": "g"}])
def test_ears_go_on(supervise, ttsd, nginx, keys):  # noqa: F811
    """An announcement that is heard by then has its receipt."""
    s = supervise(*hear(nginx, **keys))
    await_heard(s, "silent-as-sent")
    pids = programs_of(s, "ear")
    with ttsd.control() as c:
        c.subscribe("started", "finished")
        for count in (1, 2):
            number = say(ttsd, 41, count)
            c.event("started", id=number)
            upgrade(s)
            wait_until(lambda: s.output()["receipts"]["heard"] == count,
                       "it is heard")
    assert programs_of(s, "ear") == pids
    assert s.output()["restarts"] == 0


AWAITS = """
import os, sys, time
if "--try-upgrade" not in sys.argv:
    open("{dir}/changing", "w")
    while not os.path.exists("{dir}/ended"):
        time.sleep(0.01)
os.execv(sys.argv[0] + ".old", sys.argv)
"""


def receipts(c, number):
    """All states that are told of it, up to its verdict."""
    told = []
    while not told or told[-1] not in ("heard", "missed", "unknown"):
        told.append(c.event("receipt", id=number)["state"])
    return told


def test_an_end_amid_the_change(
        rundir, ttsd, installed, supervise, nginx):  # noqa: F811
    """Nobody told the new program of an announcement that ended while the old
    one was not there any more: its receipt was `unknown`."""
    s = supervise(*hear(nginx))
    await_heard(s, "silent-as-sent")
    installed(AWAITS.format(dir=rundir), "/usr/bin/python3")
    with ttsd.control() as c, s.control() as upgrading:
        c.subscribe("started", "finished", "receipt")
        number = say(ttsd, 41, 1)
        c.event("started", id=number)
        upgrading.send(b'{"op":"upgrade"}\n')
        wait_until((rundir / "changing").exists, "the programs change")
        c.event("finished", id=number)
        (rundir / "ended").touch()
        assert json.loads(upgrading.line())["ok"]
        assert receipts(c, number) == ["sent", "delivered", "heard"]


# So long behind the end of an announcement an upgrade is asked for.
AROUND_MS = range(-45, 15, 5)


def test_an_end_about_the_change(supervise, ttsd, nginx):  # noqa: F811
    """The same, at many moments."""
    s = supervise(*hear(nginx))
    await_heard(s, "silent-as-sent")
    with ttsd.control() as c:
        c.subscribe("started", "finished", "receipt")

        def begin():
            number = c.ask("say", text="Number forty-one, please.")["id"]
            c.event("started", id=number)
            return number

        number, began = begin(), time.monotonic()
        c.event("finished", id=number)
        lasts = time.monotonic() - began
        assert receipts(c, number)[-1] == "heard"
        for ms in AROUND_MS:
            number = begin()
            time.sleep(lasts + ms / 1000)
            upgrade(s)
            assert receipts(c, number) == ["sent", "delivered", "heard"], ms


def test_metrics_go_on(supervise, source, nginx):
    port = free_port()
    s = supervise("-D", f"streamer.metrics=127.0.0.1:{port}",
                  *define(url=nginx.url()))
    wait_until(lambda: all_run(s, "live"), "it runs")
    os.kill(s.output()["pid"], signal.SIGKILL)
    wait_until(lambda: s.output()["restarts"] == 1 and all_run(s, "live"),
               "it runs again")

    def counts():
        scraper = Scraper(f"127.0.0.1:{port}")
        with contextlib.closing(scraper.connection):
            return [scraper.value("streamer_output_restarts_total",
                                  output="live"),
                    scraper.value("streamer_output_ends_total",
                                  output="live", cause="killed")]

    assert counts() == [1, 1]
    upgrade(s)
    wait_until(lambda: is_listening(port), "they are served again")
    assert counts() == [1, 1]


def test_both_daemons(start, supervise, nginx, ctl):  # noqa: F811
    """As people ask for it."""
    def upgraded():
        done = ctl("upgrade")
        assert done.returncode == 0, done
        return [line.split(" has been upgraded from ")[0]
                for line in done.stdout.splitlines()]

    assert ctl("upgrade").returncode == 69
    s = supervise(*define(url=nginx.url()))
    wait_until(lambda: s.outputs()["live"]["wanted"] and
               "version=" in s.logged(), "ffmpeg has told what it can do")
    assert upgraded() == ["streamer-supervisor"]
    start()
    wait_until(lambda: all_run(s, "live"), "it runs")
    was = s.output()
    assert upgraded() == ["ttsd", "streamer-supervisor"]
    assert lasting(s.output()) == lasting(was)
