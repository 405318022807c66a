"""The manners of a public-address desk: priorities, parts, repetition, time,
music. Most of it with the tone engine, whose every sample is known."""
import datetime

import numpy as np
import pytest

from daemon import LEADS, wait_until
from sound import espeak, samples

RATE = 24000


@pytest.fixture
def tone(start):
    def run(*args):
        return start("-D", "channel.main.engine=tone", *args)
    return run


def length(done):
    return done["last_sample"] - done["first_sample"] + 1


# ---- urgent ---------------------------------------------------------------

def preempted(control, on_preempt, text="ms=1000 a b c"):
    """Says something, and something urgent into it; their last events."""
    control.subscribe("word", "finished", "preempted", "started")
    first = control.ask("say", text=text, on_preempt=on_preempt)["id"]
    control.event("word", text="b")
    urgent = control.ask("say", text="ms=300 u", priority="urgent")["id"]
    seen = control.until("finished", id=first)
    if not any(e["event"] == "finished" and e["id"] == urgent for e in seen):
        seen += control.until("finished", id=urgent)
    by = {e["id"]: e for e in seen if e["event"] == "finished"}
    cut = [e for e in seen if e["event"] == "preempted"]
    assert [(e["id"], e["by"]) for e in cut] == [(first, urgent)]
    assert by[urgent]["outcome"] == "spoken"
    assert by[urgent]["first_sample"] == cut[0]["sample"]
    return by[first], by[urgent], seen


def test_urgent_and_the_other_is_replayed(tone):
    with tone().control() as c:
        first, urgent, seen = preempted(c, "replay")
        assert first["outcome"] == "spoken"
        assert first["first_sample"] == urgent["last_sample"] + 1
        assert length(first) == 3 * RATE
        words = [e["text"] for e in seen if e["event"] == "word"]
        assert words == ["u", "a", "b", "c"]


def test_what_has_begun_does_not_expire(tone):
    """Story: with ttl_ms = 500, begun at once and pre-empted for 1.5 s, a call
    expired instead of being said again."""
    with tone().control() as c:
        c.subscribe("started", "finished")
        call = c.ask("say", text="ms=1000 a", ttl_ms=500)["id"]
        c.event("started", id=call)
        c.ask("say", text="ms=1500 u", priority="urgent")
        done = c.event("finished", id=call)
        assert done["outcome"] == "spoken" and length(done) == RATE


def test_urgent_and_the_other_is_resumed(tone):
    with tone().control() as c:
        first, urgent, seen = preempted(c, "resume")
        assert first["outcome"] == "spoken"
        assert first["last_sample"] > urgent["last_sample"]
        # Nothing is said twice, and nothing is left out but the 20 ms that
        # faded out under the urgent one.
        assert length(first) == 3 * RATE + length(urgent) - 480
        words = [e["text"] for e in seen if e["event"] == "word"]
        assert words == ["u", "c"]


def test_urgent_and_the_other_is_dropped(tone):
    with tone().control() as c:
        first, urgent, _ = preempted(c, "drop")
        assert first["outcome"] == "cancelled"
        assert first["reason"] == "preempted"
        assert first["last_sample"] == urgent["first_sample"] + 479


def test_urgent_fades_what_was_on_air(tone):
    """20 ms of the old under the new, without a click."""
    ttsd = tone()
    with ttsd.control() as c, ttsd.listen() as reader:
        joined = ttsd.status()["channels"][0]["subscribers"][0]
        _, urgent, _ = preempted(c, "drop", "ms=2000 amp=0.3 a b")
        at = urgent["first_sample"] - joined["first_sample"]
        pcm = samples(reader.until(at + RATE)).astype(int)
        around = np.abs(np.diff(pcm[at - 200:at + 600]))
        # Two sines at 440 Hz, of which one begins: no step is larger than
        # both together can make.
        assert around.max() < 4000


def test_high_waits_for_what_is_on_air_but_overtakes_the_queue(tone):
    with tone().control() as c:
        c.subscribe("started", "finished")
        c.ask("say", text="ms=500 a")
        c.event("started")
        for text, priority in (("b", "normal"), ("c", "background"),
                               ("d", "high")):
            c.ask("say", text=text, priority=priority)
        assert [c.event("started")["id"] for _ in range(3)] == [4, 2, 3]


# ---- time -----------------------------------------------------------------

def test_expired_while_waiting(tone):
    with tone().control() as c:
        c.subscribe("finished")
        c.ask("say", text="ms=600 a")
        late = c.ask("say", text="b", ttl_ms=200)["id"]
        done = c.event("finished", id=late)
        assert done["outcome"] == "expired" and "first_sample" not in done
        assert c.event("finished", id=1)["outcome"] == "spoken"


