"""One announcement on several channels: together to the sample, made once."""
import contextlib
from fractions import Fraction

import numpy as np

from daemon import wait_until
from sound import samples

# Two that share what is made, and one with samples and chunks of its own.
HOUSE = ["-D", "channel.hall.rate=24000", "-D", "channel.cafe.rate=24000",
         "-D", "channel.ward.rate=44100", "-D", "channel.ward.frame_ms=20",
         "-D", "zone.all.channels=hall cafe ward"]


def first_samples(ttsd):
    """Where the first reader of each channel joined the stream."""
    return {c["name"]: c["subscribers"][0]["first_sample"]
            for c in ttsd.status()["channels"] if c["subscribers"]}


def jobs(ttsd):
    return sum(w["jobs"] for w in ttsd.status()["workers"])


def ends_of(control, ids):
    """The last event of each of them, by channel."""
    ends = {}
    while len(ends) < len(ids):
        e = control.event("finished")
        assert ids[e["channel"]] == e["id"] and e["channel"] not in ends
        ends[e["channel"]] = e
    return ends


def heard(listener, end, joined):
    first = end["first_sample"] - joined
    count = end["last_sample"] - end["first_sample"] + 1
    pcm = samples(listener.until(first + count))
    assert not pcm[:first].any(), "it began before its event says"
    return pcm[first:first + count]


def test_together_to_the_sample(start):
    """Between rooms with open doors, a sentence that begins a chunk apart is
    an echo. Something is on air on one of them, and they wait for it."""
    d = start(*HOUSE)
    with d.control() as c, contextlib.ExitStack() as stack:
        ears = {n: stack.enter_context(d.listen(n)) for n in ("hall", "ward")}
        wait_until(lambda: len(first_samples(d)) == 2, "joined")
        joined = first_samples(d)
        c.subscribe("started", "finished")
        c.ask("say", text="Just a moment.", channel="cafe")
        c.event("started")
        ids = c.ask("say", text="The canteen is open.", channel="all",
                    together=True)["ids"]
        assert list(ids) == ["hall", "cafe", "ward"]
        c.event("finished", channel="cafe")
        ends = ends_of(c, ids)
        assert {e["outcome"] for e in ends.values()} == {"spoken"}
        rates = {"hall": 24000, "cafe": 24000, "ward": 44100}
        assert len({Fraction(e["first_sample"], rates[n])
                    for n, e in ends.items()}) == 1
        for name in ears:
            pcm = heard(ears[name], ends[name], joined[name])
            assert np.abs(pcm).max() > 1000
        # The café's own, and one for each of the two formats.
        assert jobs(d) == 1 + 2


def test_made_once_heard_alike(start):
    """What is made for all is heard by each from its first sample to its
    last."""
    d = start(*HOUSE)
    with d.control() as c, contextlib.ExitStack() as stack:
        ears = {n: stack.enter_context(d.listen(n)) for n in ("hall", "cafe")}
        wait_until(lambda: len(first_samples(d)) == 2, "joined")
        joined = first_samples(d)
        c.subscribe("finished")
        ids = c.ask("say", text="Ten minutes to the ward.",
                    channel=["hall", "cafe"])["ids"]
        ends = ends_of(c, ids)
        assert jobs(d) == 1
        hall, cafe = (heard(ears[n], ends[n], joined[n]) for n in ears)
        assert len(hall) > 24000 and np.array_equal(hall, cafe)
