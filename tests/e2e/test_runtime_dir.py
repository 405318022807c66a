"""Whose sockets are spoken to: the rules of platform/runtime_dir.h."""
import contextlib
import os
import shutil
import socket
import subprocess

import pytest

from daemon import binary, runtime_dir
from client import fake_daemon
from test_daemon import refuse

DONE, UNREACHABLE, NOT_ALLOWED = 0, 69, 77
US, MALLORY = 12345, 54321
KEY = "rtmp://a.example/live2/abcd-stream-key"

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0, reason="needs root to be several users")


@pytest.fixture
def shared():
    """A folder where anybody can make what they like, as /tmp is."""
    with runtime_dir() as path:
        os.chmod(path, 0o1777)
        shutil.copy(binary("ttsctl"), path)
        yield path


def made_by(user, path, mode=0o755):
    path.mkdir()
    os.chown(path, user, user)
    os.chmod(path, mode)
    return path


def add(shared, *args, user=US, **env):
    """Hands out a stream key."""
    p = subprocess.run(
        [shared / "ttsctl", *args, "add", "live", f"url={KEY}"], env=env,
        user=user, capture_output=True, text=True, timeout=60)
    assert KEY not in p.stderr
    return p


def nobody_came(server):
    with pytest.raises(BlockingIOError):
        server.accept()


def refused(p, folder, fault):
    assert p.returncode == UNREACHABLE and p.stdout == ""
    assert f"{folder}: it {fault}" in p.stderr
    assert "remove it" in p.stderr and "-r DIR" in p.stderr


@contextlib.contextmanager
def listening(folder):
    with socket.socket(socket.AF_UNIX) as server:
        path = folder / "streamer.sock"
        server.bind(str(path))
        os.chmod(path, 0o666)
        server.listen()
        server.settimeout(0)
        yield server


def test_a_folder_that_another_user_laid_in_tmp(shared):
    """Mallory made /tmp/ttsd-12345 before that user's daemon did; ttsctl
    sent its texts and stream keys there."""
    folder = made_by(MALLORY, shared / f"ttsd-{US}")
    with listening(folder) as server:
        p = add(shared, TMPDIR=str(shared))
        refused(p, folder, f"belongs to user {MALLORY}")
        nobody_came(server)


def test_a_link_that_another_user_laid_in_tmp(shared):
    """Its target may be ours today, and not tomorrow."""
    target = made_by(US, shared / "target")
    link = shared / f"ttsd-{US}"
    link.symlink_to(target)
    with listening(target) as server:
        for owner, fault in ((MALLORY, "belongs to user"),
                             (US, "is a symbolic link")):
            os.lchown(link, owner, owner)
            refused(add(shared, TMPDIR=str(shared)), link, fault)
        nobody_came(server)


@pytest.mark.parametrize("mode", [0o770, 0o757, 0o1777])
def test_a_folder_that_others_can_write(shared, mode):
    """Others replace a socket there by their own."""
    folder = made_by(US, shared / f"ttsd-{US}", mode)
    with listening(folder) as server:
        p = add(shared, TMPDIR=str(shared))
        refused(p, folder, f"can be written by others (its mode is {mode:04o}")
        nobody_came(server)


def test_the_session_of_another_user(shared):
    """sudo -E brought root to the folder of whoever had called it."""
    session = made_by(MALLORY, shared / "session", 0o700)
    folder = made_by(MALLORY, session / "ttsd", 0o700)
    with listening(folder) as server:
        p = add(shared, user=0, XDG_RUNTIME_DIR=str(session))
        refused(p, folder, f"belongs to user {MALLORY}")
        nobody_came(server)


def test_a_named_folder_that_anybody_could_have_laid(shared):
    """The name was meant for another folder, of ours, which was not there
    yet."""
    named = made_by(MALLORY, shared / "radio")
    below = made_by(MALLORY, named / "run")
    link = shared / "link"
    link.symlink_to(below)
    os.lchown(link, MALLORY, MALLORY)
    with listening(below) as server:
        for folder in (below, link):
            fault = f"belongs to user {MALLORY}"
            refused(add(shared, "-r", folder), folder, fault)
            refused(add(shared, "-r", folder, user=0), folder, fault)
            refused(add(shared, RUNTIME_DIRECTORY=str(folder)), folder, fault)
        nobody_came(server)


def came(server):
    server.accept()[0].close()


