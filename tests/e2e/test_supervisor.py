"""streamer-supervisor with the real ffmpeg and real servers: sound arrives,
what breaks is mended, what is asked is done."""
import os
import signal

import pytest

import daemon
import peers
from daemon import wait_until
from supervisor import (  # noqa: F401
    ASKED, HEALTHY, define, nginx, script, source, states, supervise, until)


# ---- sound arrives --------------------------------------------------------


def test_rtmp_push_arrives(supervise, source, nginx):
    s = supervise(*define(url=nginx.url(), autostart="no"))
    with s.control() as c:
        c.subscribe("output")
        assert s.output()["state"] == "stopped"
        c.ask("start", name="live")
        events = until(c, "running")
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
        peers.heard_noise(far_end.samples(2 * peers.RATE))
        wait_until(
            lambda: s.output()["state"] == "running", "it says running")


def test_pushes_over_tls_arrive(rundir, supervise, source, nginx):
    with peers.RtspListener() as listener, \
            peers.TlsProxy(rundir, nginx.port) as rtmps, \
            peers.TlsProxy(rundir, listener.port) as rtsps:
        supervise(
            *define("a", url=f"rtmps://127.0.0.1:{rtmps.port}/live/stream",
                    ca_file=rtmps.certificate),
            *define("b", url=f"rtsps://127.0.0.1:{rtsps.port}/stream",
                    tls_verify="no"))
        peers.heard_noise(listener.samples(2 * peers.RATE))
        wait_until(nginx.bytes_in, "the server receives")
        with nginx.decode() as far_end:
            peers.heard_noise(far_end.samples(2 * peers.RATE))


def test_the_real_ttsd(supervise, start, nginx):
    s = supervise(*define(url=nginx.url()))
    with s.control() as c:
        c.subscribe("output")
        ttsd = start()
        until(c, "running")
        ttsd.kill()
        until(c, "backoff")
        ttsd = start()
        until(c, "running")
    wait_until(
        lambda: any(
            sub["pid"] == s.output()["pid"]
            for sub in ttsd.status()["channels"][0]["subscribers"]),
        "ttsd sees our ffmpeg")
    os.kill(s.output()["pid"], signal.SIGSTOP)
    wait_until(lambda: s.output()["drops"] > 0, "ttsd reports the lag")
    os.kill(s.output()["pid"], signal.SIGCONT)


# ---- what breaks is mended ------------------------------------------------


def test_a_killed_ffmpeg_is_back(supervise, source, nginx):
    s = supervise(*define(url=nginx.url()))
    with s.control() as c:
        c.subscribe("output")
        until(c, "running")
        victim = s.output()["pid"]
        os.kill(victim, signal.SIGKILL)
        events = until(c, "running")
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
            until(c, "running")


def test_a_server_that_takes_no_publisher_is_not_hammered(
        supervise, source, nginx):
    # It accepts the connection and drops it once the stream is published.
    s = supervise(*define(url=nginx.url(application="closed")))
    with s.control() as c:
        c.subscribe("output")
        events = [e for _ in range(4) for e in until(c, "backoff")]
    assert "running" not in states(events)
    assert events[-1]["backoff_ms"] >= 200


def test_a_server_that_died_is_waited_for(supervise, source, nginx):
    s = supervise(*define(url=nginx.url()))
    with s.control() as c:
        c.subscribe("output")
        until(c, "running")
        nginx.kill()
        until(c, "backoff")
        nginx.start()
        until(c, "running")
    with nginx.decode() as far_end:
        peers.heard_noise(far_end.samples(2 * peers.RATE))


def test_a_stopped_ffmpeg_has_stalled(supervise, source, nginx):
    s = supervise(*define(url=nginx.url(), stall_timeout="500ms"))
    with s.control() as c:
        c.subscribe("output")
        until(c, "running")
        os.kill(s.output()["pid"], signal.SIGSTOP)
        events = until(c, "running")
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
            until(c, "stalled")
            until(c, "backoff")
            assert s.output()["last_error"] == (
                "no sound flowed within 300 ms")


