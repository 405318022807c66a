"""The public board in a browser."""
import os
import pathlib
import socket
import struct
import time

import pytest

import browser
import console
from console import fill, text, texts
from daemon import wait_until
from test_gateway import serve  # noqa: F401

AXE_JS = os.environ.get("AXE_JS")
pytestmark = pytest.mark.skipif(browser.PROGRAM is None or AXE_JS is None,
                                reason="`make browser` has it run")

HALL = ("-D", "channel.hall.engine=tone")
SHOWN_MS = 100


def call(g, ticket, counter, text="440:0.3", **more):
    return g.ask("say", text=text, channel="hall",
                 show={"ticket": ticket, "counter": counter}, **more)["id"]


def shows(p, ticket, counter):
    wait_until(lambda: texts(p, "#ticket, #counter") == [ticket, counter],
               f"{ticket} stands there")


def last_calls(p):
    return [t.split("\n")[0] for t in texts(p, "#calls li > span:first-child")]


def loud_at(path, go):
    """When the first loud sample of a channel comes out of ttsd's own socket,
    in milliseconds since 1970."""
    with socket.socket(socket.AF_UNIX) as s:
        s.connect(str(path))
        s.settimeout(30)
        s.recv(44, socket.MSG_WAITALL)
        go()
        while True:
            pcm = s.recv(480, socket.MSG_WAITALL)
            if any(abs(x) > 300 for x, in struct.iter_unpack("<h", pcm)):
                return 1000 * time.time()


def test_a_number_is_there_with_its_first_sample(
        start, serve, rundir):  # noqa: F811
    start(*HALL)
    g = serve()
    with console.page(g, "/board/hall", rundir) as p:
        late = []
        for n in range(10):
            heard = loud_at(rundir / "hall.sock",
                            lambda n=n: call(g, f"A{n:03}", "3"))
            shows(p, f"A{n:03}", "3")
            late.append(p.value("calls[calls.length - 1].at") - heard)
            wait_until(lambda: g.ask("queue", channel="hall")["items"] == [],
                       "it is over")
        assert max(late) < SHOWN_MS, late
        assert last_calls(p) == [f"A{n:03}" for n in range(8, 2, -1)]


def test_one_that_is_called_again_stands_there_once(
        start, serve, rundir):  # noqa: F811
    start(*HALL)
    g = serve()
    with console.page(g, "/board/hall", rundir) as p:
        for ticket, counter in (("A1", "1"), ("A2", "2"), ("A1", "4")):
            call(g, ticket, counter)
            shows(p, ticket, counter)
        assert last_calls(p) == ["A2"]
        g.ask("say", text="440:0.1", channel="hall")
        call(g, "<b>x", "<i>")
        shows(p, "<b>x", "<i>")


def test_a_zone_has_a_board(start, serve, rundir):  # noqa: F811
    """It was there, and no number ever came."""
    args = (*HALL, "-D", "channel.cafe.engine=tone",
            "-D", "channel.ward.engine=tone", "-D", "zone.east.channels=hall cafe")
    start(*args)
    g = serve(*args)
    with console.page(g, "/board/east", rundir) as p:
        for channel, ticket in (("ward", "W1"), ("cafe", "C1"), ("hall", "H1")):
            g.ask("say", text="440:0.1", channel=channel,
                  show={"ticket": ticket, "counter": "1"})
            if channel != "ward":
                shows(p, ticket, "1")
        g.ask("say", text="440:0.1", channel="east",
              show={"ticket": "E1", "counter": "2"})
        shows(p, "E1", "2")
        assert last_calls(p) == ["H1", "C1"]


def test_it_outlives_everything(start, serve, rundir):  # noqa: F811
    """ttsd, the gateway, and the television itself."""
    d = start(*HALL)
    g = serve()
    port = g.port
    with console.page(g, "/board/hall", rundir) as p:
        call(g, "A1", "1")
        shows(p, "A1", "1")
        d.kill()
        g.kill()
        wait_until(lambda: text(p, "#line"), "it says so")
        d = start(*HALL)
        g = serve("-D", f"http.listen=127.0.0.1:{port}")
        wait_until(lambda: not text(p, "#line"), "it is there again")
        call(g, "A2", "2")
        shows(p, "A2", "2")
        assert last_calls(p) == ["A1"]
    with console.page(g, "/board/hall", rundir) as p:
        shows(p, "A2", "2")
        assert last_calls(p) == ["A1"]


def test_it_is_never_left_dark(start, serve, rundir):  # noqa: F811
    """Whatever its address or its memory is worth."""
    start(*HALL)
    g = serve()
    with console.page(g, "/board/100%", rundir) as p:
        assert text(p, "#title") == "100%"
        wait_until(lambda: "100%" in text(p, "#line"), "it says why")
    with console.page(g, "/board/hall", rundir, before=console.WATCH
                      + "localStorage.setItem('board:hall', '[{');") as p:
        call(g, "A1", "1")
        shows(p, "A1", "1")


