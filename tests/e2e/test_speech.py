"""Texts that ttsd speaks for another program, on no channel."""
import concurrent.futures
import contextlib
import json
import os
import random
import signal
import stat
import subprocess

import pytest

from daemon import children_running, descriptors, wait_until
from sound import espeak
from taker import Taker, speak

HELLO = "Hello, this is spoken for you alone."


def is_idle(ttsd):
    return not any(w["busy"] for w in ttsd.status()["workers"])


@pytest.mark.parametrize("voice,text", [
    ("en", HELLO), ("de", "Grüße aus München, Ticket A 23."),
    ("cmn", "请到三号窗口"),
])
def test_bit_identical_to_espeak(start, voice, text):
    taken = speak(start(), text=text, voice=voice, format={"rate": 22050})
    assert taken.pcm == espeak(text, voice)
    for word in taken.words():
        at = word["offset"]
        assert text[at:at + word["length"]] == word["text"]


@pytest.mark.parametrize("fields", [
    {"text": HELLO}, {"text": HELLO, "engine": "tone"},
    {"text": "Ticket A23", "spell": "codes", "rate": 250, "volume": 50},
    {"text": HELLO, "channel": "hall"},
    {"ssml": "<speak>One <break time='300ms'/> <mark name='m'/>two</speak>"},
    {"parts": [{"chime": "ding"}, {"text": "One.", "voice": "de"},
               {"pause_ms": 700}, {"text": "two words", "engine": "tone"}]},
])
def test_the_samples_are_those_on_air(start, fields):
    """The same text, said: the same sound, and the same words at the same
    places of it."""
    ttsd = start("-D", "channel.main.voice=en", "-D", "channel.hall.voice=fr",
                 "-D", "channel.hall.rate=16000", "-D",
                 "channel.hall.channels=2", "-D", "engine.tone.type=tone")
    channel = fields.get("channel", "main")
    size = 4 if channel == "hall" else 2
    with ttsd.listen(channel) as reader, ttsd.control() as c:
        c.subscribe("subscriber", "word", "phoneme", "mark", "finished")
        wait_until(lambda: any(
            ch["subscribers"] for ch in ttsd.status()["channels"]), "joined")
        joined = next(ch["subscribers"][0] for ch in ttsd.status()["channels"]
                      if ch["subscribers"])
        said = c.ask("say", **fields)
        seen = c.until("finished", id=said["id"])
        first, last = seen[-1]["first_sample"], seen[-1]["last_sample"]
        at = first - joined["first_sample"]
        heard = reader.until(at + last - first + 1)[at * size:]
    taken = speak(ttsd, **fields)
    assert taken.pcm == heard[:(last - first + 1) * size]
    # A mark at the very end may be told behind it.
    told = [e for e in seen if e["event"] in ("word", "phoneme", "mark") and
            e["sample"] <= last]
    marks = [m for m in taken.marks if m["sample"] <= last - first]
    assert len(told) == len(marks) > 0
    for event, mark in zip(told, marks):
        assert mark.pop("mark") == event["event"]
        assert mark.pop("sample") == event["sample"] - first
        assert mark == {k: event[k] for k in mark}


