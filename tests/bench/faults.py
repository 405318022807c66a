"""How soon a fault is seen, and how soon the output is back once it is over:
the figures of the fault table in docs/OUTPUTS.md."""
import contextlib
import os
import signal
import time

from daemon import Ttsd, runtime_dir, wait_until
from network import Host
from peers import NginxRtmp
from supervisor import Supervisor, define

STALL_S = 2
PROBE_S = 2


class Output:
    """An output that is on air, and the clock of what happens to it."""

    def __init__(self, where, url, **keys):
        self.supervisor = Supervisor(where, *define(
            url=url, stall_timeout=f"{STALL_S}s", start_timeout="2s",
            backoff_initial="200ms", backoff_max="1s", **keys))
        self.control = self.supervisor.control()
        wait_until(lambda: self.status()["state"] == "running", "it runs")
        self.control.subscribe("output")

    def status(self):
        return self.supervisor.output()

    def ffmpeg(self):
        return self.status()["pid"]

    def until(self, *states):
        """Milliseconds from now until it is in one of them."""
        since = time.monotonic()
        while self.control.event("output")["to"] not in states:
            pass
        return (time.monotonic() - since) * 1000

    def close(self):
        self.control.close()
        self.supervisor.__exit__(None)


@contextlib.contextmanager
def on_air(**keys):
    with runtime_dir() as where, Ttsd(where), NginxRtmp(where) as nginx:
        output = Output(where, nginx.url(), **{
            k: nginx.url() if v == "its url" else v for k, v in keys.items()})
        try:
            yield output, nginx
        finally:
            output.close()


def killed(output, nginx):
    os.kill(output.ffmpeg(), signal.SIGKILL)
    return output.until("backoff"), output.until("running")


def frozen(output, nginx):
    os.kill(output.ffmpeg(), signal.SIGSTOP)
    return output.until("stalled"), output.until("running")


def server_killed(output, nginx):
    nginx.kill()
    seen = output.until("backoff")
    nginx.start()
    return seen, output.until("running")


def server_frozen(output, nginx):
    wait_until(lambda: output.status()["probe"]["good"], "it is read back")
    os.kill(nginx.program.process.pid, signal.SIGSTOP)
    seen = output.until("stalled")
    os.kill(nginx.program.process.pid, signal.SIGCONT)
    return seen, output.until("running")


def cable_cut():
    host = Host()
    try:
        with runtime_dir() as where, Ttsd(where), NginxRtmp(
                where, address=host.address, prefix=host.prefix) as nginx:
            output = Output(where, nginx.url())
            try:
                host.cable("down")
                seen = output.until("stalled")
                host.cable("up")
                return seen, output.until("running")
            finally:
                output.close()
    finally:
        host.close()


def show(table, fault, seen, back, target):
    table.add(f"{fault} until it is seen", seen, "ms", target)
    table.add("  then, all well again, until it is on air", back, "ms")


def bench_faults(table):
    """The targets are what the time-outs promise, and on top a fifth of
    stall_timeout: it is looked at every tenth."""
    stall, probe = STALL_S * 1000, PROBE_S * 1000
    for fault, make, keys, target in (
            ("ffmpeg killed:", killed, {}, 50),
            ("server killed:", server_killed, {}, 1000),
            (f"ffmpeg frozen, stall_timeout {STALL_S} s:", frozen, {},
             1.2 * stall),
            (f"server frozen, the same and probe_interval {PROBE_S} s:",
             server_frozen,
             {"probe_url": "its url", "probe_interval": f"{PROBE_S}s"},
             probe + 2.2 * stall)):
        with on_air(**keys) as (output, nginx):
            show(table, fault, *make(output, nginx), target)
    if os.geteuid() == 0:
        show(table, f"route cut, stall_timeout {STALL_S} s:", *cable_cut(),
             1.2 * stall)
