import os
import pathlib
import signal
import sys
import time

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

import daemon  # noqa: E402

# Under nohup the one is ignored, behind a script's `&` the other, and a shell
# cannot trap what it inherits ignored.
signal.signal(signal.SIGHUP, signal.SIG_DFL)
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_runtest_setup():
    """In CI the second run, under the sanitizers, has an end: what is left
    then is skipped, and the summary says so."""
    until = os.environ.get("E2E_UNTIL")
    if until and daemon.BUILD.name == "san" and time.time() > float(until):
        pytest.skip("there is no time left for it in CI")


@pytest.fixture(autouse=True)
def state_home(monkeypatch, tmp_path):
    """Whatever a test starts, it keeps nothing in anybody's home, and knows
    nothing of other tests."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state-home"))
    monkeypatch.delenv("STATE_DIRECTORY", raising=False)


@pytest.fixture
def rundir():
    with daemon.runtime_dir() as path:
        yield path


@pytest.fixture
def start(rundir):
    """Starts ttsd with arguments; every one is stopped, and looked at, at
    the end."""
    running = []

    def run(*args, **kw):
        d = daemon.Ttsd(rundir, *args, **kw)
        running.append(d)
        return d

    yield run
    for d in running:
        d.__exit__(None)
    left = [p for p in rundir.iterdir() if p.suffix == ".sock"]
    assert not left or any(d.process.returncode < 0 for d in running), left