def test_begun_in_time_is_not_expired(tone):
    with tone().control() as c:
        c.subscribe("finished")
        c.ask("say", text="ms=600 a", ttl_ms=200)
        assert c.event("finished")["outcome"] == "spoken"


def test_expires_on_a_channel_that_nobody_hears(tone):
    with tone().control() as c:
        c.subscribe("finished")
        c.ask("pause")
        c.ask("say", text="a", ttl_ms=100)
        assert c.event("finished")["outcome"] == "expired"


def test_delay(tone):
    with tone().control() as c:
        c.subscribe("started", "finished", "queued")
        c.ask("say", text="later", delay_ms=500)
        queued = c.event("queued")
        assert c.ask("queue")["items"][0]["state"] == "scheduled"
        c.ask("say", text="ms=50 now")
        assert c.event("started")["id"] == 2
        started = c.event("started", id=1)
        waited = started["sample"] - queued["sample"]
        assert 0.5 * RATE <= waited <= 0.5 * RATE + 3 * 240


def test_at(tone):
    with tone().control() as c:
        c.subscribe("started")
        at = datetime.datetime.now(datetime.timezone.utc) + \
            datetime.timedelta(milliseconds=700)
        c.ask("say", text="now", at=at.isoformat())
        started = c.event("started")
        # Both times are cut to milliseconds.
        assert -1 < started["time"] - at.timestamp() * 1000 < 1000


def test_scheduled_can_be_cancelled(tone):
    with tone().control() as c:
        c.subscribe("finished")
        said = c.ask("say", text="x", delay_ms=3600_000)["id"]
        c.ask("cancel", id=said)
        assert c.event("finished")["outcome"] == "cancelled"


def test_moved(tone):
    with tone().control() as c:
        c.subscribe("finished")
        c.ask("pause")
        a, b, d = (c.ask("say", text="ms=50 a")["id"] for _ in range(3))
        high = c.ask("say", text="ms=50 a", priority="high")["id"]
        later = c.ask("say", text="x", delay_ms=3600_000)["id"]
        assert c.ask("move", id=d, before=a)["position"] == 1
        assert c.ask("move", id=a)["position"] == 3
        for fields, code in (({"id": a, "before": high}, "bad-request"),
                             ({"id": later}, "bad-request"),
                             ({"id": a, "before": later}, "bad-request"),
                             ({"id": 99}, "not-found"),
                             ({"id": a, "before": 99}, "not-found")):
            assert c.refused("move", **fields) == code
        c.ask("resume")
        assert [c.event("finished")["id"] for _ in range(4)] == [high, d, b, a]


# ---- repetition and keys --------------------------------------------------

