"""streamer-supervisor with the real ffmpeg and real servers, and with
programs that behave as badly as an ffmpeg can."""
import os
import pathlib
import re
import shutil
import signal
import stat
import subprocess

import pytest

import daemon
import peers
from daemon import wait_until

# What makes every wait short, so that no test takes long.
QUICK = {"backoff_initial": "50ms", "backoff_max": "1s"}


class Supervisor(daemon.Daemon):
    def __init__(self, directory, *args, **kw):
        kw.setdefault("ready", "is up")
        super().__init__("streamer-supervisor", directory, *args, **kw)

    def control(self):
        return daemon.Control(self.directory / "streamer.sock")

    def outputs(self):
        with self.control() as c:
            return {o["name"]: o for o in c.ask("status")["outputs"]}

    def output(self, name="live"):
        return self.outputs()[name]

    def ffmpegs(self):
        return [p for p in daemon.children(self.pid)
                if not daemon.is_zombie(p)]


def define(name="live", **keys):
    """-D arguments for one output."""
    return [word for key, value in {**QUICK, **keys}.items()
            for word in ("-D", f"output.{name}.{key}={value}")]


@pytest.fixture
def supervise(rundir):
    running = []

    def run(*args, **kw):
        running.append(Supervisor(rundir, *args, **kw))
        return running[-1]

    yield run
    for s in running:
        left = s.ffmpegs() if s.process.poll() is None else []
        s.__exit__(None)
        assert not [p for p in left if daemon.exists(p)]


@pytest.fixture
def source(rundir):
    with peers.FakeSource(rundir) as s:
        yield s


@pytest.fixture
def nginx(rundir):
    with peers.NginxRtmp(rundir) as n:
        yield n


def script(directory, body, name="ffmpeg"):
    """A program in ffmpeg's place. Asked what it can do, it answers as the
    real one does, unless `body` comes first."""
    path = pathlib.Path(directory) / name
    path.write_text(
        "#!/bin/sh\n" + body.replace("REAL", shutil.which("ffmpeg")))
    path.chmod(0o755)
    return str(path)


ASKED = """
case "$1" in -protocols|-muxers|-encoders) exec REAL "$@" ;; esac
"""
# Progress as a healthy ffmpeg makes it.
HEALTHY = """
n=0
while :; do
    n=$((n + 100000))
    echo "out_time_us=$n"
    echo "progress=continue"
    sleep 0.1
done
"""


def states(events, name="live"):
    return [e["to"] for e in events if e["name"] == name]


# ---- sound arrives --------------------------------------------------------


def test_rtmp_push_arrives(supervise, source, nginx):
    s = supervise(*define(url=nginx.url(), autostart="no"))
    with s.control() as c:
        c.subscribe("output")
        assert s.output()["state"] == "stopped"
        assert c.plain("start live") == "ok"
        events = c.until("output", to="running")
    assert [(e["from"], e["to"]) for e in events] == [
        ("stopped", "starting"), ("starting", "running")]
    for e in events:
        assert e["event"] == "output" and e["reason"] and e["time"] > 1e12
    with nginx.decode() as far_end:
        peers.heard_noise(far_end.samples(2 * peers.RATE))
    o = s.output()
    assert o["state"] == "running" and o["active"] == "primary"
    assert o["restarts"] == 0 and o["drops"] == 0 and o["backoff_ms"] == 0
    assert o["uptime_ms"] > 0 and o["out_time_ms"] > 1000
    assert 0 < o["bitrate_kbps"] < 200 and 0.5 < o["speed"] < 2
    assert [o["pid"]] == s.ffmpegs()


def test_rtmp_takes_mp3(supervise, source, nginx):
    supervise(*define(url=nginx.url(), codec="mp3"))
    wait_until(nginx.bytes_in, "the server receives")
    with nginx.decode() as far_end:
        peers.heard_noise(far_end.samples(2 * peers.RATE))


@pytest.mark.parametrize("keys", [
    {},
    {"latency": "low"},
    {"codec": "aac", "latency": "low", "bitrate": "96k"},
    {"codec": "opus"},
    {"codec": "pcm"},
    {"rtsp_transport": "udp"},
], ids=lambda keys: "-".join(keys.values()) or "default")
def test_rtsp_push_arrives(supervise, source, keys):
    with peers.RtspListener() as far_end:
        s = supervise(*define(url=far_end.url, **keys))
        peers.heard_noise(far_end.samples(3 * peers.RATE))
        wait_until(
            lambda: s.output()["state"] == "running", "it says running")


