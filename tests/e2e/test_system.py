"""The whole system: ttsd, streamer-supervisor, ffmpeg and real servers. What
arrives at the far end is decoded and matched against what was said, and
every part is killed while it speaks."""
import contextlib
import os
import signal
import time

import numpy as np
import pytest

from daemon import Control, Daemon, Ttsd, children, descriptors, exists
from daemon import PATIENCE_S, is_zombie, wait_until
from peers import Decoder, NginxRtmp, RtspListener
from sound import espeak, match, samples

RATE = 24000
SENTENCE = "The quick brown fox jumps over the lazy dog, seven times a day."
AGAIN = "After the storm, eleven ships returned to the quiet harbour."


def source(text):
    """What espeak-ng makes, at the far end's rate."""
    pcm = samples(espeak(text)).astype(float)
    at = np.arange(int(len(pcm) * RATE / 22050)) * 22050 / RATE
    return np.interp(at, np.arange(len(pcm)), pcm)


class System:
    """Both daemons in one runtime directory, pushing to one server."""

    def __init__(self, directory, url, *args):
        self.directory = directory
        self.args = ["-D", f"output.live.url={url}",
                     "-D", "output.live.stall_timeout=2s",
                     "-D", "output.live.backoff_max=1s", *args]
        self.ttsd = Ttsd(directory)
        self.supervisor = self.start_supervisor()

    def start_supervisor(self):
        d = Daemon("streamer-supervisor", self.directory, *self.args,
                   ready=None)
        wait_until(lambda: self.answers("streamer.sock"),
                   "the supervisor answers")
        return d

    def answers(self, name):
        with contextlib.suppress(OSError, AssertionError):
            with Control(self.directory / name) as c:
                return c.plain("ping") == "ok"

    def output(self):
        with Control(self.directory / "streamer.sock") as c:
            return c.ask("status")["outputs"][0]

    def wait_on_air(self):
        return wait_until(
            lambda: (o := self.output())["state"] == "running" and o,
            "the output runs")

    def start_saying(self, text):
        """Returns once it is on air."""
        with self.ttsd.control() as c:
            c.subscribe("started")
            c.ask("say", text=text)
            c.event("started")

    def say(self, text):
        with self.ttsd.control() as c:
            c.subscribe("finished")
            said = c.ask("say", text=text)
            done = c.event("finished", id=said["id"])
            assert done["outcome"] == "spoken", done

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        for d in (self.supervisor, self.ttsd):
            d.__exit__(kind)


