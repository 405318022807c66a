"""Outputs that share an encoder: one ffmpeg carries them, and one that dies
in it is seen, let go and brought back by itself while the others lose
nothing."""
import os
import pathlib
import signal

import pytest

from daemon import wait_until
from peers import RATE, Decoder, FakeSource, NginxRtmp, RtspListener
from peers import free_port, heard_noise
from supervisor import define, nginx, source, supervise, until  # noqa: F401


@pytest.fixture
def second(rundir):
    folder = pathlib.Path(rundir) / "second"
    folder.mkdir()
    with NginxRtmp(folder) as server:
        yield server


def group(**urls):
    return [word for name, url in urls.items()
            for word in define(name, url=url, group="g")]


def all_run(s, *names):
    outputs = s.outputs()
    return all(outputs[n]["state"] == "running" for n in names)


def test_one_ffmpeg_for_all(supervise, source, nginx, second):
    port = free_port()
    with Decoder(f"udp://127.0.0.1:{port}") as udp, RtspListener() as rtsp:
        s = supervise(*group(a=nginx.url("x"), b=second.url("y"),
                             c=f"udp://127.0.0.1:{port}", d=rtsp.url))
        wait_until(lambda: all_run(s, "a", "b", "c", "d"), "all run")
        assert len(s.ffmpegs()) == 1
        outputs = s.outputs()
        assert len({o["pid"] for o in outputs.values()}) == 1
        assert all(o["carried"] for o in outputs.values())
        assert outputs["a"]["url"] == nginx.url("***")
        assert "output=a the secret in its url is in ffmpeg's command" in (
            s.logged())
        for far in (nginx.decode("x"), second.decode("y")):
            with far:
                heard_noise(far.samples(2 * RATE))
        heard_noise(udp.samples(2 * RATE))
        heard_noise(rtsp.samples(2 * RATE))


