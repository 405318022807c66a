"""The torture, for a few seconds: everything befalls both daemons at once, and
nothing is lost. `make torture` goes on for ten minutes (tests/torture)."""
import subprocess
import sys

from daemon import ROOT

SECONDS = 10
# Setting up, settling and the sanitizers take more than the storm.
PATIENCE_S = 400


def test_nothing_is_lost():
    done = subprocess.run(
        [sys.executable, ROOT / "tests/torture/torture.py",
         "--seconds", str(SECONDS)], stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("torture: nothing lost\n"), done.stdout
