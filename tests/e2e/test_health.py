"""Faults that ffmpeg itself does not notice: each is seen within
stall_timeout, or docs/OUTPUTS.md says what it takes. Every far end is real;
what is cut is a real cable."""
import contextlib
import fcntl
import os
import signal
import socket
import threading
import time

import pytest

from daemon import Ttsd, wait_until
from network import host  # noqa: F401
from peers import RATE, NginxRtmp, free_port, heard_noise
from receivers import DatagramListener
from supervisor import (  # noqa: F401
    ASKED, define, nginx, script, source, states, supervise, until)


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


def test_a_supervisor_that_stood_still(supervise, source, nginx):
    """A virtual machine was paused for 13 seconds, and the supervisor killed
    every healthy ffmpeg on waking: "no progress for 10000 ms". The progress
    had waited in its pipes, unread."""
    s = supervise(*define(url=nginx.url("a"), stall_timeout="1s"),
                  *define("b", url=nginx.url("b"), stall_timeout="1s"))
    for name in "live", "b":
        wait_until(lambda: s.output(name)["state"] == "running", "it runs")
    before = {n: o["pid"] for n, o in s.outputs().items()}
    with s.control() as c:
        c.subscribe("output")
        s.process.send_signal(signal.SIGSTOP)
        time.sleep(3.5)
        s.process.send_signal(signal.SIGCONT)
        sent = s.output()["out_time_ms"]
        wait_until(lambda: s.output()["out_time_ms"] > sent + 2000,
                   "sound goes on")
    assert before == {n: o["pid"] for n, o in s.outputs().items()}
    assert not any(o["restarts"] for o in s.outputs().values())


# Bytes a second that ffmpeg 5.1.9 tells of its progress, measured.
PROGRESS_RATE = 700


def test_progress_can_wait_for_minutes(supervise, source, nginx):
    """An ffmpeg whose pipe is full stands still with its stream: after a
    minute and a half of a supervisor that was frozen."""
    s = supervise(*define(url=nginx.url()))
    wait_until(lambda: s.output()["state"] == "running", "it runs")
    with open(f"/proc/{s.output()['pid']}/fd/1", "wb") as pipe:
        size = fcntl.fcntl(pipe, fcntl.F_GETPIPE_SZ)
    assert size >= 20 * 60 * PROGRESS_RATE


def test_both_stood_still(supervise, source, nginx):
    """The machine was paused with all that is on it: there is no progress
    that waits, and it is nobody's fault."""
    s = supervise(*define(url=nginx.url(), stall_timeout="1s"))
    wait_until(lambda: s.output()["state"] == "running", "it runs")
    pid = s.output()["pid"]
    os.kill(pid, signal.SIGSTOP)
    s.process.send_signal(signal.SIGSTOP)
    time.sleep(3.5)
    s.process.send_signal(signal.SIGCONT)
    os.kill(pid, signal.SIGCONT)
    sent = s.output()["out_time_ms"]
    wait_until(lambda: s.output()["out_time_ms"] > sent + 1000, "it goes on")
    assert s.output()["pid"] == pid and s.output()["restarts"] == 0


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


@pytest.mark.parametrize("scheme", ["udp", "rtp"])
def test_datagrams_that_nobody_takes(supervise, source, scheme):
    """Only a socket that is connected hears that nobody listens there."""
    s = supervise(*define(
        url=f"{scheme}://127.0.0.1:{free_port()}?connect=1"))
    wait_until(lambda: "Connection refused" in (
        s.output()["last_error"] or ""), "ffmpeg hears of it")


class TakesNothing:
    """Accepts a TCP connection, and an Icecast source if it is let to, and
    then never reads."""

    def __init__(self, answers):
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.listen()
        self.port = self.socket.getsockname()[1]
        self.accepted = []
        if answers:
            threading.Thread(target=self._answer, daemon=True).start()

    def _answer(self):
        with contextlib.suppress(OSError):
            while True:
                self.accepted.append(self.socket.accept()[0])
                self.accepted[-1].recv(300)
                self.accepted[-1].sendall(b"HTTP/1.0 200 OK\r\n\r\n")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for s in (self.socket, *self.accepted):
            s.close()


def test_a_server_that_never_answers(supervise, source):
    with TakesNothing(answers=False) as server:
        s = supervise(*define(
            url=f"rtmp://127.0.0.1:{server.port}/live/x",
            start_timeout="500ms"))
        await_cause(s, "start-timeout")


