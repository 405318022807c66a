"""Outputs that wait for a player, as an RTMP server does."""
import os
import signal
import socket
import subprocess
import time

import pytest

import daemon
import peers
import receivers
from client import ctl  # noqa: F401
from daemon import wait_until
from supervisor import define, source, states, supervise, until  # noqa: F401


class Listener:
    def __init__(self, s, name, port):
        self.s, self.name, self.port = s, name, port

    def waits(self):
        wait_until(lambda: peers.is_listening(self.port), "it listens")
        o = self.s.output(self.name)
        assert (o["state"], o["waits_for"]) == ("starting", "a player")
        return o["pid"]

    def play(self):
        return peers.Decoder(f"rtmp://127.0.0.1:{self.port}/live/{self.name}")


@pytest.fixture
def listeners(supervise, source):  # noqa: F811
    """Two of them, under one supervisor, with a start timeout that would
    soon be over."""
    ports = {name: peers.free_port() for name in ("one", "two")}
    s = supervise(*(word for name, port in ports.items() for word in define(
        name, url=f"rtmp://127.0.0.1:{port}/live/{name}", listen="yes",
        start_timeout="1500ms", max_restarts=1)))
    return [Listener(s, *item) for item in ports.items()]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_players_come_in_any_order(listeners, order):
    first, last = (listeners[i] for i in order)
    first.waits()
    last.waits()
    with first.play() as hears:
        peers.heard_noise(hears.samples(2 * peers.RATE))
        last.waits()
        with last.play() as hears_too:
            peers.heard_noise(hears_too.samples(2 * peers.RATE))
            peers.heard_noise(hears.samples(5 * peers.RATE))


def test_one_player_after_the_other(listeners):
    one, two = listeners
    pid = two.waits()
    with one.s.control() as c:
        c.subscribe("output")
        for _ in range(4):
            one.waits()
            with one.play() as hears:
                peers.heard_noise(hears.samples(2 * peers.RATE))
            events = until(c, "backoff", "one")
            assert events[-1]["reason"] == "the player has left"
            assert until(c, "starting", "one")[-1]["reason"] == (
                "waits for the next player")
    assert two.waits() == pid and one.waits()
    assert one.s.output("one")["last_error"] == ""


NO_PLAYERS = {"silent": b"", "half a handshake": b"\x03" + bytes(1536),
              "a browser": b"GET / HTTP/1.1\r\n\r\n"}


@pytest.mark.parametrize("says", NO_PLAYERS.values(), ids=NO_PLAYERS)
def test_who_is_no_player_keeps_none_out(listeners, says):
    """It counted as a failed start, and one that said nothing kept the port
    for ever."""
    one, _ = listeners
    with one.s.control() as c:
        c.subscribe("output")
        for _ in range(3):
            one.waits()
            with socket.create_connection(("127.0.0.1", one.port)) as client:
                client.sendall(says)
                event = until(c, "backoff", "one")[-1]
            assert event["reason"] == "who connected was no player"
            assert event["backoff_ms"] <= 50
            until(c, "starting", "one")
    one.waits()
    with one.play() as hears:
        peers.heard_noise(hears.samples(2 * peers.RATE))
    assert one.s.output("one")["last_error"] == ""


def test_a_port_that_is_taken(supervise, source):  # noqa: F811
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        s = supervise(*define(
            url=f"rtmp://127.0.0.1:{port}/live/live", listen="yes",
            backoff_max="20s", backoff_initial="10s"))
        wait_until(lambda: s.output()["state"] == "backoff", "it fails")
        assert "Address already in use" in s.output()["last_error"]


def test_sound_that_nobody_reads_counts_as_nothing(listeners, source):
    one, _ = listeners
    pid = one.waits()
    source.event(event="subscriber", channel="main", state="lagging", pid=pid)
    with one.play() as hears:
        peers.heard_noise(hears.samples(2 * peers.RATE))
        wait_until(
            lambda: one.s.output("one")["state"] == "running", "it runs")
        assert one.s.output("one")["drops"] == 0


def test_it_is_stopped_while_it_waits(listeners, ctl):  # noqa: F811
    one, two = listeners
    pid = one.waits()
    assert ctl("outputs", "--wait").returncode == 0
    with one.s.control() as c:
        c.ask("stop", name="one")
        wait_until(lambda: not daemon.exists(pid), "its ffmpeg has gone")
        assert one.s.output("one")["last_exit"] != "killed by SIGKILL"
        c.ask("start", name="one")
        pid = one.waits()
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: one.s.output("one")["pid"] not in (0, pid),
                   "there is another")
        one.waits()
        assert one.s.output("one")["last_error"] == "killed by SIGKILL"


def test_with_ttsd(start, supervise, rundir):  # noqa: F811
    """The real one, which would skip for a reader that does not read."""
    port = peers.free_port()
    start()
    s = supervise(*define(
        url=f"rtmp://127.0.0.1:{port}/live/live", listen="yes"))
    live = Listener(s, "live", port)
    live.waits()
    with daemon.Control(rundir / "control.sock") as c:
        c.subscribe("subscriber").event("subscriber", state="lagging")
    with live.play() as hears:
        assert len(hears.samples(3 * peers.RATE))
        assert s.output()["drops"] == 0


@pytest.mark.parametrize("keys,query", [
    ({}, "?mode=listener"), ({"listen": "yes"}, ""),
    ({"listen": "yes"}, "?passphrase=correct-horse")])
def test_srt_waits_for_a_player(supervise, source, keys, query):  # noqa: F811
    """It was killed after each start_timeout, with longer and longer waits
    between, so that nobody listened for three quarters of the time; and a
    pair of warnings each time."""
    port = receivers.free_udp_port()
    there = f"srt://127.0.0.1:{port}"
    s = supervise(*define(url=there + query, start_timeout="500ms", **keys))
    wait_until(lambda: receivers.is_bound(port), "it listens")
    pid = s.output()["pid"]
    time.sleep(2.5)  # what was wrong showed itself by then
    assert (s.output()["state"], s.output()["waits_for"], s.output()["pid"],
            s.output()["restarts"]) == ("starting", "a player", pid, 0)
    # One with the wrong passphrase is turned away, and does not matter.
    subprocess.run(
        ["ffmpeg", "-v", "quiet", "-i", there + "?passphrase=not-this-one",
         "-f", "null", "-"], timeout=daemon.PATIENCE_S)
    assert s.output()["pid"] == pid
    for n in range(3):
        wait_until(lambda: receivers.is_bound(port), "it listens")
        with peers.Decoder(there + query.replace("?mode=listener", ""),
                           *receivers.PATIENT) as player:
            peers.heard_noise(player.samples(2 * peers.RATE))
        wait_until(lambda: s.output()["restarts"] > n, "it is seen to leave")
    wait_until(lambda: s.output()["waits_for"] == "a player", "it waits")
    assert s.output()["last_error"] == ""
    assert {h["cause"] for h in s.output()["history"]} == {"left"}
    assert "warning" not in s.logged()


def test_srt_on_a_port_that_is_taken(supervise, source):  # noqa: F811
    with receivers.DatagramListener("srt", "?mode=listener") as other:
        s = supervise(*define(url=other.url, listen="yes"))
        wait_until(lambda: s.output()["state"] == "backoff", "it fails")
        assert "Address already in use" in s.output()["last_error"]
