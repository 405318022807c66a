"""Outputs whose listeners are listened to: with `hear = yes` what comes back at
`probe_url` is compared with what is sent, and each announcement has a
receipt."""
import os
import signal
import subprocess

import pytest

import daemon
from daemon import Ttsd, wait_until
from ear import QUIET, sent
from peers import NginxRtmp, Program, RtspListener
from receivers import Fountain
from supervisor import define, nginx, supervise, until  # noqa: F401

TEXT = "Now serving number {}. Please go to counter {}, on the left."


@pytest.fixture
def ttsd(rundir):
    with Ttsd(rundir) as t:
        yield t


@pytest.fixture
def slate(rundir):
    path = rundir / "slate.wav"
    subprocess.run(["espeak-ng", "-v", "en", "-w", path, "This channel is "
                    "offline. We will be back soon; thank you for waiting."],
                   check=True)
    return path


def say(ttsd, *numbers):
    with ttsd.control() as c:
        return c.ask("say", text=TEXT.format(*numbers))["id"]


def verdict(ttsd, number):
    """What became of it, once that is known."""
    with ttsd.control() as c:
        item, = [i for i in c.ask("history")["items"] if i["id"] == number]
    return next((r["state"] for r in item["receipts"] if "decided_ms" in r),
                None)


def hear(nginx, probed="stream", **keys):
    return define(url=nginx.url(), probe_url=nginx.url(probed), hear="yes",
                  **keys)


def await_heard(s, state):
    wait_until(lambda: (s.output()["heard"] or {}).get("state") == state,
               f"it is {state}")


def test_an_announcement_is_heard(supervise, ttsd, nginx):
    s = supervise(*hear(nginx))
    await_heard(s, "silent-as-sent")
    with s.control() as c:
        c.subscribe("receipt")
        number = say(ttsd, 41, 2)
        receipt = c.event("receipt", id=number, state="heard")
    assert (receipt["output"], receipt["channel"]) == ("live", "main")
    assert 0 <= receipt["delay_ms"] < 5000 and receipt["confidence"] > 0.9
    o = s.output()
    assert o["heard"]["delay_ms"] > 0 and o["heard"]["why"] == ""
    assert o["restarts"] == 0 and o["probe"] is None


def test_a_slate_is_a_failure(supervise, ttsd, nginx, slate):
    """The server plays what it has instead: time stamps advance, and every
    check that looks at those was content."""
    with Program(*QUIET, "-re", "-stream_loop", -1, "-i", slate, "-c:a", "aac",
                 "-ar", 24000, "-f", "flv", nginx.url("other")):
        wait_until(lambda: nginx.bytes_in("other"), "the slate plays")
        s = supervise(*hear(nginx, "other"))
        with s.control() as c:
            c.subscribe("output", "receipt")
            until(c, "running")
            wait_until(lambda: s.output()["heard"]["level_db"] > -60,
                       "the slate is heard")
            number = say(ttsd, 3, 4)
            stalled = c.event("output", to="stalled")
        wait_until(lambda: verdict(ttsd, number), "there is a verdict")
    assert verdict(ttsd, number) in ("missed", "unknown")
    assert stalled["reason"] == "probe_url: another sound comes than is sent"
    # It is there once the process has ended.
    assert wait_until(lambda: s.output()["history"],
                      "it is in the history")[0]["cause"] == "probe"


def test_nobody_has_the_stream(supervise, ttsd, nginx):
    """Filed under another name, it is there for nobody."""
    s = supervise(*hear(nginx, "elsewhere", stall_timeout="2s"))
    with s.control() as c:
        c.subscribe("output")
        until(c, "running")
        reason = until(c, "stalled")[-1]["reason"]
    assert reason.startswith("probe_url: "), reason


def test_an_ear_that_is_lost(supervise, ttsd, nginx):
    """The sound goes on, and another ear listens."""
    s = supervise(*hear(nginx))
    await_heard(s, "silent-as-sent")
    ear, = [p for p in s.ffmpegs()
            if "libexec/ttsd/ear" in daemon.command_line(p)]
    subprocess.run(["kill", "-KILL", str(ear)], check=True)
    wait_until(lambda: not daemon.exists(ear), "it is gone")
    await_heard(s, "silent-as-sent")
    assert s.output()["restarts"] == 0


def test_an_ear_that_stands_still(supervise, ttsd, nginx):
    """Nobody noticed, and what it had heard last stayed in the status."""
    s = supervise(*hear(nginx))
    await_heard(s, "silent-as-sent")
    ear, = [p for p in s.ffmpegs()
            if "libexec/ttsd/ear" in daemon.command_line(p)]
    with s.control() as c:
        c.subscribe("receipt")
        os.kill(ear, signal.SIGSTOP)
        number = say(ttsd, 41, 2)
        unknown = c.event("receipt", id=number, state="unknown")
    assert unknown["reason"] == ("who listened ended before it was known: the "
                                 "ear gave no sign of life for 10 s")
    wait_until(lambda: not daemon.exists(ear), "it is gone")
    await_heard(s, "silent-as-sent")
    assert s.output()["restarts"] == 0


