"""The console in a browser: what somebody does there, and what they see and
hear."""
import csv
import io
import json
import os
import pathlib
import signal
import time

import pytest

import browser
import console
from console import click, complaints, fill, onsets, text, texts, view
from daemon import wait_until
from supervisor import define, supervise  # noqa: F401
from test_durable import FORMULAS
from test_gateway import serve  # noqa: F401

AXE_JS = os.environ.get("AXE_JS")
pytestmark = pytest.mark.skipif(browser.PROGRAM is None or AXE_JS is None,
                                reason="`make browser` has it run")

ALL = "read say urgent control outputs admin"
TONE = ("-D", "channel.main.engine=tone")
VIEWS = ("desk", "speak", "queue", "outputs", "history")
READY_MS = 1000
DELAY_MS = 300
STEP_MS = 50


@pytest.fixture
def sit(rundir, serve):  # noqa: F811
    """At the console."""
    def open_page(g=None, **kw):
        return console.page(g or serve(rights=ALL), "/", rundir, **kw)
    return open_page


# ---- sound -------------------------------------------------------------------


def listen(p):
    click(p, "#listen")
    wait_until(lambda: p.value("ttsd.heard().sample !== null"), "it plays")


def test_what_is_heard_in_the_page_is_not_late(
        start, sit, serve):  # noqa: F811
    """A tone is loud from its first sample on, and `started` is told with
    it."""
    start(*TONE)
    g = serve(rights=ALL)
    with sit(g) as p:
        listen(p)
        for n in range(1, 4):
            g.ask("say", text="440:0.4")
            wait_until(lambda: len(onsets(p.value("seen"), "loud")) == n and
                       p.value("document.querySelector('.air.live') === null"),
                       "it was heard")
        seen = p.value("seen")
        late = [b - a for a, b in zip(onsets(seen, "live", 0),
                                      onsets(seen, "loud"))]
        assert len(late) == 3 and all(0 < x < DELAY_MS for x in late), late
        assert p.value("ttsd.heard().delay") < DELAY_MS


def test_words_are_lit_as_they_are_heard(start, sit, serve):  # noqa: F811
    """Words with pauses between them: where one begins to be loud it is lit."""
    start()
    g = serve(rights=ALL)
    with sit(g) as p:
        listen(p)
        g.ask("say", parts=[{"text": "go"}, {"pause_ms": 700}] * 6)
        wait_until(lambda: len(onsets(p.value("seen"), "loud", 400)) == 6 and
                   p.value("document.querySelector('.air.live') === null"),
                   "all were heard")
        seen = p.value("seen")
        loud = onsets(seen, "loud", 400)
        lit = []
        for before, now in zip(seen, seen[1:]):
            if now["word"] != before["word"] and now["word"] >= 0:
                lit.append(now["at"])
        off = [b - a for a, b in zip(loud, lit)]
        assert len(lit) == 6 and all(abs(x) < STEP_MS for x in off), off


def plays_again(p):
    wait_until(lambda: "interrupted" in text(p, "#toasts"), "it says so")
    wait_until(lambda: p.value("ttsd.heard().sample !== null") and
               "interrupted" not in text(p, "#air-note"), "it plays again")


def test_listening_goes_on_by_itself(start, sit, serve):  # noqa: F811
    """It ended with ttsd, once and for all; of a server that stood still it
    said nothing at all."""
    d = start(*TONE)
    g = serve(rights=ALL)
    with sit(g) as p:
        listen(p)
        os.kill(g.process.pid, signal.SIGSTOP)
        try:
            wait_until(lambda: "interrupted" in text(p, "#air-note"),
                       "it stands still")
            assert p.value("ttsd.heard().sample") is None
        finally:
            os.kill(g.process.pid, signal.SIGCONT)
        plays_again(p)
        wait_until(lambda: text(p, "#toasts") == "", "that is over")
        d.stop()
        wait_until(lambda: "interrupted" in text(p, "#air-note"), "it is gone")
        start(*TONE)
        plays_again(p)
        assert p.value("document.getElementById('listen').ariaPressed") == \
            "true"


