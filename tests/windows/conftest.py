import pathlib
import stat
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

import wine  # noqa: E402
import daemon  # noqa: E402
import engines  # noqa: E402

# Before any test of tests/e2e is imported: they find the .exe files.
daemon.Ttsd = wine.Ttsd
daemon.Control = wine.Control
daemon.Listener = wine.Listener


@pytest.fixture(scope="session", autouse=True)
def private_wine(tmp_path_factory):
    wine.WINE = wine.Wine()
    wrappers = tmp_path_factory.mktemp("bin")

    def wrap(name, folder):
        """Something that can be run in the place of the program."""
        path = wrappers / name
        if not path.exists():
            path.write_text(
                f"#!/bin/sh\nWINEPREFIX={wine.WINE.prefix} WINEDEBUG=-all "
                f"exec {wine.LOADER} {wine.BUILD}/{folder}/{name}.exe \"$@\"\n")
            path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return str(path)

    def binary(name):
        return wrap(name, "bin")

    daemon.binary = binary
    engines.LIBEXEC = wrappers
    for program in (wine.BUILD / "libexec" / "ttsd").glob("*.exe"):
        wrap(program.stem, "libexec/ttsd")
    for module in ("test_daemon",):
        if module in sys.modules:
            sys.modules[module].binary = binary
    try:
        yield wine.WINE
    finally:
        wine.WINE.close()


@pytest.fixture
def rundir():
    with daemon.runtime_dir() as path:
        yield path


@pytest.fixture
def start(rundir):
    """Starts ttsd.exe with arguments; every one is stopped, and looked at,
    at the end, and none of its programs may be left."""
    running = []

    def run(*args, **kw):
        d = wine.Ttsd(rundir, *args, **kw)
        running.append(d)
        return d

    yield run
    for d in running:
        d.__exit__(None)
    daemon.wait_until(
        lambda: not wine.WINE.running("tone.exe", "command.exe", "ttsd.exe"),
        "nothing is left")
