"""The torture, for a few seconds: everything befalls both daemons at once, and
nothing is lost. `make torture` goes on for ten minutes (tests/torture)."""
import subprocess
import sys

import pytest

from daemon import BUILD, ROOT

SECONDS = 10
# Setting up and settling take more than the storm.
PATIENCE_S = 700


@pytest.mark.skipif("san" in BUILD.parts, reason="sanitized, what was accepted "
                    "takes minutes to be spoken: make torture SANITIZE=1")
def test_nothing_is_lost():
    done = subprocess.run(
        [sys.executable, ROOT / "tests/torture/torture.py",
         "--seconds", str(SECONDS)], stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("torture: nothing lost\n"), done.stdout
