"""streamer-supervisor with programs that behave as badly as an ffmpeg can,
and what becomes of it and of them when it ends."""
import re
import signal
import stat
import subprocess
import threading
import time

import pytest

import daemon
import peers
from daemon import wait_until
from supervisor import (  # noqa: F401
    ASKED, HEALTHY, define, nginx, script, source, states, supervise, until)


# ---- ffmpegs that are not as they should be -------------------------------


def test_a_missing_ffmpeg_is_said_in_plain_words(rundir, supervise, source):
    path = rundir / "ffmpeg"
    s = supervise(
        *define(url="rtmp://127.0.0.1/a/b", backoff_max="1h"),
        "-D", f"streamer.ffmpeg={path}")
    wait_until(lambda: s.output()["state"] == "rejected", "it is rejected")
    assert s.output()["last_error"] == (
        f"the program '{path}' cannot be run: no such file; install ffmpeg "
        "(on Debian: apt-get install ffmpeg) or set streamer.ffmpeg")
    with s.control() as c:
        c.subscribe("output")
        # It is looked at afresh when somebody asks, and then it is there.
        script(rundir, ASKED + HEALTHY)
        c.ask("start", name="live")
        until(c, "running")
    assert s.logged().count("cannot be run: no such file\n") == 1


def test_an_ffmpeg_that_is_no_program(rundir, supervise, source):
    path = rundir / "ffmpeg"
    path.write_text("not executable")
    s = supervise(*define(url="rtmp://127.0.0.1/a/b"),
                  "-D", f"streamer.ffmpeg={path}")
    wait_until(lambda: s.output()["state"] == "rejected", "it is rejected")
    assert "permission denied" in s.output()["last_error"]


@pytest.mark.parametrize("option, word, noun", [
    ("-protocols", "rtmp", "protocol"),
    ("-muxers", "flv", "format"),
    ("-encoders", "aac", "encoder"),
])
def test_an_ffmpeg_that_lacks_something(
        rundir, supervise, source, option, word, noun):
    program = script(rundir, f"""
if [ "$1" = {option} ]; then REAL "$@" | grep -vw {word}; exit 0; fi
""" + ASKED + HEALTHY)
    s = supervise(*define(url="rtmp://127.0.0.1/a/b"),
                  *define("other", url="rtsp://127.0.0.1/a", codec="opus"),
                  "-D", f"streamer.ffmpeg={program}")
    wait_until(lambda: s.output()["state"] == "rejected", "it is rejected")
    assert f"was built without the {noun} '{word}'" in (
        s.output()["last_error"])
    wait_until(lambda: s.output("other")["state"] == "running", "rtsp runs")


def test_an_ffmpeg_that_is_too_old(rundir, supervise, source):
    program = script(rundir, """
if [ "$1" = -muxers ]; then REAL "$@" | grep -vw whip; exit 0; fi
""" + ASKED + HEALTHY)
    s = supervise(*define(url="whip://127.0.0.1/a"),
                  "-D", f"streamer.ffmpeg={program}")
    wait_until(lambda: s.output()["state"] == "rejected", "it is rejected")
    assert "without the format 'whip'; install ffmpeg 8.0" in (
        s.output()["last_error"])


def test_an_ffmpeg_that_does_not_say_what_it_can_do(
        rundir, supervise, source):
    program = script(rundir, """
case "$1" in -protocols|-muxers|-encoders) exec sleep 1000 ;; esac
""" + HEALTHY)
    s = supervise(*define(url="rtmp://127.0.0.1/a/b"),
                  "-D", f"streamer.ffmpeg={program}")
    wait_until(lambda: s.output()["state"] == "running", "it is tried")
    assert "did not list its protocols" in s.logged()


def test_one_that_ignores_the_request_to_end(rundir, supervise, source):
    program = script(rundir, ASKED + f"""
trap '' INT TERM
sleep 1000 &
echo $! >{rundir}/grandchild
""" + HEALTHY)
    s = supervise(*define(url="rtmp://127.0.0.1/a/b", stop_timeout="200ms"),
                  "-D", f"streamer.ffmpeg={program}")
    with s.control() as c:
        c.subscribe("output")
        until(c, "running")
        pids = [s.output()["pid"],
                int((rundir / "grandchild").read_text())]
        c.ask("stop", name="live")
        until(c, "stopped")
        for pid in pids:
            wait_until(lambda: not daemon.exists(pid), "it is gone")
    assert "did not end in time" in s.logged()


def test_one_that_floods_its_standard_error(rundir, supervise, source):
    program = script(rundir, ASKED + """
(while :; do echo "[error] the sky is falling, says $$"; done) >&2 &
""" + HEALTHY)
    s = supervise(*define(url="rtmp://127.0.0.1/a/b"),
                  "-D", f"streamer.ffmpeg={program}")
    with s.control() as c:
        c.subscribe("output")
        until(c, "running")
        for _ in range(200):
            c.ask("ping")
        c.ask("stop", name="live")
        until(c, "stopped")
    wait_until(lambda: "more lines of ffmpeg are not shown" in s.logged(),
               "the rest is counted")
    assert s.logged().count("the sky is falling") < 100


