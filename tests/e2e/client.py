"""Runs ttsctl, and reads what it prints, for tests; with a scripted daemon
where a real one would not misbehave."""
import contextlib
import json
import select
import socket
import subprocess
import threading

import pytest

import daemon
from daemon import binary


@pytest.fixture
def ctl(rundir):
    def run(*args, **kw):
        kw.setdefault("stdin", None if "input" in kw else subprocess.DEVNULL)
        kw.setdefault("timeout", daemon.PATIENCE_S)
        return subprocess.run(
            [binary("ttsctl"), "-r", rundir, *map(str, args)],
            capture_output=True, text=True, **kw)
    return run


@pytest.fixture
def follow(rundir):
    """Starts a ttsctl that goes on until it is ended."""
    running = []

    def run(*args):
        p = subprocess.Popen([binary("ttsctl"), "-r", rundir, *args],
                             stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE)
        running.append(p)
        return p
    yield run
    for p in running:
        p.kill()
        p.communicate()


@contextlib.contextmanager
def fake_daemon(rundir, answer, requests=1, hang_up=False):
    """Answers so many requests of every connection with these bytes,
    whatever they are. Yields the list of what was asked."""
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(rundir / "control.sock"))
    server.listen()
    kept, all_asked = [], []

    def serve():
        with contextlib.suppress(OSError):
            while True:
                c = server.accept()[0]
                kept.append(c)
                asked = b""
                while asked.count(b"\n") < requests:
                    asked += c.recv(65536)
                all_asked.extend(map(json.loads, asked.splitlines()))
                c.sendall(answer)
                if hang_up:
                    c.close()
    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield all_asked
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join(daemon.PATIENCE_S)
        for c in kept:
            c.close()


def table(text):
    """Rows of a printed table, as dictionaries by title."""
    lines = text.splitlines()
    titles = lines[0].split("  ")
    titles = [t.strip() for t in titles if t.strip()]
    at = [lines[0].index(t) for t in titles] + [None]
    return [{t: line[at[i]:at[i + 1]].strip() for i, t in enumerate(titles)}
            for line in lines[1:]]


def line_of(p):
    """The next line, or None when there is none for a moment."""
    if select.select([p.stdout], [], [], 0.1)[0]:
        return p.stdout.readline()
    return None
