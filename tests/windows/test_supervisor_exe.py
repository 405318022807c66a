"""streamer-supervisor.exe, with a real ffmpeg.exe, pushes to native servers
over loopback; what breaks is mended, what ends leaves nothing."""
import os
import signal

import numpy as np
import pytest

import peers
import wine
from captions import Hls
from daemon import wait_until
from supervisor import (  # noqa: F401
    define, nginx, supervise, until)


def ffmpegs():
    return wine.WINE.running("ffmpeg.exe")


def heard_tone(samples):
    """The tone engine's 440 Hz, and nothing else that is loud."""
    last = samples[-peers.RATE:].astype(float)
    spectrum = np.abs(np.fft.rfft(last * np.hanning(len(last))))
    assert abs(int(np.argmax(spectrum)) - 440) <= 2
    assert last.std() > 1000


def play(ttsd):
    with ttsd.control() as c:
        c.ask("say", text="ms=600000 tone")


def test_rtmp_push_arrives(start, supervise, nginx):
    ttsd = start()
    play(ttsd)
    s = supervise(*define(url=nginx.url()))
    wait_until(nginx.bytes_in, "the server receives")
    with nginx.decode() as far_end:
        heard_tone(far_end.samples(2 * peers.RATE))
    o = s.output()
    assert o["state"] == "running" and 0.5 < o["speed"] < 2
    subscribers = ttsd.status()["channels"][0]["subscribers"]
    assert [x["pid"] for x in subscribers] == [o["pid"]]


@pytest.mark.parametrize("transport", ["tcp", "udp"])
def test_rtsp_push_arrives(start, supervise, transport):
    play(start())
    with peers.RtspListener() as far_end:
        s = supervise(*define(url=far_end.url, rtsp_transport=transport))
        heard_tone(far_end.samples(2 * peers.RATE))
        wait_until(lambda: s.output()["state"] == "running", "it runs")


def test_a_killed_ffmpeg_is_back(start, supervise, nginx):
    play(start())
    s = supervise(*define(url=nginx.url(), autostart="no"))
    with s.control() as c:
        c.subscribe("output")
        c.ask("start", name="live")
        until(c, "running")
        victim, = ffmpegs()
        os.kill(victim, signal.SIGKILL)
        events = until(c, "running")
    assert [e["to"] for e in events] == ["backoff", "starting", "running"]
    assert s.output()["restarts"] == 1
    with nginx.decode() as far_end:
        heard_tone(far_end.samples(2 * peers.RATE))


def test_stop_is_asked_for_with_a_key(start, supervise, nginx):
    """ffmpeg.exe ends by itself, within its grace, with exit status 0."""
    start()
    s = supervise(*define(url=nginx.url(), stop_timeout="30s"))
    wait_until(lambda: s.output()["state"] == "running", "it runs")
    with s.control() as c:
        c.subscribe("output")
        c.ask("stop", name="live")
        until(c, "stopped")
    assert s.output()["last_exit"] == "exit status 0"
    assert not ffmpegs()


def test_a_ttsd_that_restarts_is_joined_again(start, supervise, nginx):
    first = start()
    s = supervise(*define(url=nginx.url()))
    with s.control() as c:
        c.subscribe("output")
        wait_until(lambda: s.output()["state"] == "running", "it runs")
        first.kill()
        until(c, "backoff")
        play(start())
        until(c, "running")
    with nginx.decode() as far_end:
        heard_tone(far_end.samples(2 * peers.RATE))


def test_no_ffmpeg_outlives_a_killed_supervisor(start, supervise, nginx):
    start()
    s = supervise(*define(url=nginx.url()))
    wait_until(lambda: s.output()["state"] == "running", "it runs")
    s.kill()
    wait_until(lambda: not ffmpegs(), "ffmpeg is gone")


def test_ttsctl_shows_it(supervise):
    s = supervise(*define(url="udp://127.0.0.1:9", autostart="no"))

    def shown(*args):
        p = wine.WINE.program("ttsctl", "-r", s.pipes(), "outputs", *args)
        assert p.returncode == 0, p.stderr
        return p.stdout.decode().splitlines()
    assert [line.split()[:2] for line in shown()] == [
        ["OUTPUT", "STATE"], ["live", "stopped"]]
    assert "wanted        no" in shown("live")


def test_captions_beside_hls(start, supervise, rundir):
    """Story: a program is started aside, and its process not known at once;
    captions, which were to know it then, were never begun."""
    folder = rundir / "media"
    folder.mkdir()
    ttsd = start()
    s = supervise(*define(url=f"{folder}/live.m3u8", segment="1s",
                          captions="yes",
                          extra_output_args="-hls_list_size 30"))
    wait_until(lambda: s.output()["captions"]["state"] == "running",
               "they listen")
    with ttsd.control() as c:
        c.ask("say", text="number forty two")
    hls = Hls(folder)
    hls.until_said("number", "forty", "two")
    assert hls.marked() == ["number", "forty", "two"]
    assert s.output()["captions"]["last_error"] == ""
