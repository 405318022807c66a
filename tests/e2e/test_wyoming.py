"""ttsd-gateway as a server of Wyoming, as Home Assistant asks it."""
import contextlib
import socket

import numpy as np
import pytest

from daemon import wait_until
from sound import samples
from test_gateway import serve  # noqa: F401
from test_gateway_watch import scrape
from wyoming_client import Client

HELLO = "Hello, this is spoken for you alone."
LOCAL = ("-D", "wyoming.listen=127.0.0.1:0")


def is_idle(ttsd):
    return not any(w["busy"] for w in ttsd.status()["workers"])


def over_http(g, text, **fields):
    return g.request("POST", "/v1/audio/speech", {
        "input": text, "response_format": "pcm", **fields})[2]


@pytest.mark.parametrize("language,text", [
    ("en-us", HELLO), ("cmn-latn-pinyin", "请到三号窗口，谢谢。")])
def test_as_home_assistant_asks(start, serve, language, text):  # noqa: F811
    start()
    g = serve(*LOCAL)
    with Client(g) as c:
        c.send("describe")
        kind, info, _ = c.event()
        assert kind == "info"
    program = info["tts"][0]
    assert program["installed"] and program["supports_synthesize_streaming"]
    voice = next(v for v in program["voices"] if language in v["languages"])
    assert voice["installed"] and voice["attribution"]["name"]
    with Client(g) as c:
        c.send("synthesize", text=text, voice={"name": voice["name"]})
        pcm, kinds = c.hear()
    assert kinds[0] == "audio-start" and set(kinds[1:-1]) == {"audio-chunk"}
    name = voice["name"].removeprefix("espeak:")
    assert pcm == over_http(g, text, voice=name)
    sound = samples(pcm).astype(float)
    assert len(sound) > 24000 and np.sqrt(np.mean(sound ** 2)) > 500


def test_a_text_that_comes_in_pieces(start, serve):  # noqa: F811
    """Its first sentence is heard before its last is there; the whole text
    once more within is not spoken."""
    start()
    g = serve(*LOCAL)
    with Client(g) as c:
        c.send("synthesize-start", voice={"name": "espeak:German"})
        for word in ("Guten ", "Morgen", ". ", "Dann"):
            c.send("synthesize-chunk", text=word)
        assert c.event()[0] == "audio-start"
        kind, _, first = c.event()
        assert kind == "audio-chunk" and first
        c.send("synthesize-chunk", text=" geht es weiter.")
        c.send("synthesize", text="Guten Morgen. Dann geht es weiter.")
        c.send("synthesize-stop")
        pcm, kinds = c.hear("synthesize-stopped")
        assert kinds.count("audio-stop") == 1 and "audio-start" not in kinds
        assert first + pcm == over_http(g, "Guten Morgen.", voice="de") + \
            over_http(g, "Dann geht es weiter.", voice="de")
        # And again, on the same connection.
        c.send("synthesize", text=HELLO)
        assert c.hear()[0] == over_http(g, HELLO)
        c.send("ping", text="x")
        assert c.event()[:2] == ("pong", {"text": "x"})


@pytest.mark.parametrize("sent,code", [
    (b"GET / HTTP/1.1\r\n\r\n", "bad-request"),
    (b'{"type":"synthesize","data_length":-1}\n', "bad-request"),
    (b'{"type":"synthesize","data_length":99999999}\n', "too-long"),
    (b'{"type":"x","payload_length":99999999999}\n', "too-long"),
    (b'{"type":"synthesize","data":{"text":"\xff"}}\n', "bad-request"),
    (b'{"type":"synthesize","data":{"text":7}}\n', "bad-request"),
    (b'{"type":"synthesize","data":{"text":""}}\n', "bad-request"),
    (b'{"type":"synthesize","data":{"text":"a","voice":{"name":"nobody"}}}\n',
     "unknown-voice"),
    (b"{" + b" " * 70000, "too-long")])
