"""Outputs come, go and change while others stay on air."""
import os
import signal

import numpy as np
import pytest

import daemon
import peers
import sound
from daemon import wait_until
from supervisor import (  # noqa: F401
    ASKED, HEALTHY, QUICK, define, nginx, script, source, states, supervise,
    until)


def unbroken(samples):
    """Not one sample of the noise is missing or doubled."""
    wave = np.concatenate([peers.noise(), peers.noise()[:2 * peers.RATE]])
    _, at = sound.match(samples[:peers.RATE], wave)
    expected = peers.noise().take(
        range(at, at + len(samples)), mode="wrap")
    assert np.array_equal(samples, expected)


def section(name, url, **keys):
    lines = [f"{key} = {value}" for key, value in
             {"url": url, **QUICK, **keys}.items()]
    return "\n".join([f"[output {name}]", *lines, ""])


@pytest.fixture
def pretend(rundir):
    """An ffmpeg that says that all is well."""
    program = script(rundir, ASKED + HEALTHY)
    return ["-D", f"streamer.ffmpeg={program}"]


def runs(s, name):
    wait_until(lambda: s.outputs().get(name, {}).get("state") == "running",
               f"{name} runs")
    return s.output(name)["pid"]


def test_one_comes_and_goes(supervise, source, nginx):
    with peers.RtspListener() as far_end:
        s = supervise(*define(url=far_end.url, codec="pcm"))
        pid = runs(s, "live")
        with s.control() as c:
            c.ask("add", name="hall", url=nginx.url(), codec="mp3",
                  backoff_max="1s", max_restarts=7, autostart=True)
            hall = runs(s, "hall")
            with nginx.decode() as hears:
                peers.heard_noise(hears.samples(2 * peers.RATE))
            assert c.refused("add", name="hall", url="rtmp://h/a/b") == (
                "bad-request")
            assert c.ask("reload") == {
                "ok": True, "added": [], "removed": [], "changed": [],
                "of_ttsd": []}
            c.ask("remove", name="hall")
            assert list(s.outputs()) == ["live"]
            assert c.refused("remove", name="hall") == "not-found"
            assert c.refused("start", name="hall") == "not-found"
        wait_until(lambda: not daemon.exists(hall), "its ffmpeg has gone")
        assert s.output()["pid"] == pid and s.output()["restarts"] == 0
        unbroken(far_end.samples(2 * peers.RATE))


def test_a_reload_touches_what_has_changed(
        rundir, supervise, source, pretend):
    file = rundir / "ttsd.conf"
    with peers.RtspListener() as far_end:
        kept = section("kept", far_end.url, codec="pcm")
        file.write_text(kept + section("gone", "rtmp://127.0.0.1:9/a/b") +
                        section("other", "rtmp://127.0.0.1:9/a/c"))
        s = supervise("-c", str(file))
        pid = runs(s, "kept")
        # The same section further down and written otherwise is the same.
        file.write_text(
            section("new", "udp://127.0.0.1:9") +
            section("other", "udp://127.0.0.1:9", bitrate="32k") +
            "# much ado\n" + kept.replace(" = ", "="))
        with s.control() as c:
            reply = c.ask("reload")
            assert reply["added"] == ["new"]
            assert reply["removed"] == ["gone"]
            assert reply["changed"] == ["other"]
            wait_until(lambda: set(s.outputs()) == {"kept", "new", "other"},
                       "gone has gone")
            runs(s, "new")
            runs(s, "other")
        assert s.output("kept")["pid"] == pid
        unbroken(far_end.samples(2 * peers.RATE))
        assert s.output("kept")["restarts"] == 0


@pytest.mark.parametrize("mistake,told", [
    ("[output new]\nurl = gopher://SECRET\n", "[output new] url"),
    ("[output new]\nurl = udp://h:1\ncolour = red\n", "colour"),
    ("[output new]\n", "needs a url"), ("what\n", "key = value")])
def test_a_mistake_changes_nothing(
        rundir, supervise, source, pretend, mistake, told):
    file = rundir / "ttsd.conf"
    live = section("live", "udp://127.0.0.1:9")
    file.write_text(live)
    s = supervise("-c", str(file), *pretend)
    pid = runs(s, "live")
    file.write_text(live.replace(":9", ":10") + mistake)
    with s.control() as c:
        assert c.refused("reload") == "bad-request"
        assert told in c.plain("reload")
    s.process.send_signal(signal.SIGHUP)
    wait_until(lambda: s.logged().count("the reload is refused") == 3, "told")
    assert s.output()["pid"] == pid and "new" not in s.outputs()
    assert "SECRET" not in s.logged()
    file.unlink()
    with s.control() as c:
        assert c.refused("reload") == "bad-request"
    assert s.output()["pid"] == pid