def test_a_server_that_never_reads(supervise, source):
    """ffmpeg has room for minutes in the kernel's buffers; the window that
    the server closed tells."""
    with TakesNothing(answers=True) as server:
        s = supervise(*define(
            url=f"icecast://source:x@127.0.0.1:{server.port}/m",
            stall_timeout="1s"))
        await_cause(s, "unacknowledged")


def test_silence_is_healthy(rundir, supervise, nginx):
    """Longer than stall_timeout, with every watch at work."""
    with Ttsd(rundir):
        s = supervise(*define(url=nginx.url(), stall_timeout="2s"))
        wait_until(lambda: s.output()["state"] == "running", "it runs")
        wait_until(lambda: s.output()["uptime_ms"] > 7000, "7 s have passed")
        assert s.output()["restarts"] == 0
        assert s.output()["history"] == []


def with_hosts(folder, hosts):
    """The real ffmpeg, in a name space where this file is /etc/hosts."""
    return script(folder, ASKED + f"""
exec unshare --user --map-root-user --mount sh -c '
    mount --bind {hosts} /etc/hosts && exec REAL "$@"' sh "$@"
""")


def test_rist_to_a_name_that_comes_back(rundir, supervise, source):
    """The name did not resolve for a moment at start. RIST looks it up once:
    `running`, 114 kbit/s, 0 bytes at the receiver, for ever, also when the
    name was back."""
    hosts = rundir / "hosts"
    hosts.write_text("127.0.0.1 localhost\n")
    with DatagramListener("rist") as far_end:
        s = supervise(
            "-D", f"streamer.ffmpeg={with_hosts(rundir, hosts)}", *define(
                url=far_end.url.replace("127.0.0.1", "ingest.test")))
        with s.control() as c:
            c.subscribe("output")
            for _ in range(3):
                events = until(c, "backoff")
                assert "running" not in states(events)
            o = s.output()
            assert "ingest.test" in o["last_error"]
            assert "not known" in o["last_error"]
            assert o["history"][0]["cause"] == "no-evidence"
            hosts.write_text("127.0.0.1 ingest.test\n")
            until(c, "running")
        heard_noise(far_end.samples(2 * RATE))


def in_place_of_ffmpeg(rundir, does):
    """Makes progress for ever; has one socket to the audio, as ffmpeg has."""
    return script(rundir, ASKED + f"""
exec python3 -c '
import socket, sys, time
audio = socket.socket(socket.AF_UNIX)
audio.connect("{rundir}/main.sock")
datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
n = 0
while True:
    n += 1
    {does}
    print(f"out_time_us={{n}}00000")
    print("progress=continue", flush=True)
    time.sleep(0.1)
'""")


def test_one_that_has_no_socket(rundir, supervise, source):
    """However it came to lose it: nothing goes out."""
    s = supervise("-D", "streamer.ffmpeg=" + in_place_of_ffmpeg(
        rundir, "n > 20 and datagrams.close()"),
        *define(url="udp://127.0.0.1:9", stall_timeout="1s"))
    with s.control() as c:
        c.subscribe("output")
        until(c, "running")
        assert until(c, "stalled")[-1]["reason"] == (
            "there was no socket for 1000 ms: nothing was sent")
    assert cause(s) in (None, "no-evidence")


def test_one_that_never_had_a_socket(rundir, supervise, source):
    s = supervise("-D", "streamer.ffmpeg=" + in_place_of_ffmpeg(
        rundir, "datagrams.close()"),
        *define(url="udp://127.0.0.1:9", start_timeout="1s"))
    with s.control() as c:
        c.subscribe("output")
        assert "running" not in states(until(c, "backoff"))
    assert cause(s) == "start-timeout"


def complains(every):
    return (f'n % {every} or print("[udp @ 0x1] [error] send: no", '
            'file=sys.stderr, flush=True)')


def test_one_that_complains_for_long(rundir, supervise, source):
    """ffmpeg survives errors, and reports progress beside them."""
    s = supervise("-D", "streamer.ffmpeg=" + in_place_of_ffmpeg(
        rundir, complains(every=2)),
        *define(url="udp://127.0.0.1:9", stall_timeout="1s"))
    with s.control() as c:
        c.subscribe("output")
        assert until(c, "stalled")[-1]["reason"] == (
            "ffmpeg has complained for 1000 ms: send: no")


def test_one_that_complains_now_and_then(rundir, supervise, source):
    s = supervise("-D", "streamer.ffmpeg=" + in_place_of_ffmpeg(
        rundir, complains(every=15)),
        *define(url="udp://127.0.0.1:9", stall_timeout="1s"))
    wait_until(lambda: s.output()["uptime_ms"] > 5000, "it runs")
    assert s.output()["restarts"] == 0
