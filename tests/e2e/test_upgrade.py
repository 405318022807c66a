"""ttsd starts its new program over itself, and nobody who listens notices."""
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import threading
import wave

import numpy as np
import pytest

import daemon
from client import ctl, follow  # noqa: F401
from daemon import children, descriptors, exists, wait_until
from engines import running
from sound import samples

RATE = 24000
CHANNELS = ("hall", "cafe", "ward", "quiet", "music")
READERS = 10  # of each channel
PERIOD = 120  # of the music, in samples


def tone(text):
    with running("tone") as engine:
        return samples(engine.say(text, sample_rate=RATE).pcm)


def words(n, hz):
    return f"freq={hz} " + " ".join("word" for _ in range(n))


@pytest.fixture
def house(rundir, tmp_path, monkeypatch):
    """A folder of programs of which ttsd may be replaced."""
    real = daemon.BUILD
    (tmp_path / "bin").mkdir()
    shutil.copy(real / "bin" / "ttsd", tmp_path / "bin" / "ttsd")
    (tmp_path / "bin" / "ttsctl").symlink_to(real / "bin" / "ttsctl")
    (tmp_path / "libexec").symlink_to(real / "libexec")
    monkeypatch.setattr(daemon, "BUILD", tmp_path)
    return tmp_path / "bin" / "ttsd"


def replace(program, text, mode=0o755):
    """As a package manager does it: another file under the same name."""
    new = program.with_suffix(".new")
    new.write_text(text)
    new.chmod(mode)
    new.rename(program)


def joined(ttsd, channel):
    """Where the first of the readers began."""
    status = next(c for c in ttsd.status()["channels"]
                  if c["name"] == channel)
    return [s["first_sample"] for s in status["subscribers"]]


def upgrade(c):
    reply = c.json({"op": "upgrade"})
    assert reply["ok"], reply
    return reply


def running_as(pid):
    """Empty of one that has ended: the old program's are killed and reaped."""
    try:
        return pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


# ---- what is heard --------------------------------------------------------

def listen(ttsd, channel, count=READERS):
    """Readers that begin on known samples, one after the other."""
    readers = []
    for i in range(count):
        readers.append(ttsd.listen(channel))
        at = wait_until(lambda: len(joined(ttsd, channel)) > i and
                        joined(ttsd, channel), "it has joined")
        readers[i].first = max(at)
    return readers


def assert_hears(readers, done, pcm):
    """Each reader has those samples between the two that the event tells, and
    silence around them."""
    first, last = done["first_sample"], done["last_sample"]
    assert last - first + 1 == len(pcm)
    for r in readers:
        got = samples(r.until(last - r.first + 481))
        at = first - r.first
        assert np.array_equal(got[at:at + len(pcm)], pcm)
        assert not got[at + len(pcm):last - r.first + 481].any()