# ---- saying ------------------------------------------------------------------


def test_free_text(start, sit, rundir, serve):  # noqa: F811
    d = start(*TONE)
    g = serve(rights=ALL)
    with sit(g) as p, d.control() as c:
        c.subscribe("queued", "finished")
        p.press("2")
        wait_until(lambda: "Speak" in texts(p, "h1"), "the view is there")
        p.value("document.getElementById('text').focus()")
        p.press("440:0.2")
        fill(p, "#priority", "high")
        p.press("Enter", ctrl=True)
        e = c.event("queued")
        assert (e["text"], e["priority"]) == ("440:0.2", "high")
        wait_until(lambda: p.value("document.getElementById('text').value") ==
                   "", "it was taken")
        assert c.event("finished")["outcome"] == "spoken"


def test_a_text_that_got_no_answer(start, sit, serve):  # noqa: F811
    """Said again as it was it is said once. Its key was that of another text,
    too, into which it was changed meanwhile: that was never said, and the page
    said that it was accepted."""
    start(*TONE)
    g = serve(rights=ALL)

    def press(p, text):
        fill(p, "#text", text)
        click(p, "#say [type=submit]")

    with sit(g) as p:
        view(p, "speak")
        g.ask("pause")
        for lost, then in (("440:0.2", "550:0.2"), ("660:0.2", "660:0.2")):
            console.lose_answer(p, "say")
            press(p, lost)
            wait_until(lambda: "was lost" in text(p, "#toasts"), "it says so")
            press(p, then)
            wait_until(lambda: p.value(
                "document.getElementById('text').value") == "", "it was taken")
            p.value("document.getElementById('toasts').replaceChildren()")
        assert [i["text"] for i in g.ask("queue")["items"]] == [
            "440:0.2", "550:0.2", "660:0.2"]


def test_until_it_is_cancelled(start, sit):
    d = start(*TONE)
    with sit() as p, d.control() as c:
        c.subscribe("started", "finished")
        view(p, "speak")
        fill(p, "#text", "440:0.1")
        fill(p, "#repeat", "until-cancelled")
        click(p, "#say [type=submit]")
        c.event("started")
        view(p, "queue")
        wait_until(lambda: [t for t in texts(p, "#queue small") if
                            "Until it is cancelled" in t], "it says so")
        click(p, "#queue .does button:last-child")
        assert c.event("finished")["outcome"] == "cancelled"


def test_an_emergency_takes_two_presses(start, sit):
    d = start(*TONE)
    with sit() as p, d.control() as c:
        c.subscribe("queued")
        view(p, "speak")
        fill(p, "#emergency-text", "880:0.2")
        click(p, "#alarm")
        assert p.value("document.getElementById('alarm').disabled")
        click(p, "#lift")
        click(p, "#alarm")
        e = c.event("queued")
        assert (e["text"], e["priority"]) == ("880:0.2", "urgent")
        assert p.value("document.getElementById('alarm').disabled"), \
            "its cover is down again"


def test_where_it_is_said(start, sit, serve):  # noqa: F811
    """On a zone it is taken back from all of it; an emergency goes out on all
    channels, and waits for none."""
    places = ("hall", "cafe")
    args = [a for place in places for a in ("-D", f"channel.{place}.engine=tone")]
    d = start(*TONE, *args, "-D", "zone.indoors.channels=main hall")
    g = serve(rights=ALL)
    with sit(g) as p, d.control() as c:
        c.subscribe("queued", "finished")
        view(p, "speak")
        assert p.value("[...document.querySelectorAll('#where option')]"
                       ".map((o) => o.text)") == ["main", "indoors",
                                                  "On all channels"]
        g.ask("pause", channel="indoors")
        fill(p, "#where", "indoors")
        fill(p, "#text", "440:0.2")
        click(p, "#say [type=submit]")
        assert {c.event("queued")["channel"] for _ in range(2)} == {
            "main", "hall"}
        wait_until(lambda: texts(p, "#toasts button"), "it can be taken back")
        click(p, "#toasts button")
        assert [c.event("finished")["outcome"] for _ in range(2)] == [
            "cancelled"] * 2
        fill(p, "#where", "*")
        fill(p, "#emergency-text", "880:0.2")
        click(p, "#lift")
        click(p, "#alarm")
        alarms = [c.event("queued") for _ in range(3)]
        assert {e["channel"] for e in alarms} == {"main", *places}
        assert {e["priority"] for e in alarms} == {"urgent"}


