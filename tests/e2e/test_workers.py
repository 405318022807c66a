"""Engines that die, hang, stall and lie, in mid-sentence: the stream goes on
and the announcement ends in exactly one outcome."""
import os
import shutil
import signal

import numpy as np
import pytest

import daemon
from daemon import children, descriptors, exists, is_zombie, wait_until
from engines import case
from sound import espeak, samples

LONG = " ".join(["This is a rather long sentence."] * 12)


def tone(start, *more):
    return start("-D", "channel.main.engine=tone", *more)


def workers(ttsd, engine):
    return [w for w in ttsd.status()["workers"] if w["engine"] == engine]


def test_worker_killed_in_mid_sentence_goes_on_where_it_stopped(start):
    """The retry leaves out what was heard: the sound is that of one
    undisturbed run."""
    ttsd = tone(start, "-D", "engine.tone.timeout=20s")
    with ttsd.control() as control, ttsd.listen() as reader:
        control.subscribe("started", "finished", "worker", "word")
        control.ask("say", text="slow=2 ms=1000 a b c")
        control.event("word", text="b")
        victim = [w for w in workers(ttsd, "tone") if w["busy"]]
        os.kill(victim[0]["pid"], signal.SIGKILL)
        control.event("worker", state="backoff")
        seen = control.until("finished")
        assert seen[-1]["outcome"] == "spoken"
        # Every word was told once.
        assert [e["text"] for e in seen if e["event"] == "word"] == ["c"]
        done = seen[-1]
        length = done["last_sample"] - done["first_sample"] + 1
        pcm = samples(reader.until(length + 2400))
        heard = np.nonzero(pcm)[0]
        assert len(heard) > 2.9 * 24000


@pytest.mark.parametrize("fault", [
    "a b crash c", "a b exit=3 c", "a b garbage c", "crash a"])
def test_faulty_engine_costs_two_workers_then_fails(start, fault):
    ttsd = tone(start)
    with ttsd.control() as control, ttsd.listen() as reader:
        control.subscribe("finished")
        bad = control.ask("say", text=fault)["id"]
        good = control.ask("say", text="fine")["id"]
        done = control.event("finished", id=bad)
        assert done["outcome"] == "failed" and "lost" in done["reason"]
        assert control.event("finished", id=good)["outcome"] == "spoken"
        reader.samples(2400)
    wait_until(lambda: all(w["state"] == "running"
                           for w in workers(ttsd, "tone")), "workers are back")


def test_poison_harms_nobody_else(start):
    """Story: one text that crashes espeak-ng put back-off on its workers, and
    urgent calls on other channels began up to 6 s late. The text fails after
    two crashes; no worker changes its state over it."""
    ttsd = start("-D", "channel.main.engine=espeak", "-D",
                 "channel.other.engine=espeak")
    with ttsd.control() as control:
        control.subscribe("finished", "worker")
        control.ask("say", text="Warm.")
        control.event("finished", outcome="spoken")
        wait_until(lambda: {w["state"] for w in workers(ttsd, "espeak")} ==
                   {"running"}, "all workers are warm")
        poison = [control.ask("say", text=case("poison.txt").decode())["id"]
                  for _ in range(3)]
        urgent = [control.ask("say", channel="other", priority="urgent",
                              text="Fire.")["id"] for _ in range(3)]
        left = {**dict.fromkeys(poison, "failed"),
                **dict.fromkeys(urgent, "spoken")}
        while left:
            event = control.event()
            if event["event"] == "worker":
                assert event["state"] not in ("backoff", "stalled"), event
            elif event["event"] == "finished" and event["id"] in left:
                assert event["outcome"] == left.pop(event["id"]), event


def test_crash_with_a_job_restarts_at_once(start):
    """Story: the wait after a crash was the neighbours'. A worker that has
    done jobs and crashes over one starts again without any."""
    ttsd = tone(start)
    with ttsd.control() as control:
        control.subscribe("finished", "worker")
        control.ask("say", text="fine")
        control.event("finished", outcome="spoken")
        control.ask("say", text="crash a")
        for _ in range(2):
            gone = control.event("worker", state="backoff")
            back = control.event("worker", pid=gone["pid"])
            assert back["state"] == "starting", back
        assert control.event("finished")["outcome"] == "failed"


def test_crash_once_is_retried(start, rundir):
    ttsd = tone(start)
    with ttsd.control() as control:
        control.subscribe("finished")
        control.ask("say", text=f"a b crash-once={rundir}/flag c")
        assert control.event("finished")["outcome"] == "spoken"


def test_hung_engine_is_killed(start):
    ttsd = tone(start, "-D", "engine.tone.timeout=300ms")
    with ttsd.control() as control, ttsd.listen() as reader:
        control.subscribe("finished", "worker", "underrun")
        control.ask("say", text="a b hang c")
        control.event("underrun")
        control.event("worker", state="stalled")
        done = control.event("finished")
        assert done["outcome"] == "failed"
        assert "no progress" in done["reason"]
        assert not any(reader.samples(24000)[-4800:])


def test_slow_engine_is_heard_as_silence_and_counted(start):
    ttsd = tone(start)
    with ttsd.control() as control, ttsd.listen() as reader:
        control.subscribe("finished", "underrun", "started")
        control.ask("say", text="ms=200 a stall=700 b")
        control.event("underrun")
        assert ttsd.status()["channels"][0]["state"] == "starving"
        done = control.event("finished")
        assert done["outcome"] == "spoken"
        length = done["last_sample"] - done["first_sample"] + 1
        assert length > 24000 * 0.8
        counters = ttsd.status()["channels"][0]["counters"]
        assert counters["underruns"] == 1
        assert counters["starved_samples"] == length - 24000 * 2 // 5
        reader.until(length)


