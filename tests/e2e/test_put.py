"""What a server answers to HLS and DASH by PUT. ffmpeg looks at it only where it
waits for it, which a user in the URL has it do."""
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
