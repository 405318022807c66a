"""Listens to a channel through real codecs and servers, and to what is no
longer that channel. The program is run by itself; beside an output the tests of
the supervisor run it."""
import os
import shlex
import signal
import socket
import subprocess

import pytest

from daemon import Ttsd, children, command_line, exists, wait_until
from ear import PROGRAM, QUIET, Ear, heard, sent
from peers import Program
from supervisor import nginx  # noqa: F401

TEXT = "Now serving number {}. Please go to counter {}, on the left."
CODECS = {
    "aac": "-c:a aac -b:a 64k -f adts",
    "opus": "-c:a libopus -b:a 32k -f ogg -page_duration 20000",
    "mp3": "-c:a libmp3lame -b:a 64k -ar 44100 -f mp3",
    "pcmu": "-c:a pcm_mulaw -ar 8000 -f mulaw",
}


# A machine that is busy with other tests is no fault of what is tried here.
PATIENT = ("-D", "channel.main.lag_max=10s")


@pytest.fixture
def ttsd(rundir):
    with Ttsd(rundir, *PATIENT) as t:
        yield t


def say(ttsd, *numbers, **fields):
    """Says a sentence, and waits until the last of it is sent."""
    with ttsd.control() as c:
        c.subscribe("finished")
        number = c.ask("say", text=TEXT.format(*numbers), **fields)["id"]
        assert c.event("finished", id=number)["outcome"] == "spoken"
    return number


def skips(ttsd):
    channel, = ttsd.status()["channels"]
    return sum(s["skips"] for s in channel["subscribers"])


def descendants(pid):
    return [p for child in children(pid)
            for p in (child, *descendants(child))]


def push(rundir, url, *options):
    return Program(*QUIET, *sent(rundir), *options, "-c:a", "aac", "-f", "flv",
                   "-flush_packets", 1, "-tcp_nodelay", 1, url)


def is_heard(ear, number):
    receipt = ear.receipt(number)
    assert receipt["state"] == "heard", (receipt, ear.lines)
    assert receipt["confidence"] > 0.9
    return receipt


def is_missed(ear, number):
    receipt = ear.receipt(number)
    assert receipt["state"] == "missed", (receipt, ear.lines)
    return receipt["reason"]


def through(rundir, codec):
    """A reader to whom the channel comes through that codec."""
    words = CODECS[codec].split()
    decode = {"aac": ["-f", "aac"], "pcmu": ["-f", "mulaw", "-ar", "8000"]
              }.get(codec, ["-f", words[words.index("-f") + 1]])
    return ["sh", "-c", " | ".join(shlex.join(map(str, argv)) for argv in (
        [*QUIET, *sent(rundir), *words, "-flush_packets", 1, "-"],
        heard("-", *decode)))]


@pytest.mark.parametrize("codec", CODECS)
def test_a_codec(rundir, ttsd, codec):
    """What comes through a codec is ours, and its delay that of the way."""
    with Ear(rundir, through(rundir, codec)) as ear:
        ear.until("heard", state="silent-as-sent")
        numbers = [say(ttsd, 40 + i, i) for i in range(1, 4)]
        for number in numbers:
            assert 0 <= is_heard(ear, number)["delay_ms"] < 5000
        # Nothing is lost on this way but what ttsd left out for a reader that
        # was too slow.
        assert ear.now(state="silent-as-sent")["drop_outs"] <= skips(ttsd)


@pytest.mark.parametrize("codec", CODECS)
def test_silence_with_a_mark(rundir, codec):
    """A server that froze while nothing was said was noticed with the next
    announcement, which nobody heard."""
    marked = ("-D", "channel.main.watermark=yes")
    with Ttsd(rundir, *marked, *PATIENT) as ttsd, \
            Ear(rundir, through(rundir, codec), marked=True) as ear:
        assert ear.until("heard", state="heard")["level_db"] < -65
        is_heard(ear, say(ttsd, 41, 2))
        assert ear.now(state="heard")["drop_outs"] <= skips(ttsd)
        ears = descendants(ear.process.pid)
        encoder, = [p for p in ears if "main.sock" in command_line(p) and
                    command_line(p).startswith("ffmpeg")]
        os.kill(encoder, signal.SIGSTOP)
        ear.now(state="unheard")


def test_over_rtmp(rundir, ttsd, nginx):
    with push(rundir, nginx.url()):
        wait_until(nginx.bytes_in, "it is sent")
        with Ear(rundir, heard(nginx.url(), "-f", "flv")) as ear:
            ear.until("heard", state="silent-as-sent")
            assert is_heard(ear, say(ttsd, 1, 2))["delay_ms"] < 5000
            assert ear.now(state="silent-as-sent")["delay_ms"] > 0