def hear(decoder, text, least=0.85):
    """Waits until the far end has played the text; looks at half a second
    more each time, for to look costs the sender its share of the machine."""
    wanted = source(text)
    end = time.monotonic() + PATIENCE_S
    got = decoder.samples(len(wanted))
    while (best := match(wanted, got)[0]) <= least:
        assert time.monotonic() < end, f"not heard ({best:.2f}): {text}"
        got = decoder.samples(len(got) + RATE // 2)


@pytest.fixture
def nginx(rundir):
    with NginxRtmp(rundir) as server:
        yield server


@pytest.fixture
def system(rundir, nginx):
    with System(rundir, nginx.url()) as s:
        s.wait_on_air()
        yield s


def test_speech_arrives_over_rtmp(system, nginx):
    with nginx.decode() as far:
        far.samples(2400)
        system.say(SENTENCE)
        hear(far, SENTENCE, 0.95)


@pytest.mark.parametrize("codec", ["aac", "opus"])
def test_speech_arrives_over_rtsp(rundir, codec):
    with RtspListener() as far, System(
            rundir, far.url, "-D", f"output.live.codec={codec}") as system:
        system.wait_on_air()
        system.say(SENTENCE)
        hear(far, SENTENCE)


def test_ffmpeg_killed_while_speaking(system, nginx):
    before = descriptors(system.supervisor.pid)
    old = system.output()["pid"]
    system.start_saying(SENTENCE)
    os.kill(old, signal.SIGKILL)
    wait_until(lambda: system.output()["pid"] not in (0, None, old),
               "another ffmpeg")
    status = system.wait_on_air()
    assert status["restarts"] == 1 and "SIGKILL" in status["last_exit"]
    with nginx.decode() as far:
        far.samples(2400)
        system.say(AGAIN)
        hear(far, AGAIN)
    wait_until(lambda: not exists(old) and not is_zombie(old),
               "it was reaped")
    wait_until(lambda: descriptors(system.supervisor.pid) <= before,
               "no descriptor is lost")


def test_worker_killed_while_speaking(system, nginx):
    """The far end hears the whole sentence: the retry goes on where the
    sound had stopped."""
    text = " ".join([SENTENCE, AGAIN] * 2)
    with nginx.decode() as far:
        far.samples(2400)
        system.start_saying(text)
        for w in system.ttsd.status()["workers"]:
            if w["busy"]:
                os.kill(w["pid"], signal.SIGKILL)
        hear(far, text)


def test_ttsd_killed_while_speaking(system, nginx):
    """Outputs wait for it and are back as soon as it is. (Its queue is gone
    with it: clients see their connection end.)"""
    system.start_saying(SENTENCE)
    workers = children(system.ttsd.pid)
    system.ttsd.kill()
    wait_until(lambda: system.output()["state"] != "running",
               "the supervisor sees it")
    system.ttsd = Ttsd(system.directory)
    system.wait_on_air()
    with nginx.decode() as far:
        far.samples(2400)
        system.say(AGAIN)
        hear(far, AGAIN)
    wait_until(lambda: not any(map(exists, workers)), "its workers are gone")


def test_supervisor_killed_while_speaking(system, nginx):
    """ttsd notices nothing, no ffmpeg is left, and a new supervisor takes
    over."""
    ffmpeg = system.output()["pid"]
    system.start_saying(SENTENCE)
    system.supervisor.kill()
    wait_until(lambda: not exists(ffmpeg), "its ffmpeg is gone")
    wait_until(lambda: system.ttsd.status()["channels"][0]["subscribers"] ==
               [], "ttsd has seen it leave")
    system.supervisor = system.start_supervisor()
    system.wait_on_air()
    with nginx.decode() as far:
        far.samples(2400)
        system.say(AGAIN)
        hear(far, AGAIN)


def test_server_killed_while_speaking(system, nginx):
    system.start_saying(SENTENCE)
    nginx.kill()
    wait_until(lambda: system.output()["state"] != "running",
               "the supervisor sees it")
    nginx.start()
    system.wait_on_air()
    with nginx.decode() as far:
        far.samples(2400)
        system.say(AGAIN)
        hear(far, AGAIN)


def test_everything_killed_again_and_again(system, nginx):
    """Ten deaths of one part or the other: nothing leaks, nothing is left,
    and it still speaks."""
    wait_until(lambda: len(children(system.ttsd.pid)) >= 2, "workers")
    system.say("Warm.")
    before = descriptors(system.ttsd.pid), descriptors(system.supervisor.pid)
    for _ in range(5):
        old = system.output()["pid"]
        os.kill(old, signal.SIGKILL)
        for w in system.ttsd.status()["workers"]:
            with contextlib.suppress(ProcessLookupError):
                if w["pid"]:
                    os.kill(w["pid"], signal.SIGKILL)
        wait_until(lambda: system.output()["pid"] not in (0, None, old),
                   "another ffmpeg")
        system.wait_on_air()
    with nginx.decode() as far:
        far.samples(2400)
        system.say(AGAIN)
        hear(far, AGAIN)
    wait_until(lambda: descriptors(system.ttsd.pid) <= before[0] and
               descriptors(system.supervisor.pid) <= before[1],
               "no descriptor is lost")
    for pid in (system.ttsd.pid, system.supervisor.pid):
        wait_until(lambda: not any(map(is_zombie, children(pid))),
                   "no zombie is left")


def test_supervisor_first(rundir, nginx):
    """It starts before ttsd, waits in plain words, and comes on air."""
    args = ["-D", f"output.live.url={nginx.url()}"]
    with Daemon("streamer-supervisor", rundir, *args, ready=None):
        def output():
            with contextlib.suppress(OSError, AssertionError):
                with Control(rundir / "streamer.sock") as c:
                    return c.ask("status")["outputs"][0]
        status = wait_until(
            lambda: (o := output()) and o["state"] == "backoff" and o,
            "it waits")
        assert "ttsd" in status["last_error"]
        with Ttsd(rundir):
            wait_until(lambda: output()["state"] == "running", "on air")
            with Decoder(nginx.url()) as far:
                far.samples(RATE // 2)