def test_a_prepared_message_says_that_it_is_ready(start, sit):
    d = start(*TONE, "-D", "message.alarm.text=880:0.2", "-D",
              "message.alarm.prepare=yes")
    with sit() as p, d.control() as c:
        c.subscribe("queued")
        view(p, "speak")
        fill(p, "#prepared", "alarm")
        wait_until(lambda: p.value(
            "document.getElementById('prepared-state').className") ==
            "pill good", "it is ready")
        click(p, "#lift")
        click(p, "#alarm")
        e = c.event("queued")
        assert (e["text"], e["priority"]) == ("880:0.2", "urgent")


def test_what_comes_again(start, sit, serve):  # noqa: F811
    """It stands there, and so does why it was not said: no such clip."""
    start(*TONE)
    soon = time.strftime("%H:%M:%S", time.localtime(time.time() + 3))
    g = serve(*(w for key, value in (
        ("noon.at", "12:00"), ("noon.text", "440:0.1"), ("noon.channel", "main"),
        ("bell.at", soon), ("bell.clip", "nosuch"))
        for w in ("-D", f"schedule.{key}={value}")), rights=ALL)
    with sit(g) as p:
        assert texts(p, "#scheduled") == []
        view(p, "queue")
        wait_until(lambda: [t for t in texts(p, "#schedule li") if
                            t.endswith("440:0.1\nnoon · main")
                            and "12:00:00" in t], "it stands there")
        wait_until(lambda: [t for t in texts(p, "#schedule li") if
                            "bell · not said at" in t and "nosuch" in t],
                   "it says why")


def test_it_is_set_to_be_said_again_and_again(
        start, sit, serve):  # noqa: F811
    """Set, refused without a loss, changed, removed; seen by all pages."""
    start(*TONE, "-D", "channel.hall.engine=tone")
    g = serve("-D", "schedule.noon.at=12:00", "-D", "schedule.noon.text=x",
              rights=ALL)

    def rows(page):
        return {t.splitlines()[-1].split(" · ")[0]: t
                for t in texts(page, "#schedule li .grow")}

    def button(page, name, n):
        click(page, f"#schedule [data-key={name}] .does button"
                    f":nth-child({n})")

    with sit(g) as p, sit(g, profile="other") as other:
        for page in (p, other):
            view(page, "queue")
            wait_until(lambda: "noon" in rows(page), "of the configuration")
        assert texts(p, "#schedule .does button") == [], "changed in the file"
        click(p, "#schedule-add")
        for name, value in [("name", "noon"), ("text", "上课了"),
                            ("at", "8：00，25:30"), ("where", "hall"),
                            ("repeat", "2"), ("except", "2030-01-01")]:
            fill(p, f"#schedule-{name}", value)
        for day in ("mon", "wed"):
            click(p, f"#schedule-days [value={day}]")
        save = "#schedule-dialog .primary"
        for name, why in [("noon", "already"), ("bell", "at: expected")]:
            fill(p, "#schedule-name", name)
            click(p, save)
            wait_until(lambda: why in text(p, "#schedule-why"), why)
        assert p.value("document.getElementById('schedule-text').value") == \
            "上课了", "nothing is lost"
        fill(p, "#schedule-at", "8：00，12:30")
        click(p, save)
        for page in (p, other):
            wait_until(lambda: "bell" in rows(page), "it stands there")
            assert rows(page)["bell"].startswith("上课了\nbell · hall")
        kept = g.ask("schedules")["schedules"][0]
        del kept["next"], kept["by"], kept["set_ms"]
        assert kept == {
            "name": "bell", "text": "上课了", "at": ["8:00", "12:30"],
            "days": ["mon", "wed"], "channel": ["hall"], "repeat": 2,
            "except": ["2030-01-01"]}
        # What the form does not ask stays.
        g.ask("set-schedule", **{**kept, "ttl": "5m", "days": "sat-mon"})
        button(p, "bell", 1)
        assert p.value("document.getElementById('schedule-at').value") == \
            "8:00 12:30"
        wait_until(lambda: "ttl" in json.dumps(json.loads(g.request(
            "GET", "/v1/schedule")[2])), "the gateway knows")
        p.value("document.getElementById('schedule-dialog').close()")
        wait_until(lambda: p.value(
            "document.querySelector('#schedule-dialog').open") is False and
            "bell" in rows(p), "closed")
        wait_until(lambda: _days_of(p, button) == ["mon", "sat", "sun"],
                   "the page knows")
        fill(p, "#schedule-text", "放学了")
        click(p, save)
        wait_until(lambda: "放学了" in rows(other)["bell"], "changed")
        after = g.ask("schedules")["schedules"][0]
        assert (after["ttl"], after["days"]) == ("5m", ["mon", "sat", "sun"])
        button(p, "bell", 2)
        button(p, "bell", 2)
        for page in (p, other):
            wait_until(lambda: set(rows(page)) == {"noon"}, "removed")