def test_a_named_folder_that_its_owner_made(shared):
    """Root names the folder of another user's daemon: that is its word."""
    home = made_by(0, shared / "home")
    folder = made_by(MALLORY, home / "radio", 0o775)
    with listening(folder) as server:
        p = subprocess.Popen(
            [shared / "ttsctl", "-r", folder, "outputs"], user=US,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        server.settimeout(60)
        came(server)
        assert b"closed the connection" in p.communicate(timeout=60)[1]


def test_one_that_is_not_trusted_does_not_hide_the_next(shared):
    """Else anybody could keep others from their daemon."""
    made_by(MALLORY, shared / f"ttsd-{US}")
    session = made_by(US, shared / "session", 0o700)
    folder = made_by(US, session / "ttsd", 0o700)
    with fake_daemon(folder, b'{"ok":true}\n'):
        os.chown(folder / "control.sock", US, US)
        p = subprocess.run(
            [shared / "ttsctl", "ping"], user=US, capture_output=True,
            env={"XDG_RUNTIME_DIR": str(session), "TMPDIR": str(shared)})
        assert p.returncode == DONE
    (session / "ttsd" / "control.sock").unlink()
    p = subprocess.run(
        [shared / "ttsctl", "ping"], user=US, capture_output=True, text=True,
        env={"XDG_RUNTIME_DIR": str(session), "TMPDIR": str(shared)})
    refused(p, shared / f"ttsd-{US}", f"belongs to user {MALLORY}")


# What /run/ttsd is, seen from a user who has it alone for a while.
SYSTEM_FOLDER = """
mount -t tmpfs -o mode=755 none /run && mkdir /run/ttsd &&
chmod {mode} /run/ttsd && chmod {run} /run && chown {owner} /run/ttsd &&
exec setpriv --reuid {user} --clear-groups {ttsctl} ping
"""


@pytest.mark.parametrize("mode,run,owner,fault", [
    ("700", "755", MALLORY, None), ("755", "755", 0, None),
    ("770", "755", MALLORY, "can be written by others"),
    ("755", "777", MALLORY, f"belongs to user {MALLORY}")])
def test_the_folder_of_the_service(shared, mode, run, owner, fault):
    """systemd makes /run/ttsd and gives it to the service's user: whom root
    has chosen, everybody may trust."""
    for user in (0, US):
        p = subprocess.run(
            ["unshare", "-m", "sh", "-c", SYSTEM_FOLDER.format(
                mode=mode, run=run, owner=owner, user=user,
                ttsctl=shared / "ttsctl")],
            env={"PATH": os.environ["PATH"], "TMPDIR": str(shared)},
            capture_output=True, text=True, timeout=60)
        if "unshare failed" in p.stderr or "mount" in p.stderr:
            pytest.skip(p.stderr)
        if fault:
            refused(p, "/run/ttsd", fault)
            continue
        assert "not looked for" not in p.stderr
        # The folder is the service's alone: nobody else gets to its socket.
        assert (p.returncode, "denied" in p.stderr) in (
            (UNREACHABLE, False), (NOT_ALLOWED, True)), p.stderr
        assert p.returncode == NOT_ALLOWED or "not running" in p.stderr


# ---- the daemons -----------------------------------------------------------


@pytest.mark.parametrize("program", ["ttsd", "streamer-supervisor"])
def test_a_daemon_refuses_what_a_client_refuses(shared, program):
    """A link, or a mode that lets others in, was no reason to refuse."""
    folder = shared / "ttsd"

    def start(word, **env):
        p = subprocess.run([binary(program)], env=env, capture_output=True,
                           text=True, timeout=60)
        assert p.returncode == 71 and f'="{folder}" {word}' in p.stderr
        assert "ttsd.runtime_dir" in p.stderr

    folder.symlink_to(shared)
    start("is a symbolic link", XDG_RUNTIME_DIR=str(shared))
    folder.unlink()
    made_by(0, folder, 0o770)
    start("can be written by others", XDG_RUNTIME_DIR=str(shared))
    os.chown(folder, MALLORY, MALLORY)
    os.chmod(folder, 0o700)
    start(f"belongs to user {MALLORY}", XDG_RUNTIME_DIR=str(shared))
    start(f"belongs to user {MALLORY}", RUNTIME_DIRECTORY=str(folder))
    code, message = refuse("-D", f"ttsd.runtime_dir={folder}")
    assert code == 71 and f"belongs to user {MALLORY}" in message


def test_a_folder_of_its_own_is_made(shared):
    """The usual: nothing is there, and the daemon makes it."""
    folder = shared / "ttsd"
    with subprocess.Popen([binary("ttsd")], env={"XDG_RUNTIME_DIR": str(shared)},
                          stderr=subprocess.PIPE, text=True) as p:
        for line in p.stderr:
            if "is on air" in line:
                break
        assert folder.stat().st_mode & 0o777 == 0o700
        assert subprocess.run(
            [shared / "ttsctl", "ping"],
            env={"XDG_RUNTIME_DIR": str(shared)}).returncode == DONE
        p.terminate()