def cpu_seconds(pid):
    with open(f"/proc/{pid}/schedstat") as f:
        return int(f.read().split()[0]) / 1e9


@pytest.mark.parametrize("flood", [
    "yes '[error] the sky is falling' >&2", "cat /dev/zero >&2"])
def test_a_flood_costs_next_to_nothing(rundir, supervise, source, flood):
    """Story: a flood on ffmpeg's standard error cost 35 % of a core, to find
    the ends of lines that nobody sees. It is read at a bounded rate."""
    program = script(rundir, ASKED + f"{flood} &\n" + HEALTHY)
    s = supervise(*define(url="rtmp://127.0.0.1/a/b"),
                  "-D", f"streamer.ffmpeg={program}")
    wait_until(lambda: s.output()["state"] == "running", "it runs")
    before, start = cpu_seconds(s.pid), time.monotonic()
    while (passed := time.monotonic() - start) < 2:
        s.output()
        threading.Event().wait(0.2)
    assert cpu_seconds(s.pid) - before < 0.1 * passed


def test_one_that_writes_without_a_newline(rundir, supervise, source):
    program = script(rundir, ASKED + """
cat /dev/zero >&2 &
head -c 5000000 /dev/zero | tr '\\0' 'x'
echo
""" + HEALTHY)
    s = supervise(*define(url="rtmp://127.0.0.1/a/b"),
                  "-D", f"streamer.ffmpeg={program}")
    wait_until(lambda: s.output()["state"] == "running", "it runs")
    # A burst of twenty lines is its right; how many of them it gets to write
    # before it runs is chance.
    assert len(s.logged()) < 50000


def test_one_that_ends_at_once_as_if_all_were_well(
        rundir, supervise, source):
    program = script(rundir, ASKED + "exit 0\n")
    s = supervise(*define(url="rtmp://127.0.0.1/a/b"),
                  "-D", f"streamer.ffmpeg={program}")
    with s.control() as c:
        c.subscribe("output")
        waits = [c.event("output", to="backoff") for _ in range(5)]
    assert all(e["reason"] == "the audio ended" for e in waits)
    assert waits[4]["backoff_ms"] >= 400
    assert s.output()["last_exit"] == "exit status 0"


@pytest.mark.parametrize("line, state", [
    ("[error] rtmp://h/a/b: Input/output error", "backoff"),
    ("[rtmp @ 0x5] [error] Server error: 403 Forbidden", "rejected"),
])
def test_a_refusal_is_retried_slowly(rundir, supervise, source, line, state):
    program = script(rundir, ASKED + f"echo '{line}' >&2; exit 1\n")
    s = supervise(
        *define(url="rtmp://127.0.0.1/a/b", backoff_max="1h"),
        "-D", f"streamer.ffmpeg={program}")
    with s.control() as c:
        c.subscribe("output")
        if state == "backoff":
            e = c.event("output", to=state)
            assert e["backoff_ms"] <= 1600
        else:
            wait_until(lambda: s.output()["state"] == state, state)
            assert s.output()["backoff_ms"] == 3600000
            c.ask("start", name="live")
            assert states(until(c, state)) == [
                "starting", "rejected"]
    assert s.output()["last_error"] == line.rpartition("] ")[2].replace(
        "/a/b", "/a/***")


@pytest.mark.parametrize("args, told", [
    ("-bogus 1", "Unrecognized option 'bogus'."),
    ("-b:a much", "Error setting option b to value much."),
    ("-ar much", "Expected number for ar but found: much"),
    ("-flvflags much", "Error setting option flvflags to value much."),
    ("-filter:a much", "No such filter: 'much'"),
])
def test_arguments_that_make_no_sense(supervise, source, nginx, args, told):
    """A typing error does not mend itself: no quick retry, and its name."""
    s = supervise(*define(url=nginx.url(), extra_output_args=args,
                          backoff_max="1h"))
    wait_until(lambda: s.output()["state"] == "rejected", "it is refused")
    assert s.output()["last_error"] == told
    assert s.output()["history"][-1]["cause"] == "refused"


# ---- the supervisor itself ------------------------------------------------