def test_what_was_called_while_its_line_was_cut(
        start, serve, rundir):  # noqa: F811
    start(*HALL)
    g = serve()
    port = g.port
    with console.page(g, "/board/hall", rundir) as p:
        call(g, "A1", "1")
        shows(p, "A1", "1")
        g.stop()
        wait_until(lambda: text(p, "#line"), "it says so")
        g = serve("-D", "http.listen=127.0.0.1:0")
        call(g, "A2", "2")
        wait_until(lambda: g.ask("queue", channel="hall")["items"] == [],
                   "it was said")
        g.stop()
        g = serve("-D", f"http.listen=127.0.0.1:{port}")
        shows(p, "A2", "2")


def test_it_takes_no_token_that_may_more(start, serve, rundir):  # noqa: F811
    start(*HALL)
    g = serve(rights="none")
    strong = g.add_token("desk", "read,say")
    weak = g.add_token("board", "read", channels="hall")
    with console.page(g, f"/board/hall?x#token={strong}", rundir) as p:
        wait_until(lambda: "may do more" in text(p, "#token-why"), "refused")
        assert p.value("localStorage.getItem('token')") is None
        assert strong not in p.value("location.href")
        fill(p, "#token", weak)
        p.value("document.querySelector('#token-dialog button').click()")
        wait_until(lambda: p.value("localStorage.getItem('token')") == weak,
                   "it is kept")
        assert g.post("say", token=strong, text="440:0.3", channel="hall",
                      show={"ticket": "A7", "counter": "7"})[0] == 200
        shows(p, "A7", "7")


def test_the_screen_stays_awake(start, serve, rundir):  # noqa: F811
    start(*HALL)
    with console.page(serve(), "/board/hall", rundir, before="""
            globalThis.asked = [];
            WakeLock.prototype.request = async (kind) => asked.push(kind);
            """) as p:
        assert p.value("asked") == ["screen"]
        p.value("document.dispatchEvent(new Event('visibilitychange'))")
        assert p.value("asked") == ["screen", "screen"], \
            "a browser takes it away from a page that is not seen"


def test_without_a_right_to_read_it_asks(start, serve, rundir):  # noqa: F811
    start(*HALL)
    g = serve(rights="none")
    with console.page(g, "/board/hall", rundir) as p:
        wait_until(lambda: "needs a token" in text(p, "#token-why"), "it asks")


@pytest.mark.parametrize("size", [(1920, 1080), (1280, 720), (720, 1280)])
def test_chinese_is_broken_between_words(start, serve, rundir,  # noqa: F811
                                         size):
    """And never before a sign; nothing is cut off."""
    start("-D", "channel.hall.language=auto")
    g = serve()
    said = ("请到三号窗口办理社会保险登记手续，并准备好身份证和户口簿。"
            "其他市民请在等候区耐心等待，谢谢您的合作。")
    with console.page(g, "/board/hall?lang=zh", rundir) as p:
        p.call("Emulation.setDeviceMetricsOverride", width=size[0],
               height=size[1], deviceScaleFactor=1, mobile=False)
        call(g, "ABCD9999", "1234", text=said)
        wait_until(lambda: text(p, "#caption") == said, "it is shown")
        wait_until(lambda: p.value(
            "document.querySelectorAll('#caption .said').length") > 8,
            "it goes along")
        assert p.value("document.querySelector('#caption :lang(zh)') !== null")
        lines = p.value("""(() => {
            const range = document.createRange(), lines = [];
            let top = null;
            const walk = document.createTreeWalker(
                document.getElementById('caption'), NodeFilter.SHOW_TEXT);
            for (let node; (node = walk.nextNode());)
                for (let i = 0; i < node.length; i++) {
                    range.setStart(node, i);
                    range.setEnd(node, i + 1);
                    const box = range.getBoundingClientRect();
                    if (top === null || box.top > top + box.height / 2) {
                        lines.push('');
                        top = box.top;
                    }
                    lines[lines.length - 1] += node.data[i];
                }
            return lines;
        })()""")
        assert len(lines) > 1 and "".join(lines) == said
        words = set(p.value(
            "[...new Intl.Segmenter('zh', {granularity: 'word'})"
            f".segment({said!r})].map((s) => s.index)"))
        at = 0
        for line in lines[:-1]:
            at += len(line)
            assert at in words, (line, lines)
            assert said[at] not in "，。", lines
        for selector in ("#ticket", "#counter"):
            right = p.value(f"document.querySelector('{selector}')"
                            ".getBoundingClientRect().right")
            limit = p.value("document.getElementById('call')"
                            ".getBoundingClientRect().right")
            assert right <= limit


@pytest.mark.parametrize("language", ["en", "zh", "de"])
def test_axe_finds_nothing(start, serve, rundir, language):  # noqa: F811
    start(*HALL)
    g = serve()
    with console.page(g, f"/board/hall?lang={language}", rundir) as p:
        axe = pathlib.Path(AXE_JS).read_text("utf-8")
        for ticket in ("A1", "A2"):
            call(g, ticket, "1", text="440:0.3")
            shows(p, ticket, "1")
        # What fades for a moment is not what it is.
        p.value("document.getElementById('call').classList.remove('fresh')")
        p.value(axe)
        assert console.complaints(p) == []
