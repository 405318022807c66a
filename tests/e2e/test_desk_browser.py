"""Two desks and a board in browsers."""
import os
import pathlib

import pytest

import browser
import console
from console import click, fill, text, texts
from daemon import wait_until
from test_gateway import serve  # noqa: F401

AXE_JS = os.environ.get("AXE_JS")
pytestmark = pytest.mark.skipif(browser.PROGRAM is None or AXE_JS is None,
                                reason="`make browser` has it run")

CONFIG = """
[channel hall]

[message ticket]
text = {ticket}, {counter}

[series A]
counters = 1 2

[series B]
counters = 2 3
"""
RIGHTS = "read say urgent control"
HOUR = 60
SHOWN_MS = 100


@pytest.fixture
def house(start, serve, rundir):  # noqa: F811
    """ttsd and the gateway, and what starts ttsd again."""
    path = rundir / "desk.conf"
    path.write_text(CONFIG)

    def again():
        return start("-c", str(path))
    return again(), serve("-c", str(path), rights=RIGHTS), again


def sit_down(p, counter):
    fill(p, "#counter", counter)
    wait_until(lambda: texts(p, "#series .next b"), "there are numbers")


def called(p):
    """The latest call, as this desk shows it."""
    rows = texts(p, "#calls tr:first-child td")
    return rows[:2] + rows[3:4]


def next_of(p, series):
    return text(p, f"#series [data-key={series}] b")


def test_an_hour_of_two_desks_and_a_board(house, rundir):
    """No number is called twice and none is left out, a power cut in the
    middle or not; the board shows each with its first sample."""
    d, g, again = house
    with console.page(g, "/", rundir, "one") as one, \
            console.page(g, "/", rundir, "two") as two, \
            console.page(g, "/board/hall", rundir, "board") as board, \
            g.events("events=started&channel=hall") as events:
        assert events.next()[0] == "subscribed"
        sit_down(one, "1")
        sit_down(two, "2")
        wait_until(lambda: not text(board, "#line"), "it is connected")
        aired = {}
        for n in range(HOUR):
            (one, two)[n % 2].press("n")
            # What was on air when the power failed begins again.
            while len(aired) == n:
                e = events.until("started")
                aired.setdefault(e["show"]["ticket"],
                                 (e["show"]["counter"], e["time"]))
            if n == HOUR // 2:
                d.kill()
                d = again()
                wait_until(lambda: not text(one, "#trouble") and
                           not text(two, "#trouble"), "they go on")
        wait_until(lambda: text(board, "#ticket") == f"A{HOUR:03}",
                   "the last one stands there")
        assert list(aired) == [f"A{n + 1:03}" for n in range(HOUR)]
        assert [c for c, _ in aired.values()] == ["1", "2"] * (HOUR // 2)
        shown = {c["ticket"]: c["at"] for c in board.value("calls")}
        late = {t: shown[t] - at for t, (_, at) in aired.items() if t in shown}
        assert len(late) >= HOUR - 1
        # The machine has three browsers to run beside.
        assert sorted(late.values())[HOUR * 9 // 10] < SHOWN_MS, late
        for p in (one, two):
            wait_until(lambda p=p: next_of(p, "A") == f"A{HOUR + 1:03}",
                       "both know the next one")


def test_a_new_board_knows_what_was_called(house, rundir):
    """By a ttsd that was started since, too."""
    d, g, again = house
    with d.control() as c:
        c.subscribe("finished")
        for counter in ("1", "2"):
            g.ask("call", series="A", counter=counter)
            c.event("finished")
    d.stop()
    again()
    with console.page(g, "/board/hall", rundir) as p:
        wait_until(lambda: texts(p, "#ticket, #counter") == ["A002", "2"],
                   "the last one")
        assert texts(p, "#calls li > span:first-child") == ["A001"]


def test_what_a_desk_does(house, rundir):
    d, g, _ = house
    g.ask("pause", channel="hall")
    with console.page(g, "/", rundir) as p:
        sit_down(p, "2")
        assert texts(p, "#series .next b") == ["A001", "B001"]
        p.press("n")
        wait_until(lambda: called(p)[:2] == ["A001", "2"], "called")
        p.press("z")
        wait_until(lambda: called(p)[2] == "Taken back", "taken back")
        assert next_of(p, "A") == "A001", "its number is next again"
        console.click(p, "#series [data-key=B] .next")
        wait_until(lambda: called(p)[:2] == ["B001", "2"], "called")
        p.value("document.activeElement.blur()")
        p.press("r")
        wait_until(lambda: len(texts(p, "#calls tr")) == 3, "again")
        assert called(p)[:2] == ["B001", "2"]
        console.click(p, "#series [data-key=B] .below button")
        wait_until(lambda: next_of(p, "B") == "B003", "passed over")
        assert called(p)[0] == "B002"
        p.press("c")
        p.press("b042")
        p.press("Enter")
        wait_until(lambda: called(p)[:2] == ["B042", "2"], "that one")
        assert next_of(p, "B") == "B003", "it takes no number"
        p.value("document.activeElement.blur()")
        p.press("t")
        assert p.value("document.getElementById('transfer-ticket').value") == \
            "B042"
        fill(p, "#transfer-counter", "3")
        console.click(p, "#transfer-dialog .primary")
        wait_until(lambda: called(p)[:2] == ["B042", "3"], "handed on")


def test_a_call_that_got_no_answer(house, rundir):
    """Whoever pressed again had called two numbers."""
    _, g, _ = house
    with console.page(g, "/", rundir) as p:
        sit_down(p, "1")
        console.lose_answer(p, "call")
        click(p, "#series [data-key=A] .next")
        wait_until(lambda: "was lost" in text(p, "#toasts"), "it says so")
        click(p, "#series [data-key=A] .next")
        wait_until(lambda: not p.value(
            "document.getElementById('undo').disabled"), "it has one")
        assert called(p)[:2] == ["A001", "1"]
        click(p, "#series [data-key=A] .next")
        wait_until(lambda: called(p)[:2] == ["A002", "1"], "then the next")


def test_a_series_whose_name_begins_as_another(start, serve,  # noqa: F811
                                               rundir):
    """ab7 was Ab7, which is a ticket of none."""
    path = rundir / "desk.conf"
    path.write_text(CONFIG + "[series AB]\n")
    start("-c", str(path))
    g = serve("-c", str(path), rights=RIGHTS)
    with console.page(g, "/", rundir) as p:
        sit_down(p, "1")
        fill(p, "#number", "ab7")
        click(p, "#call-number button")
        wait_until(lambda: called(p)[:2] == ["AB007", "1"], "it was called")


def test_to_another_series(house, rundir):
    _, g, _ = house
    g.ask("pause", channel="hall")
    with console.page(g, "/", rundir) as p:
        sit_down(p, "2")
        p.press("n")
        wait_until(lambda: called(p)[:2] == ["A001", "2"], "called")
        p.press("t")
        fill(p, "#transfer-series", "B")
        assert p.value("document.getElementById('transfer-counter').disabled")
        console.click(p, "#transfer-dialog .primary")
        wait_until(lambda: called(p)[:3] == ["A001", "→ B",
                                             "Waiting to be called"], "waits")
        assert next_of(p, "B") == "A001"
        assert texts(p, "#series [data-key=B] .note") == [
            "1 transferred, then B001"]
        p.press("z")
        wait_until(lambda: next_of(p, "B") == "B001", "taken back")
        # From another desk.
        g.ask("transfer", ticket="A001", series="B")
        wait_until(lambda: next_of(p, "B") == "A001", "waits again")
        console.click(p, "#series [data-key=B] .next")
        wait_until(lambda: called(p)[:2] == ["A001", "2"], "called by B")
        wait_until(lambda: next_of(p, "B") == "B001", "nobody waits")
        assert "Transferred" in texts(p, "#calls .pill")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "zh", "de"])