def test_on_air_nothing_is_heard_of_it(start):
    """Eight have long texts spoken while announcements are said: those are
    whole, and follow each other without a gap."""
    ttsd = start("-D", "channel.main.rate=22050")
    texts = [f"Announcement number {n}." for n in range(3)]
    with contextlib.ExitStack() as stack, ttsd.control() as c:
        reader = stack.enter_context(ttsd.listen())
        takers = [stack.enter_context(Taker(ttsd.directory))
                  for _ in range(8)]
        for taker in takers:
            assert taker.ask(text=f"{HELLO} " * 100)["ok"]
        # Who takes nothing for long is cut off: they take it all the time.
        taking = stack.enter_context(
            concurrent.futures.ThreadPoolExecutor(len(takers)))
        taken = [taking.submit(taker.take) for taker in takers]
        c.subscribe("finished", "underrun")
        joined = ttsd.status()["channels"][0]["subscribers"][0]
        for text in texts:
            c.ask("say", text=text)
        ends = [c.event("finished", id=n + 1) for n in range(len(texts))]
        assert not [e for e in c.events if e["event"] == "underrun"]
        at = ends[0]["first_sample"] - joined["first_sample"]
        whole = b"".join(map(espeak, texts))
        heard = reader.until(at + len(whole) // 2)[at * 2:]
        assert heard[:len(whole)] == whole
        ends = [t.result().end for t in taken]
        assert [e for e in ends if "code" in (e or {"code": 0})] == []
        assert {taker.pcm for taker in takers} == {espeak(f"{HELLO} " * 100)}
        assert {taker.last for taker in takers} == {"E"}
    wait_until(lambda: is_idle(ttsd), "no worker has anything to do")


def test_a_killed_worker(start):
    """Another goes on at the sample; the client notices nothing."""
    ttsd = start("-D", "ttsd.workers=2")
    text = f"{HELLO} " * 100
    whole = speak(ttsd, text=text)
    with Taker(ttsd.directory) as taker:
        assert taker.ask(text=text)["ok"]
        while len(taker.pcm) < 100_000:
            assert taker.frame()
        busy = [w["pid"] for w in ttsd.status()["workers"] if w["busy"]]
        assert len(busy) == 1
        os.kill(busy[0], signal.SIGKILL)
        taker.take()
        assert taker.last == "E"
        assert taker.pcm == whole.pcm and taker.marks == whole.marks


def test_what_engines_do_wrong(start, tmp_path):
    ttsd = start("-D", "engine.tone.type=tone", "-D", "engine.tone.timeout=5s",
                 "-D", "engine.bad.type=command", "-D",
                 "engine.bad.command=false", "-D", "engine.bad.fallback=tone")
    once = speak(ttsd, engine="tone",
                 text=f"one two crash-once={tmp_path}/crashed three")
    assert len(once.words()) == 3
    assert speak(ttsd, engine="bad", text="one").words()
    for text, code in (("one crash", "unavailable"), ("error", "failed"),
                       ("one error=bad-request", "bad-request"),
                       ("one garbage", "unavailable"),
                       ("one hang", "unavailable")):
        with Taker(ttsd.directory) as taker:
            assert taker.ask(engine="tone", text=text)["ok"]
            taker.take()
            assert taker.last == "X" and taker.end["code"] == code
            assert taker.end["message"]
    assert speak(ttsd, engine="tone", text="well again").words()


def test_an_upgrade_says_that_it_ends(start):
    ttsd = start()
    with Taker(ttsd.directory) as taker, ttsd.control() as c:
        assert taker.ask(text=f"{HELLO} " * 300)["ok"]
        assert c.ask("upgrade")["version"]
        taker.take()
        assert taker.last in ("X", None)
        if taker.last:
            assert taker.end["code"] == "unavailable"
            assert "new program" in taker.end["message"]
    speak(ttsd, text=HELLO)


def test_it_is_its_users_alone(start, rundir):
    start()
    assert stat.S_IMODE((rundir / "speech.sock").stat().st_mode) == 0o600


def test_from_a_shell(start, rundir):
    """A request without a newline, whose end is the end of what is sent."""
    start()
    answer = subprocess.run(
        ["nc", "-N", "-U", f"{rundir}/speech.sock"],
        input=b'{"op":"speak","text":"Hello","tag":7}',
        stdout=subprocess.PIPE, timeout=30, check=True).stdout
    assert answer.startswith(
        b'{"ok":true,"rate":24000,"channels":1,"tag":7}\n')
    assert answer[-30:].count(b"E{\"samples\":") == 1


def hostile(rng, n):
    kind = n % 8
    good = json.dumps({"op": "speak", "text": HELLO * 20}).encode()
    if kind == 0:
        return rng.randbytes(rng.randrange(1, 5000)) + b"\n"
    if kind == 1:
        return b"{" * 60000 + b"\n"
    if kind == 2:
        return b'{"op":"speak","text":"' + b"x" * 200_000
    if kind == 3:
        return good[:rng.randrange(len(good))]
    if kind == 4:
        return good + b"\n" + rng.randbytes(200_000)
    if kind == 5:
        return good.replace(b"Hello", b"\xff\xfe") + b"\n"
    if kind == 6:
        return b'{"op":"speak","ssml":"' + b"<p>" * 5000 + b'"}\n'
    return good + b"\n" + good + b"\n"


def test_hostile_input(start):
    """Whatever comes, and whenever who sent it goes: nothing is left of it,
    and the next one is served."""
    ttsd = start("-D", "channel.main.rate=22050")
    speak(ttsd, text="warm")
    rng = random.Random(13)
    before = descriptors(ttsd.pid)
    for n in range(160):
        with Taker(ttsd.directory) as taker:
            taker.socket.settimeout(0.1)
            with contextlib.suppress(OSError):
                taker.socket.sendall(hostile(rng, n))
                taker.socket.recv(rng.choice((1, 100, 100_000)))
    wait_until(lambda: is_idle(ttsd), "no worker has anything to do")
    assert speak(ttsd, text=HELLO).pcm == espeak(HELLO)
    wait_until(lambda: descriptors(ttsd.pid) <= before + 1 + 3 * len(
        children_running(ttsd.pid, "espeak")), "connections are closed")


def test_too_many(start, rundir):
    ttsd = start()
    with contextlib.ExitStack() as stack:
        for _ in range(32):
            stack.enter_context(Taker(rundir))
        with Taker(rundir) as taker:
            reply = json.loads(taker.file.readline())
            assert reply["error"] == "unavailable"
    wait_until(lambda: speak_or_none(ttsd), "there is room again")


def speak_or_none(ttsd):
    with contextlib.suppress(AssertionError, OSError):
        return speak(ttsd, text="again")
    return None
