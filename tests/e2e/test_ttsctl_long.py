"""`ttsctl say -` of a text that is longer than a request may be."""
import json

import pytest

import daemon
from client import ctl, follow  # noqa: F401

DONE, FAILED, USAGE, DATA = 0, 1, 64, 65

TONE = ["-D", "channel.main.engine=tone", "-D", "channel.hall.engine=tone",
        "-D", "zone.all.channels=main hall"]

TEXTS = {
    "English": "".join(f"This is sentence {i}, of \"many\"; is it? Yes! "
                       for i in range(4000)),
    "Chinese": "".join(f"这是第{i}句话，说「好」。请听！" for i in range(3000)),
    "no sentence": "word" * 25000,
    "no word": "字" * 50000,
    "lines": "\n".join(f"line {i}\tof many" for i in range(8000)),
}


@pytest.mark.parametrize("name", TEXTS)
def test_no_byte_is_lost(start, ctl, name):  # noqa: F811
    """Story: a chapter on standard input was refused as too long. In all
    scripts it is heard as it was written, in its order."""
    text = TEXTS[name]
    assert len(text.encode()) > 65536
    d = start(*TONE)
    with d.control() as c:
        c.ask("pause")
        c.subscribe("started")
        p = ctl("say", "-q", "-", input=text)
        assert (p.returncode, p.stderr) == (DONE, "")
        ids = [int(line) for line in p.stdout.split()]
        assert ids == sorted(ids) and len(ids) > 2
        items = c.ask("queue")["items"]
        assert [i["id"] for i in items] == ids
        assert sum(i["characters"] for i in items) == len(text)
        # What is spoken is what was written: each begins where the one before
        # has ended.
        at = 0
        for item in items:
            assert item["text"] == text[at:at + 120]
            at += item["characters"]
            before = text[:at].rstrip()
            if name in ("English", "Chinese") and at < len(text):
                assert before[-1] in ".!?。！」"


def test_a_text_that_fits_is_one(start, ctl):  # noqa: F811
    start(*TONE)
    ctl("pause")
    text = "word " * 12000
    assert ctl("say", "-q", "-", input=text).stdout == "1\n"


@pytest.mark.parametrize("priority", ["normal", "urgent"])
def test_all_are_waited_for(start, ctl, priority):  # noqa: F811
    """And said one after the other."""
    d = start(*TONE)
    # Words of no length would be said at once.
    text = "ms=20 a. " + " " * 65000 + "ms=20 b. " + "\n" * 9000 + "ms=20 c."
    with d.control() as c:
        c.subscribe("finished")
        p = ctl("say", "--wait", "-p", priority, "--zone", "all", "-",
                input=text)
        assert (p.returncode, p.stderr) == (DONE, "")
        count = p.stdout.count("announcement")
        assert count >= 4
        ended = [c.event("finished") for _ in range(count)]
    assert {e["outcome"] for e in ended} == {"spoken"}
    for channel in "main", "hall":
        ids = [e["id"] for e in ended if e["channel"] == channel]
        assert ids == sorted(ids) and len(ids) == count / 2


def test_what_belongs_to_the_first(start, ctl):  # noqa: F811
    d = start(*TONE)
    text = "word " * 20000
    for second in False, True:
        with d.control() as c:
            c.ask("pause")
            p = ctl("say", "--chime", "ding", "--show", "a=b", "--key",
                    "news", "-", input=text)
            assert p.returncode == DONE, p.stderr
            assert p.stdout.count("a duplicate") == (
                p.stdout.count("announcement") if second else 0)
            items = c.ask("queue")["items"]
            assert [bool(i.get("show")) for i in items] == [
                True] + [False] * (len(items) - 1)
    keys = json.loads(ctl("-j", "history").stdout)["items"]
    assert [i["key"] for i in reversed(keys)] == ["news"] + [
        f"news/{n + 1}" for n in range(1, len(keys))]


@pytest.mark.parametrize("wait", [[], ["--wait"]])
def test_the_rest_is_refused(start, ctl, wait):  # noqa: F811
    """What was accepted is told, and how to take it back."""
    start(*TONE, "-D", "channel.main.queue_max=2")
    ctl("pause")
    p = ctl("say", *wait, "-", input="word " * 40000)
    assert p.returncode == FAILED
    assert p.stdout.startswith("announcement 1")
    first, second = p.stderr.splitlines()
    assert "announcements waiting: full" in first
    assert "of the 7 announcements of this text 2 are queued" in second
    undo = second.partition(": ttsctl ")[2].split()
    assert undo[2:] == ["cancel", "1", "2"]
    assert ctl(*undo[2:]).returncode == DONE
    assert ctl("queue").stdout == "the queue is empty\n"


@pytest.mark.parametrize("option, status", [
    (["--ssml"], DATA), (["--repeat", "2"], USAGE), (["--ttl", "1h"], USAGE)])
def test_what_does_not_go_with_it(start, ctl, option, status):  # noqa: F811
    start(*TONE)
    p = ctl("say", *option, "-", input="word " * 20000)
    assert p.returncode == status and "65536 bytes" in p.stderr
    assert ctl("queue").stdout == "the queue is empty\n"


def test_ttsd_is_started_again_meanwhile(start, rundir, follow,  # noqa: F811
                                         ctl):
    d = start(*TONE)
    ctl("pause")
    p = follow("say", "--wait", "--key", "k", "ms=20 a. " + " " * 66000 +
               "ms=20 b.")
    for _ in range(2):
        assert b"announcement" in p.stdout.readline()
    d.stop()
    start(*TONE)
    assert p.wait(daemon.PATIENCE_S) == DONE, p.stderr.read()
