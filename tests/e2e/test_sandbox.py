"""Programs that read what others wrote are in a sandbox, while they do their
work. What it forbids is tried in tests/unit/test_sandbox.c."""

import os
import pathlib

import pytest

from engines import linux_only, running

pytestmark = linux_only


def state(pid):
    """NoNewPrivs and Seccomp, as the kernel tells them of a process."""
    lines = pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
    told = dict(line.split(":\t", 1) for line in lines if ":\t" in line)
    return told["NoNewPrivs"], told["Seccomp"]


CONFINED = ("1", "2")


@pytest.mark.parametrize("name,voice", [("espeak", "en"), ("clip", "ding")])
def test_an_engine_is_confined_and_speaks(name, voice):
    with running(name) as e:
        assert state(e.process.pid) == CONFINED
        assert e.say("Hello.", voice=voice).pcm


def test_what_the_operator_chose_is_not():
    """The program of an engine of type command is anybody's."""
    before = state(os.getpid())
    with running("command", "--", "cat") as e:
        assert state(e.process.pid) == before


def test_a_clip_that_is_a_link_out_of_the_folder(tmp_path):
    """Links are followed to where they led at the start."""
    from test_engine_clip import RAMP, clips, names, write_wav
    clips_dir, elsewhere = tmp_path / "clips", tmp_path / "elsewhere"
    clips_dir.mkdir()
    elsewhere.mkdir()
    write_wav(elsewhere / "far.wav", RAMP)
    (clips_dir / "near.wav").symlink_to(elsewhere / "far.wav")
    with clips(clips_dir) as e:
        assert "near" in names(e)
        assert e.say("", voice="near").pcm