def test_the_real_ttsd(supervise, start, nginx):
    s = supervise(*define(url=nginx.url()))
    with s.control() as c:
        c.subscribe("output")
        ttsd = start()
        c.until("output", to="running")
        ttsd.kill()
        c.until("output", to="backoff")
        ttsd = start()
        c.until("output", to="running")
    wait_until(
        lambda: any(
            sub["pid"] == s.output()["pid"]
            for sub in ttsd.status()["channels"][0]["subscribers"]),
        "ttsd sees our ffmpeg")


# ---- what breaks is mended ------------------------------------------------


def test_a_killed_ffmpeg_is_back(supervise, source, nginx):
    s = supervise(*define(url=nginx.url()))
    with s.control() as c:
        c.subscribe("output")
        c.until("output", to="running")
        victim = s.output()["pid"]
        os.kill(victim, signal.SIGKILL)
        events = c.until("output", to="running")
    assert states(events) == ["backoff", "starting", "running"]
    assert events[0]["reason"] == "killed by SIGKILL"
    o = s.output()
    assert o["restarts"] == 1 and o["pid"] != victim
    assert o["last_exit"] == "killed by SIGKILL"
    with nginx.decode() as far_end:
        peers.heard_noise(far_end.samples(2 * peers.RATE))


def test_an_absent_server_is_waited_for(rundir, supervise, source):
    with peers.NginxRtmp(rundir, start=False) as nginx:
        s = supervise(*define(url=nginx.url()))
        with s.control() as c:
            c.subscribe("output")
            waits = [
                c.event("output", to="backoff")["backoff_ms"]
                for _ in range(6)]
            # Doubling from 50 ms to 1 s, of which the upper half is random.
            for n, wait in enumerate(waits):
                step = min(50 << n, 1000)
                assert step // 2 <= wait <= step, waits
            assert "Connection refused" in s.output()["last_error"]
            nginx.start()
            c.until("output", to="running")


def test_a_server_that_died_is_waited_for(supervise, source, nginx):
    s = supervise(*define(url=nginx.url()))
    with s.control() as c:
        c.subscribe("output")
        c.until("output", to="running")
        nginx.kill()
        c.until("output", to="backoff")
        nginx.start()
        c.until("output", to="running")
    with nginx.decode() as far_end:
        peers.heard_noise(far_end.samples(2 * peers.RATE))


def test_a_stopped_ffmpeg_has_stalled(supervise, source, nginx):
    s = supervise(*define(url=nginx.url(), stall_timeout="500ms"))
    with s.control() as c:
        c.subscribe("output")
        c.until("output", to="running")
        os.kill(s.output()["pid"], signal.SIGSTOP)
        events = c.until("output", to="running")
    assert states(events) == ["stalled", "backoff", "starting", "running"]
    assert events[0]["reason"] == "no progress for 500 ms"
    assert s.output()["last_error"] == "no progress for 500 ms"


def test_one_that_never_starts_to_send_is_killed(rundir, supervise, source):
    # A server that accepts, and then says nothing.
    silent = peers.free_port()
    with peers.Program(
            "/usr/bin/python3", "-c",
            "import socket,sys,signal; s=socket.create_server("
            f"('127.0.0.1',{silent})); signal.pause()"):
        wait_until(lambda: peers.is_listening(silent), "it listens")
        s = supervise(*define(
            url=f"rtmp://127.0.0.1:{silent}/live/x", start_timeout="300ms"))
        with s.control() as c:
            c.subscribe("output")
            c.until("output", **{"from": "starting", "to": "stalled"})
            c.until("output", to="backoff")
            assert s.output()["last_error"] == (
                "no sound flowed within 300 ms")


def test_outputs_do_not_care_about_each_other(supervise, source, nginx):
    dead = f"rtmp://127.0.0.1:{peers.free_port()}/live/x"
    s = supervise(*define("dead", url=dead), *define(url=nginx.url()))
    with s.control() as c:
        c.subscribe("output")
        for _ in range(4):
            c.event("output", name="dead", to="backoff")
    wait_until(lambda: s.output("live")["state"] == "running", "live runs")
    assert s.output("live")["restarts"] == 0


def test_it_gives_up_where_it_was_told_to(supervise, source):
    dead = f"rtmp://127.0.0.1:{peers.free_port()}/live/x"
    s = supervise(*define(url=dead, max_restarts=2, autostart="no"))
    with s.control() as c:
        c.subscribe("output")
        for _ in range(2):
            assert c.plain("start live") == "ok"
            events = c.until("output", to="stopped")
            assert states(events) == [
                "starting", "backoff", "starting", "backoff", "starting",
                "stopped"]
    assert "max_restarts reached" in s.logged()


