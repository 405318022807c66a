"""Runs streamer-supervisor, for tests; with programs in ffmpeg's place."""
import pathlib
import shutil

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
        for pid in left:
            wait_until(lambda: not daemon.exists(pid), "ffmpeg is gone")


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


def until(connection, to, name="live"):
    """The output's events up to the one that leads to a state."""
    seen = []
    while not seen or seen[-1]["to"] != to:
        e = connection.event("output")
        if e["name"] == name:
            seen.append(e)
    return seen


def states(events):
    return [e["to"] for e in events]
