"""The units of systemd: how much of the system they are exposed to."""
import pathlib
import re
import shutil
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
UNITS = sorted((ROOT / "packaging/systemd").glob("*.service"))
# Of ten, as `systemd-analyze security` counts.
EXPOSED_MAX = 1.5


@pytest.mark.skipif(shutil.which("systemd-analyze") is None,
                    reason="there is no systemd-analyze here")
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_exposure(unit, tmp_path):
    (tmp_path / unit.name).write_text(
        unit.read_text(encoding="utf-8").replace("@PREFIX@", "/usr"),
        encoding="utf-8")
    told = subprocess.run(
        ["systemd-analyze", "security", "--no-pager", "--offline=true",
         tmp_path / unit.name], capture_output=True, text=True).stdout
    found = re.search(r"exposure level for \S+: ([\d.]+)", told)
    if not found:
        pytest.skip("this systemd-analyze looks at no files")
    assert float(found[1]) <= EXPOSED_MAX, told