def test_no_ffmpeg_survives_a_killed_supervisor(supervise, source, nginx):
    s = supervise(*define(url=nginx.url()),
                  *define("second", url=nginx.url("second")))
    wait_until(lambda: all(
        o["state"] == "running" for o in s.outputs().values()), "both run")
    pids = s.ffmpegs()
    assert len(pids) == 2
    s.kill()
    for pid in pids:
        wait_until(lambda: not daemon.exists(pid), "ffmpeg is gone")
    # Its socket is stale, and the next one replaces it.
    s = supervise(*define(url=nginx.url()))
    wait_until(lambda: s.output()["state"] == "running", "it runs again")


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_when_asked_and_leaves_nothing(
        rundir, supervise, source, nginx, how):
    dead = f"rtmp://127.0.0.1:{peers.free_port()}/live/x"
    s = supervise(*define(url=nginx.url()), *define("dead", url=dead))
    with s.control() as c:
        c.subscribe("output")
        until(c, "running")
        pids = s.ffmpegs()
        s.process.send_signal(how)
        until(c, "stopped")
    assert s.wait() == 0
    assert not [p for p in pids if daemon.exists(p)]
    assert not (rundir / "streamer.sock").exists()


def test_a_second_signal_ends_the_grace(rundir, supervise, source):
    program = script(rundir, ASKED + "trap '' INT" + HEALTHY)
    s = supervise(*define(url="rtmp://127.0.0.1/a/b", stop_timeout="1h"),
                  "-D", f"streamer.ffmpeg={program}")
    with s.control() as c:
        c.subscribe("output")
        until(c, "running")
        pids = s.ffmpegs()
        s.process.send_signal(signal.SIGTERM)
        until(c, "stopping")
        assert c.refused("start", name="live") == "unavailable"
        s.process.send_signal(signal.SIGTERM)
    assert s.wait() == 0
    assert not [p for p in pids if daemon.exists(p)]


def test_a_second_supervisor_stands_back(rundir, supervise):
    s = supervise(*define(url="rtmp://127.0.0.1/a/b"))
    second = subprocess.run(
        [daemon.binary("streamer-supervisor"),
         "-D", f"ttsd.runtime_dir={rundir}"],
        stderr=subprocess.PIPE, text=True, timeout=daemon.PATIENCE_S)
    assert second.returncode == 69
    assert "held by a live daemon" in second.stderr
    with s.control() as c:
        assert c.plain("ping") == "ok"


@pytest.mark.parametrize("keys, expected", [
    ({"url": "rtmp://h/a/SECRET", "codec": "opus"},
     "[output live] codec: opus cannot be carried by rtmp; expected aac or "
     "mp3"),
    ({"url": "gopher://h/SECRET"},
     "[output live] url: of no known kind; expected one that begins with"),
    ({"url": "rtmp:///SECRET"}, "[output live] url: the host is missing"),
])
def test_what_cannot_work_is_a_configuration_error(rundir, keys, expected):
    result = subprocess.run(
        [daemon.binary("streamer-supervisor"),
         "-D", f"ttsd.runtime_dir={rundir}", *define(**keys)],
        stderr=subprocess.PIPE, text=True, timeout=daemon.PATIENCE_S)
    assert result.returncode == 78
    assert expected in result.stderr and "SECRET" not in result.stderr


def test_a_reload_harms_nothing(supervise, source, nginx):
    s = supervise(*define(url=nginx.url()))
    wait_until(lambda: s.output()["state"] == "running", "it runs")
    pid = s.output()["pid"]
    s.process.send_signal(signal.SIGHUP)
    wait_until(lambda: "no output has changed" in s.logged(), "it says so")
    assert s.output()["pid"] == pid and s.output()["state"] == "running"


def test_secrets_stay_secret(supervise, source, nginx):
    url = nginx.url("KEYKEYKEY").replace(
        "rtmp://", "rtmp://user:PASSWORD@") + "?token=TOKENTOKEN"
    s = supervise(*define(url=url))
    with s.control() as c:
        c.subscribe("output")
        events = until(c, "running")
        nginx.kill()
        events += until(c, "backoff")
        # Refused now: that line of ffmpeg's holds the whole URL.
        events += until(c, "backoff")
    status = str(s.outputs())
    assert "rtmp://user:***@127.0.0.1" in status
    assert "Connection refused" in s.logged()
    for text in (status, str(events), s.logged()):
        assert not re.search("KEYKEY|PASSWORD|TOKEN", text)


def test_it_serves_no_outputs_as_well(supervise):
    s = supervise()
    assert s.outputs() == {}
    assert "no output is configured" in s.logged()
    assert stat.S_IMODE(
        (s.directory / "streamer.sock").stat().st_mode) == 0o600


def test_the_last_word_is_not_the_reason(rundir, supervise, source):
    """What ffmpeg says last of nearly everything, "Input/output error", hid
    the line before, which explained it."""
    program = script(rundir, ASKED + """
echo "[some @ 0x1] [error] The licence of the encoder has run out" >&2
echo "[error] Could not write header: Input/output error" >&2
exit 1
""")
    s = supervise("-D", f"streamer.ffmpeg={program}",
                  *define(url="rtmp://127.0.0.1:9/live/x"))
    wait_until(lambda: s.output()["last_error"], "it has failed")
    assert s.output()["last_error"] == (
        "The licence of the encoder has run out")
