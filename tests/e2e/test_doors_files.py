"""Files that are none, or that never come: whoever reads them must not wait
on the loop.

A FIFO was put where a key had been (a template that wrote to the wrong
place), and the supervisor hung in open(), deaf to its socket and to SIGTERM;
a network file system whose server is gone does the same. Both are waited for
here by a child of the daemon, for a time."""
import os
import signal
import socket
import subprocess

import pytest

from daemon import Daemon, binary, wait_until
from supervisor import (  # noqa: F401
    define, source, supervise, until)


def put(kind, path):
    """Something that is no file."""
    if kind == "FIFO":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as s:
            s.bind(str(path))
    else:
        path.symlink_to("/dev/zero")
    return path


@pytest.fixture
def hanging(tmp_path):
    """An environment in which a file beside which stands a file FILE.stuck is
    never opened, as on a network file system whose server is gone."""
    code = tmp_path / "hang.c"
    code.write_text("""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

static int
slow_open(const char *name, const char *path, int flags, int mode)
{
	int (*next)(const char *, int, ...) = dlsym(RTLD_NEXT, name);
	char stuck[4096];

	snprintf(stuck, sizeof(stuck), "%s.stuck", path);
	while (access(stuck, F_OK) == 0)
		pause();
	return next(path, flags, mode);
}

int
open(const char *path, int flags, ...)
{
	va_list ap;

	va_start(ap, flags);
	return slow_open("open", path, flags, va_arg(ap, int));
}

int
open64(const char *path, int flags, ...)
{
	va_list ap;

	va_start(ap, flags);
	return slow_open("open64", path, flags, va_arg(ap, int));
}
""")
    library = tmp_path / "hang.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, code, "-ldl"],
                   check=True)
    # ASan wants to be the first library, and is content to be the second.
    return {**os.environ, "LD_PRELOAD": str(library),
            "ASAN_OPTIONS": "verify_asan_link_order=0"}


def stuck(path):
    if not path.exists():
        path.write_text("secret\n")
    path.with_name(path.name + ".stuck").touch()
    return path


KINDS = ["FIFO", "folder", "socket", "device"]
DEAD = "rtmp://127.0.0.1:9/live"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("key", ["url_file", "key_file"])
def test_no_file_in_its_place(rundir, supervise, source, key, kind):
    path = put(kind, rundir / "it")
    more = {} if key == "url_file" else {"url": DEAD}
    s = supervise(*define(**{key: path}, **more))
    told = f"{key}: .*it is a {kind}, not a file"
    wait_until(lambda: s.output()["last_error"], "it fails")
    assert told.split(".*")[0] in s.output()["last_error"]
    assert told.split(".*")[1] in s.output()["last_error"]


@pytest.mark.parametrize("key", ["url_file", "key_file"])
def test_a_file_that_never_comes(rundir, supervise, source, hanging, key):
    path = stuck(rundir / "secret")
    more = {} if key == "url_file" else {"url": DEAD}
    s = supervise(*define(**{key: path}, **more), env=hanging)
    with s.control() as c:
        assert c.ask("ping")["ok"]
        told = wait_until(lambda: s.output()["last_error"], "it fails")
        assert key in told and "could not be read in 5 s" in told
    wait_until(lambda: not [p for p in s.ffmpegs()], "its child is killed")


def test_stopping_while_a_file_hangs(rundir, supervise, source, hanging):
    path = stuck(rundir / "secret")
    s = supervise(*define(url_file=path), env=hanging)
    wait_until(lambda: s.output()["state"] == "starting", "a child reads")
    with s.control() as c:
        c.subscribe("output")
        c.ask("stop", name="live")
        until(c, "stopped")
        wait_until(lambda: not s.ffmpegs(), "the child is gone")
        c.ask("start", name="live")
        assert s.output()["state"] == "starting"
    s.stop()


@pytest.mark.parametrize("kind", KINDS)
def test_reload_of_what_is_no_file(rundir, supervise, source, kind):
    file = rundir / "ttsd.conf"
    file.write_text(f"[output live]\nurl = {DEAD}\n")
    s = supervise("-c", str(file))
    file.unlink()
    put(kind, file)
    with s.control() as c:
        reply = c.json({"op": "reload"})
    assert not reply["ok"]
    assert f"it is a {kind}, not a file" in reply["message"]
    assert list(s.outputs()) == ["live"]


def test_a_configuration_that_never_comes(
        rundir, supervise, source, hanging):
    """Clients, outputs and SIGTERM go on meanwhile, and who asked is told."""
    file = rundir / "ttsd.conf"
    file.write_text(f"[output live]\nurl = {DEAD}\n")
    s = supervise("-c", str(file), env=hanging)
    stuck(file)
    with s.control() as asker, s.control() as c:
        asker.send(b'{"op":"reload"}\n')
        assert c.ask("add", name="more", url=DEAD)["ok"]
        assert set(s.outputs()) == {"live", "more"}
        assert "it could not be read in 5 s" in asker.line()
        s.process.send_signal(signal.SIGHUP)
        c.ask("ping")
    s.stop()


def test_a_configuration_from_the_shell(rundir):
    """`-c <(generate)` is a pipe, and is read as one, at the start."""
    ends = os.pipe()
    os.write(ends[1], b"[channel a]\n[channel b]\n")
    os.close(ends[1])
    with open(ends[0], "rb") as f:
        assert subprocess.run(
            [binary("ttsd"), "--check-config", "-c",
             f"/dev/fd/{f.fileno()}"], pass_fds=[f.fileno()]).returncode == 0


@pytest.mark.parametrize("kind", KINDS)
def test_no_dictionary(start, rundir, kind):
    """At the start it is an error; later the words that were there stay."""
    path = rundir / "words"
    path.write_text("[en]\nNguyen = win\n")
    ttsd = start("-D", f"ttsd.dictionary={path}")
    path.unlink()
    put(kind, path)
    ttsd.process.send_signal(signal.SIGHUP)
    told = f"dictionary: {path}: it is a {kind}, not a file"
    wait_until(lambda: told in ttsd.logged(), "it complains")
    ttsd.stop()
    with Daemon("ttsd", rundir, "-D", f"ttsd.dictionary={path}",
                ready=None) as d:
        assert d.wait() == 78
        assert told in d.logged()


def test_a_dictionary_that_never_comes(start, rundir, hanging):
    """The stream, its clients and SIGTERM go on meanwhile."""
    path = rundir / "words"
    path.write_text("[en]\nNguyen = win\n")
    ttsd = start("-D", f"ttsd.dictionary={path}", env=hanging)
    stuck(path)
    ttsd.process.send_signal(signal.SIGHUP)
    told = "not ready within 5 s: a file that the configuration names may hang"
    with ttsd.control() as c, ttsd.listen() as reader:
        c.subscribe("finished")
        c.ask("say", text="Nguyen")
        assert c.event("finished")["outcome"] == "spoken"
        wait_until(lambda: told in ttsd.logged(), "it complains")
        ttsd.process.send_signal(signal.SIGHUP)
        reader.samples(1000)
    ttsd.stop()