def test_a_stop_ends_its_ear(supervise, ttsd, nginx):
    s = supervise(*hear(nginx))
    await_heard(s, "silent-as-sent")
    with s.control() as c:
        c.ask("stop", name="live")
    wait_until(lambda: not s.ffmpegs(), "nothing runs")


def test_a_slate_leads_to_the_backup(rundir, supervise, ttsd, nginx, slate):
    """The primary's server took all that was sent, and played its "we are
    offline": the backup, which would have been heard, was never tried."""
    folder = rundir / "backup"
    folder.mkdir()
    with NginxRtmp(folder) as backup, Program(
            *QUIET, "-re", "-stream_loop", -1, "-i", slate, "-c:a", "aac",
            "-ar", 24000, "-f", "flv", nginx.url("other")):
        wait_until(lambda: nginx.bytes_in("other"), "the slate plays")
        s = supervise(*hear(nginx, "other", failover_after=1,
                            backup_url=backup.url("two")))
        with s.control() as c:
            c.subscribe("output")
            e = c.event("output")
            while e["active"] == "primary":
                e = c.event("output")
            until(c, "running")
        # The primary may be tried once more before the backup is on air.
        wait_until(lambda: backup.bytes_in("two") and
                   s.output()["active"] == "backup", "it has come there")
        o = s.output()
    assert o["active"] == "backup" and o["heard"] is None
    assert "another sound comes than is sent" in o["primary"]["last_error"]


def test_the_backup_is_heard(rundir, supervise, ttsd, nginx):
    """Nobody listened to it: each receipt there was `unknown`."""
    folder = rundir / "backup"
    folder.mkdir()
    with NginxRtmp(folder) as backup:
        s = supervise(*hear(nginx, failover_after=1,
                            backup_url=backup.url("two"),
                            backup_probe_url=backup.url("two")))
        await_heard(s, "silent-as-sent")
        nginx.kill()
        wait_until(lambda: s.output()["active"] == "backup", "it fails over")
        await_heard(s, "silent-as-sent")
        with s.control() as c:
            c.subscribe("receipt")
            number = say(ttsd, 41, 2)
            receipt = c.event("receipt", id=number, state="heard")
        assert receipt["confidence"] > 0.9
        assert s.output()["active"] == "backup"


# ---- what probe_url may give ----------------------------------------------

def endless_header(out):
    """A WAV whose description never ends."""
    out.write(b"RIFF\xff\xff\xff\xffWAVE")
    while True:
        out.write(b"LIST\xff\xff\xff\x7f" + bytes(65536))


def endless_words(out):
    """No stream at all."""
    while True:
        out.write(b"<p>Welcome to our server. Nothing to see here.</p>\n" * 99)


def picture_only(_):
    return [*QUIET, "-re", "-f", "lavfi", "-i", "testsrc=s=64x64:r=10", "-c:v",
            "mpeg2video", "-f", "mpegts", "-"]


def other_channels(_):
    return [*QUIET, "-re", "-stream_loop", -1, "-f", "lavfi", "-i",
            "anoisesrc=r=24000:a=0.2", "-ac", 8, "-c:a", "pcm_s16le", "-f",
            "matroska", "-"]


@pytest.mark.parametrize("source, said", [
    (endless_header, "nothing came in time"),
    (endless_words, ""),
    (picture_only, "does not contain any stream"),
    (other_channels, "another sound comes than is sent"),
])
def test_a_probe_url_that_gives_something_else(
        supervise, ttsd, nginx, source, said):
    """Whatever comes is a failed reading, and nobody waits for it for ever."""
    with Fountain(source if "endless" in source.__name__ else source(0)) as f:
        s = supervise(*define(url=nginx.url(), probe_url=f.url, hear="yes",
                              stall_timeout="2s"))
        with s.control() as c:
            c.subscribe("output")
            until(c, "running")
            reason = until(c, "stalled")[-1]["reason"]
    assert reason.startswith("probe_url: ") and said in reason, reason


