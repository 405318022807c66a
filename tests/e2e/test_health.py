"""Faults that ffmpeg itself does not notice: each is seen within
stall_timeout, or docs/OUTPUTS.md says what it takes. Every far end is real;
what is cut is a real cable."""
import contextlib
import os
import signal
import socket
import threading

from daemon import Ttsd, wait_until
from network import host  # noqa: F401
from peers import NginxRtmp
from supervisor import define, nginx, source, supervise, until  # noqa: F401


def cause(s, name="live"):
    history = s.output(name)["history"]
    return history[0]["cause"] if history else None


def await_cause(s, wanted):
    wait_until(lambda: cause(s) == wanted, f"seen: {wanted}")


def remote_nginx(host, folder):
    return NginxRtmp(folder, address=host.address, prefix=host.prefix)


def test_a_cut_cable(rundir, supervise, source, host):
    """The kernel goes on taking what ffmpeg writes, for a quarter of an hour
    of silence and more. What is not acknowledged tells."""
    with remote_nginx(host, rundir) as server:
        s = supervise(*define(url=server.url(), stall_timeout="2s",
                              start_timeout="2s"))
        with s.control() as c:
            c.subscribe("output")
            until(c, "running")
            host.cable("down")
            seen = until(c, "stalled")
            assert seen[-1]["reason"].startswith(
                "the server has taken nothing for 2000 ms: ")
            assert cause(s) in (None, "unacknowledged")
            host.cable("up")
            until(c, "running")
            assert "unacknowledged" in [
                h["cause"] for h in s.output()["history"]]


def test_an_ffmpeg_that_is_frozen(supervise, source, nginx):
    s = supervise(*define(url=nginx.url(), stall_timeout="1s"))
    with s.control() as c:
        c.subscribe("output")
        until(c, "running")
        os.kill(s.output()["pid"], signal.SIGSTOP)
        assert until(c, "stalled")[-1]["reason"] == "no progress for 1000 ms"
        until(c, "running")
    assert cause(s) == "no-progress"


def test_one_that_lags_for_long(supervise, source, nginx):
    s = supervise(*define(url=nginx.url(), stall_timeout="1s"))
    with s.control() as c:
        c.subscribe("output")
        until(c, "running")
        pid = s.output()["pid"]
        stop = threading.Event()

        def lag():
            while not stop.wait(0.2):
                source.event(event="subscriber", state="lagging", pid=pid)
        thread = threading.Thread(target=lag)
        thread.start()
        assert until(c, "stalled")[-1]["reason"] == (
            "it does not keep up with ttsd")
        stop.set()
        thread.join()
        until(c, "running")
    assert cause(s) == "lag"


def test_a_server_that_is_frozen_is_seen_by_the_probe(
        rundir, supervise, source, nginx):
    """Its kernel goes on acknowledging: nothing but reading the stream back
    tells. In the beginning the probe is content."""
    s = supervise(*define(
        url=nginx.url(), probe_url=nginx.url(), probe_interval="500ms",
        stall_timeout="3s", start_timeout="1s"))
    with s.control() as c:
        c.subscribe("output")
        until(c, "running")
        wait_until(lambda: s.output()["probe"]["good"], "it is read back")
        os.kill(nginx.program.process.pid, signal.SIGSTOP)
        reason = until(c, "stalled")[-1]["reason"]
        assert reason.startswith("probe_url: "), reason
        os.kill(nginx.program.process.pid, signal.SIGCONT)
        until(c, "running")
        wait_until(lambda: s.output()["probe"]["good"], "it is well again")
    assert "probe" in [h["cause"] for h in s.output()["history"]]


def test_a_server_that_loses_the_stream(supervise, source, nginx):
    """It took another's stream for ours, or dropped it: there is nothing
    under the name that players use."""
    s = supervise(*define(
        url=nginx.url("here"), probe_url=nginx.url("there"),
        probe_interval="200ms", stall_timeout="500ms"))
    await_cause(s, "probe")
    assert "/there" not in s.logged()


class TakesNothing:
    """Accepts a TCP connection and never reads; what it says comes first."""

    def __init__(self, says=b""):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.port = self.socket.getsockname()[1]
        self.kept = []
        if says:
            threading.Thread(
                target=self._welcome, args=(says,), daemon=True).start()

    def _welcome(self, says):
        with contextlib.suppress(OSError):
            while True:
                self.kept.append(self.socket.accept()[0])
                self.kept[-1].sendall(says)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        for s in [self.socket, *self.kept]:
            s.close()


def test_a_server_that_never_answers(supervise, source):
    with TakesNothing() as server:
        s = supervise(*define(
            url=f"rtmp://127.0.0.1:{server.port}/live/x",
            start_timeout="500ms"))
        await_cause(s, "start-timeout")


def test_a_server_that_takes_no_more(supervise, source):
    """Its window closes long before ffmpeg, whose kernel takes megabytes,
    would stand still."""
    with TakesNothing(b"HTTP/1.0 200 OK\r\n\r\n") as server:
        s = supervise(*define(
            url=f"icecast://source:x@127.0.0.1:{server.port}/live",
            bitrate="128k", stall_timeout="2s"))
        await_cause(s, "unacknowledged")


def test_silence_is_healthy(rundir, supervise, nginx):
    """Longer than stall_timeout, with every watch at work."""
    with Ttsd(rundir):
        s = supervise(*define(url=nginx.url(), stall_timeout="2s"))
        wait_until(lambda: s.output()["state"] == "running", "it runs")
        wait_until(lambda: s.output()["uptime_ms"] > 7000, "7 s have passed")
        assert s.output()["restarts"] == 0
        assert s.output()["history"] == []
