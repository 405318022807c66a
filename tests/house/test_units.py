"""The units of systemd: how much of the system they are exposed to."""
import pathlib
import re
import shutil
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
UNITS = sorted((ROOT / "packaging/systemd").glob("*.service"))
INSTANCE = ROOT / "packaging/systemd/instance.sed"
# Of ten, as `systemd-analyze security` counts.
EXPOSED_MAX = 1.5


@pytest.mark.skipif(shutil.which("systemd-analyze") is None,
                    reason="there is no systemd-analyze here")
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_exposure(unit, tmp_path):
    held_to(tmp_path / unit.name, unit.read_text(encoding="utf-8"))


@pytest.mark.skipif(shutil.which("systemd-analyze") is None,
                    reason="there is no systemd-analyze here")
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_exposure_of_an_instance(unit, tmp_path):
    text = template(unit)
    assert "-c /etc/ttsd/%i.conf" in text
    assert "Directory=ttsd\n" not in text
    held_to(tmp_path / f"{unit.stem}@.service", text)


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_an_instance_wants_its_own(unit):
    wanted = re.findall(r"^Wants=(.*)", template(unit), re.M)
    assert all(unit == "ttsd@%i.service" for unit in wanted)


def template(unit):
    return subprocess.run(["sed", "-f", INSTANCE, unit], check=True,
                          capture_output=True, text=True).stdout


def held_to(path, text):
    path.write_text(text.replace("@PREFIX@", "/usr"), encoding="utf-8")
    told = subprocess.run(
        ["systemd-analyze", "security", "--no-pager", "--offline=true",
         path], capture_output=True, text=True).stdout
    found = re.search(r"exposure level for \S+: ([\d.]+)", told)
    if not found:
        pytest.skip("this systemd-analyze looks at no files")
    assert float(found[1]) <= EXPOSED_MAX, told


@pytest.mark.parametrize("unit", ["ttsd", "streamer-supervisor"])
def test_who_locks_itself_in_may(unit):
    """systemd counts the calls for a sandbox of one's own among none of its
    groups."""
    text = (ROOT / f"packaging/systemd/{unit}.service").read_text(
        encoding="utf-8")
    filters = " ".join(re.findall(r"^SystemCallFilter=([^~\n]*)", text, re.M))
    assert {"seccomp", "landlock_create_ruleset", "landlock_add_rule",
            "landlock_restrict_self"} <= set(filters.split())
