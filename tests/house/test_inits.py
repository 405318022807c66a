"""What starts the daemons where there is no systemd. The scripts are checked
for their syntax, and the programs they name are installed."""
import pathlib
import plistlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
DAEMONS = {"ttsd", "streamer-supervisor", "ttsd-gateway"}
SCRIPTS = sorted([*ROOT.glob("packaging/openrc/*"),
                  *ROOT.glob("packaging/freebsd/*")])
KEYS = {"Label", "ProgramArguments", "UserName", "GroupName",
        "EnvironmentVariables", "RunAtLoad", "KeepAlive", "ThrottleInterval",
        "ExitTimeOut", "Umask", "StandardErrorPath"}


def test_each_system_has_each_daemon():
    assert len(SCRIPTS) == 2 * len(DAEMONS)
    named = {p.name.replace("_", "-") for p in SCRIPTS}
    assert named == DAEMONS


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda p: p.parent.name + p.name)
def test_a_script_is_of_the_shell(script):
    subprocess.run(["sh", "-n", script], check=True)
    program = script.name.replace("_", "-")
    text = script.read_text(encoding="utf-8")
    assert f"/usr/local/bin/{program}" in text
    # They would meet in a folder of their user's in /tmp, and nobody else them.
    assert "RUNTIME_DIRECTORY=" in text


@pytest.mark.parametrize("name", sorted(DAEMONS))
def test_a_plist_is_one(name):
    path = ROOT / f"packaging/launchd/org.ttsd.{name}.plist"
    plist = plistlib.loads(path.read_bytes())
    assert plist.keys() == KEYS
    assert plist["Label"] == path.stem
    assert plist["ProgramArguments"] == [f"/usr/local/bin/{name}"]
    assert plist["Umask"] == 0o077


@pytest.mark.parametrize("init, folder", [
    ("openrc", "etc/init.d"), ("freebsd", "opt/x/etc/rc.d"),
    ("launchd", "Library/LaunchDaemons")])
def test_they_are_installed_with_the_prefix(tmp_path, init, folder):
    subprocess.run(["make", "-s", f"install-{init}", f"DESTDIR={tmp_path}",
                    "PREFIX=/opt/x"], cwd=ROOT, check=True)
    laid = list((tmp_path / folder).iterdir())
    assert len(laid) == len(DAEMONS)
    for f in laid:
        text = f.read_text(encoding="utf-8")
        assert "/opt/x/bin/" in text and "/usr/local" not in text
        assert bool(f.stat().st_mode & 0o111) == (init != "launchd")
