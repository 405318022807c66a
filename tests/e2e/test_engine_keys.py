"""Who has an engine's key in the environment: that engine, and nobody else."""
import http.server
import os
import pathlib
import threading

import pytest

import daemon
from daemon import wait_until
from supervisor import (  # noqa: F401
    ASKED, HEALTHY, define, script, source, supervise)

KEY, OTHER, STREAM = "sk-only-for-one", "sk-only-for-two", "stream-only"
ENGINES = [word for pair in {
    "engine.one.type": "http", "engine.one.key_env": "KEY_OF_ONE",
    "engine.one.url": "http://127.0.0.1:9/v1/audio/speech",
    "engine.two.type": "http", "engine.two.key_env": "KEY_OF_TWO",
    "engine.twin.type": "http", "engine.twin.key_env": "KEY_OF_ONE",
    "engine.twin.url": "http://127.0.0.1:9/v1/audio/speech",
}.items() for word in ("-D", "=".join(pair))]


def environment():
    return {**os.environ, "KEY_OF_ONE": KEY, "KEY_OF_TWO": OTHER,
            "KEY_OF_LIVE": STREAM}


def secrets(pid):
    """What of the three is in a process's environment."""
    text = pathlib.Path(f"/proc/{pid}/environ").read_bytes().decode()
    return {s for s in (KEY, OTHER, STREAM) if s in text}


def engine_of(pid):
    words = daemon.command_line(pid).split("\0")
    return words[0].rsplit("/", 1)[-1], "two" if "TWO" in "".join(
        w for w in words if w.startswith("KEY_OF")) else "one"


@pytest.fixture
def server():
    """Takes down what authority a request claims."""
    claimed = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            claimed.append(self.headers["Authorization"])
            self.send_error(500)

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as s:
        s.claimed = claimed
        threading.Thread(target=s.serve_forever, daemon=True).start()
        yield s
        s.shutdown()


def test_an_engine_has_its_own_key_alone(start, server):
    """espeak, the tone, an engine with another key, and every child of ttsd
    had the http engine's key in its environment, as ttsd itself did."""
    url = f"http://127.0.0.1:{server.server_port}/v1/audio/speech"
    d = start(*ENGINES, "-D", f"engine.two.url={url}",
              *define(url="rtmp://h/a", key_env="KEY_OF_LIVE"),
              env=environment())
    with d.control() as c:
        for engine in ("one", "two", "twin", "tone"):
            c.ask("say", text="200ms", engine=engine)
        wait_until(lambda: server.claimed, "a request comes")
        assert server.claimed[0] == f"Bearer {OTHER}"

        def seen():
            return {engine_of(pid): secrets(pid)
                    for pid in daemon.children(d.pid)
                    if not daemon.is_zombie(pid)}
        wait_until(lambda: {("http", "one"), ("http", "two"),
                            ("tone", "one")} <= seen().keys(), "all run")
        for (program, key), found in seen().items():
            expected = {"one": KEY, "two": OTHER}[key]
            assert found == ({expected} if program == "http" else set())
        assert len([p for p in daemon.children(d.pid)
                    if engine_of(p) == ("http", "one")]) >= 2
    assert secrets(d.pid) == set()


def test_no_ffmpeg_has_an_engines_key(supervise, source, rundir):
    """Both daemons read one configuration, and often have one environment."""
    program = script(rundir, ASKED + HEALTHY)
    s = supervise(*ENGINES, "-D", "engine.two.url=http://127.0.0.1:9/",
                  *define(url="udp://127.0.0.1:9"),
                  "-D", f"streamer.ffmpeg={program}", env=environment())
    wait_until(lambda: s.output()["state"] == "running", "it runs")
    assert [secrets(pid) & {KEY, OTHER} for pid in s.ffmpegs()] == [set()]
    assert not secrets(s.pid) & {KEY, OTHER}