def _days_of(p, button):
    """What the form says when it is opened."""
    p.value("document.getElementById('schedule-dialog').close()")
    button(p, "bell", 1)
    return p.value("[...document.querySelectorAll('#schedule-days :checked')]"
                   ".map((b) => b.value)")


def test_who_may_not_is_not_offered_it(start, sit, serve):  # noqa: F811
    start(*TONE)
    with sit(serve(rights="read")) as p:
        view(p, "speak")
        assert not p.value(
            "document.getElementById('emergency').checkVisibility()")
        assert p.value("document.querySelector('#say [type=submit]').disabled")
        view(p, "queue")
        assert texts(p, "#pause, #skip, #clear, #schedule-add") == []


def test_a_token_is_typed_in(start, sit, rundir, serve):  # noqa: F811
    """It is of this window alone."""
    start(*TONE)
    g = serve(rights="read")
    token = g.add_token("anna", "read,say,urgent")
    with sit(g) as p:
        click(p, "#who")
        fill(p, "#token", token)
        click(p, "#token-dialog .primary")
        wait_until(lambda: text(p, "#who-name") == "anna", "it is known")
        view(p, "speak")
        wait_until(lambda: p.value(
            "document.getElementById('emergency').checkVisibility()"),
            "what it may is offered")
        assert p.value("localStorage.getItem('token')") is None
        assert token not in p.value("document.documentElement.outerHTML")


def test_a_token_of_some_channels_sees_those(start, sit,
                                             serve):  # noqa: F811
    start("-D", "channel.hall.engine=tone", "-D", "channel.cafe.engine=tone",
          "-D", "channel.ward.engine=tone")
    g = serve(rights="none")
    token = g.add_token("two", "read,say", channels="hall,ward")
    with sit(g, before=f"sessionStorage.setItem('token', '{token}')") as p:
        assert p.value("[...document.getElementById('channel').options]"
                       ".map((o) => o.value)") == ["hall", "ward"]
        fill(p, "#channel", "ward")
        g.ask("say", token=token, text="440:0.3", channel="ward")
        wait_until(lambda: text(p, "#caption") == "440:0.3", "it is seen")


# ---- queue, outputs, history -------------------------------------------------