def test_error_of_the_engine_fails_the_announcement(start):
    ttsd = tone(start)
    with ttsd.control() as control:
        control.subscribe("finished")
        control.ask("say", text="error")
        assert control.event("finished")["outcome"] == "failed"
    assert all(w["restarts"] == 0 for w in workers(ttsd, "tone"))


def test_engine_that_floods_its_log(start):
    ttsd = tone(start)
    with ttsd.control() as control, ttsd.listen() as reader:
        control.subscribe("finished")
        control.ask("say", text="stderr=100000 a")
        reader.samples(24000)
        assert control.event("finished")["outcome"] == "spoken"
    assert len(ttsd.logged()) < 200_000


def test_missing_program_fails_in_plain_words(start):
    ttsd = start("-D", "engine.piper.type=command", "-D",
                 "engine.piper.command=/nonexistent/piper --model x")
    with ttsd.control() as control:
        control.subscribe("finished")
        control.ask("say", text="Hello", engine="piper")
        done = control.event("finished")
        assert done["outcome"] == "failed"
        assert "/nonexistent/piper" in done["reason"]


def test_command_engine_streams_another_program(start):
    """Any program: text on standard input, WAV on standard output."""
    ttsd = start("-D", "channel.main.rate=22050", "-D",
                 "engine.any.type=command", "-D",
                 "engine.any.command=espeak-ng -v en --stdin --stdout",
                 "-D", "channel.main.engine=any")
    with ttsd.control() as control, ttsd.listen() as reader:
        control.subscribe("finished")
        control.ask("say", text="Hello from a command.")
        done = control.event("finished")
        assert done["outcome"] == "spoken", done
        expected = espeak("Hello from a command.")
        pcm = reader.until(len(expected) // 2 + 4410)
        assert expected.strip(b"\0") in pcm


def test_espeak_killed_while_speaking(start):
    """The real engine: its worker is killed while a long text is on air,
    and what is heard is still what espeak-ng makes, without a seam."""
    ttsd = start("-D", "channel.main.rate=22050")
    with ttsd.control() as control, ttsd.listen() as reader:
        control.subscribe("started", "finished")
        control.ask("say", text=LONG)
        control.event("started")
        busy = [w["pid"] for w in workers(ttsd, "espeak") if w["busy"]]
        os.kill(busy[0], signal.SIGKILL)
        done = control.event("finished")
        assert done["outcome"] == "spoken"
        expected = espeak(LONG)
        assert expected.strip(b"\0") in reader.until(
            len(expected) // 2 + 22050)
        wait_until(lambda: all(w["state"] == "running" for w in
                               workers(ttsd, "espeak")), "workers are back")


def test_nothing_leaks_over_many_deaths(start):
    ttsd = start()
    with ttsd.control() as control:
        control.subscribe("finished")
        control.ask("say", text="warm up")
        control.event("finished")
        before = descriptors(ttsd.pid)
        for _ in range(10):
            for w in workers(ttsd, "espeak"):
                if exists(w["pid"]):
                    os.kill(w["pid"], signal.SIGKILL)
            wait_until(lambda: all(
                w["state"] == "running" for w in workers(ttsd, "espeak")),
                "workers are back")
        wait_until(lambda: descriptors(ttsd.pid) <= before,
                   "no descriptor is lost")
    wait_until(lambda: not any(map(is_zombie, children(ttsd.pid))),
               "no zombie is left")


def test_no_worker_outlives_a_killed_ttsd(start):
    ttsd = start("-D", "engine.sh.type=command", "-D",
                 "engine.sh.command=sh -c 'sleep 1000'")
    with ttsd.control() as control:
        control.subscribe("worker")
        control.ask("say", text="x", engine="sh")
        found = wait_until(
            lambda: [p for w in children(ttsd.pid) for p in children(w)],
            "the outside program runs")
        pids = children(ttsd.pid) + found
        ttsd.kill()
        wait_until(lambda: not any(map(exists, pids)), "nothing is left")


def test_program_that_is_gone(rundir, monkeypatch):
    """Story: the engine's program was removed (an upgrade that failed) and its
    warm workers died: what was accepted then never ended, blocked its rank for
    ever, and ttsctl say --wait hung. It fails within the time that a pool may
    be without workers, says why, and all is well once the program is back."""
    copy = rundir / "installed"
    shutil.copytree(daemon.BUILD / "libexec", copy / "libexec")
    (copy / "bin").mkdir()
    shutil.copy(daemon.binary("ttsd"), copy / "bin")
    monkeypatch.setattr(daemon, "BUILD", copy)
    program = copy / "libexec" / "ttsd" / "tone"
    with daemon.Ttsd(rundir, "-D", "channel.main.engine=tone") as ttsd, \
            ttsd.control() as control:
        control.subscribe("finished", "worker")
        control.ask("say", text="warm")
        control.event("finished", outcome="spoken")
        program.rename(copy / "away")
        for w in workers(ttsd, "tone"):
            os.kill(w["pid"], signal.SIGKILL)
        control.event("worker", state="backoff")
        calls = [control.ask("say", text="ms=10 a")["id"] for _ in range(2)]
        control.socket.settimeout(60)
        for call in calls:
            end = control.event("finished", id=call)
            assert end["outcome"] == "failed"
            assert "no worker" in end["reason"]
            assert "no such file" in end["reason"]
        (copy / "away").rename(program)
        wait_until(lambda: "running" in {
            w["state"] for w in workers(ttsd, "tone")}, "a worker is back")
        control.ask("say", text="ms=10 a")
        control.event("finished", outcome="spoken")