def test_what_is_refused(start, serve, sent, code):  # noqa: F811
    """It is said why, and the connection ends: clients see by that alone that
    no sound will come."""
    start()
    g = serve(*LOCAL)
    with Client(g) as c:
        c.socket.sendall(sent)
        kind, data, _ = c.event()
        assert (kind, data["code"]) == ("error", code) and data["text"]
        assert c.event() is None
    with Client(g) as c:
        c.socket.sendall(b'{"type":"news","payload_length":3}\nabc')
        c.send("synthesize", text=HELLO)
        assert c.hear()[0]


def test_who_goes_and_who_does_not_read(start, serve):  # noqa: F811
    ttsd = start()
    g = serve(*LOCAL)
    over_http(g, HELLO)
    with Client(g) as c:
        c.send("synthesize", text=f"{HELLO} " * 500)
        assert c.event()[0] == "audio-start"
        wait_until(lambda: not is_idle(ttsd), "it is spoken")
        over_http(g, HELLO)
    wait_until(lambda: is_idle(ttsd), "nobody speaks any more")


def measured(g):
    """connections, speaking, texts, errors, turned_away"""
    return tuple(scrape(g)[f"gateway_wyoming_{name}",] for name in (
        "connections", "speaking", "texts_total", "errors_total",
        "turned_away_total"))


def test_what_is_measured(start, serve):  # noqa: F811
    start()
    g = serve(*LOCAL)
    assert measured(g) == (0, 0, 0, 0, 0)
    with Client(g) as c:
        c.send("synthesize", text=HELLO)
        c.hear()
        c.send("synthesize-start")
        c.send("synthesize-chunk", text=f"{HELLO} {HELLO}")
        c.send("synthesize-stop")
        c.hear("synthesize-stopped")
        assert measured(g) == (1, 0, 2, 0, 0)
        c.send("synthesize", text=f"{HELLO} " * 500)
        assert c.event()[0] == "audio-start"
        assert measured(g) == (1, 1, 2, 0, 0)
    # Who goes in the middle of it had no text to its end.
    wait_until(lambda: measured(g) == (0, 0, 2, 0, 0), "it has gone")
    with Client(g) as c:
        c.send("synthesize", text="")
        assert c.event()[0] == "error" and c.event() is None
    wait_until(lambda: measured(g) == (0, 0, 2, 1, 0), "it has gone, too")
    # Where it is not served, there is nothing to measure.
    assert not any("wyoming" in name for name, *_ in scrape(serve()))


def own_address():
    """Of this machine on its network; nothing is sent for it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s, \
            contextlib.suppress(OSError):
        s.connect(("198.51.100.7", 9))
        address = s.getsockname()[0]
        if not address.startswith("127."):
            return address
    return pytest.skip("this machine has no network")


def test_who_is_not_named_is_turned_away(start, serve):  # noqa: F811
    address = own_address()
    start()
    g = serve("-D", "wyoming.listen=0.0.0.0:0",
              "-D", "wyoming.allow=198.51.100.7")
    with Client(g, address) as c:
        assert c.event() is None
    assert measured(g) == (0, 0, 0, 0, 1)
    with Client(g) as c:
        c.send("ping", text="x")
        assert c.event()[0] == "pong"


def test_who_asks_too_much(start, serve):  # noqa: F811
    """An address has its share, over all of its connections; others have
    theirs."""
    start()
    g = serve(*LOCAL)
    with Client(g, source="127.0.0.2") as c:
        with contextlib.suppress(OSError):
            c.socket.sendall(b'{"type":"ping"}\n' * 20000)
        kinds = []
        while (event := c.event()) and event[0] == "pong":
            kinds.append(event[0])
        kind, data, _ = event
        assert (kind, data["code"]) == ("error", "denied") and data["text"]
        assert c.event() is None and len(kinds) >= 1000
    with Client(g) as c:
        c.send("synthesize", text=HELLO)
        assert c.hear()[0]


def test_ten_thousand_connections(start, serve):  # noqa: F811
    start()
    g = serve(*LOCAL)
    idle = []
    for i in range(10000):
        idle.append(Client(g))
        if i % 3 == 0:
            with contextlib.suppress(OSError):
                idle[-1].socket.sendall(b'{"type":"synth')
        if len(idle) > 300:
            idle.pop(0).__exit__()
    with Client(g) as c:
        c.send("synthesize", text=HELLO)
        assert c.hear()[0]
    for c in idle:
        c.__exit__()