# ---- the source -----------------------------------------------------------


@pytest.mark.parametrize("control", [True, False], ids=["ttsd", "audio only"])
def test_an_absent_source_is_waited_for(rundir, supervise, nginx, control):
    s = supervise(*define(url=nginx.url(), backoff_max="1h"))
    wait_until(lambda: s.output()["state"] == "backoff", "it waits")
    assert "ttsd is not on air" in s.output()["last_error"]
    with s.control() as c, peers.FakeSource(rundir, control=control):
        c.subscribe("output")
        c.until("output", to="running")
        assert s.output()["restarts"] == 0


def test_a_source_that_restarts_is_joined_at_once(
        rundir, supervise, source, nginx):
    s = supervise(*define(
        url=nginx.url(), backoff_initial="1h", backoff_max="1h"))
    with s.control() as c:
        c.subscribe("output")
        for _ in range(3):
            c.until("output", to="running")
            source.stop()
            c.until("output", to="backoff")
            source.start()
        c.until("output", to="running")
    with nginx.decode() as far_end:
        peers.heard_noise(far_end.samples(2 * peers.RATE))
    log = s.logged()
    assert log.count("went off air") == 3 and log.count("is on air\n") == 4


def test_a_source_that_restarts_fast_is_joined_at_once(
        rundir, supervise, source):
    # ttsd is back before the ffmpeg that it took along has gone.
    program = script(rundir, ASKED + "trap '' INT" + HEALTHY)
    s = supervise(*define(
        url="rtmp://127.0.0.1/a/b", backoff_initial="1h", backoff_max="1h"),
        "-D", f"streamer.ffmpeg={program}")
    with s.control() as c:
        c.subscribe("output")
        c.until("output", to="running")
        source.stop()
        source.start()
        wait_until(lambda: s.logged().count("is on air\n") == 2, "it is back")
        os.kill(s.output()["pid"], signal.SIGKILL)
        c.until("output", to="running")


def test_lag_that_ttsd_reports_is_counted(supervise, source, nginx):
    s = supervise(*define(url=nginx.url()))
    wait_until(lambda: s.output()["state"] == "running", "it runs")
    pid = s.output()["pid"]
    source.event(event="subscriber", state="joined", pid=pid)
    source.event(event="subscriber", state="lagging", pid=pid + 1)
    source.event(event="subscriber", state="lagging", pid=pid)
    source.event(event="subscriber", state="lagging")
    source.event(event="subscriber", state="lagging", pid=pid)
    wait_until(lambda: s.output()["drops"] == 2, "both are counted")
    assert s.output()["state"] == "running"


# ---- what is asked --------------------------------------------------------


def test_stop_start_and_restart(supervise, source, nginx):
    s = supervise(*define(url=nginx.url()))
    with s.control() as c, s.control() as e:
        e.subscribe("output")
        e.until("output", to="running")
        first = s.output()["pid"]
        assert c.plain("stop live") == "ok"
        assert states(e.until("output", to="stopped")) == [
            "stopping", "stopped"]
        assert not daemon.exists(first) and not s.ffmpegs()
        assert c.plain("stop live") == "ok"
        assert s.output()["pid"] == 0 and s.output()["uptime_ms"] == 0
        c.ask("start", name="live")
        c.ask("start", name="live")
        assert states(e.until("output", to="running")) == [
            "starting", "running"]
        second = s.output()["pid"]
        c.ask("restart", name="live")
        assert states(e.until("output", to="running")) == [
            "stopping", "starting", "running"]
        assert s.output()["pid"] not in (first, second)
        assert s.output()["last_error"] == ""


def test_start_does_not_wait_for_the_back_off(supervise, source):
    dead = f"rtmp://127.0.0.1:{peers.free_port()}/live/x"
    s = supervise(*define(
        url=dead, backoff_initial="1h", backoff_max="1h"))
    with s.control() as c:
        c.subscribe("output")
        c.until("output", to="backoff")
        c.ask("start", name="live")
        assert states(c.until("output", to="backoff")) == [
            "starting", "backoff"]
        c.ask("stop", name="live")
        assert states(c.until("output", to="stopped")) == ["stopped"]


