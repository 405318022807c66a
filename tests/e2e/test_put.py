"""What a server answers to HLS and DASH by PUT. ffmpeg looks at it only where it
waits for it, which a user in the URL has it do; so the supervisor asks first."""
import pytest

from daemon import wait_until
from receivers import PutServer
from supervisor import define, source, supervise  # noqa: F401


@pytest.mark.parametrize("suffix, status, first, state", [
    ("m3u8", 401, 1, "rejected"), ("m3u8", 403, 1, "rejected"),
    ("m3u8", 404, 1, "rejected"), ("m3u8", 507, 1, "backoff"),
    ("m3u8", 403, 10, "rejected"), ("m3u8", 507, 10, "backoff"),
    ("mpd", 404, 1, "rejected"), ("mpd", 507, 10, "backoff")])
def test_a_server_that_takes_nothing(
        rundir, supervise, source, suffix, status, first, state):
    """Story: a server answered 403 or 507 to each PUT, and the output was
    `running` for ever; where ffmpeg looked, 507 was "5XX"."""
    with PutServer(rundir, status=status, first=first) as server:
        s = supervise(*define(
            url=f"http://-@127.0.0.1:{server.port}/live.{suffix}",
            segment="500ms", backoff_initial="30s", backoff_max="30s"))
        o = wait_until(lambda: (o := s.output())["state"] == state and o,
                       "it is refused")
    assert str(status) in o["last_error"], o
    assert server.puts >= first


def output(port, suffix="m3u8", user="", **keys):
    keys = {"segment": "500ms", "backoff_initial": "30s",
            "backoff_max": "30s", **keys}
    return define(url=f"http://{user}127.0.0.1:{port}/live.{suffix}", **keys)


@pytest.mark.parametrize("suffix, status, expects, state", [
    ("m3u8", 405, "answered", "rejected"), ("m3u8", 403, "answered", "rejected"),
    ("m3u8", 507, "answered", "backoff"), ("mpd", 404, "answered", "rejected"),
    ("m3u8", 403, "waved through", "rejected"),
    ("mpd", 503, "waved through", "backoff")])
def test_a_plain_server_that_refuses(
        rundir, supervise, source, suffix, status, expects, state):
    """Story: unless the URL had a user, a server that refused every file was
    `running`: nobody looked at what it answered."""
    with PutServer(rundir, status=status, expects=expects) as server:
        s = supervise(*output(server.port, suffix))
        o = wait_until(lambda: (o := s.output())["state"] == state and o,
                       "it is refused")
        assert f"the server answers a PUT with {status} " in o["last_error"]
        assert [h["cause"] for h in o["history"]] == ["refused"]
        # ffmpeg was never started, and nothing was written.
        assert o["history"][0]["ran_ms"] == 0 and server.puts == 1
        assert not list(rundir.glob("live*"))


def test_it_is_mended(rundir, supervise, source):
    with PutServer(rundir, status=507) as server:
        s = supervise(*output(server.port, backoff_initial="200ms",
                              backoff_max="200ms"))
        wait_until(lambda: "507" in (s.output()["last_error"] or ""), "no")
        server.status = None
        wait_until(lambda: s.output()["state"] == "running", "yes")
        wait_until(lambda: list(rundir.glob("live*.ts")), "a segment")


@pytest.mark.parametrize("expects", ["ignored", "answered"])
def test_a_server_that_takes_all(rundir, supervise, source, expects):
    """Asked before, it keeps the list that is there, and one that knows no
    `Expect: 100-continue` is sent to all the same."""
    (rundir / "live.m3u8").write_text("old")
    with PutServer(rundir, expects=expects) as server:
        s = supervise(*output(server.port))
        wait_until(lambda: s.output()["state"] == "running", "on air")
        assert (rundir / "live.m3u8").read_text()
        wait_until(lambda: "EXTINF" in (rundir / "live.m3u8").read_text(),
                   "a list")
        assert s.output()["restarts"] == 0


@pytest.mark.parametrize("password, state", [
    ("right", "running"), ("wrong", "rejected")])
def test_a_password(rundir, supervise, source, password, state):
    with PutServer(rundir, authorization="Basic bWU6cmlnaHQ=") as server:
        s = supervise(*output(server.port, user=f"me:{password}@"))
        wait_until(lambda: s.output()["state"] == state, state)
        assert ("401" in (s.output()["last_error"] or "")) == (
            state == "rejected")
        assert password not in s.logged()