def test_a_member_that_dies_and_comes_back(supervise, source, nginx, second):
    """The others lose nothing, sample by sample."""
    s = supervise(*group(a=nginx.url("x"), b=second.url("y")))
    wait_until(lambda: all_run(s, "a", "b"), "both run")
    carried = s.output("a")["pid"]
    with nginx.decode("x") as far, s.control() as c:
        far.samples(RATE)
        c.subscribe("output")
        second.kill()
        until(c, "backoff", "b")
        o = s.output("b")
        assert not o["carried"]
        assert o["history"][-1]["cause"] == "exit"
        second.start()
        until(c, "running", "b")
        with second.decode("y") as back:
            heard_noise(back.samples(2 * RATE))
        got = far.samples(len(far.pcm) // 2 + RATE)
        for at in range(RATE, len(got) - RATE, RATE):
            heard_noise(got[at:at + RATE])
        a = s.output("a")
        assert a["pid"] == carried and a["restarts"] == 0
        assert s.output("b")["pid"] != carried
    assert "output=b has failed in the ffmpeg of group=" in s.logged()


def test_a_member_that_is_dead_from_the_start(supervise, source, nginx):
    s = supervise(*group(dead="rtmp://127.0.0.1:1/live/x", a=nginx.url()))
    wait_until(lambda: all_run(s, "a"), "the other runs")
    wait_until(lambda: s.output("dead")["state"] == "backoff", "it is seen")
    with nginx.decode() as far:
        heard_noise(far.samples(2 * RATE))
    assert s.output("a")["restarts"] == 0


def test_all_members_dead_and_back(supervise, source, nginx):
    s = supervise(*group(a=nginx.url("x"), b=nginx.url("y")))
    wait_until(lambda: all_run(s, "a", "b"), "both run")
    nginx.kill()
    wait_until(lambda: {o["state"] for o in s.outputs().values()} <=
               {"backoff", "starting"}, "both are seen")
    nginx.start()
    wait_until(lambda: all_run(s, "a", "b"), "both are back")
    for key in ("x", "y"):
        with nginx.decode(key) as far:
            heard_noise(far.samples(2 * RATE))


def test_one_that_goes_its_own_way_is_not_sent_twice(
        supervise, source, nginx, second):
    s = supervise(*group(a=nginx.url("x"), b=second.url("y")))
    wait_until(lambda: all_run(s, "a", "b"), "both run")
    with s.control() as c:
        c.subscribe("output")
        second.kill()
        until(c, "backoff", "b")
        second.start()
        until(c, "running", "b")
        c.ask("stop", name="a")
        until(c, "stopped", "a")
        pid = s.output("b")["pid"]
        c.ask("start", name="b")
        assert not s.output("b")["carried"] and s.output("b")["pid"] == pid
        assert s.ffmpegs() == [pid]
        c.ask("start", name="a")
        until(c, "running", "a")
        assert s.output("a")["carried"]


def test_the_shared_ffmpeg_is_killed(supervise, source, nginx, second):
    s = supervise(*group(a=nginx.url("x"), b=second.url("y")))
    wait_until(lambda: all_run(s, "a", "b"), "both run")
    with s.control() as c:
        c.subscribe("output")
        os.kill(s.output("a")["pid"], signal.SIGKILL)
        until(c, "backoff", "a")
        until(c, "running", "a")
    wait_until(lambda: all_run(s, "a", "b"), "both are back")
    assert s.output("b")["history"][0]["cause"] == "killed"


def test_a_member_is_stopped_and_started(supervise, source, nginx, second):
    s = supervise(*group(a=nginx.url("x"), b=second.url("y")))
    wait_until(lambda: all_run(s, "a", "b"), "both run")
    with s.control() as c:
        c.subscribe("output")
        c.ask("stop", name="b")
        until(c, "stopped", "b")
        wait_until(lambda: all_run(s, "a"), "the other goes on")
        c.ask("start", name="b")
        until(c, "running", "b")
        c.ask("stop", name="b")
        c.ask("stop", name="a")
        until(c, "stopped", "a")
    wait_until(lambda: s.ffmpegs() == [], "all have ended")
    assert {o["state"] for o in s.outputs().values()} == {"stopped"}


def test_ttsd_comes_later(rundir, supervise, nginx, second):
    s = supervise(*group(a=nginx.url("x"), b=second.url("y")))
    wait_until(lambda: s.output("a")["state"] == "backoff", "they wait")
    with FakeSource(rundir):
        wait_until(lambda: all_run(s, "a", "b"), "both run")
        assert len(s.ffmpegs()) == 1


def test_files_of_a_group(rundir, supervise, source, nginx):
    folder = pathlib.Path(rundir) / "it's | here"
    folder.mkdir()
    s = supervise(*group(a=nginx.url(), b=f"{folder}/list.m3u8"))
    wait_until(lambda: all_run(s, "a", "b"), "both run")
    wait_until(lambda: (folder / "list.m3u8").exists(), "the list is there")
    assert s.output("b")["carried"]


def test_the_encoder_must_be_the_same(supervise, nginx):
    s = supervise(*define("a", url=nginx.url(), group="g"),
                  *define("b", url="rtsp://h/x", group="g", codec="opus"),
                  ready=None)
    assert s.process.wait(30) == 78
    assert "[output b] group: its members share an encoder" in s.logged()


def test_who_is_added_is_blamed(supervise, nginx):
    """Story: one that was added with another bit rate was refused with the
    line of a member that had been there all along."""
    s = supervise(*define("a", url=nginx.url(), group="g"))
    with s.control() as c:
        r = c.json({"op": "add", "name": "z", "url": "rtsp://h/x",
                    "group": "g", "bitrate": "32k"})
    assert not r["ok"] and r["message"].startswith(
        "-D output.z.group: [output z] group: "), r
    assert '"bitrate" is not as in [output a]' in r["message"]
