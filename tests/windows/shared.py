"""A plugin of pytest that runs the scenarios of tests/e2e against the .exe
files, under Wine: pytest -p shared tests/windows tests/e2e. There is one list
of scenarios for both systems; not_here.py says which are left out, and why."""
import pathlib
import signal
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

import wine  # noqa: E402
import daemon  # noqa: E402
import engines  # noqa: E402
from not_here import reason  # noqa: E402

# Before any test of tests/e2e is imported.
daemon.Daemon = wine.Daemon
daemon.Ttsd = wine.Ttsd
daemon.Control = wine.Control
daemon.Listener = wine.Listener
daemon.binary = wine.wrapper
daemon.children = wine.children
daemon.command_line = wine.command_line
daemon.children_running = wine.children_running
engines.LIBEXEC = wine.WRAPPERS

import peers  # noqa: E402

peers.FakeSource = wine.Source
peers.heard_noise = wine.heard_noise

import picture  # noqa: E402

picture.connect = wine.connect


# What is cut off cleans up too.
signal.signal(signal.SIGTERM, signal.default_int_handler)


def pytest_collection_modifyitems(items):
    for item in items:
        why = reason(item)
        if why:
            item.add_marker(pytest.mark.skip(reason=why))


@pytest.fixture(scope="session", autouse=True)
def private_wine():
    with wine.Wine() as w:
        yield w


@pytest.fixture(autouse=True)
def nothing_left():
    yield
    wine.WINE.clean()


@pytest.fixture
def rundir():
    with daemon.runtime_dir() as path:
        yield path


@pytest.fixture
def start(rundir):
    """Starts ttsd.exe with arguments; every one is stopped at the end."""
    running = []

    def run(*args, **kw):
        running.append(wine.Ttsd(rundir, *args, **kw))
        return running[-1]

    yield run
    for d in running:
        d.__exit__(None)
