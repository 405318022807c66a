"""scripts/ttsd-stream under the shells it may meet: with daemons that do what
a test wants, and with the real ones."""
import contextlib
import json
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import time

import pytest

import daemon
import leftovers
from daemon import BUILD, ROOT, wait_until

NAMES = ["ttsd", "streamer-supervisor", "ttsd-gateway"]

# Notes what happens to it, and ends as DIES says: "NAME CODE".
FAKE = """#!/usr/bin/python3
import os, signal, sys
signals = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP}
signal.pthread_sigmask(signal.SIG_BLOCK, signals)
name = os.path.basename(sys.argv[0])
def note(*what):
    with open(os.environ["NOTES"], "a") as f:
        print(name, os.getpid(), *what, sep="|", file=f)
note("up", *sys.argv[1:])
dies = os.environ.get("DIES", " ").split(" ")
if dies[0] == name:
    sys.exit(int(dies[1]))
while True:
    got = signal.sigwait(signals)
    note(got.name)
    if got == signal.SIGTERM:
        sys.exit(0)
"""


class Wrapper:
    """The script in a folder of its own, run by `shell`."""

    def __init__(self, directory, shell):
        self.directory = directory
        self.shell = shell
        self.notes_path = directory / "notes"
        self.notes_path.touch()
        self.log_path = directory / "stream.log"
        self.mark = leftovers.Mark()
        self.process = None
        self.script = directory / "ttsd-stream"
        text = (ROOT / "scripts/ttsd-stream").read_text()
        self.script.write_text(
            text.replace("#!/bin/sh", f"#!{shutil.which(shell)}", 1))
        self.script.chmod(0o755)

    def fake_daemons(self, directory=None):
        for name in NAMES:
            path = (directory or self.directory) / name
            path.write_text(FAKE)
            path.chmod(0o755)
        return self

    def real_daemons(self):
        for name in NAMES:
            (self.directory / name).symlink_to(BUILD / "bin" / name)
        return self

    def start(self, *args, **env):
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(
                [self.script, *args], stdin=subprocess.DEVNULL, stdout=log,
                stderr=log,
                env=self.mark.env(NOTES=str(self.notes_path), **env))
        return self

    def run(self, *args, **env):
        """Returns the exit code; the log is complete then."""
        return self.start(*args, **env).wait()

    def wait(self):
        code = self.process.wait(daemon.PATIENCE_S)
        self.mark.wait_gone()
        return code

    def signal(self, number):
        self.process.send_signal(number)

    def logged(self):
        return self.log_path.read_text(errors="replace")

    def notes(self, name=None):
        """What the fake daemons noted: [name, pid, what, arguments...]."""
        lines = [line.split("|") for line in
                 self.notes_path.read_text().splitlines()]
        return [n for n in lines if name in (None, n[0])]

    def ups(self, name):
        return [int(n[1]) for n in self.notes(name) if n[2] == "up"]

    def wait_up(self, count=1):
        wait_until(lambda: all(len(self.ups(n)) >= count for n in NAMES),
                   "both are up")
        return self

    def end(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.mark.wait_gone()


@pytest.fixture(params=["dash", "bash"])
def wrapper(rundir, request):
    if shutil.which(request.param) is None:
        pytest.skip(f"no {request.param}")
    w = Wrapper(rundir, request.param)
    yield w
    w.end()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_runs_both_and_ends_both(wrapper, number):
    wrapper.fake_daemons().start("-D", "a.b=c d", "-v").wait_up()
    for name in NAMES:
        assert wrapper.notes(name)[0][3:] == ["-D", "a.b=c d", "-v"]
    wrapper.signal(number)
    assert wrapper.wait() == 0
    for name in NAMES:
        assert [n[2] for n in wrapper.notes(name)] == ["up", "SIGTERM"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("code", [64, 69, 71, 78])
def test_one_that_cannot_work_ends_both(wrapper, name, code):
    wrapper.fake_daemons()
    assert wrapper.run(DIES=f"{name} {code}") == code
    # bash may lose a status that comes together with a child's SIGUSR1, and
    # has another in its place: then the daemon is asked once more.
    again = wrapper.logged().count(f"{name} ended with status")
    assert len(wrapper.ups(name)) == 1 + again
    assert again <= (wrapper.shell == "bash")


@pytest.mark.parametrize("missing", NAMES)
def test_a_missing_daemon(wrapper, missing):
    wrapper.fake_daemons()
    (wrapper.directory / missing).unlink()
    assert wrapper.run(PATH="/usr/bin:/bin") == 127
    assert missing in wrapper.logged()


def test_daemons_in_path(wrapper):
    programs = wrapper.directory / "bin"
    programs.mkdir()
    wrapper.fake_daemons(programs).start(
        PATH=f"{programs}:{os.environ['PATH']}").wait_up()
    wrapper.signal(signal.SIGTERM)
    assert wrapper.wait() == 0


@pytest.mark.parametrize("name", NAMES)
def test_one_that_is_killed_is_started_again(wrapper, name):
    wrapper.fake_daemons().start().wait_up()
    os.kill(wrapper.ups(name)[0], signal.SIGKILL)
    wait_until(lambda: len(wrapper.ups(name)) == 2, "it is up again")
    other = next(n for n in NAMES if n != name)
    assert [n[2] for n in wrapper.notes(other)] == ["up"]
    assert f"{name} ended with status 137" in wrapper.logged()
    wrapper.signal(signal.SIGTERM)
    assert wrapper.wait() == 0


@pytest.mark.parametrize("code", [0, 1])
def test_pauses_grow(wrapper, code):
    wrapper.fake_daemons().start(DIES=f"ttsd {code}")
    wait_until(lambda: len(wrapper.ups("ttsd")) == 4, "three restarts")
    pauses = [line.split()[-2] for line in wrapper.logged().splitlines()
              if "starting it again" in line]
    assert pauses[:3] == ["0.2", "0.4", "0.8"]
    assert len(wrapper.ups("streamer-supervisor")) == 1
    wrapper.signal(signal.SIGTERM)
    assert wrapper.wait() == 0


@pytest.mark.parametrize("options", [
    ["--log-format", "json"], ["-v", "--log-format=json"],
    ["--log-format=text", "--log-form", "json", "-v"]])
def test_its_own_line_is_json_where_theirs_are(wrapper, options):
    wrapper.fake_daemons().start(*options, DIES="ttsd 139")
    wait_until(lambda: wrapper.logged().count("\n") >= 2, "two restarts")
    for line, pause in zip(wrapper.logged().splitlines(), (0.2, 0.4)):
        entry = json.loads(line)
        assert re.fullmatch(r"[\d-]+T[\d:]+Z", entry.pop("time"))
        assert entry == {
            "level": "warning", "program": "ttsd-stream", "daemon": "ttsd",
            "status": 139, "pause_s": pause,
            "message": "ttsd ended with status 139; "
                       f"starting it again in {pause} s"}


def test_its_own_line_is_text_where_theirs_are(wrapper):
    wrapper.fake_daemons().start("--log-format", "json", "--log-format",
                                 "text", "json", DIES="ttsd 139")
    wait_until(lambda: "\n" in wrapper.logged(), "a restart")
    assert re.match(r"\S+Z ttsd-stream warning: ttsd ended with status 139; ",
                    wrapper.logged())


def test_a_gateway_with_nothing_to_serve_ends_alone(wrapper):
    wrapper.fake_daemons().start(DIES="ttsd-gateway 0").wait_up()
    os.kill(wrapper.ups("ttsd")[0], signal.SIGKILL)
    wait_until(lambda: len(wrapper.ups("ttsd")) == 2, "the other is kept")
    assert len(wrapper.ups("ttsd-gateway")) == 1
    wrapper.signal(signal.SIGTERM)
    assert wrapper.wait() == 0


def test_hangup_is_passed_on(wrapper):
    wrapper.fake_daemons().start().wait_up()
    wrapper.signal(signal.SIGHUP)
    wait_until(lambda: all(["SIGHUP"] in [n[2:] for n in wrapper.notes(name)]
                           for name in NAMES), "both have heard it")
    assert wrapper.process.poll() is None
    wrapper.signal(signal.SIGTERM)
    assert wrapper.wait() == 0


def test_killed_itself(wrapper):
    """With the shell gone there is nobody to stop the daemons: the kernel
    does."""
    wrapper.fake_daemons().start().wait_up()
    wrapper.signal(signal.SIGKILL)
    wrapper.process.wait()
    wrapper.mark.wait_gone()


def test_signal_while_it_starts(wrapper):
    """SIGTERM between fork and exec, or before a pid was noted, was lost,
    and the daemon stayed."""
    wrapper.fake_daemons()
    for i in range(25):
        wrapper.start()
        time.sleep(random.random() * 0.06)  # anywhere in the start
        wrapper.signal(signal.SIGTERM)
        assert wrapper.wait() in (0, -signal.SIGTERM)


def test_questions(wrapper):
    wrapper.real_daemons()
    assert wrapper.run("--version") == 0
    assert [line.split()[0] for line in wrapper.logged().splitlines()
            if not line.startswith("commit ")] == NAMES
    assert wrapper.run("--check-config") == 0
    assert wrapper.run("--check-config", "-D", "channel.main.rate=x") == 78
    assert wrapper.run("--help") == 0
    assert wrapper.logged().startswith("usage: ttsd-stream")


def test_configuration_error(wrapper):
    wrapper.real_daemons()
    assert wrapper.run("-D", "channel.main.rate=x") == 78
    assert "channel.main.rate" in wrapper.logged()


def test_real_daemons(wrapper, rundir):
    """Each is killed while it speaks; in the end it speaks again, and nothing
    is left, engines and ffmpeg included."""
    wrapper.real_daemons().start(
        "-D", f"ttsd.runtime_dir={rundir}", "-D",
        "output.live.url=rtmp://127.0.0.1:9/live/x")

    def pid(program):
        for p in wrapper.mark.pids():
            with contextlib.suppress(OSError):
                if pathlib.Path(os.readlink(f"/proc/{p}/exe")).name == program:
                    return p
        return None

    def ask(request, socket="control.sock"):
        try:
            with daemon.Control(rundir / socket) as c:
                return c.plain(request).startswith("ok")
        except (OSError, AssertionError):
            return False

    for name, socket in zip(NAMES, ["control.sock", "streamer.sock"]):
        wait_until(lambda: ask("ping") and ask("ping", "streamer.sock"),
                   "both answer")
        assert ask("say The quick brown fox jumps over the lazy dog.")
        old = pid(name)
        os.kill(old, signal.SIGKILL)
        wait_until(lambda: ask("ping", socket) and pid(name) != old,
                   "another one answers")
    assert ask("say Hello")
    wrapper.signal(signal.SIGTERM)
    assert wrapper.wait() == 0
    assert not list(rundir.glob("*.sock"))
