"""A dozen sites at one broker, whose links are cut at random, for a few
seconds: nothing is lost, said twice, or told late. `make sites` goes on for ten
minutes, with two hundred (tests/sites)."""
import subprocess
import sys

import pytest

from daemon import BUILD, ROOT

# Starting what there is takes more than the run.
PATIENCE_S = 400


@pytest.mark.skipif("san" in BUILD.parts, reason="sanitized, a dozen of each "
                    "daemon takes its time: make sites SANITIZE=1")
def test_links_that_come_and_go():
    done = subprocess.run(
        [sys.executable, ROOT / "tests/sites/sites.py", "--sites", "12",
         "--seconds", "20", "--every", "3", "--cuts", "6"],
        stdin=subprocess.DEVNULL, capture_output=True, text=True,
        timeout=PATIENCE_S, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("0 faults\n"), done.stdout
