"""ttsctl token: who may ask ttsd-gateway, with the real one."""
import json
import os
import re
import signal
import subprocess
import time

import pytest

from client import ctl, table  # noqa: F401
from daemon import PATIENCE_S, binary, wait_until
from gateway import Gateway

DONE, FAILED, USAGE = 0, 1, 64
NOBODY = 65534


@pytest.fixture
def tokens(rundir, ctl):  # noqa: F811
    """Runs `ttsctl token` on the file of the daemons under test."""
    (rundir / "ttsd.conf").write_text(
        f"[ttsd]\nstate_dir = {rundir}/state\n", encoding="utf-8")

    def run(*args):
        return ctl("token", *args, "--config", rundir / "ttsd.conf")
    return run


@pytest.fixture
def g(rundir, start):
    start("-D", "channel.hall.engine=tone", "-D", "channel.cafe.engine=tone")
    with Gateway(rundir, rights="none") as gateway:
        yield gateway


def added(p):
    assert p.returncode == DONE, p.stderr
    token, = p.stdout.splitlines()
    assert re.fullmatch("ttsd_[0-9a-f]{64}", token)
    return token


def test_a_token_comes_and_goes(g, tokens):
    may = ["--may", "say,read", "--channels", "hall", "--ttl", "90d"]
    p = tokens("add", "desk", *may)
    token = added(p)
    assert str(g.tokens) in p.stderr and token not in p.stderr
    assert g.post("say", token, text="440:0.1")[0] == 200, "at once"
    assert g.post("say", token, text="440:0.1", channel="cafe")[0] == 403
    assert g.post("skip", token)[0] == 403
    p = tokens("add", "desk", "--may", "admin")
    assert p.returncode == FAILED and "remove desk" in p.stderr
    assert p.stdout == "" and g.post("skip", token)[0] == 403
    other = added(tokens("add", "nurse", "--may", "read"))
    assert other != token
    assert tokens("remove", "desk").returncode == DONE
    g.process.send_signal(signal.SIGHUP)
    wait_until(lambda: g.post("channels", token)[0] == 401, "it has gone")
    assert g.post("channels", other)[0] == 200, "the other has not"
    p = tokens("remove", "desk")
    assert p.returncode == FAILED and "no token 'desk'" in p.stderr


@pytest.mark.skipif(os.path.exists("/etc/ttsd/ttsd.conf"),
                    reason="this machine has a configuration")
def test_no_configuration_says_which_file(rundir, ctl, tokens):  # noqa: F811
    """Beside `ttsd-stream -c FILE` it wrote a token where no gateway looked,
    and all that was told was where."""
    env = {**os.environ, "STATE_DIRECTORY": str(rundir / "other")}
    p = ctl("token", "add", "desk", "--may", "read", env=env)
    added(p)
    assert (rundir / "other" / "tokens").exists()
    assert "--config FILE" in p.stderr
    for p in (tokens("add", "desk", "--may", "read"),
              ctl("token", "add", "cook", "--may", "read", "--file",
                  rundir / "named")):
        added(p)
        assert "--config" not in p.stderr


def test_a_list_of_them(rundir, tokens):
    p = tokens("list")
    assert p.returncode == DONE and "nobody has a token" in p.stdout
    assert not (rundir / "state").exists(), "to look makes nothing"
    token = added(tokens("add", "desk", "--may", "say,read", "--channels",
                         "hall,cafe", "--ttl", "1h"))
    file = rundir / "state" / "tokens"
    text = file.read_text()
    assert token not in text
    file.write_text(f"# who\n{text}old sha256:{'ab' * 32} may=read "
                    f"until=2026-01-01T00:00:00Z\nbroken line\n")
    p = tokens("list")
    rows = {r["NAME"]: r for r in table(p.stdout.split("\n\n")[0])}
    assert rows["desk"]["CHANNELS"] == "hall, cafe"
    assert rows["desk"]["MAY"] == "read, say"
    assert "its time is over" in p.stdout
    assert "line 4: expected sha256:" in p.stderr
    rows = {r["name"]: r for r in json.loads(tokens("list", "--json").stdout)}
    assert rows["old"]["over"] and "over" not in rows["desk"]
    left = rows["desk"]["until_ms"] / 1000 - time.time()
    assert 0 < left <= 3600
    digest = re.search("sha256:([0-9a-f]+)", text)[1]
    assert digest not in p.stdout + tokens("list", "--json").stdout
    assert tokens("remove", "broken").returncode == DONE
    assert "# who\n" in file.read_text(), "the rest is as it was"
    assert "broken" not in file.read_text()