def test_fifty_readers_hear_no_seam(start, tmp_path):
    """Five upgrades while a sentence is on air on one channel, one is made as
    slowly as it is spoken on another, one waits for its time on a third, a
    fourth is paused, and on a fifth there is music: each of fifty readers gets
    the bytes that it would have got without."""
    period = (np.sin(np.arange(PERIOD) * 2 * np.pi / PERIOD) *
              4000).astype("<i2")
    write_wav(tmp_path / "music.wav", np.tile(period, 200))
    args = [f"channel.{c}.engine=tone" for c in CHANNELS]
    ttsd = start(*[w for a in args for w in ("-D", a)], "-D",
                 f"ttsd.clips_dir={tmp_path}", "-D",
                 "channel.music.bed=music", "-D", "ttsd.workers_max=6")
    readers = {c: listen(ttsd, c) for c in CHANNELS}
    long, late = words(25, 300), words(10, 700)
    # So far ahead that a busy machine starves nobody.
    slow = f"{words(5, 500)} slow=1.1 {words(15, 500)}"
    with ttsd.control() as c:
        c.subscribe("started", "finished")
        c.ask("pause", channel="quiet")
        said = {
            "hall": c.ask("say", channel="hall", text=long)["id"],
            "cafe": c.ask("say", channel="cafe", text=slow)["id"],
            "ward": c.ask("say", channel="ward", text=late,
                          delay_ms=1500)["id"],
            "quiet": c.ask("say", channel="quiet", text=late)["id"]}
        after = c.ask("say", channel="hall", text=words(3, 900))["id"]
        c.event("started", id=said["hall"])
        pid = ttsd.pid
        for _ in range(5):
            before = ttsd.status()["channels"][0]["sample"]
            upgrade(c)
            wait_until(lambda: ttsd.status()["channels"][0]["sample"] >
                       before + RATE // 4, "a quarter of a second")
        assert exists(pid) and ttsd.process.poll() is None
        c.ask("resume", channel="quiet")
        done = {}
        while len(done) < 5:
            e = c.event("finished")
            assert e["outcome"] == "spoken", e
            done[e["id"]] = e
    assert done[after]["first_sample"] == \
        done[said["hall"]]["last_sample"] + 1
    for name, text in (("cafe", slow), ("ward", late), ("quiet", late)):
        assert_hears(readers[name], done[said[name]], tone(text))
    both = {**done[said["hall"]],
            "last_sample": done[after]["last_sample"]}
    assert_hears(readers["hall"], both,
                 np.concatenate([tone(long), tone(words(3, 900))]))
    assert_music(readers["music"], 4 * RATE)
    for r in (r for of in readers.values() for r in of):
        r.close()
    assert "underrun" not in ttsd.logged()


def assert_music(readers, count):
    """Once it has faded in, the music goes round and round. (On a machine so
    busy that its engine falls behind by a quarter of a second it fades out,
    and in again: that is no seam.)"""
    for r in readers:
        got = samples(r.until(count))
        begin = np.nonzero(got)[0][0] + RATE // 10
        if bytes(200) in got[begin:].tobytes():
            continue
        seams = np.nonzero(got[begin:-PERIOD] - got[begin + PERIOD:])[0]
        assert seams.size == 0, (begin, seams[0], seams[-1], len(got))


def write_wav(path, pcm):
    with wave.open(str(path), "wb") as f:
        f.setparams((1, 2, RATE, 0, "NONE", ""))
        f.writeframes(pcm.tobytes())


def test_urgent_and_interrupted(start):
    """An announcement that was interrupted goes on where it was, in the next
    program, behind the urgent one on air."""
    ttsd = start("-D", "channel.main.engine=tone")
    readers = listen(ttsd, "main", 2)
    with ttsd.control() as c:
        c.subscribe("started", "finished", "preempted")
        first = c.ask("say", text=words(10, 300), on_preempt="resume")["id"]
        begun = c.event("started", id=first)
        urgent = c.ask("say", text=words(6, 700), priority="urgent")["id"]
        c.event("preempted", id=first)
        upgrade(c)
        over = c.event("finished", id=urgent)
        upgrade(c)
        end = c.event("finished", id=first)
    assert over["outcome"] == end["outcome"] == "spoken"
    assert_part(readers, over["first_sample"] + 480, tone(words(6, 700))[480:])
    # It was heard for so long before, and as long afterwards as was left.
    pcm = tone(words(10, 300))
    left = end["last_sample"] - over["last_sample"]
    assert len(pcm) - left >= over["first_sample"] - begun["sample"]
    assert_part(readers, end["last_sample"] + 1 - (left - 480),
                pcm[len(pcm) - (left - 480):])
    for r in readers:
        r.close()


def assert_part(readers, sample, pcm):
    for r in readers:
        got = samples(r.until(sample - r.first + len(pcm)))
        assert np.array_equal(got[sample - r.first:][:len(pcm)], pcm)


def test_a_reader_that_lags_gets_what_it_had_not_read(start):
    """What waits for a slow reader is in ttsd, not in the kernel alone."""
    ttsd = start("-D", "channel.main.engine=tone", "-D",
                 "channel.main.lag_max=4s")
    stalled = ttsd.listen(stalled=True)
    first = wait_until(lambda: joined(ttsd, "main"), "it has joined")[0]
    with ttsd.control() as c:
        c.subscribe("finished")
        said = c.ask("say", text=words(8, 300))["id"]
        done = c.event("finished", id=said)
        lag = ttsd.status()["channels"][0]["subscribers"][0]["lag_ms"]
        assert lag > 500
        upgrade(c)
    stalled.first = first
    stalled.resume()
    assert_hears([stalled], done, tone(words(8, 300)))
    stalled.close()


# ---- who asks -------------------------------------------------------------

def test_connections_stay(start, ctl, follow):  # noqa: F811
    """A subscriber, a client that waits for its announcement, one in the midst
    of a line, one of some channels, and one that nobody asks anything."""
    ttsd = start("-D", "channel.main.engine=tone",
                 "-D", "channel.hall.engine=tone")
    with ttsd.control() as asker, ttsd.control() as c, \
            ttsd.control() as half, ttsd.control() as idle, \
            ttsd.control() as hall:
        c.subscribe("started", "finished", "upgrade")
        assert hall.ask("subscribe", events="queued", channel=["hall"])["ok"]
        waits = follow("say", "--wait", words(8, 300))
        one = c.event("started")["id"]
        half.send(b'{"op":"pi')
        assert ctl("upgrade").returncode == 0
        assert c.event("upgrade")["state"] == "done"
        half.send(b'ng","tag":7}\n')
        assert json.loads(half.line()) == {"ok": True, "tag": 7}
        assert idle.plain("ping") == "ok"
        assert c.event("finished", id=one)["outcome"] == "spoken"
        assert waits.wait(daemon.PATIENCE_S) == 0
        assert asker.ask("say", text="more")["id"] == one + 1
        assert c.event("finished")["id"] == one + 1
        asker.ask("say", text="more", channel="hall")
        assert hall.event("queued")["channel"] == "hall"


def test_by_signal_and_twice_at_once(start):
    """Two that ask at the same time are both answered; SIGUSR2 is a third."""
    ttsd = start("-D", "channel.main.engine=tone")
    with ttsd.control() as a, ttsd.control() as b, ttsd.control() as c:
        c.subscribe("upgrade")
        for client in (a, b):
            client.send(b'{"op":"upgrade"}\n')
        assert json.loads(a.line())["ok"] and json.loads(b.line())["ok"]
        assert c.event("upgrade")["state"] == "done"
        os.kill(ttsd.pid, signal.SIGUSR2)
        assert c.event("upgrade")["state"] == "done"


def test_nothing_is_left_behind(start):
    """Thirty upgrades: as many descriptors and children as after the first, no
    zombie, and counters that only grow."""
    ttsd = start("-D", "channel.main.engine=tone", "-D", "ttsd.workers=1")
    reader = ttsd.listen()

    def settled():
        kinds = [running_as(p) for p in children(ttsd.pid)]
        return len(kinds) == 2 and all(kinds) and (
            descriptors(ttsd.pid), len(kinds))
    with ttsd.control() as c:
        c.subscribe("finished")
        c.ask("say", text="one")
        c.event("finished")
        upgrade(c)
        before = wait_until(settled, "its children run")
        for _ in range(30):
            upgrade(c)
        assert wait_until(settled, "its children run") == before
        c.ask("say", text="two")
        c.event("finished")
        counters = ttsd.status()["channels"][0]["counters"]
        assert (counters["spoken"], counters["subscribers"]) == (2, 1)
    reader.close()


# ---- what is kept ---------------------------------------------------------

def test_keys_and_the_ledger_go_on(start):
    """A key is known, ids go on, and the history has one outcome of each."""
    ttsd = start("-D", "channel.main.engine=tone")
    with ttsd.control() as c:
        c.subscribe("finished")
        one = c.ask("say", text=words(5, 300), key="a")
        upgrade(c)
        again = c.ask("say", text=words(5, 300), key="a")
        assert (again["id"], again["duplicate"]) == (one["id"], True)
        two = c.ask("say", text="two", key="b")
        assert two["id"] == one["id"] + 1 and two["durable"]
        c.event("finished", id=two["id"])
        upgrade(c)
        items = c.ask("history")["items"]
        assert [(i["id"], i["outcome"]) for i in items] == [
            (two["id"], "spoken"), (one["id"], "spoken")]
    ttsd.stop()
    assert "set aside" not in ttsd.logged()


WAITING = 5000


def ask_many(c, channel):
    """Ids of many that wait, all with keys, some urgent or of a later time."""
    kinds = ({}, {"priority": "high"}, {"delay_ms": 3600000},
             {"priority": "background"})
    requests = [{"op": "say", "channel": channel, "text": f"number {i}",
                 "key": f"k{i}", **kinds[i % len(kinds)]}
                for i in range(WAITING)]
    ids = []
    for i in range(0, WAITING, 500):
        part = requests[i:i + 500]
        c.send(b"".join(json.dumps(r).encode() + b"\n" for r in part))
        ids += [json.loads(c.line())["id"] for _ in part]
    return ids


@pytest.mark.parametrize("durable", ["yes", "no"])
def test_thousands_wait(start, durable):
    """Each of them once made the change 20 us longer. Now those behind the
    first few come after it, from a copy of the old program, and each reader
    still gets every sample."""
    ttsd = start("-D", "channel.hall.engine=tone", "-D",
                 "channel.ward.engine=tone", "-D",
                 f"channel.ward.queue_max={WAITING}", "-D",
                 f"ttsd.durable={durable}")
    readers = listen(ttsd, "hall", 3)
    text = words(20, 300)
    with ttsd.control() as c:
        c.ask("pause", channel="ward")
        ids = ask_many(c, "ward")
        before = [i["id"] for i in c.ask("queue", channel="ward")["items"]]
        assert sorted(before) == ids
        c.subscribe("started", "finished")
        said = c.ask("say", channel="hall", text=text)["id"]
        c.event("started", id=said)
        for _ in range(2):
            upgrade(c)
            queue = c.ask("queue", channel="ward")["items"]
            assert [i["id"] for i in queue] == before
        again = c.ask("say", channel="ward", text="again", key="k4711")
        assert (again["id"], again["duplicate"]) == (ids[4711], True)
        new = c.ask("say", channel="ward", text="new", replaces="k4712")
        assert new["replaced"] == ids[4712] and new["id"] > said
        assert c.ask("cancel", id=ids[4713])["outcome"] == "cancelled"
        done = c.event("finished", id=said)
    assert_hears(readers, done, tone(text))
    wait_until(lambda: all(running_as(p) for p in children(ttsd.pid)),
               "the copy is reaped")
    assert "are lost" not in ttsd.logged()


def test_while_the_ledger_hangs(start):
    """What it has not written down goes along, and is written down then."""
    ttsd = start("-D", "channel.main.engine=tone")
    with ttsd.control() as c:
        c.ask("say", text="one")
        ledger = next(p for p in children(ttsd.pid)
                      if b"ledger" in running_as(p))
        os.kill(ledger, signal.SIGSTOP)
        two = c.ask("say", text="two")
        assert two["durable"] is False
        upgrade(c)
        wait_until(lambda: c.json({"op": "history"}).get("items") and any(
            i["id"] == two["id"] for i in c.ask("history")["items"]),
            "it is written down")


# ---- what leaves the old one on air ---------------------------------------

BAD = {
    "ends": ("#!/bin/sh\nexit 1\n", 0o755, "exit status 1"),
    "complains": ("#!/bin/sh\necho 'no such luck' >&2\nexit 3\n", 0o755,
                  "no such luck"),
    "hangs": ("#!/bin/sh\nexec sleep 60\n", 0o755, "not ready within 5 s"),
    "chatters": ("#!/bin/sh\necho hello\n", 0o755, "answers as no version"),
    "echoes": ("#!/bin/sh\nexec cat\n", 0o755, "answers as no version"),
    "cannot run": ("no program", 0o755, "program"),
    "may not run": ("#!/bin/sh\n", 0o644, "permission denied"),
    "is missing": (None, 0, "no such file"),
}


@pytest.mark.parametrize("what", BAD)
def test_a_bad_program_leaves_the_old_one_on_air(house, start, what):
    text, mode, why = BAD[what]
    ttsd = start("-D", "channel.main.engine=tone")
    readers = listen(ttsd, "main", 1)
    sentence = words(40 if what == "hangs" else 8, 300)
    with ttsd.control() as c, ttsd.control() as events:
        events.subscribe("upgrade")
        c.subscribe("finished")
        said = c.ask("say", text=sentence)["id"]
        good = house.with_suffix(".good")
        os.link(house, good)
        house.unlink() if text is None else replace(house, text, mode)
        reply = c.json({"op": "upgrade"})
        assert (reply["ok"], reply["error"]) == (False, "unavailable")
        assert why in reply["message"] and str(house) in reply["message"]
        event = events.event("upgrade")
        assert event["state"] == "failed" and why in event["reason"]
        assert why in ttsd.logged()
        done = c.event("finished", id=said)
        assert_hears(readers, done, tone(sentence))
        good.rename(house)
        upgrade(c)
    readers[0].close()


def test_what_people_are_told(house, start, ctl):  # noqa: F811
    """Story: "exit status 1; 'ttsctl status' shows what is wrong", it said,
    where nothing was wrong with the ttsd that runs; whether that was still on
    air stayed open."""
    ttsd = start("-D", "channel.main.engine=tone")
    good = house.with_suffix(".good")
    os.link(house, good)
    replace(house, *BAD["ends"][:2])
    p = ctl("upgrade")
    assert p.returncode == 1 and p.stdout == ""
    assert p.stderr.splitlines() == [
        "ttsctl: ttsd was not upgraded, and goes on with the program that it "
        f"has: {house}: exit status 1",
        "  mended:    ask again with ttsctl upgrade",
        "  otherwise: systemctl restart ttsd    (it is off the air meanwhile)"]
    good.rename(house)
    assert ctl("upgrade").returncode == 0
    assert ttsd.status()["channels"]


def test_a_program_that_is_replaced_while_it_is_tried(house, start):
    """What was tried is what takes over, and nothing that came later."""
    ttsd = start("-D", "channel.main.engine=tone")
    good = house.with_suffix(".good")
    os.link(house, good)
    replace(house, f'#!/bin/sh\ncp "$0" "$0.2"\nmv "$0.2" "$0"\n'
                   f'exec {good} "$@"\n')
    with ttsd.control() as c:
        assert "replaced" in c.json({"op": "upgrade"})["message"]
        good.rename(house)
        upgrade(c)


def test_a_program_of_another_state(house, start, tmp_path):
    """A ttsd that hands over what this one does not know, and bytes that were
    cut off: said by the program itself, as a trial."""
    ttsd = start("-D", "channel.main.engine=tone")
    args = pathlib.Path(f"/proc/{ttsd.pid}/cmdline").read_bytes()
    args = args.decode().split("\0")[1:-1]
    good = house.with_suffix(".good")
    os.link(house, good)
    replace(house, f"#!/bin/sh\ncat >{tmp_path}/parcel\nexit 1\n")
    with ttsd.control() as c:
        assert c.refused("upgrade") == "unavailable"
    parcel = (tmp_path / "parcel").read_bytes()

    def tried(given):
        return subprocess.run([good, *args, "--try-upgrade"], input=given,
                              capture_output=True, timeout=daemon.PATIENCE_S)
    assert tried(parcel).returncode == 0
    other = re.sub(rb'"state":\d+\b', b'"state":9', parcel, count=1)
    assert other != parcel
    said = tried(other)
    assert said.returncode == 71 and b"version 9" in said.stderr
    said = tried(parcel[:-1])
    assert said.returncode == 71 and said.stderr == b"invalid value\n"
    assert tried(b"").returncode == 71


@pytest.mark.parametrize("text,why", [
    ("[channel main]\nengine = tone\nvoice = nobody\n", "no such voice"),
    ("[channel main]\nengin = tone\n", "engin"),
    # Ids were given twice, and what had ended was said again.
    ("[channel main]\nengine = tone\n[ttsd]\ndurable = no\n",
     "durable is another"),
])
def test_a_configuration_that_will_not_do(start, tmp_path, text, why):
    conf = tmp_path / "ttsd.conf"
    conf.write_text("[channel main]\nengine = tone\n")
    ttsd = start("-c", conf)
    with ttsd.control() as c:
        conf.write_text(text)
        reply = c.json({"op": "upgrade"})
        assert not reply["ok"] and why in reply["message"]
        conf.unlink()
        assert "no such file" in c.json({"op": "upgrade"})["message"]
        assert c.plain("ping") == "ok"


def test_the_configuration_is_read_anew(start, tmp_path):
    """A channel that is new in it comes on air; the others go on."""
    conf = tmp_path / "ttsd.conf"
    conf.write_text("[channel main]\nengine = tone\n")
    ttsd = start("-c", conf)
    with ttsd.listen() as reader, ttsd.control() as c:
        conf.write_text("[channel main]\nengine = tone\n"
                        "[channel side]\nengine = tone\nrate = 8000\n")
        upgrade(c)
        with ttsd.listen("side") as side:
            assert side.rate == 8000
            assert not any(side.samples(800))
        reader.samples(2400)
        c.subscribe("finished")
        said = c.ask("say", text="one", channel="side")["id"]
        assert c.event("finished", id=said)["outcome"] == "spoken"


def test_a_socket_that_cannot_be_opened(start, tmp_path):
    """The upgrade after that one was the end of ttsd."""
    conf = tmp_path / "ttsd.conf"
    conf.write_text("[channel main]\nengine = tone\n")
    ttsd = start("-c", conf)
    with ttsd.listen() as reader, ttsd.control() as c:
        (tmp_path / "side.sock").mkdir()
        conf.write_text("[channel main]\nengine = tone\n[channel side]\n"
                        f"engine = tone\naudio_socket = {tmp_path}/side.sock\n")
        upgrade(c)
        upgrade(c)
        reader.samples(2400)
        (tmp_path / "side.sock").rmdir()
        upgrade(c)
        with daemon.Listener(tmp_path / "side.sock") as side:
            side.samples(240)


@pytest.mark.parametrize("late_ms", range(0, 48, 4))
def test_a_stop_is_not_forgotten(start, late_ms):
    """Asked for in the very moment in which the program changed, it was, two
    times of a hundred."""
    ttsd = start("-D", "channel.main.engine=tone")
    os.kill(ttsd.pid, signal.SIGUSR2)
    threading.Event().wait(late_ms / 1000)
    os.kill(ttsd.pid, signal.SIGTERM)
    wait_until(lambda: not exists(ttsd.pid) or ttsd.process.poll() is not None,
               "it has stopped")
    assert ttsd.process.wait(daemon.PATIENCE_S) == 0


def test_events_are_numbered_on(start):
    """Numbers go on without a hole, and who comes back afterwards is told what
    it missed."""
    ttsd = start("-D", "channel.main.engine=tone")
    with ttsd.control() as c:
        c.subscribe("queued", "started", "finished", "upgrade", "worker")
        ids = [c.ask("say", text="one")["id"]]
        seen = c.until("finished")
        upgrade(c)
        ids.append(c.ask("say", text="two")["id"])
        seen += c.until("finished")
    seqs = [e["seq"] for e in seen]
    assert len(seqs) == len(set(seqs)) and seqs == sorted(seqs)
    with ttsd.control() as c:
        reply = c.ask("subscribe", events=["finished"], since=seqs[0] - 1)
        assert [c.event("finished")["id"] for _ in range(2)] == ids
        assert reply["missed"] is False or reply["missed"] == 0, reply


def test_ends_of_before_a_restart_are_known_afterwards(start):
    """Story: a program that had taken over from another knew of no earlier
    ttsd, and called what the ledger has missed."""
    tone = ("-D", "channel.main.engine=tone")
    ttsd = start(*tone)
    with ttsd.control() as c:
        seen = c.ask("subscribe", events=["finished"])["seq"]
        wait_until(lambda: c.ask("say", text="one").get("durable"),
                   "the ledger is open")
        told = c.event("finished")
        wait_until(lambda: "seq" in c.ask(
            "history", id=told["id"])["items"][0], "its end is kept")
    ttsd.stop()
    ttsd = start(*tone)
    with ttsd.control() as c:
        c.ask("history")
        upgrade(c)
    with ttsd.control() as c:
        reply = c.ask("subscribe", events=["finished"], since=seen)
        assert reply["missed"] and reply["finished_from"] == seen + 1
        assert c.event("finished")["seq"] == told["seq"]


def test_a_version_without_its_ledger(rundir, house):
    """Its ids began at 1 again, and nobody was told that nothing is kept."""
    with daemon.Ttsd(rundir, "-D", "channel.main.engine=tone") as ttsd, \
            ttsd.control() as c:
        wait_until(lambda: c.ask("say", text="ms=10 a")["durable"],
                   "the ledger is open")
        last = c.ask("say", text="ms=10 a")["id"]
        libexec = house.parent.parent / "libexec"
        real = libexec.resolve() / "ttsd"
        libexec.unlink()
        (libexec / "ttsd").mkdir(parents=True)
        for program in real.iterdir():
            if program.name != "ledger":
                (libexec / "ttsd" / program.name).symlink_to(program)
        upgrade(c)
        reply = c.ask("say", text="ms=10 a")
        assert reply["id"] > last and reply["durable"] is False
        assert ttsd.status()["ledger"]["keeps"] is False
