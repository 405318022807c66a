"""What makes the pictures hangs, on air: the last good picture stays, and no
sample of the sound is lost."""
import contextlib
import os
import pathlib
import signal

import pytest

from board import (BLACK, BLURS, BOARD, BOMB, SLATE, WHITE, Board, changes,
                   fill, see, svg, tickets)
from daemon import exists, wait_until
from hanging_disk import open_disk  # noqa: F401
from picture import NOISE, bit_for_bit

GREY = 126  # of #808080
SLOW = "a drawing takes longer than 2 s"


@pytest.fixture
def air(start):
    return lambda: start(*NOISE, *BOARD)


def levels(s):
    """What was seen, one after the other, but for what is there at first."""
    return [level for _, level in changes(s.pictures())
            if level not in (SLATE, BLACK)]


@pytest.mark.parametrize("layout", [BLURS, BOMB], ids=["blurs", "use bomb"])
def test_a_layout_that_is_never_drawn(air, rundir, layout):
    """Nested blurs took librsvg over 20 s. The painter can be killed, but
    nobody waited for what it draws because a file has changed: it took a core
    for ever, and no status said so."""
    with air() as d, d.listen() as plain, \
            Board(rundir, tickets(A="#fff")) as p, p.listen() as s, \
            d.control() as c:
        see(s, BLACK)
        c.ask("show", video="board", show={"ticket": "A"})
        see(s, WHITE)
        first = p.painter()
        p.put(layout)
        wait_until(lambda: not exists(first), "it is ended")
        # The next one is given the same layout, and a scene.
        p.says(SLOW)
        wait_until(lambda: SLOW in p.status().get("trouble", ""),
                   "the trouble is told")
        assert levels(s) == [WHITE]
        p.put(svg(fill("#808080")))
        see(s, GREY)
        wait_until(lambda: "trouble" not in p.status(), "it is over")
        assert levels(s) == [WHITE, GREY]
        bit_for_bit(s, plain)


def test_a_layout_that_is_mended_does_not_wait(air, rundir):
    """After some painters that a layout had hung or burst, the next one was
    started up to ten seconds later, whatever had become of the file."""
    with air(), Board(rundir, BLURS) as p, p.listen() as s:
        while p.wait_ms() < 4000:
            painter = p.painter()
            if painter:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(painter, signal.SIGKILL)
                wait_until(lambda: not exists(painter), "it is gone")
        p.put(tickets(A="#fff"))
        p.says("has changed; it is started at once")
        see(s, BLACK)


def test_a_painter_that_is_killed_shows_no_half_frame(air, rundir):
    """It writes its pixels where they are read, so it may be killed in the
    middle of a frame: that one must not be seen."""
    names = "ABCDEFGH"
    layout = tickets(**{n: f"#{i + 4:x}{i + 4:x}{i + 4:x}"
                        for i, n in enumerate(names)})
    with air() as d, Board(rundir, layout, width=640, height=320) as p, \
            p.listen() as s, d.control() as c:
        see(s, BLACK)
        for name in names * 2:
            wait_until(p.painter, "a painter")
            painter, drawn = p.painter(), len(changes(s.pictures()))
            c.ask("show", video="board", show={"ticket": name})
            s.until(lambda _: len(changes(s.pictures())) > drawn, "a picture")
            c.ask("show", video="board", show={"ticket": "none"})
            os.kill(painter, signal.SIGKILL)
            wait_until(lambda: not exists(painter), "it is gone")
            # A wait that grows would make this last.
            p.put(layout)
        c.ask("show", video="board", show={"ticket": "none"})
        see(s, BLACK)
        for picture in s.pictures():
            luma = picture.data[:640 * 320]
            assert luma.count(luma[0]) == len(luma)


def stands_in_the_kernel(pid):
    stat = pathlib.Path(f"/proc/{pid}/stat").read_text()
    return stat.rpartition(")")[2].split()[0] == "D"


def test_a_disk_that_hangs_under_the_layout(
        air, rundir, open_disk):  # noqa: F811
    """Who asks such a disk cannot be killed, and not be replaced until it is
    gone."""
    with air() as d, d.listen() as plain, \
            Board(rundir, tickets(A="#fff", B="#808080"), disk=open_disk) as p, \
            p.listen() as s, d.control() as c:
        see(s, BLACK)
        c.ask("show", video="board", show={"ticket": "A"})
        see(s, WHITE)
        first = p.painter()
        open_disk.hang()
        try:
            # It looks at the file now and then, and draws without it.
            wait_until(lambda: stands_in_the_kernel(first), "it hangs")
            c.ask("show", video="board", show={"ticket": "B"})
            p.says(SLOW)
            n = len(s.pictures())
            s.until(lambda _: len(s.pictures()) > n + 50, "two seconds more")
            assert exists(first) and p.status()["source"] == "stalled"
            assert levels(s) == [WHITE]
            bit_for_bit(s, plain)
        finally:
            open_disk.go_on()
        see(s, GREY)
        assert not exists(first)
        bit_for_bit(s, plain)
