"""What an Icecast server tells its listeners of what is on air, and how many
they are."""
import http.client
import http.server
import re
import subprocess
import threading
import time

import pytest

import receivers
from daemon import BUILD, PATIENCE_S, Ttsd, wait_until
from supervisor import define, nginx, supervise  # noqa: F401

TITLE = "大厅 – Hall"
HELLO = "This is told to all who listen."
TICKET = "请A023号到3号窗口。"


@pytest.fixture
def icecast():
    with receivers.Icecast() as server:
        yield server


@pytest.fixture
def icecast_utf8():
    with receivers.Icecast(charset="UTF-8") as server:
        yield server


@pytest.fixture
def ttsd(rundir):
    with Ttsd(rundir, "-D", "engine.tone.type=tone", "-D",
              "channel.main.engine=tone") as daemon:
        yield daemon


class Listener:
    """A player that shows titles: what Icecast puts between the sound."""

    def __init__(self, port, mount="live"):
        self.connection = http.client.HTTPConnection(
            "127.0.0.1", port, timeout=PATIENCE_S)
        self.connection.request(
            "GET", f"/{mount}", headers={"Icy-MetaData": "1"})
        self.reply = self.connection.getresponse()
        self.every = int(self.reply.headers["icy-metaint"])

    def until(self, wanted):
        """Hears on until that title is told; the first comes at once."""
        seen, end = [], time.monotonic() + PATIENCE_S
        while not seen or seen[-1] != wanted:
            assert time.monotonic() < end, f"{wanted!r} is not in {seen}"
            self.reply.read(self.every)
            length = self.reply.read(1)[0] * 16
            told = self.reply.read(length).rstrip(b"\0")
            if told:
                seen.append(re.fullmatch(
                    r"StreamTitle='(.*)';.*", told.decode())[1])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()


def audience(s, name="live"):
    return s.output(name)["audience"] or {}


def supervised(supervise, url, **keys):
    s = supervise(*define(url=url, title=TITLE, now_playing="yes", **keys))
    wait_until(lambda: audience(s).get("title") == TITLE,
               "the title is told")
    return s


@pytest.mark.parametrize("group", [{}, {"group": "g"}])
def test_listeners_see_what_is_said(supervise, ttsd, icecast, group):
    s = supervised(supervise, icecast.url(), **group)
    with Listener(icecast.port) as listener, ttsd.control() as c:
        listener.until(TITLE)
        c.ask("say", text=TICKET, repeat="until-cancelled")
        listener.until(TICKET)
        # The next interrupts it, and what it was goes on.
        c.ask("say", ssml=f"<speak>{HELLO} <mark name='m'/>" + "Now. " * 99 +
              "</speak>", priority="urgent", on_preempt="resume")
        listener.until((f"{HELLO} " + "Now. " * 99)[:255].strip())
        c.ask("skip")
        listener.until(TICKET)
        c.ask("stop-all")
        listener.until(TITLE)
        wait_until(lambda: audience(s).get("listeners") == 1, "it is counted")
    assert audience(s)["last_error"] == ""
    assert icecast.password not in s.logged()


def test_silence_of_aac_is_short(supervise, ttsd, icecast):
    """What is between the sound comes with the sound."""
    supervised(supervise, icecast.url(), codec="aac")
    with ttsd.control() as c, Listener(icecast.port) as listener:
        c.ask("say", text=TICKET, repeat="until-cancelled")
        listener.until(TICKET)


def test_a_mountpoint_of_utf_8(supervise, ttsd, icecast_utf8):
    """Where the server knows what its listeners read its page is right, too."""
    s = supervised(supervise, icecast_utf8.url())
    assert icecast_utf8.source()["title"] == TITLE
    assert icecast_utf8.source()["server_name"] == TITLE
    with Listener(icecast_utf8.port) as listener:
        listener.until(TITLE)


def test_what_takes_no_titles(rundir, icecast):
    for url, codec, why in ((icecast.url(), "opus", "no titles for opus"),
                            ("rtmp://h/a/b", "aac", "only with icecast://")):
        checked = subprocess.run(
            [BUILD / "bin" / "streamer-supervisor", "--check-config",
             *define(url=url, codec=codec, now_playing="yes")],
            capture_output=True, text=True)
        assert checked.returncode == 78 and why in checked.stderr


class Refusing(http.server.BaseHTTPRequestHandler):
    """Takes what is sent to it, and no title."""

    def do_PUT(self):
        self.send_response(200)
        self.end_headers()
        while self.rfile.read1():
            pass

    def do_GET(self):
        self.send_response(403, "No")
        self.end_headers()

    def log_message(self, *_):
        pass


def test_a_server_that_refuses(supervise, ttsd):
    """It is said once, and the sound goes on."""
    with http.server.ThreadingHTTPServer(
            ("127.0.0.1", 0), Refusing) as server:
        threading.Thread(target=server.serve_forever).start()
        s = supervise(*define(
            url=f"icecast://source:x@127.0.0.1:{server.server_port}/live",
            title=TITLE, now_playing="yes"))
        wait_until(lambda: audience(s).get("last_error"), "it is refused")
        assert "403" in audience(s)["last_error"]
        assert audience(s)["title"] == "" and audience(s)["listeners"] is None
        wait_until(lambda: s.output()["out_time_ms"] > 6000, "the sound goes on")
        assert s.output()["restarts"] == 0
        assert s.logged().count("does not take the title") == 1
        server.shutdown()


def test_nobody_is_asked_for_titles(supervise, ttsd, icecast, nginx):
    """Without the key listeners are counted, and no title is told; a server
    without mountpoints is asked nothing."""
    s = supervise(*define(url=icecast.url()), *define("b", url=nginx.url()))
    wait_until(lambda: audience(s).get("listeners") == 0, "it is counted")
    wait_until(lambda: s.output("b")["state"] == "running", "it runs")
    assert "title" not in icecast.source()
    assert s.output("b")["audience"] is None
