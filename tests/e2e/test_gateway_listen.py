"""What a listener over HTTP needs to place events on its sound: the sample at
which that begins."""
import contextlib

import numpy as np
import pytest

import sound
from test_gateway import serve  # noqa: F401

CHANNELS = ("-D", "channel.hall.engine=tone", "-D", "channel.cafe.engine=tone",
            "-D", "channel.cafe.rate=16000")


@contextlib.contextmanager
def listening(g, channel):
    c = g.connect()
    c.request("GET", f"/v1/listen/{channel}")
    r = c.getresponse()
    assert r.status == 200
    yield r
    c.close()


def onset(r, sample, rate):
    """How many samples from that one of the channel's to the first one that is
    not silent, as this listener counts."""
    first = int(r.headers["TTSD-First-Sample"])
    pcm = sound.samples(r.read(44 + 2 * (sample - first + rate // 4))[44:])
    return first + int(np.flatnonzero(pcm)[0]) - sample


@pytest.mark.parametrize("channel, rate", [("hall", 24000), ("cafe", 16000)])
def test_a_listener_knows_its_first_sample(start, serve,  # noqa: F811
                                           channel, rate):
    """ttsd tells it by the reader's process, and the gateway reads for all:
    each gets its own, whoever else comes at the same time."""
    d = start(*CHANNELS)
    g = serve()
    with contextlib.ExitStack() as stack, g.events("events=started") as events:
        assert events.next()[0] == "subscribed"
        for other in ("hall", "cafe") * 4:
            stack.enter_context(listening(g, other))
        mine = [stack.enter_context(listening(g, channel)) for _ in range(3)]
        g.ask("say", text="440:0.5", channel=channel)
        sample = events.until("started")["sample"]
        for r in mine:
            assert r.headers["TTSD-Rate"] == str(rate)
            assert 0 <= onset(r, sample, rate) <= 2
        firsts = [s["first_sample"] for c in d.status()["channels"]
                  for s in c["subscribers"] if c["name"] == channel]
        assert {int(r.headers["TTSD-First-Sample"]) for r in mine} <= set(
            firsts)


def test_without_ttsd_nobody_listens(serve):  # noqa: F811
    assert serve().request("GET", "/v1/listen/hall")[0] == 503


def test_encoded_sound_begins_anywhere(start, serve):  # noqa: F811
    start(*CHANNELS)
    with listening(serve(), "cafe.mp3") as r:
        assert r.headers["TTSD-Rate"] == "16000"
        assert r.headers["TTSD-First-Sample"] is None
