"""Who may use the sockets of the daemons: control_group and control_mode.

Story: whoever was not root or the daemon's user could not speak at all."""
import grp
import os
import stat
import subprocess

import pytest

from daemon import binary
from supervisor import Supervisor

# Any group of this machine that is not ours; its members need no names.
GROUP = next((g for g in grp.getgrall() if g.gr_gid not in
              (0, 65534, os.getegid())), None)
NOBODY = 65534
as_root = pytest.mark.skipif(os.geteuid() != 0 or GROUP is None,
                             reason="needs root to become others")


def bits(path):
    st = path.stat()
    return stat.S_IMODE(st.st_mode), st.st_gid


def ask(rundir, *words, groups=()):
    return subprocess.run(
        [binary("ttsctl"), "-r", str(rundir), *words], user=NOBODY,
        group=NOBODY, extra_groups=list(groups), capture_output=True,
        text=True)


@as_root
def test_a_group_speaks_and_listens_and_nobody_else(start, rundir):
    start("-D", f"ttsd.control_group={GROUP.gr_name}")
    assert bits(rundir)[0] == 0o711
    for name in ("control.sock", "main.sock", "speech.sock"):
        assert bits(rundir / name) == (0o660, GROUP.gr_gid)
    p = ask(rundir, "ping", groups=[GROUP.gr_gid])
    assert p.returncode == 0, p.stderr
    p = ask(rundir, "ping")
    assert p.returncode == 77 and "control_group" in p.stderr


@as_root
def test_the_supervisors_is_another(rundir):
    with Supervisor(rundir, "-D",
                    f"streamer.control_group={GROUP.gr_name}"):
        assert bits(rundir / "streamer.sock") == (0o660, GROUP.gr_gid)


def test_everybody(start, rundir):
    start("-D", "ttsd.control_mode=0666")
    assert bits(rundir / "control.sock")[0] == 0o666
    assert bits(rundir / "main.sock")[0] == 0o666


def test_an_upgrade_reads_it_again(start, rundir, tmp_path):
    file = tmp_path / "ttsd.conf"
    file.write_text("")
    d = start("-c", str(file))
    assert bits(rundir / "control.sock")[0] == 0o600
    file.write_text("[ttsd]\ncontrol_mode = 0660\n")
    p = subprocess.run([binary("ttsctl"), "-r", str(rundir), "upgrade"],
                       capture_output=True, text=True)
    assert p.returncode == 0, p.stderr + d.logged()
    for name in ("control.sock", "main.sock", "speech.sock"):
        assert bits(rundir / name)[0] == 0o660


def test_a_group_that_is_not_there(tmp_path):
    """A check says what a start says, each of its own sockets."""
    for program, section in (("ttsd", "ttsd"),
                             ("streamer-supervisor", "streamer")):
        for more in [], ["--check-config"]:
            p = subprocess.run(
                [binary(program), "-D", f"ttsd.runtime_dir={tmp_path}", "-D",
                 f"{section}.control_group=no-such-group", *more],
                capture_output=True, text=True)
            assert p.returncode == 78
            assert f"[{section}] control_group: there is no such group" in \
                p.stderr


@as_root
def test_a_group_that_its_user_is_not_in(tmp_path):
    p = subprocess.run(
        [binary("ttsd"), "--check-config", "-D",
         f"ttsd.control_group={GROUP.gr_name}"], user=NOBODY, group=NOBODY,
        extra_groups=[], capture_output=True, text=True)
    assert p.returncode == 78 and "not in that group" in p.stderr
