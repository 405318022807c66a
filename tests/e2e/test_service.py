"""What the daemons tell a service manager."""
import ctypes
import os
import re
import signal
import subprocess

import pytest

from daemon import Daemon, Ttsd, binary, wait_until
from manager import Manager

READY = {"ttsd": "is on air", "streamer-supervisor": "is up",
         "ttsd-gateway": "is up"}
STATUS = {"ttsd": "0 waiting, channels=1 listeners=0",
          "streamer-supervisor": "0 of 0 outputs running",
          "ttsd-gateway": "serves 127.0.0.1:0"}
GIVEN = {"ttsd": [],
         "streamer-supervisor": [],
         "ttsd-gateway": ["-D", "http.listen=127.0.0.1:0"]}


@pytest.mark.parametrize("program", READY)
def test_each_tells_of_its_life(rundir, program):
    with Manager(rundir, watchdog_s=1) as manager:
        with Daemon(program, rundir, *GIVEN[program], env=manager.env,
                    ready=READY[program]) as d:
            manager.until("READY")
            manager.until("WATCHDOG")
            manager.until("STATUS", lambda text: text == STATUS[program])
            manager.until("WATCHDOG")
            os.kill(d.pid, signal.SIGTERM)
            manager.until("STOPPING")
            d.wait()


def test_the_status_tells_what_is_on_air(rundir):
    with Manager(rundir) as manager, Ttsd(rundir, env=manager.env) as t, \
            t.control() as c, t.listen():
        said = c.ask("say", text="a sentence that is long enough to be seen " *
                     4)["id"]
        manager.until("STATUS", lambda text:
                      text.startswith(f"main says announcement {said}; ")
                      and text.endswith("listeners=1"))


def test_the_gateway_tells_at_which_doors_it_is(rundir):
    with Manager(rundir) as manager, Daemon(
            "ttsd-gateway", rundir, "-D", "wyoming.listen=127.0.0.1:0",
            env=manager.env, ready="is up"):
        manager.until("STATUS", lambda text: re.fullmatch(
            r"serves nobody over HTTP, Wyoming at 127\.0\.0\.1:\d+", text))


def test_a_reload_is_told_from_its_begin_to_its_end(rundir):
    """ExecReload of the units: the manager waits for READY=1, not for the
    program that asks."""
    config = rundir / "ttsd.conf"
    config.write_text("[channel main]\n")
    with Manager(rundir) as manager, \
            Ttsd(rundir, "-c", config, env=manager.env) as t:
        manager.until("READY")
        config.write_text("[channel main]\n[channel side]\n")
        reload = [binary("ttsd"), "--reload", str(t.pid)]
        subprocess.run(reload, env=manager.env, check=True)
        manager.until("RELOADING")
        manager.until("READY")
        wait_until((rundir / "side.sock").exists, "its new channel is there")
        subprocess.run(reload, env=manager.env, check=True)
        manager.until("RELOADING")
        manager.until("READY")  # with nothing new as well
        config.write_text("[channel main]\n[channel side]\nwrong = yes\n")
        subprocess.run(reload, env=manager.env, check=True)
        manager.until("RELOADING")
        manager.until("READY")
        wait_until(lambda: "has no key 'wrong'" in t.logged(), "it says why")
        gone = subprocess.run([binary("ttsd"), "--reload", "2147483647"],
                              capture_output=True, text=True)
        assert gone.returncode == 71 and "2147483647" in gone.stderr


def test_who_was_stopped_says_so(rundir):
    with Manager(rundir) as manager, Ttsd(rundir, env=manager.env) as t:
        manager.until("STATUS")
        os.kill(t.pid, signal.SIGSTOP)
        # A SIGCONT that comes too early would be a process that never stood.
        with pytest.raises(TimeoutError):
            while True:
                manager.socket.settimeout(3)
                manager.socket.recv(65536)
        os.kill(t.pid, signal.SIGCONT)
        wait_until(lambda: "this process stood still for" in t.logged(),
                   "it says that it stood still")


PTRACE_SEIZE, PTRACE_DETACH, PTRACE_INTERRUPT = 0x4206, 17, 0x4207


def ptrace(request, pid):
    libc = ctypes.CDLL(None, use_errno=True)
    libc.ptrace.argtypes = [ctypes.c_long] * 4
    if libc.ptrace(request, pid, 0, 0) < 0:
        error = ctypes.get_errno()
        pytest.skip(f"no process may be traced here: {os.strerror(error)}")


def test_the_watchdog_waits_for_a_debugger(rundir):
    """What a debugger held was killed under its hands."""
    with Manager(rundir, watchdog_s=2) as manager, \
            Ttsd(rundir, env=manager.env) as t:
        manager.until("WATCHDOG")
        ptrace(PTRACE_SEIZE, t.pid)
        assert manager.until("WATCHDOG_USEC") == "3600000000"
        wait_until(lambda: f"process {os.getpid()} traces" in t.logged(),
                   "it says who traces it")
        ptrace(PTRACE_INTERRUPT, t.pid)
        os.waitpid(t.pid, 0)
        ptrace(PTRACE_DETACH, t.pid)
        assert manager.until("WATCHDOG_USEC") == "2000000"