def test_the_queue(start, sit, serve):  # noqa: F811
    d = start(*TONE)
    g = serve(rights=ALL)
    g.ask("pause")
    ids = [g.ask("say", text=f"{440 + n}:0.1")["id"] for n in range(3)]
    with sit(g) as p, d.control() as c:
        c.subscribe("finished")
        view(p, "queue")
        rows = "#queue li .grow span"
        wait_until(lambda: texts(p, rows) == ["440:0.1", "441:0.1", "442:0.1"],
                   "they wait")
        later = f"#queue li[data-key='{ids[0]}'] .does button:nth-child(2)"
        click(p, later)
        wait_until(lambda: texts(p, rows) == ["441:0.1", "440:0.1", "442:0.1"],
                   "later by one")
        wait_until(lambda: p.value(
            f"document.activeElement.matches({later!r})"),
            "it can be pressed again")
        click(p, later)
        wait_until(lambda: texts(p, rows) == ["441:0.1", "442:0.1", "440:0.1"],
                   "the last one")
        click(p, later.replace("(2)", "(1)"))
        wait_until(lambda: texts(p, rows) == ["441:0.1", "440:0.1", "442:0.1"],
                   "earlier")
        # Somebody else may have moved them.
        g.ask("move", id=ids[0], before=ids[1])
        wait_until(lambda: texts(p, rows) == ["440:0.1", "441:0.1", "442:0.1"],
                   "and that is seen")
        click(p, f"#queue li[data-key='{ids[1]}'] .does button:last-child")
        assert c.event("finished")["id"] == ids[1]
        wait_until(lambda: texts(p, rows) == ["440:0.1", "442:0.1"], "one less")
        p.press("p")
        spoken = [c.event("finished") for _ in range(2)]
        assert [e["id"] for e in spoken] == [ids[0], ids[2]]


def test_keys_of_the_queue_are_of_its_view(start, sit, serve):  # noqa: F811
    """S was written on its button, and did nothing; P held up the hall from
    anywhere."""
    d = start(*TONE)
    g = serve(rights=ALL)
    with sit(g) as p, d.control() as c:
        c.subscribe("started", "finished")
        said = g.ask("say", text="440:60")["id"]
        c.event("started")
        for key in "ps":
            p.press(key)
        view(p, "queue")
        wait_until(lambda: texts(p, "#queue li .pill") == ["On air"],
                   "it goes on")
        p.press("s")
        e = c.event("finished")
        assert (e["id"], e["outcome"]) == (said, "cancelled")


def test_outputs(start, sit, supervise, serve, rundir):  # noqa: F811
    start(*TONE)
    (rundir / "hls").mkdir()
    s = supervise(*define(url=f"{rundir}/hls/"))
    with sit(serve(rights=ALL)) as p:
        view(p, "outputs")

        def state(wanted, name="live"):
            wait_until(lambda: texts(p, f"#outputs [data-key={name}] .pill") ==
                       [wanted], wanted)

        state("Running")
        click(p, "#outputs [data-key=live] .does button:nth-child(2)")
        state("Stopped")
        click(p, "#outputs [data-key=live] .does button:nth-child(1)")
        state("Running")
        fill(p, "#add-name", "more")
        fill(p, "#add-url", "udp://127.0.0.1:9")
        click(p, "#add button")
        state("Running", "more")
        assert set(s.outputs()) == {"live", "more"}
        remove = "#outputs [data-key=more] .does button:nth-child(4)"
        click(p, remove)
        assert set(s.outputs()) == {"live", "more"}, "it asks first"
        click(p, remove)
        wait_until(lambda: set(s.outputs()) == {"live"}, "it is removed")