def test_requests_that_make_no_sense(supervise):
    s = supervise(*define(url="rtmp://127.0.0.1/a/b"))
    with s.control() as c:
        for op in ("start", "stop", "restart"):
            assert c.refused(op, name="none") == "not-found"
            assert c.refused(op) == "bad-request"
            for name in (1, None, ["live"], {}, True):
                assert c.refused(op, name=name) == "bad-request"
            assert c.refused(op, name="live", x=1) == "bad-request"
            assert c.plain(op).startswith("error bad-request")
            assert c.plain(op + " none").startswith("error not-found")
            assert c.plain(op + " " + "n" * 5000).startswith("error not-")
        assert c.refused("fly") == "unknown-op"
        assert c.refused("subscribe", events=["weather"]) == "bad-request"
        assert c.plain("ping") == "ok"
        assert "restart" in c.plain("help")
        assert c.ask("status", tag=7)["tag"] == 7


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
        c.until("output", to="running")
    assert s.logged().count("cannot be run: no such file\n") == 1


@pytest.mark.parametrize("mode, why", [
    (0o644, "permission denied"), (0o755, "not an executable program")])
def test_an_ffmpeg_that_is_no_program(rundir, supervise, source, mode, why):
    path = rundir / "ffmpeg"
    path.write_bytes(b"\x7fELF nonsense")
    path.chmod(mode)
    s = supervise(*define(url="rtmp://127.0.0.1/a/b"),
                  "-D", f"streamer.ffmpeg={path}")
    wait_until(lambda: s.output()["state"] == "rejected", "it is rejected")
    assert why in s.output()["last_error"]


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


def test_an_ffmpeg_that_does_not_say_what_it_can_do(
        rundir, supervise, source):
    program = script(rundir, """
case "$1" in -protocols|-muxers|-encoders) exec sleep 1000 ;; esac
""" + HEALTHY)
    s = supervise(*define(url="rtmp://127.0.0.1/a/b"),
                  "-D", f"streamer.ffmpeg={program}")
    wait_until(lambda: s.output()["state"] == "running", "it is tried")
    assert "does not tell what it can do" in s.logged()


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
        c.until("output", to="running")
        pids = [s.output()["pid"],
                int((rundir / "grandchild").read_text())]
        c.ask("stop", name="live")
        c.until("output", to="stopped")
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
        c.until("output", to="running")
        for _ in range(200):
            c.ask("ping")
        c.ask("stop", name="live")
        c.until("output", to="stopped")
    wait_until(lambda: "more lines of ffmpeg are not shown" in s.logged(),
               "the rest is counted")
    assert s.logged().count("the sky is falling") < 100


def test_one_that_writes_without_a_newline(rundir, supervise, source):
    program = script(rundir, ASKED + """
cat /dev/zero >&2 &
head -c 5000000 /dev/zero | tr '\\0' 'x'
echo
""" + HEALTHY)
    s = supervise(*define(url="rtmp://127.0.0.1/a/b"),
                  "-D", f"streamer.ffmpeg={program}")
    wait_until(lambda: s.output()["state"] == "running", "it runs")
    assert len(s.logged()) < 10000


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
            assert states(c.until("output", to=state)) == [
                "starting", "rejected"]
    assert s.output()["last_error"] == line.rpartition("] ")[2].replace(
        "/a/b", "/a/***")


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
        c.until("output", to="running")
        pids = s.ffmpegs()
        s.process.send_signal(how)
        c.until("output", name="live", to="stopped")
    assert s.wait() == 0
    assert not [p for p in pids if daemon.exists(p)]
    assert not (rundir / "streamer.sock").exists()


def test_a_second_signal_ends_the_grace(rundir, supervise, source):
    program = script(rundir, ASKED + "trap '' INT" + HEALTHY)
    s = supervise(*define(url="rtmp://127.0.0.1/a/b", stop_timeout="1h"),
                  "-D", f"streamer.ffmpeg={program}")
    with s.control() as c:
        c.subscribe("output")
        c.until("output", to="running")
        pids = s.ffmpegs()
        s.process.send_signal(signal.SIGTERM)
        c.until("output", to="stopping")
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
    wait_until(lambda: "nothing to reload" in s.logged(), "it says so")
    assert s.output()["pid"] == pid and s.output()["state"] == "running"


def test_secrets_stay_secret(supervise, source, nginx):
    url = nginx.url("KEYKEYKEY").replace(
        "rtmp://", "rtmp://user:PASSWORD@") + "?token=TOKENTOKEN"
    s = supervise(*define(url=url))
    with s.control() as c:
        c.subscribe("output")
        events = c.until("output", to="running")
        nginx.kill()
        events += c.until("output", to="backoff")
        # Refused now: that line of ffmpeg's holds the whole URL.
        events += c.until("output", to="backoff")
        status = c.plain("status")
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