def test_a_slate(rundir, ttsd, nginx):
    """The server's own "we are offline" has time stamps that advance, frames
    and bytes: everybody took it for a healthy stream."""
    slate = rundir / "slate.wav"
    subprocess.run(["espeak-ng", "-v", "en", "-w", slate, "This channel is "
                    "offline. We will be back soon; thank you for waiting."],
                   check=True)
    first = push(rundir, nginx.url())
    wait_until(nginx.bytes_in, "it is sent")
    with Ear(rundir, heard(nginx.url(), "-f", "flv")) as ear, first:
        ear.until("heard", state="silent-as-sent")
        is_heard(ear, say(ttsd, 1, 2))
        first.end()
        with Program(*QUIET, "-re", "-stream_loop", -1, "-i", slate, "-c:a",
                     "aac", "-ar", 24000, "-f", "flv", nginx.url()):
            lost = say(ttsd, 3, 4)
            ear.until("heard", state="foreign")
            assert is_missed(ear, lost)
        with push(rundir, nginx.url()):
            wait_until(lambda: say(ttsd, 5, 6) and
                       ear.said("receipt")[-1]["state"] == "heard",
                       "it is heard again", 120)
            ear.now(state="silent-as-sent")


def test_a_muted_stream(rundir, ttsd, nginx):
    with push(rundir, nginx.url(), "-af", "volume=0"):
        wait_until(nginx.bytes_in, "it is sent")
        with Ear(rundir, heard(nginx.url(), "-f", "flv"),
                 **{"delay-max": 3000}) as ear:
            ear.until("heard", state="silent-as-sent")
            number = say(ttsd, 1, 2)
            assert is_missed(ear, number) == "nothing came in its time"
            ear.now(state="unheard")


def test_a_server_that_is_away(rundir, ttsd, nginx):
    """The reader is started again until it gets something."""
    with Ear(rundir, heard(nginx.url(), "-f", "flv"), stall=2000) as ear:
        wait_until(lambda: ear.said("heard")[-1:] and
                   ear.said("heard")[-1]["why"], "it says why")
        with push(rundir, nginx.url()):
            ear.until("heard", state="silent-as-sent")
            is_heard(ear, say(ttsd, 1, 2))


def test_a_server_that_ends_the_stream(rundir, ttsd):
    """Story: "heard: exit status 0", for ffmpeg takes the end of a stream for
    no mistake, and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"tcp://127.0.0.1:{server.getsockname()[1]}"
        with Ear(rundir, heard(url, "-f", "s16le", "-ar", 8000)) as ear:
            with server.accept()[0] as c:
                c.sendall(bytes(16000))
            ear.until("heard", why="the server ended the stream")


def test_ttsd_begins_anew(rundir, nginx):
    """Its samples are counted from 0 again; what it says is heard again."""
    with Ear(rundir, heard(nginx.url(), "-f", "flv")) as ear:
        for _ in range(2):
            ear.lines.clear()
            with Ttsd(rundir) as ttsd, push(rundir, nginx.url()):
                ear.until("heard", state="silent-as-sent")
                wait_until(lambda: ear.receipt(say(ttsd, 1, 2))["state"] ==
                           "heard", "it is heard", 120)


def test_what_does_not_change_is_told_again(rundir, ttsd):
    """Who says nothing is taken for dead."""
    with Ear(rundir, ["sleep", "1000"], stall=900000) as ear:
        ear.until("heard", state="listening")
        wait_until(lambda: ear.lines.count(ear.lines[-1]) > 3, "it is told")


def test_it_ends_with_its_reader(rundir, ttsd):
    pid = rundir / "pid"
    with Ear(rundir, ["sh", "-c", f"echo $$ >{pid}; exec sleep 1000"]) as ear:
        wait_until(lambda: pid.exists() and pid.read_text(), "it reads")
        ear.end(signal.SIGTERM)
        assert ear.process.returncode == 0
        wait_until(lambda: not exists(int(pid.read_text())), "it is gone")


@pytest.mark.parametrize("change", [
    ["--stall", "0"], ["--delay-max", "soon"], ["--nonsense", "1"], ["word"]])
def test_a_command_line_that_is_wrong(rundir, change):
    words = ["--audio", "a", "--control", "b", "--channel", "c",
             "--delay-max", "1", "--stall", "1", *change, "--reader", "true"]
    assert subprocess.run(
        [PROGRAM, *words], capture_output=True, check=False).returncode == 64
