"""Many pages of one browser, which keeps six connections to one server."""
import contextlib
import os

import pytest

import browser
import console
from console import click, fill, text, texts, view
from daemon import wait_until
from test_gateway import serve  # noqa: F401
from test_gateway_watch import scrape

AXE_JS = os.environ.get("AXE_JS")
pytestmark = pytest.mark.skipif(browser.PROGRAM is None or AXE_JS is None,
                                reason="`make browser` has it run")

ALL = "read say urgent control outputs admin"
TONE = ("-D", "channel.main.engine=tone", "-D", "channel.hall.engine=tone")
TABS = 12
# Notes of which channels the worker tells a page, which begins with a token.
TOLD = """
globalThis.told = [];
globalThis.SharedWorker = class extends SharedWorker {
  constructor(...args) {
    super(...args);
    this.port.addEventListener('message', ({data}) =>
      data.body?.channel && told.push(data.body.channel));
  }
};
const use = (token) => sessionStorage.getItem('token') ??
  sessionStorage.setItem('token', token);
"""


def streams(g, token=None):
    return scrape(g, token)["gateway_listeners", ("kind", "events")]


@pytest.fixture
def tabs(rundir):
    """Opens pages, all of one browser."""
    with contextlib.ExitStack() as stack:
        first = None

        def open_page(g, path="/", before=console.WATCH):
            nonlocal first
            p = stack.enter_context(console.page(g, path, rundir, beside=first,
                                                 before=before))
            first = first or p
            return p
        yield open_page


def test_twelve_pages(start, serve, tabs):  # noqa: F811
    """The seventh got no connection any more: it did not even come up, and no
    button did anything in any of them."""
    d = start(*TONE)
    g = serve(rights=ALL)
    pages = [tabs(g, "/board/hall" if n % 3 == 1 else "/")
             for n in range(TABS)]
    boards, desks = pages[1::3], [p for n, p in enumerate(pages) if n % 3 != 1]
    assert streams(g) == 1
    for p in desks:
        assert not text(p, "#trouble")
        fill(p, "#channel", "hall")
    with d.control() as c:
        c.subscribe("queued", "finished")
        view(desks[-1], "speak")
        fill(desks[-1], "#text", "440:1")
        click(desks[-1], "#say [type=submit]")
        assert c.event("queued")["text"] == "440:1"
        for p in pages:
            wait_until(lambda p=p: "440:1" in text(p, "#caption") or
                       p.value("seen.some((s) => s.word >= 0 || s.live)"),
                       "each page shows it")
        c.event("finished")
    g.ask("say", channel="hall", text="440:0.2", show={"ticket": "A7"})
    for p in boards:
        wait_until(lambda p=p: texts(p, "#ticket") == ["A7"], "each board")
    # ttsd comes back, and all go on.
    d.kill()
    for p in desks:
        wait_until(lambda p=p: text(p, "#trouble"), "it says so")
    start(*TONE)
    for p in desks:
        wait_until(lambda p=p: not text(p, "#trouble"), "it goes on")
    assert streams(g) == 1


def test_each_token_sees_its_own(start, serve, tabs):  # noqa: F811
    start(*TONE)
    g = serve(rights="none")
    full = g.add_token("full", "read,say")
    few = g.add_token("few", "read", channels="hall")
    one = tabs(g, before=TOLD + f"use('{full}')")
    two = tabs(g, before=TOLD + f"use('{few}')")
    assert streams(g, full) == 2
    fill(one, "#channel", "main")
    g.ask("say", token=full, channel="main", text="440:0.5")
    wait_until(lambda: text(one, "#caption") == "440:0.5", "it is seen")
    assert text(two, "#caption") == ""
    g.ask("say", token=full, channel="hall", text="880:0.5")
    wait_until(lambda: text(two, "#caption") == "880:0.5", "its own is")
    assert set(two.value("told")) == {"hall"}, "and nothing else is told"
    assert set(one.value("told")) == {"main", "hall"}
    # Another token in the first page: its line is another one. A page that is
    # not in front closes no dialog.
    one.call("Page.bringToFront")
    click(one, "#who")
    fill(one, "#token", few)
    click(one, "#token-dialog .primary")
    wait_until(lambda: text(one, "#who-name") == "few", "it is known")
    wait_until(lambda: streams(g, full) == 1, "they share one now")
    g.ask("say", token=full, channel="hall", text="660:0.5")
    for p in (one, two):
        wait_until(lambda p=p: text(p, "#caption") == "660:0.5", "both see it")