def test_eight_channels_are_heard(rundir, supervise, ttsd, nginx):
    """A server may make more of a channel than was sent."""
    eight = [*QUIET, *sent(rundir), "-ac", 8, "-c:a", "pcm_s16le",
             "-flush_packets", 1, "-f", "matroska", "-"]
    with Fountain(eight) as f:
        s = supervise(*define(url=nginx.url(), probe_url=f.url, hear="yes"))
        await_heard(s, "silent-as-sent")
        with s.control() as c:
            c.subscribe("receipt")
            number = say(ttsd, 41, 2)
            receipt = {"state": "sent"}
            while receipt["state"] in ("sent", "delivered"):
                receipt = c.event("receipt", id=number)
    assert receipt["state"] == "heard", receipt


# ---- members of a group ----------------------------------------------------

@pytest.fixture
def second(rundir):
    folder = rundir / "second"
    folder.mkdir()
    with NginxRtmp(folder) as server:
        yield server


def members(a, b, heard_at_b, **keys):
    """Two that share an ffmpeg, and what the second's listeners get."""
    return [*define("a", url=a.url("x"), probe_url=a.url("x"), hear="yes",
                    group="g", **keys),
            *define("b", url=b.url("y"), probe_url=heard_at_b, hear="yes",
                    group="g", **keys)]


def await_member(s, name, state):
    wait_until(lambda: (s.output(name)["heard"] or {}).get("state") == state,
               f"{name} is {state}")


def test_members_are_heard(supervise, ttsd, nginx, second):
    """Nobody listened to them: each receipt was `unknown`."""
    s = supervise(*members(nginx, second, second.url("y")))
    await_member(s, "a", "silent-as-sent")
    await_member(s, "b", "silent-as-sent")
    with s.control() as c:
        c.subscribe("receipt")
        number = say(ttsd, 41, 2)
        # In either order.
        both = [c.event("receipt", id=number, state="heard") for _ in "ab"]
    assert {r["output"] for r in both} == {"a", "b"}
    assert all(r["confidence"] > 0.9 for r in both)
    a, b = s.output("a"), s.output("b")
    assert a["carried"] and b["carried"] and a["pid"] == b["pid"]
    assert a["heard"]["delay_ms"] > 0 and b["heard"]["delay_ms"] > 0


@pytest.mark.parametrize("plays, said", [
    (["-stream_loop", -1, "-i", "slate.wav"],
     "another sound comes than is sent"),
    (["-f", "lavfi", "-i", "anullsrc=r=24000:cl=mono"],
     "silence comes where sound is sent"),
], ids=["slate", "mute"])
def test_a_member_that_is_not_heard_fails_alone(
        supervise, ttsd, nginx, second, slate, plays, said):
    """Its server plays something else: its connection is ended, and those who
    listen to the other lose no sample of what is said."""
    plays = [str(slate) if w == "slate.wav" else w for w in plays]
    with Program(*QUIET, "-re", *plays, "-c:a", "aac", "-ar", 24000, "-f",
                 "flv", second.url("other")):
        wait_until(lambda: second.bytes_in("other"), "it plays")
        s = supervise(*members(nginx, second, second.url("other")))
        await_member(s, "a", "silent-as-sent")
        pid = s.output("a")["pid"]
        with s.control() as states, s.control() as receipts:
            states.subscribe("output")
            receipts.subscribe("receipt")
            number = say(ttsd, 41, 2)
            let_go = until(states, "stopping", "b")[-1]
            until(states, "running", "b")
            last = say(ttsd, 7, 8)
            for n in (number, last):
                receipts.event("receipt", id=n, output="a", state="heard")
    assert let_go["reason"] == f"probe_url: {said}"
    a, b = s.output("a"), s.output("b")
    assert a["pid"] == pid and a["restarts"] == 0 and a["carried"]
    assert a["heard"]["drop_outs"] == 0
    assert not b["carried"] and b["pid"] != a["pid"]
    assert {e["cause"] for e in b["history"]} == {"probe"}


def test_a_member_that_cannot_be_cut(supervise, ttsd, nginx, slate):
    """Its connection is not to be told from others: the ffmpeg of both is
    restarted without it, once nothing is said."""
    with RtspListener() as rtsp, Fountain(
            [*QUIET, "-re", "-stream_loop", -1, "-i", slate, "-c:a", "copy",
             "-f", "matroska", "-"]) as other:
        s = supervise(
            *define("a", url=nginx.url(), probe_url=nginx.url(), hear="yes",
                    group="g"),
            *define("b", url=rtsp.url, probe_url=other.url, hear="yes",
                    group="g"))
        await_member(s, "a", "silent-as-sent")
        pid = s.output("a")["pid"]
        say(ttsd, 41, 2)
        wait_until(lambda: not s.output("b")["carried"], "b is let go")
        wait_until(lambda: s.output("a")["state"] == "running", "a runs")
        assert s.output("a")["pid"] != pid
        assert s.output("a")["history"][0]["cause"] == "probe"
        await_member(s, "a", "silent-as-sent")