def test_the_old_one_ends_before_the_new_one_starts(
        rundir, supervise, source):
    # A server takes one publisher of a name: two at once, and both fail.
    program = script(rundir, ASKED + """
mkdir "$0.busy" || echo two at once >>"$0.log"
trap 'sleep 0.3; rmdir "$0.busy"; exit' INT
""" + HEALTHY)
    file = rundir / "ttsd.conf"
    file.write_text(section("live", "udp://127.0.0.1:9"))
    s = supervise("-c", str(file), "-D", f"streamer.ffmpeg={program}")
    runs(s, "live")
    with s.control() as c:
        c.subscribe("output")
        for port in (10, 11):
            file.write_text(section("live", f"udp://127.0.0.1:{port}"))
            s.process.send_signal(signal.SIGHUP)
            assert states(until(c, "running")) == [
                "stopping", "stopped", "starting", "running"]
            assert s.output()["url"].endswith(f":{port}")
    assert not (rundir / "ffmpeg.log").exists()
    assert len(s.ffmpegs()) == 1


def test_what_was_stopped_stays_so(rundir, supervise, source, pretend):
    file = rundir / "ttsd.conf"
    file.write_text(section("live", "udp://127.0.0.1:9"))
    s = supervise("-c", str(file), *pretend)
    runs(s, "live")
    with s.control() as c:
        c.ask("stop", name="live")
        wait_until(lambda: s.output()["state"] == "stopped", "it stopped")
        file.write_text(section("live", "udp://127.0.0.1:10"))
        assert c.ask("reload")["changed"] == ["live"]
        wait_until(lambda: s.output()["url"].endswith(":10"), "it is new")
        c.ask("ping")
        assert s.output()["state"] == "stopped"
        c.ask("start", name="live")
        runs(s, "live")


def test_an_added_one_survives_a_reload(rundir, supervise, source, pretend):
    file = rundir / "ttsd.conf"
    file.write_text("")
    s = supervise("-c", str(file), *pretend)
    with s.control() as c:
        c.ask("add", name="hall", url="udp://127.0.0.1:9")
        pid = runs(s, "hall")
        assert c.ask("reload")["removed"] == []
        assert s.output("hall")["pid"] == pid
        # The channel it sends is another one now.
        file.write_text("[channel main]\nrate = 48000\n")
        assert c.ask("reload")["changed"] == ["hall"]
        wait_until(lambda: s.output("hall")["pid"] not in (pid, 0), "anew")
        c.ask("remove", name="hall")
        c.ask("add", name="hall", url="udp://127.0.0.1:10")
        runs(s, "hall")
        assert s.output("hall")["url"].endswith(":10")


def test_a_group_changes_as_a_whole(rundir, supervise, source, pretend):
    """It went on with the channel and the time-outs that it began with."""
    file = rundir / "ttsd.conf"

    def write(channel, **keys):
        file.write_text(
            "[channel main]\n[channel side]\nrate = 48000\n" + "".join(
                section(name, f"udp://127.0.0.1:{port}", group="g",
                        channel=channel, **keys)
                for name, port in (("a", 9), ("b", 10))))

    write("main")
    s = supervise("-c", str(file), *pretend)
    first = runs(s, "a")
    assert runs(s, "b") == first
    assert "main.sock" in daemon.command_line(first)
    with s.control() as c:
        c.subscribe("output")
        for channel, keys in (("side", {}), ("side", {
                "stall_timeout": "300ms"})):
            write(channel, **keys)
            assert c.ask("reload")["changed"] == ["a", "b"]
            until(c, "running", "a")
            pid = s.output("a")["pid"]
            assert s.output("b")["pid"] == pid != first
            assert "side.sock" in daemon.command_line(pid)
            first = pid
        os.kill(pid, signal.SIGSTOP)
        assert until(c, "stalled", "a")[-1]["reason"] == (
            "no progress for 300 ms")


def test_additions_that_make_no_sense(supervise):
    s = supervise()
    good = {"name": "x", "url": "udp://127.0.0.1:9", "autostart": False}
    bad = [{"name": ""}, {"name": "a b"}, {"name": "a.b"}, {"name": "n" * 33},
           {"name": None}, {"url": None}, {"url": ""}, {"url": "gopher://h"},
           {"url": 7}, {"codec": "wax"}, {"codec": "pcm"}, {"rate": -1},
           {"rate": "x"}, {"backoff_max": "soon"}, {"colour": "red"},
           {"channel": "none"}, {"autostart": "yes"},
           {"backoff_initial": "2h"}, {"extra_output_args": "'"}]
    with s.control() as c:
        for wrong in bad:
            fields = {k: v for k, v in {**good, **wrong}.items()
                      if v is not None}
            assert c.refused("add", **fields) == "bad-request", wrong
        assert c.plain("remove").startswith("error bad-request")
        assert s.outputs() == {}
        c.ask("add", **good)
        assert s.output("x")["state"] == "stopped"
        assert c.plain("remove x") == "ok"


def test_it_ends_with_one_that_is_leaving(rundir, supervise, source):
    program = script(rundir, ASKED + "trap '' INT" + HEALTHY)
    s = supervise(*define(url="udp://127.0.0.1:9", stop_timeout="300ms"),
                  "-D", f"streamer.ffmpeg={program}")
    runs(s, "live")
    with s.control() as c:
        c.ask("remove", name="live")
    s.process.send_signal(signal.SIGTERM)
    assert s.process.wait(daemon.PATIENCE_S) == 0