def test_the_last_one_ends_the_line(start, serve, tabs):  # noqa: F811
    """Pages go by being closed, by another address, from which somebody may
    come back, and by a crash."""
    start(*TONE)
    g = serve(rights=ALL)
    one, two = tabs(g), tabs(g)
    assert streams(g) == 1
    two.go(f"http://127.0.0.1:{g.port}/openapi.json")
    assert streams(g) == 1
    one.go(f"http://127.0.0.1:{g.port}/openapi.json")
    wait_until(lambda: streams(g) == 0, "nobody listens")
    one.value("history.back()")
    wait_until(lambda: one.value("document.documentElement.dataset.ready") and
               one.value("document.getElementById('air') !== null"), "back")
    wait_until(lambda: streams(g) == 1, "it listens again")
    g.ask("say", channel="main", text="440:0.5")
    fill(one, "#channel", "main")
    wait_until(lambda: "440:0.5" in text(one, "#caption") or
               one.value("seen.some((s) => s.live)"), "and sees what is said")


def test_one_page_listens(start, serve, tabs):  # noqa: F811
    """Each that listens holds a connection."""
    start(*TONE)
    g = serve(rights=ALL)
    pages = [tabs(g) for _ in range(3)]

    def listens(p):
        return p.value("document.getElementById('listen').ariaPressed") == \
            "true"

    for n, p in enumerate(pages):
        click(p, "#listen")
        wait_until(lambda p=p: p.value("ttsd.heard().sample !== null"),
                   "it plays")
        for other in pages[:n]:
            wait_until(lambda o=other: not listens(o), "it has stopped")
        if n > 0:
            wait_until(lambda o=pages[n - 1]: "Another page" in text(
                o, "#toasts"), "it says why")
    assert listens(pages[-1])


def test_without_shared_workers(start, serve, tabs):  # noqa: F811
    """Such as on a telephone: each page reads for itself, as far as that
    goes."""
    start(*TONE)
    g = serve(rights=ALL)
    pages = [tabs(g, before=console.WATCH + "delete globalThis.SharedWorker;")
             for _ in range(2)]
    assert streams(g) == 2
    g.ask("say", channel="main", text="440:0.5")
    for p in pages:
        fill(p, "#channel", "main")
        wait_until(lambda p=p: p.value("seen.some((s) => s.live)"), "seen")


def test_a_page_that_does_not_answer_is_left_out(start, serve,
                                                 tabs):  # noqa: F811
    """As one that has crashed, or that a browser lets sleep."""
    start(*TONE)
    g = serve(rights=ALL)
    p = tabs(g)
    p.value("""{
        globalThis.silent = new SharedWorker('/console/lines.js',
                                 {type: 'module', name: 'lines-2'});
        silent.port.start();
        silent.port.postMessage({ask: {token: null, path: '/v1/events',
                                       lead_ms: 7, since: 0}});
    }""")
    wait_until(lambda: streams(g) == 2, "it has a line of its own")
    wait_until(lambda: streams(g) == 1, "which has ended")


def test_what_gets_no_connection_says_so(start, serve, tabs):  # noqa: F811
    """It hung, and so did its button."""
    start(*TONE)
    g = serve(rights=ALL)
    p = tabs(g)
    # What nothing holds is collected, and its connection closed.
    p.value("""{
        globalThis.held = [];
        for (let n = 0; n < 5; n++)
            fetch('/v1/events?since=' + (n + 1)).then(async (answer) => {
                const reader = answer.body.getReader();
                held.push(reader);
                while (!(await reader.read()).done);
            });
    }""")
    wait_until(lambda: streams(g) == 6, "all are taken")
    click(p, "#listen")
    wait_until(lambda: "all its connections" in text(p, "#toasts"),
               "listening says so")
    view(p, "speak")
    fill(p, "#text", "440:0.1")
    click(p, "#say [type=submit]")
    wait_until(lambda: "all its connections" not in text(p, "#toasts"),
               "its word has gone")
    wait_until(lambda: "all its connections" in text(p, "#toasts"),
               "the button says so")
    assert p.value("document.querySelector('#say [type=submit]').disabled") \
        is False
