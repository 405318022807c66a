"""Six kinds of server, and what befalls them: a few announcements over each,
none of which is taken for heard that was not, or the other way round.
`make hearing` says many more (tests/hearing)."""
import subprocess
import sys

from daemon import ROOT

COUNT = 5
PATIENCE_S = 400


def test_no_false_receipt():
    done = subprocess.run(
        [sys.executable, ROOT / "tests/hearing/hearing.py", "--count",
         str(COUNT), "--lanes", "1"], stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "heard, came" in done.stdout, done.stdout