def test_history(start, sit, serve):  # noqa: F811
    """A text that a spreadsheet would take for a formula is none there."""
    d = start("-D", "channel.main.engine=tone")
    g = serve(rights=ALL)
    with d.control() as c:
        c.subscribe("finished")
        g.ask("say", text="440:0.1", key="first")
        g.ask("say", text="=880:0.1")
        c.event("finished")
        c.event("finished")
    with sit(g) as p:
        view(p, "history")
        wait_until(lambda: len(texts(p, "#history .said")) == 2, "both")
        fill(p, "#find-text", "880")
        assert texts(p, "#history .said") == ["=880:0.1"]
        fill(p, "#find-text", "")
        p.value("""
            globalThis.files = [];
            URL.createObjectURL = (blob) => {
                blob.text().then((t) => files.push(t));
                return '#history';
            };
        """)
        click(p, "#csv")
        wait_until(lambda: p.value("files.length"), "the file")
        rows = list(csv.DictReader(io.StringIO(
            p.value("files[0]").lstrip("\ufeff"))))
        assert {r["text"] for r in rows} == {"440:0.1", "'=880:0.1"}
        assert {r["key"] for r in rows} == {"first", ""}
        texts_of_cells = p.value("""
            import("/console/history.js").then((m) => m.toCsv(
                %s.map((text) => ({ text }))))
        """ % json.dumps(FORMULAS + ["1=1", "a;=b", '"=b']), promised=True)
        cells = [row["text"] for row in csv.DictReader(
            io.StringIO(texts_of_cells, newline=""))]
        assert cells == [f"'{f}" for f in FORMULAS] + ["1=1", "a;=b", '"=b']
        assert '"a;=b"' in texts_of_cells, "where a semicolon ends cells, too"


# ---- for everybody -----------------------------------------------------------


def test_it_is_there_at_once(start, sit, rundir, serve):  # noqa: F811
    start(*TONE)
    g = serve(rights=ALL)
    taken = []
    for n in range(3):
        with sit(g, profile=f"profile{n}") as p:
            taken.append(int(p.value(
                "document.documentElement.dataset.ready")))
    assert min(taken) < READY_MS, taken


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "zh", "de"])
def test_axe_finds_nothing(start, sit, serve, supervise,  # noqa: F811
                           rundir, language, theme):
    start(*TONE)
    (rundir / "hls").mkdir()
    supervise(*define(url=f"{rundir}/hls/"))
    g = serve(rights=ALL)
    g.ask("say", text="440:60")
    g.ask("say", text="441:0.1")
    before = (f"localStorage.setItem('theme', '{theme}');"
              f"localStorage.setItem('language', '{language}');")
    with sit(g, before=before) as p:
        p.value(pathlib.Path(AXE_JS).read_text("utf-8"))
        for name in VIEWS:
            view(p, name)
            assert complaints(p) == [], name
        for dialog in ("keys", "token-dialog", "transfer-dialog",
                       "schedule-dialog"):
            p.value(f"document.getElementById('{dialog}').showModal()")
            p.value("document.querySelector('details').open = true")
            assert complaints(p) == [], dialog
            p.value(f"document.getElementById('{dialog}').close('')")


def test_it_fits_on_a_phone(start, sit):
    """Nothing sticks out to the right."""
    start(*TONE)
    with sit() as p:
        p.call("Emulation.setDeviceMetricsOverride", width=360, height=740,
               deviceScaleFactor=2, mobile=True)
        for language in ("en", "zh", "de"):
            fill(p, "#language", language)
            wait_until(lambda: p.value("document.documentElement.lang")[:2] ==
                       language, "its language")
            for name in VIEWS:
                view(p, name)
                assert p.value("document.documentElement.scrollWidth") <= 360, (
                    language, name)


def test_all_by_keyboard(start, sit):
    """Tab goes to each button that can be seen, and shows where it is."""
    start(*TONE)
    with sit() as p:
        # What it may, it finds out after it is there.
        wait_until(lambda: p.value("document.querySelector("
                                   "'#call-number button:enabled') !== null"),
                   "one may call")
        for name in VIEWS:
            view(p, name)
            wanted = p.value("""[...document.querySelectorAll(
                'a[href], button:enabled, input:enabled, select, textarea')]
                .filter((n) => n.checkVisibility()).length""")
            p.value("document.activeElement.blur()")
            met = p.value("0")
            reached = set()
            for _ in range(wanted + 20):
                p.press("Tab")
                reached.add(p.value(
                    "globalThis.ids ??= new Map(),"
                    "ids.has(document.activeElement) || "
                    "ids.set(document.activeElement, ids.size),"
                    "document.activeElement.matches('a, button, input, select,"
                    " textarea') ? ids.get(document.activeElement) : -1"))
            met = len(reached - {-1})
            assert met == wanted, (name, met, wanted)