def test_axe_finds_nothing(house, rundir, language, theme):
    """With all that a desk in use shows."""
    d, g, _ = house
    with d.control() as c:
        c.subscribe("finished")
        first = g.ask("call", series="A", counter="1")
        c.event("finished")
        c.ask("receipt", receipts=[
            {"channel": "hall", "id": first["id"], "output": output,
             "state": state} for output, state in
            (("hall", "heard"), ("web", "missed"), ("radio", "unknown"))])
    g.ask("skip-number", series="A")
    g.ask("pause", channel="hall")
    g.ask("uncall", id=g.ask("call", series="B", counter="2")["id"])
    before = (f"localStorage.setItem('theme', '{theme}');"
              f"localStorage.setItem('language', '{language}');")
    with console.page(g, "/", rundir, before=before) as p:
        p.value(pathlib.Path(AXE_JS).read_text("utf-8"))
        sit_down(p, "2")
        p.press("n")
        wait_until(lambda: len(texts(p, "#calls tr")) == 4 and
                   len(texts(p, "#calls .pill")) == 7 and
                   texts(p, ".toast"), "all is there")
        # What rises for a moment is not what it is.
        wait_until(lambda: p.value(
            "document.querySelector('.toast').getAnimations().length === 0"),
            "it has risen")
        assert console.complaints(p) == []


def test_a_desk_sees_its_own_series(house, rundir):
    with console.page(house[1], "/", rundir) as p:
        sit_down(p, "3")
        wait_until(lambda: texts(p, "#series .next:enabled b") == ["B001"],
                   "those of its counter")
        assert texts(p, "#series .next b") == ["B001", "A001"]
        p.press("n")
        wait_until(lambda: called(p)[:2] == ["B001", "3"], "called")


def test_a_template(house, rundir):
    d, g, _ = house
    with console.page(g, "/", rundir) as p, d.control() as c:
        c.subscribe("started")
        console.view(p, "speak")
        fill(p, "#template", "ticket")
        fill(p, "#template-fields [name=ticket]", "X7")
        fill(p, "#template-fields [name=counter]", "9")
        assert p.value("document.getElementById('text').value") == "X7, 9"
        console.click(p, "#say [type=submit]")
        e = c.event("started")
        assert e["text"] == "X7, 9"
        assert e["show"] == {"ticket": "X7", "counter": "9"}