def test_outputs_do_not_care_about_each_other(supervise, source, nginx):
    dead = f"rtmp://127.0.0.1:{peers.free_port()}/live/x"
    s = supervise(*define("dead", url=dead), *define(url=nginx.url()))
    with s.control() as c:
        c.subscribe("output")
        for _ in range(4):
            until(c, "backoff", "dead")
    wait_until(lambda: s.output("live")["state"] == "running", "live runs")
    assert s.output("live")["restarts"] == 0


def test_it_gives_up_where_it_was_told_to(supervise, source):
    dead = f"rtmp://127.0.0.1:{peers.free_port()}/live/x"
    s = supervise(*define(url=dead, max_restarts=2, autostart="no"))
    with s.control() as c:
        # That ttsd comes on air makes earlier failures say nothing.
        wait_until(lambda: c.ask("status")["ttsd"], "it has found ttsd")
        c.subscribe("output")
        for _ in range(2):
            c.ask("start", name="live")
            events = until(c, "stopped")
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
        until(c, "running")
        assert s.output()["restarts"] == 0


def test_a_source_that_restarts_is_joined_at_once(
        rundir, supervise, source, nginx):
    s = supervise(*define(
        url=nginx.url(), backoff_initial="1h", backoff_max="1h"))
    with s.control() as c:
        c.subscribe("output")
        for _ in range(3):
            until(c, "running")
            source.stop()
            until(c, "backoff")
            source.start()
        until(c, "running")
    with nginx.decode() as far_end:
        peers.heard_noise(far_end.samples(2 * peers.RATE))
    log = s.logged()
    assert log.count("went off air") == 3 and log.count("is on air\n") == 4
    assert log.count(
        'reason="ttsd is on air again: the stream starts afresh"') == 3


def test_a_source_that_restarts_fast_is_joined_at_once(
        rundir, supervise, source):
    # ttsd is back before the ffmpeg that it took along has gone.
    program = script(rundir, ASKED + "trap '' INT" + HEALTHY)
    s = supervise(*define(
        url="rtmp://127.0.0.1/a/b", backoff_initial="1h", backoff_max="1h",
        stop_timeout="100ms"), "-D", f"streamer.ffmpeg={program}")
    with s.control() as c:
        c.subscribe("output")
        until(c, "running")
        source.stop()
        source.start()
        wait_until(lambda: s.logged().count("is on air\n") == 2, "it is back")
        os.kill(s.output()["pid"], signal.SIGKILL)
        until(c, "running")


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
        until(e, "running")
        first = s.output()["pid"]
        assert c.plain("stop live") == "ok"
        assert states(until(e, "stopped")) == [
            "stopping", "stopped"]
        assert not daemon.exists(first) and not s.ffmpegs()
        assert c.plain("stop live") == "ok"
        assert s.output()["pid"] == 0 and s.output()["uptime_ms"] == 0
        c.ask("start", name="live")
        c.ask("start", name="live")
        assert states(until(e, "running")) == [
            "starting", "running"]
        second = s.output()["pid"]
        c.ask("restart", name="live")
        assert states(until(e, "running")) == [
            "stopping", "starting", "running"]
        assert s.output()["pid"] not in (first, second)
        assert s.output()["last_error"] == ""


def test_start_does_not_wait_for_the_back_off(supervise, source):
    dead = f"rtmp://127.0.0.1:{peers.free_port()}/live/x"
    s = supervise(*define(
        url=dead, backoff_initial="1h", backoff_max="1h"))
    with s.control() as c:
        c.subscribe("output")
        until(c, "backoff")
        c.ask("start", name="live")
        assert states(until(c, "backoff")) == [
            "starting", "backoff"]
        c.ask("stop", name="live")
        assert states(until(c, "stopped")) == ["stopped"]


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
