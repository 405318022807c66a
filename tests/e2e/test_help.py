"""--help, as one reads it on a terminal of 80 columns and 24 lines."""
import re
import subprocess

import pytest

from client import ctl  # noqa: F401
from daemon import binary

PROGRAMS = ["ttsctl", "ttsd", "streamer-supervisor", "ttsd-gateway",
            "ttsd-stream"]


def told(program, *args):
    p = subprocess.run([program, *args], stdin=subprocess.DEVNULL,
                       capture_output=True, text=True)
    return p.stdout or p.stderr


@pytest.mark.parametrize("program", PROGRAMS)
def test_one_screen(program):
    """Story: that of ttsctl had 63 lines, some of 118 columns."""
    lines = told(binary(program), "--help").splitlines()
    assert len(lines) < 24  # the prompt has the last one
    assert [line for line in lines if len(line) > 80] == []


def test_every_command_is_in_that_of_ttsctl(ctl):  # noqa: F811
    all_of_them = re.findall(r"^  ([a-z-]+)(?: |$)",
                             ctl("help", "--all").stdout, re.M)
    groups = ctl("--help").stdout.split("\n\n")[1]
    named = [name for line in groups.splitlines()
             for name in line[12:].split()]
    assert named == all_of_them and len(named) > 35
    assert ctl("help").stdout == ctl("-h").stdout


def test_nothing_is_wider_than_a_terminal(ctl):  # noqa: F811
    texts = [ctl("help", "--all").stdout]
    texts += [ctl("help", name).stdout for name in re.findall(
        r"^  ([a-z-]+)(?: |$)", texts[0], re.M)]
    assert [line for text in texts for line in text.splitlines()
            if len(line) > 80] == []


@pytest.mark.parametrize("program, typed, meant", [
    ("ttsctl", ["statsu"], "'status'"),
    ("ttsctl", ["help", "queu"], "'queue'"),
    ("ttsctl", ["say", "--chanel", "a"], "'--channel'"),
])
def test_did_you_mean(program, typed, meant):
    assert "did you mean" in told(binary(program), *typed)
    assert meant in told(binary(program), *typed)