def test_it_is_for_the_daemons_user_alone(rundir, tokens):
    """Root adds tokens; the daemon, another user, is to read them. A folder
    of that user's is no way for it to root's files either."""
    added(tokens("add", "desk", "--may", "read"))
    file = rundir / "state" / "tokens"
    file.chmod(0o644)
    added(tokens("add", "nurse", "--may", "read"))
    assert file.stat().st_mode & 0o777 == 0o600
    if os.geteuid() != 0:
        return
    rundir.chmod(0o755)
    for path in (file.parent, file):
        os.chown(path, NOBODY, NOBODY)
    added(tokens("add", "cook", "--may", "read"))
    assert (file.stat().st_uid, file.stat().st_gid) == (NOBODY, NOBODY)
    file.unlink()
    added(tokens("add", "cook", "--may", "read"))
    assert file.stat().st_uid == NOBODY
    secret = rundir / "secret"
    secret.write_text("root's own\n")
    secret.chmod(0o600)
    file.unlink()
    file.symlink_to(secret)
    p = tokens("add", "cook", "--may", "read")
    assert p.returncode != DONE and "root's" not in p.stderr
    assert secret.read_text() == "root's own\n"
    # In a folder of root's own, the file's owner stays.
    named = rundir / "named"
    named.touch()
    os.chown(named, NOBODY, NOBODY)
    os.chown(rundir, 0, 0)
    added(tokens("add", "desk", "--may", "read", "--file", named))
    assert named.stat().st_uid == NOBODY
    assert named.stat().st_mode & 0o777 == 0o600


def test_many_at_once(rundir, tokens):
    """None is lost, and nobody sees half of it."""
    added(tokens("add", "first", "--may", "read"))
    names = [f"desk{i}" for i in range(40)]
    running = [subprocess.Popen(
        [binary("ttsctl"), "token", "add", n, "--may", "read", "--config",
         rundir / "ttsd.conf"], stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL) for n in names]
    whole = f"sha256:{'.' * 64} may=read\n"
    file = rundir / "state" / "tokens"
    while any(p.poll() is None for p in running):
        text = file.read_text()
        assert re.fullmatch(rf"(\w+ {whole})+", text), text
    assert [p.wait(PATIENCE_S) for p in running] == [DONE] * len(names)
    found = [line.split()[0] for line in file.read_text().splitlines()]
    assert sorted(found) == sorted(["first", *names])
    assert {p.name for p in file.parent.iterdir()} == {"tokens"}


@pytest.mark.parametrize("args", [
    [], ["add"], ["add", "desk"], ["list", "desk"], ["remove"], ["fly", "x"],
    ["add", "a b", "--may", "read"], ["add", "d\nx", "--may", "read"],
    ["add", "", "--may", "read"], ["add", "#x", "--may", "read"],
    ["add", "x" * 33, "--may", "read"], ["add", "desk", "--may", "fly"],
    ["add", "desk", "--may", ""], ["add", "desk", "--may", "read until=x"],
    ["add", "desk", "--may", "read", "--channels", "a/b"],
    ["add", "desk", "--may", "read", "--channels", ""],
    ["add", "desk", "--may", "read", "--ttl", "0"],
    ["add", "desk", "--may", "read", "--ttl", "-1"],
    ["add", "desk", "--may", "read", "--ttl", "soon"],
    ["add", "desk", "--may", "read", "--ttl", "9999999d"]])
def test_what_makes_no_sense(rundir, tokens, args):
    p = tokens(*args)
    assert p.returncode == USAGE and p.stdout == ""
    assert p.stderr.count("\n") == 1 and "--help" in p.stderr
    assert not (rundir / "state").exists()


def test_files_that_cannot_be(rundir, tokens):
    for path, why in [(rundir, "folder"), (rundir / "a" / "b", "no such"),
                      (rundir / ("x" * 300), "too long")]:
        p = tokens("add", "desk", "--may", "read", "--file", path)
        assert p.returncode == FAILED and why in p.stderr.lower(), p.stderr
        assert p.stdout == ""
    os.mkfifo(rundir / "fifo")
    p = tokens("list", "--file", rundir / "fifo")
    assert p.returncode == FAILED and "FIFO" in p.stderr
    (rundir / "ttsd.conf").write_text("[http]\nnonsense = 1\n")
    p = tokens("list")
    assert p.returncode == FAILED and "nonsense" in p.stderr
    (rundir / "ttsd.conf").write_text(f"[http]\ntokens = {rundir}/mine\n")
    added(tokens("add", "desk", "--may", "read"))
    assert "desk" in (rundir / "mine").read_text()


def test_a_file_that_is_full(rundir, tokens):
    added(tokens("add", "desk", "--may", "read"))
    file = rundir / "state" / "tokens"
    line = file.read_text()
    file.write_text("".join(line.replace("desk", f"d{i}") for i in range(1000)))
    p = tokens("add", "desk", "--may", "read")
    assert p.returncode == FAILED and "no room" in p.stderr
    file.write_text("# " + "x" * (512 * 1024 - 10) + "\n")
    p = tokens("add", "desk", "--may", "read")
    assert p.returncode == FAILED and "too long" in p.stderr
    file.write_text(line.rstrip("\n"))
    added(tokens("add", "nurse", "--may", "read"))
    assert len(file.read_text().splitlines()) == 2, "a last line without its end"
