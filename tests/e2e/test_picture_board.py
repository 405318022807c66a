"""A board on air: ttsd's events, drawn by the painter, on their frame of the
stream that `picture` keeps alive."""
import contextlib
import os
import signal
import time

import numpy
import pytest

from board import (BLACK, BOARD, SLATE, WHITE, Board, changes, face, fill, now,
                   see, svg, tickets)
from daemon import LEADS, exists, wait_until
from picture import PICTURE, SOUND, TICKS, onset

RATE = 24000
FRAME = TICKS // 25
TONE = ("-D", "engine.t.type=tone", "-D", "channel.main.engine=t")
GREY = 126  # of #808080


@pytest.fixture
def air(start, rundir):
    """Starts ttsd, which says tones, and knows of the board."""
    def run(*args):
        return start(*TONE, *BOARD, *args)
    return run


def first_sound(pieces, after, rate=RATE, channels=1):
    """The tick of the first sample that is no silence."""
    for p in pieces:
        if p.track == SOUND and p.time > after:
            loud = numpy.flatnonzero(numpy.frombuffer(p.data, "<i2"))
            if len(loud):
                # A sine begins with a sample of 0.
                return p.time + (loud[0] // channels - 1) * TICKS / rate
    return None


def silence(s):
    """Waits for the end of what is said; returns a tick behind it."""
    def quiet(pieces):
        sound = [p for p in pieces if p.track == SOUND][-1]
        return None if any(sound.data) else sound.time
    return s.until(quiet, "silence")


def say_and_wait(d, text, **fields):
    with d.control() as c:
        c.subscribe("finished")
        c.ask("say", text=text, **fields)
        return c.until("finished")[-1]


@pytest.mark.parametrize("rate, channels, fps", [
    (24000, 1, 25), (44100, 2, 30), (48000, 2, 60), (8000, 1, 5)])
def test_a_field_changes_on_the_frame_of_the_first_sample(
        air, rundir, rate, channels, fps):
    """Each frame was sealed before what began in it was told, and every change
    was a frame late."""
    with air("-D", f"channel.main.rate={rate}", "-D",
             f"channel.main.channels={channels}") as d, \
            Board(rundir, tickets(A="#fff", B="#000"), fps=fps) as p, \
            p.listen() as s:
        see(s, BLACK)
        for i in range(6):
            after = silence(s)
            say_and_wait(d, "beep", show={"ticket": "AB"[i % 2]})
            luma = (WHITE, BLACK)[i % 2]
            see(s, luma)
            heard = first_sound(s.sound(), after, rate, channels)
            shown = next(t for t, level in reversed(changes(s.pictures()))
                         if level == luma)
            assert abs(shown - heard) <= TICKS / fps / 2 + 2, (i, p.status())
        assert p.status()["late"] == 0


def test_a_field_changes_on_its_frame_across_a_standstill(air, rundir):
    """After a standstill all its frames were sealed at once, before what ttsd
    had told meanwhile was read: a change was late by as much."""
    with air() as d, Board(rundir, tickets(A="#fff", B="#000")) as p, \
            p.listen() as s, d.listen() as sound, d.control() as c:
        see(s, BLACK)
        c.subscribe("started", "finished")
        for i in range(6):
            after = silence(s)
            os.kill(p.pid, signal.SIGSTOP)
            try:
                c.ask("say", text="beep", show={"ticket": "AB"[i % 2]})
                c.until("started")
                # It stands for a quarter of a second more.
                sound.until(len(sound.pcm) // 2 + RATE // 4)
            finally:
                os.kill(p.pid, signal.SIGCONT)
            luma = (WHITE, BLACK)[i % 2]
            see(s, luma)
            c.until("finished")
            heard = first_sound(s.sound(), after)
            shown = next(t for t, level in reversed(changes(s.pictures()))
                         if level == luma)
            assert abs(shown - heard) <= FRAME / 2 + 1, (i, p.status())
        assert whole(s)


def test_show_is_seen_at_once(air, rundir):
    with air() as d, Board(rundir, tickets(A="#fff")) as p, \
            p.listen() as s, d.control() as c:
        see(s, BLACK)
        c.ask("show", video="board", show={"ticket": "A"})
        asked = time.monotonic()
        see(s, WHITE)
        assert time.monotonic() - asked < 0.5
        c.ask("show", video="board", show={"ticket": ""})
        see(s, BLACK)


def test_a_board_shows_all_where_others_have_the_leads(air, rundir):
    """ttsd tells words ahead to so many different leads; where the board was
    one too many it was refused, and showed nothing for as long as ttsd lived."""
    with contextlib.ExitStack() as stack:
        d = stack.enter_context(air())
        for lead_ms in range(LEADS):
            c = stack.enter_context(d.control())
            c.ask("subscribe", events=["word"], lead_ms=lead_ms)
        p = stack.enter_context(Board(rundir, tickets(A="#fff")))
        s = stack.enter_context(p.listen())
        see(s, BLACK)
        p.says("without a lead")
        say_and_wait(d, "beep", show={"ticket": "A"})
        see(s, WHITE)


def test_cancelled_before_air_is_not_shown(air, rundir):
    with air() as d, Board(rundir, tickets(A="#fff", B="#808080")) as p, \
            p.listen() as s, d.control() as c:
        see(s, BLACK)
        c.subscribe("finished")
        c.ask("say", text="beep beep beep beep", show={"ticket": "B"})
        a = c.ask("say", text="beep", show={"ticket": "A"})["id"]
        c.ask("cancel", id=a)
        c.until("finished", outcome="spoken")
        say_and_wait(d, "beep")
        see(s, GREY)
        assert {level for _, level in changes(s.pictures())} <= \
            {SLATE, BLACK, GREY}


def test_fields_are_as_configured_at_first(air, rundir):
    with air(), Board(rundir, tickets(A="#fff", B="#808080"), "--field",
                      "ticket=B", "--field", "x=1=2") as p, p.listen() as s:
        see(s, GREY)


def test_the_clock_goes(air, rundir):
    """A board whose clock stands still is one that is believed to be."""
    layout = svg(fill("#000"), f'<g id="if-clock">{fill("#fff")}</g>')
    with air(), Board(rundir, layout) as p, p.listen() as s:
        see(s, WHITE)
        n = p.status()["pictures"]
        wait_until(lambda: p.status()["pictures"] >= n + 2, "two seconds")


def test_the_level_is_that_of_the_sound(air, rundir):
    """The lamps at the right edge: twenty of 3 dB, and the tone is at half of
    full scale."""
    def bright(picture):
        luma = numpy.frombuffer(picture.data[:320 * 180], numpy.uint8)
        return int((luma > 90).sum())

    with air() as d, Board(rundir, svg(fill("#000")), width=320, height=180,
                           painter=("--level", "yes")) as p, p.listen() as s:
        see(s, BLACK)
        say_and_wait(d, "beep beep beep beep")
        loudest = max(map(bright, s.pictures()))
        s.until(lambda _: bright(s.pictures()[-1]) < loudest / 4, "silence")


def bright_column(picture):
    """Where the bright pixels of a picture are, on the average."""
    luma = numpy.frombuffer(picture.data[:320 * 64], numpy.uint8).reshape(
        64, 320)
    columns = numpy.flatnonzero((luma > 200).any(axis=0))
    return columns.mean() if len(columns) else None


def test_the_mark_of_the_caption_moves_with_the_words(air, rundir):
    layout = (f'<svg xmlns="http://www.w3.org/2000/svg" width="320" '
              f'height="64"><rect width="320" height="64"/>'
              f'<rect id="caption" x="10" y="8" width="300" height="48" '
              f'fill="none" font-size="20" color="#555555" '
              f'data-mark="#ffffff"/></svg>')
    with air() as d, Board(rundir, layout, width=320, height=64) as p, \
            p.listen() as s:
        see(s, BLACK)
        # The first text takes its time: fonts are looked for.
        say_and_wait(d, "zero")
        wait_until(lambda: bright_column(s.pictures()[-1]) is None, "no mark")
        after = silence(s)
        say_and_wait(d, "one two three")
        wait_until(lambda: bright_column(s.pictures()[-1]) is None, "no mark")
        marks = []
        for picture in s.pictures():
            at = bright_column(picture)
            # What begins at once is on the frame that is nearest.
            if at is not None and picture.time > after - FRAME / 2 and \
                    (not marks or marks[-1][1] != at):
                marks.append((picture.time, at))
        assert len(marks) == 3
        assert marks[0][1] < marks[1][1] < marks[2][1]
        # A word of the tone engine has 200 ms.
        heard = first_sound(s.sound(), after)
        for i, (shown, _) in enumerate(marks):
            assert abs(shown - heard - i * TICKS / 5) <= FRAME / 2 + 1


def test_the_mouth_opens_with_the_voice(start, rundir):
    with start(*BOARD) as d, Board(rundir, face()) as p, p.listen() as s:
        see(s, BLACK)
        say_and_wait(d, "apple")
        see(s, BLACK)
        opened = next(t for t, level in changes(s.pictures())
                      if level == WHITE)
        assert abs(opened - onset(s.sound(), RATE)) <= 0.04 * TICKS


def test_nothing_is_drawn_of_what_is_not_seen(air, rundir):
    """A board was drawn afresh for each sound and word of its speaker."""
    with air() as d, Board(rundir, tickets(A="#fff")) as p, p.listen() as s:
        see(s, BLACK)
        say_and_wait(d, "one two three four")
        say_and_wait(d, "beep", show={"ticket": "A"})
        see(s, WHITE)
        n = p.status()["frames"]
        wait_until(lambda: p.status()["frames"] > n, "status")
        assert p.status()["pictures"] == 2


TEXTS = ["{}", "{ticket}", "\"'`", "</text><image href='/etc/passwd'/>", "🎉👩‍👩‍👧",
         "%{pts:hms} %s", "\\n \\\\", "\u202eabc", "号" * 300, "", "&amp;"]


def test_any_text_in_a_field_is_a_text(air, rundir):
    layout = svg(fill("#000"), '<text y="10">{x}</text>',
                 f'<g id="if-ticket-A">{fill("#fff")}</g>')
    with air() as d, Board(rundir, layout) as p, p.listen() as s, \
            d.control() as c:
        for text in TEXTS:
            c.ask("show", video="board", show={"x": text, "ticket": "A"})
            see(s, WHITE)
            c.ask("show", video="board", show={"x": text, "ticket": "B"})
            see(s, BLACK)
        assert p.status()["source_restarts"] == 0
        assert "trouble" not in p.status()


# ---- a painter that fails


def whole(s):
    """There is no gap in the sound."""
    at = s.sound()
    pcm = sum(len(p.data) // 2 for p in at)
    last = at[-1].time * RATE / TICKS + len(at[-1].data) / 2
    return abs(pcm - last) <= 3


def steady(s):
    times = [p.time for p in s.sound()]
    return max(b - a for a, b in zip(times, times[1:])) < TICKS / 4


@pytest.mark.parametrize("blow, restarts", [
    (signal.SIGKILL, True), (signal.SIGSTOP, True)])
def test_a_painter_that_fails_comes_back_with_what_is(air, rundir, blow,
                                                      restarts):
    with air() as d, Board(rundir, tickets(A="#fff", B="#808080")) as p, \
            p.listen() as s, d.control() as c:
        see(s, BLACK)
        c.ask("show", video="board", show={"ticket": "A"})
        see(s, WHITE)
        first = p.painter()
        os.kill(first, blow)
        c.ask("show", video="board", show={"ticket": "B"})
        see(s, GREY)
        assert p.painter() != first
        wait_until(lambda: not exists(first), "the first one is gone")
        assert whole(s) and steady(s)
        # The picture that there was had stayed.
        assert [level for _, level in changes(s.pictures())][-3:] == \
            [BLACK, WHITE, GREY]
        wait_until(lambda: p.status()["source_restarts"] == 1, "status")


def test_a_painter_that_was_asleep_gets_one_scene_of_all(air, rundir):
    """What was told a slow painter queued up, and the picture was further
    behind with each change."""
    with air() as d, Board(rundir, tickets(A="#fff", B="#808080")) as p, \
            p.listen() as s, d.control() as c:
        see(s, BLACK)
        painter = p.painter()
        os.kill(painter, signal.SIGSTOP)
        try:
            end = s.sound()[-1].time + TICKS
            for i in range(1000):
                c.ask("show", video="board", show={"ticket": "AB"[i % 2]})
                if i % 2 and s.sound()[-1].time > end:
                    break
        finally:
            os.kill(painter, signal.SIGCONT)
        see(s, GREY)
        n = p.status()["frames"]
        wait_until(lambda: p.status()["frames"] > n, "status")
        assert p.painter() == painter
        # Those that are late, and one for each frame that was not.
        assert p.status()["pictures"] <= 9
        assert whole(s)


def test_a_layout_that_is_edited_and_broken(air, rundir):
    with air(), Board(rundir, svg(fill("#000"))) as p, p.listen() as s:
        see(s, BLACK)
        p.put(svg(fill("#fff")))
        see(s, WHITE)
        p.put("<svg")
        p.says("the layout cannot be shown, and the picture stays as it was")
        wait_until(lambda: "board.svg:1" in p.status().get("trouble", ""),
                   "the trouble is told")
        assert now(s.pictures()) == WHITE
        p.put(svg(fill("#808080")))
        see(s, GREY)
        p.says("the layout is shown again")
        wait_until(lambda: "trouble" not in p.status(), "and is over")
        # Each save was told of as a picture that had come too late.
        assert p.status()["late"] == 0


def test_a_painter_that_begins_with_a_broken_layout(air, rundir):
    """Killed while its layout was half-written, the next one answered with the
    bare background, which took the place of the last good picture; and the
    trouble was told of no more."""
    with air() as d, Board(rundir, tickets(A="#fff", B="#808080")) as p, \
            p.listen() as s, d.control() as c:
        see(s, BLACK)
        c.ask("show", video="board", show={"ticket": "A"})
        see(s, WHITE)
        p.put("<svg")
        p.says("the layout cannot be shown")
        first = p.painter()
        os.kill(first, signal.SIGKILL)
        c.ask("show", video="board", show={"ticket": "B"})
        wait_until(lambda: p.painter() not in (None, first), "the next one")
        n = p.status()["pictures"]
        wait_until(lambda: p.status()["pictures"] > n, "it draws")
        assert now(s.pictures()) == WHITE
        assert "board.svg:1" in p.status()["trouble"]
        p.put(tickets(A="#fff", B="#808080"))
        see(s, GREY)
        wait_until(lambda: "trouble" not in p.status(), "all is well")
        assert SLATE not in [level for _, level in changes(s.pictures())][1:]


def test_ttsd_comes_back_and_the_board_is_as_it_was(air, rundir):
    with Board(rundir, tickets(A="#fff")) as p:
        with air() as d, p.listen() as s, d.control() as c:
            see(s, BLACK)
            c.ask("show", video="board", show={"ticket": "A"})
            see(s, WHITE)
        p.says("no sound comes any more")
        with air() as d, p.listen() as s, d.control() as c:
            see(s, WHITE)
            c.ask("show", video="board", show={"ticket": ""})
            see(s, BLACK)


def test_a_picture_that_begins_anew_shows_what_is(air, rundir):
    """It showed what its configuration says, and no calls, until the next one
    came: for hours, at night."""
    layout = svg(fill("#000"), f'<g id="if-ticket-B">{fill("#808080")}</g>',
                 f'<g id="if-call.2.ticket">{fill("#fff")}</g>')
    with air() as d, d.control() as c:
        with Board(rundir, layout) as p, p.listen() as s:
            see(s, BLACK)
            c.ask("show", video="board", show={"ticket": "B"})
            see(s, GREY)
        with Board(rundir, layout) as p, p.listen() as s:
            see(s, GREY)
        for ticket in "CD":
            say_and_wait(d, "beep", show={"ticket": ticket})
        with Board(rundir, layout) as p, p.listen() as s:
            see(s, WHITE)


def test_the_meter_rises_with_what_is_said(air, rundir):
    """It stood still: nobody told the level where a layout had no {level}."""
    size = {"width": 640, "height": 360}

    def lit(pieces):
        """Bright pixels of a column of lamps, in the newest picture."""
        data = next((p.data for p in reversed(pieces) if p.track == PICTURE),
                    bytes(640 * 360))
        return sum(luma > 90 for luma in data[640 - 15:640 * 360:640])

    with air() as d, Board(rundir, svg(fill("#000")), painter=("--level", "yes"),
                           **size) as p, p.listen() as s, d.control() as c:
        s.until(lambda pieces: len(pieces) > 50 and lit(pieces) == 0, "silence")
        c.ask("say", text="ms=1500 beep")
        s.until(lambda pieces: lit(pieces) > 50, "lamps")
        s.until(lambda pieces: lit(pieces) == 0, "silence again")