def test_repeat_with_gap(tone):
    ttsd = tone()
    with ttsd.control() as c:
        c.subscribe("finished", "word")
        c.ask("say", text="ms=100 a", repeat=3, gap_ms=250)
        seen = c.until("finished")
        assert length(seen[-1]) == (300 + 500) * RATE // 1000
        at = [e["sample"] - seen[-1]["first_sample"]
              for e in seen if e["event"] == "word"]
        assert at == [0, 350 * RATE // 1000, 700 * RATE // 1000]


def test_key_speaks_once(tone):
    with tone("-D", "ttsd.key_window=500ms").control() as c:
        c.subscribe("finished")
        first = c.ask("say", text="ms=50 a", key="ticket-7")
        again = c.ask("say", text="ms=50 a", key="ticket-7")
        assert again["id"] == first["id"] and again["duplicate"] is True
        assert "duplicate" not in first
        other = c.ask("say", text="ms=700 a", key="ticket-8")
        assert other["id"] == first["id"] + 1
        assert c.event("finished", id=other["id"])
        later = c.ask("say", text="ms=50 a", key="ticket-7")
        assert later["id"] == other["id"] + 1


# ---- parts ----------------------------------------------------------------

def test_parts_and_pauses_to_the_sample(tone):
    with tone().control() as c:
        c.subscribe("finished", "word")
        c.ask("say", parts=[{"text": "ms=100 a"}, {"pause_ms": 333},
                            {"text": "ms=100 b"}])
        seen = c.until("finished")
        words = [e for e in seen if e["event"] == "word"]
        assert [w["text"] for w in words] == ["a", "b"]
        assert words[1]["sample"] - words[0]["sample"] == 433 * RATE // 1000
        assert length(seen[-1]) == 533 * RATE // 1000


def test_parts_in_two_voices(start):
    """Two languages in one announcement, each as espeak-ng itself makes
    it."""
    ttsd = start("-D", "channel.main.rate=22050")
    with ttsd.control() as c, ttsd.listen() as reader:
        c.subscribe("finished")
        joined = ttsd.status()["channels"][0]["subscribers"][0]
        c.ask("say", parts=[{"text": "Ticket seven.", "voice": "en"},
                            {"pause_ms": 200},
                            {"text": "Nummer sieben.", "voice": "de"}])
        done = c.event("finished")
        expected = espeak("Ticket seven.") + bytes(2 * 4410) + espeak(
            "Nummer sieben.", "de")
        first = done["first_sample"] - joined["first_sample"]
        pcm = reader.until(first + length(done))
        assert pcm[2 * first:2 * (first + length(done))] == expected


def test_ssml_with_marks(start):
    with start().control() as c:
        c.subscribe("mark", "finished")
        c.ask("say", ssml='<speak>One <mark name="here"/> two.</speak>')
        mark = c.event("mark")
        assert mark["name"] == "here"
        done = c.event("finished")
        assert done["first_sample"] < mark["sample"] < done["last_sample"]


def test_a_pause_of_ten_minutes_needs_no_memory(tone):
    ttsd = tone()
    with ttsd.control() as c:
        c.subscribe("finished", "started")
        c.ask("say", parts=[{"text": "a"}, {"pause_ms": 600_000}], repeat=20,
              gap_ms=3600_000)
        c.event("started")
        with open(f"/proc/{ttsd.pid}/status") as f:
            rss = [int(x.split()[1]) for x in f if x.startswith("VmRSS")]
        # The first pause alone would be 28 MB, all of them 3 GB.
        assert rss[0] < 25_000
        c.ask("skip")
        assert c.event("finished")["outcome"] == "cancelled"


BAD = [
    ({}, "bad-request"),
    ({"text": "x", "ssml": "x"}, "bad-request"),
    ({"text": "x", "parts": [{"text": "y"}]}, "bad-request"),
    ({"parts": []}, "bad-request"),
    ({"parts": {}}, "bad-request"),
    ({"parts": ["x"]}, "bad-request"),
    ({"parts": [{}]}, "bad-request"),
    ({"parts": [{"video": "x"}]}, "bad-request"),
    ({"parts": [{"text": "x", "clip": "y"}]}, "bad-request"),
    ({"parts": [{"text": ""}]}, "bad-request"),
    ({"parts": [{"text": "x"}, {"text": 7}]}, "bad-request"),
    ({"parts": [{"pause_ms": -1}]}, "bad-request"),
    ({"parts": [{"pause_ms": 10 ** 12}]}, "bad-request"),
    ({"parts": [{"text": "x", "voice": "nobody"}]}, "unknown-voice"),
    ({"parts": [{"text": "x", "engine": "nope"}]}, "unknown-engine"),
    ({"text": "x", "repeat": 0}, "bad-request"),
    ({"text": "x", "repeat": 21}, "bad-request"),
    ({"text": "x", "gap_ms": -1}, "bad-request"),
    ({"text": "x", "ttl_ms": 0}, "bad-request"),
    ({"text": "x", "ttl_ms": -5}, "bad-request"),
    ({"text": "x", "delay_ms": -5}, "bad-request"),
    ({"text": "x", "delay_ms": 10 ** 15}, "bad-request"),
    ({"text": "x", "at": "2001-01-01T00:00:00Z"}, "bad-request"),
    ({"text": "x", "at": "2999-01-01T00:00:00Z"}, "bad-request"),
    ({"text": "x", "at": "tomorrow"}, "bad-request"),
    ({"text": "x", "at": "2027-02-30T00:00:00Z"}, "bad-request"),
    ({"text": "x", "at": "2027-01-01T00:00:00Z", "delay_ms": 1},
     "bad-request"),
    ({"text": "x", "key": ""}, "bad-request"),
    ({"text": "x", "key": "k" * 200}, "bad-request"),
    ({"text": "x", "on_preempt": "shout"}, "bad-request"),
]


def test_bad_requests_change_nothing(tone):
    with tone().control() as c:
        for request, code in BAD:
            assert c.refused("say", **request) == code, request
        assert c.ask("queue")["items"] == []


def test_10000_parts(tone):
    with tone().control() as c:
        reply = c.json({"op": "say", "parts": [{"pause_ms": 1}] * 3000})
        assert reply["error"] == "bad-request"
        c.send(b'{"op":"say","parts":[' +
               b",".join([b'{"text":"x"}'] * 10_000) + b"]}\n")
        assert '"too-long"' in c.line()
        assert c.plain("ping") == "ok"


SSML_BOMBS = [
    "<speak>" + "<p>" * 5000 + "deep",
    "<speak>" + "&lol;" * 8000 + "</speak>",
    '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    "<speak>&b;</speak>",
    "<speak><break time='9999999999s'/>x</speak>",
    "<" * 30_000 + "x",
    "<prosody rate='" + "9" * 20_000 + "%'>x</prosody>",
    "<break time='600s'/>" * 3000,
]
SSML_LOADS = [
    "<speak>" + "<mark name='m'/>" * 2000 + "marks</speak>",
    "<speak><prosody rate='99999%' pitch='-99999st'>x</prosody></speak>",
    "<speak><audio src='/etc/passwd'/>x</speak>",
    "<speak><voice name='" + "v" * 20_000 + "'>x</voice></speak>",
    "<prosody rate='50%'>" * 60 + "x" + "</prosody>" * 60,
    "<voice name='de'>" * 60 + "x" + "</voice>" * 60,
    "<break time='0s'/>x" * 2500,
]


def test_ssml_bombs_end_in_an_outcome(start):
    """What is malformed, or would go on for weeks, is refused; whatever the
    engine makes of the rest, or whether it dies of it, each has an outcome,
    the stream goes on, and the next sentence is spoken."""
    ttsd = start("-D", "engine.espeak.timeout=2s")
    with ttsd.control() as c, ttsd.listen() as reader:
        c.subscribe("finished", "started")
        for bomb in SSML_BOMBS:
            assert c.refused("say", ssml=bomb) == "bad-request", bomb[:80]
        for load in SSML_LOADS:
            said = c.ask("say", ssml=load)["id"]
            seen = c.event(id=said)
            if seen["event"] == "started":
                c.json({"op": "skip"})
                c.event("finished", id=said)
        last = c.ask("say", text="Still here.")["id"]
        assert c.event("finished", id=last)["outcome"] == "spoken"
        reader.samples(2400)


# ---- leads ----------------------------------------------------------------

def test_words_ahead_of_their_time(tone):
    ttsd = tone()
    with ttsd.control() as early, ttsd.control() as timely:
        early.subscribe("word", "finished", lead_ms=600)
        timely.subscribe("word", "finished")
        timely.ask("say", text="ms=500 a b c d")
        ahead = {e["text"]: e for e in early.until("finished")
                 if e["event"] == "word"}
        at_time = {e["text"]: e for e in timely.until("finished")
                   if e["event"] == "word"}
        assert set(ahead) == set(at_time) == set("abcd")
        for word in "abcd":
            assert ahead[word]["sample"] == at_time[word]["sample"]
        for word in "cd":
            assert 400 < at_time[word]["time"] - ahead[word]["time"] < 800


def test_the_plan_of_a_sentence(start):
    with start().control() as c:
        c.subscribe("started", "word", "finished")
        c.ask("pause")
        c.ask("say", text="One two three.")
        wait_until(lambda: c.ask("queue")["items"][0]["state"] == "ready",
                   "it is made")
        c.ask("resume")
        seen = c.until("finished")
        plan = seen[0]["words"]
        assert [w["text"] for w in plan] == ["One", "two", "three"]
        assert [w["sample"] for w in plan] == [
            e["sample"] for e in seen if e["event"] == "word"]


def test_words_lie_where_the_events_say(tone):
    """Each word is a tone of its own; between them is nothing. Read from the
    stream: a word's first sample is the one that its event tells (a sine
    begins with zero, so the one after it is the first that is not)."""
    ttsd = tone()
    with ttsd.control() as c, ttsd.listen() as reader:
        c.subscribe("word", "finished")
        joined = ttsd.status()["channels"][0]["subscribers"][0]
        c.ask("say", parts=[
            {"text": "ms=137 one"}, {"pause_ms": 211},
            {"text": "freq=700 ms=90 two"}, {"pause_ms": 57},
            {"text": "ms=300 three"}], repeat=2, gap_ms=99)
        seen = c.until("finished")
        told = [e["sample"] - joined["first_sample"]
                for e in seen if e["event"] == "word"]
        last = seen[-1]["last_sample"] - joined["first_sample"]
        pcm = samples(reader.until(last + 1))
        loud = np.nonzero(pcm)[0]
        starts = [int(loud[0])] + [
            int(b) for a, b in zip(loud, loud[1:]) if b - a > 20]
        assert len(told) == 6
        assert told == [s - 1 for s in starts]


def test_too_many_leads(tone):
    ttsd = tone()
    clients = [ttsd.control() for _ in range(LEADS)]
    for i, c in enumerate(clients):
        c.subscribe("word", lead_ms=i * 100)
    clients += [ttsd.control(), ttsd.control()]
    *_, more, other = clients
    assert more.refused("subscribe", lead_ms=9900) == "unavailable"
    other.subscribe("word", lead_ms=100)
    assert more.refused("subscribe", lead_ms=-1) == "bad-request"
    for c in clients:
        c.close()


# ---- silence --------------------------------------------------------------

def test_comfort_noise(start):
    ttsd = start("-D", "channel.main.comfort_noise=-60")
    with ttsd.listen() as reader:
        pcm = samples(reader.samples(RATE)).astype(float)
        level = 20 * np.log10(np.sqrt(np.mean(pcm ** 2)) / 32768)
        assert abs(level + 60) < 1
