"""RTSP into a server that others run too (gst-rtsp-server): it decodes what
it is sent, and what it plays is the sound that was sent."""
import pytest

import peers
import receivers
from daemon import wait_until
from supervisor import (  # noqa: F401
    define, source, states, supervise, until)


def heard(server, seconds=2):
    with server.decode() as player:
        peers.heard_noise(player.samples(seconds * peers.RATE))


@pytest.mark.parametrize("transport", ["tcp", "udp"])
@pytest.mark.parametrize("codec", ["aac", "opus", "pcm"])
def test_what_it_plays_is_what_was_sent(supervise, source, transport, codec):
    with receivers.RtspServer() as server:
        s = supervise(*define(url=server.url, rtsp_transport=transport,
                              codec=codec))
        wait_until(lambda: s.output()["state"] == "running", "it runs")
        heard(server)


@pytest.mark.parametrize("transport", ["tcp", "udp"])
def test_killed_and_back(supervise, source, transport):
    with receivers.RtspServer() as server:
        s = supervise(*define(url=server.url, rtsp_transport=transport,
                              stall_timeout="2s"))
        wait_until(lambda: s.output()["state"] == "running", "it runs")
        heard(server)
        with s.control() as c:
            c.subscribe("output")
            server.end()
            assert until(c, "backoff")
            with receivers.RtspServer(server.port) as again:
                assert "rejected" not in states(until(c, "running"))
                heard(again)


def test_read_back(supervise, source):
    """What it plays is a probe_url."""
    with receivers.RtspServer() as server:
        s = supervise(*define(url=server.url, probe_url=server.play_url,
                              probe_interval="1s"))
        wait_until(lambda: (s.output()["probe"] or {}).get("good"),
                   "the probe is good")
        assert s.output()["restarts"] == 0


def test_a_mount_that_is_not_there(supervise, source):
    with receivers.RtspServer() as server:
        s = supervise(*define(url=server.url + "/other"))
        wait_until(lambda: s.output()["state"] == "rejected", "it is refused")
        assert "404" in s.output()["last_error"]
