"""ttsd-gateway reads its configuration again. It read its tokens alone: a
[schedule NAME] or a zone that was added and "reloaded" was not there, and
nothing said so."""
import contextlib
import http.client
import json
import re
import signal
import socket
import subprocess

import pytest

from daemon import binary, wait_until
from test_gateway import TONE, serve  # noqa: F401

CLOSING = "[schedule closing]\nat = 17:50\ntext = We close\n"


@pytest.fixture
def conf(tmp_path):
    path = tmp_path / "ttsd.conf"
    path.write_text("")
    return path


def reload(g):
    g.process.send_signal(signal.SIGHUP)


def began(g):
    """How often it has; it finds another port each time."""
    ports = re.findall(r'http="127.0.0.1:(\d+)"', g.logged())
    g.port = int(ports[-1])
    return g.logged().count("is up")


def schedules(g):
    answer = json.loads(g.request("GET", "/v1/schedule")[2])
    return [s["name"] for s in answer["schedule"]]


def test_what_is_new_takes_effect(start, serve, conf):  # noqa: F811
    start(*TONE)
    g = serve("-c", str(conf))
    assert schedules(g) == []
    with g.events() as events:
        assert events.next()[0] == "subscribed"
        conf.write_text(CLOSING)
        reload(g)
        with contextlib.suppress(http.client.HTTPException, OSError):
            while events.response.readline():
                pass
    wait_until(lambda: began(g) == 2, "it begins afresh")
    assert "added [schedule closing]" in g.logged()
    assert schedules(g) == ["closing"]
    conf.write_text("")
    reload(g)
    wait_until(lambda: began(g) == 3, "and again")
    assert schedules(g) == []
    g.process.send_signal(signal.SIGTERM)
    assert g.wait() == 0


def test_with_nothing_new_it_goes_on(start, serve, conf):  # noqa: F811
    """What is of the other daemons, too, is nothing new: who listens to a
    channel is not cut off."""
    start(*TONE)
    g = serve("-c", str(conf))
    with g.events("events=finished") as events:
        assert events.next()[0] == "subscribed"
        conf.write_text("# more\n[channel main]\n[output live]\n"
                        "url = rtmp://127.0.0.1/live\n")
        reload(g)
        wait_until(lambda: "says nothing new" in g.logged(), "it says so")
        said = g.ask("say", text="440:0.1")["id"]
        assert events.until("finished")["id"] == said
    assert began(g) == 1


@pytest.mark.parametrize("text, why", [
    ("[http]\nnonsense = 1\n", "has no key 'nonsense'"),
    ("[http]\ntls_cert = /nowhere.pem\ntls_key = /nowhere.pem\n",
     "tls_cert=\"/nowhere.pem\" cannot be read"),
    ("[wyoming]\nlisten = 127.0.0.1:PORT\n", "already in use")])
def test_what_will_not_do_changes_nothing(start, serve, conf,  # noqa: F811
                                          text, why):
    """It would have ended, and with it, under ttsd-stream, all."""
    start(*TONE)
    g = serve("-c", str(conf))
    with socket.create_server(("127.0.0.1", 0)) as other:
        conf.write_text(text.replace("PORT", str(other.getsockname()[1])))
        reload(g)
        wait_until(lambda: "is not read again" in g.logged(), "it is refused")
    assert why in g.logged()
    assert g.ask("say", text="440:0.1")["ok"] and began(g) == 1


def test_as_the_unit_asks(start, serve, conf):  # noqa: F811
    start(*TONE)
    g = serve("-c", str(conf))
    conf.write_text(CLOSING)
    subprocess.run([binary("ttsd-gateway"), "--reload", str(g.process.pid)],
                   check=True)
    wait_until(lambda: began(g) == 2, "it has reloaded")
    assert schedules(g) == ["closing"]
