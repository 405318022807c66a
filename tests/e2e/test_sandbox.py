"""Programs that read what others wrote are in a sandbox, while they do their
work. What it forbids is tried in tests/unit/test_sandbox.c."""

import ctypes
import os
import pathlib
import sys

import pytest

from engines import LIBEXEC, linux_only, running
from painter import PATIENCE_S, Painter

pytestmark = linux_only

SANITIZED = "san" in LIBEXEC.parts

LANDLOCK_CREATE_RULESET, ASK_VERSION = 444, 1


def has_landlock():
    libc = ctypes.CDLL(None, use_errno=True)
    return sys.platform == "linux" and libc.syscall(
        LANDLOCK_CREATE_RULESET, None, 0, ASK_VERSION) > 0


needs_landlock = pytest.mark.skipif(
    SANITIZED or not has_landlock(),
    reason="the kernel has no Landlock, or a sanitizer reads files of its own")


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


def test_the_painter_is_confined_and_draws():
    with Painter("--caption", "yes") as p:
        assert p.draw(caption={"text": "你好 A023"})
        assert state(p.process.pid) == CONFINED


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


def layout(path, colour):
    path.parent.mkdir(exist_ok=True)
    path.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 180">'
        f'<rect width="320" height="180" fill="{colour}"/></svg>')


def test_a_layout_whose_folder_is_to_come(tmp_path):
    file = tmp_path / "set" / "layout.svg"
    with Painter("--layout", file) as p:
        p.draw()
        layout(file, "#ffffff")
        assert p.frame()
        p.report()  # that there was none


@needs_landlock
def test_a_painter_whose_folder_is_another_one_ends(tmp_path):
    """What comes in the place of a folder is not the folder that was let in:
    the painter that its parent starts then knows the new one."""
    file = tmp_path / "set" / "layout.svg"
    layout(file, "#ffffff")
    with Painter("--layout", file) as p:
        p.draw()
        layout(tmp_path / "other" / "layout.svg", "#000000")
        (tmp_path / "set").rename(tmp_path / "old")
        (tmp_path / "other").rename(tmp_path / "set")
        assert p.process.wait(PATIENCE_S) == 0
    with Painter("--layout", file) as p:
        assert p.draw()
