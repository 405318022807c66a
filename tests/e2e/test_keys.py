"""A stream key that is kept apart from the URL is in no command line, log,
status or event, whatever happens."""
import pytest

import daemon
import peers
from daemon import wait_until
from supervisor import (  # noqa: F401
    define, nginx, source, supervise, until)

KEY = "abcd-SECRET-key=1"


@pytest.mark.parametrize("how", ["key_file", "key_env"])
def test_the_key_reaches_the_server_alone(
        rundir, supervise, source, nginx, how, monkeypatch):
    file = rundir / "stream.key"
    file.write_text(KEY + "\n")
    monkeypatch.setenv("STREAM_KEY", KEY)
    value = file if how == "key_file" else "STREAM_KEY"
    s = supervise(*define(
        url=nginx.url("").rstrip("/"), **{how: value}))
    with s.control() as c:
        c.subscribe("output")
        events = until(c, "running")
        wait_until(lambda: nginx.bytes_in(KEY), "the server receives")
        with nginx.decode(KEY) as far_end:
            peers.heard_noise(far_end.samples(2 * peers.RATE))
        words = daemon.command_line(s.output()["pid"])
        assert "-fpre" in words and "SECRET" not in words
        nginx.kill()
        events += until(c, "backoff")
        events += until(c, "backoff")
    assert "SECRET" not in s.logged() + str(s.outputs()) + str(events)


def test_a_key_is_read_at_each_start(rundir, supervise, source, nginx):
    file = rundir / "stream.key"
    s = supervise(*define(
        url=nginx.url("").rstrip("/"), key_file=file, backoff_max="100ms"))
    wait_until(lambda: s.output()["state"] == "rejected", "there is no key")
    assert "key_file: the key cannot be had" in s.output()["last_error"]
    for wrong, told in [("two words\n", "expected one line"),
                        ("x" * 600, "cannot be had"),
                        ("\n", "expected one line")]:
        file.write_text(wrong)
        wait_until(lambda: told in s.output()["last_error"], told)
        assert s.output()["state"] == "rejected"
    file.write_text("first-SECRET")
    wait_until(lambda: nginx.bytes_in("first-SECRET"), "the first is used")
    file.write_text("other-SECRET\r\n")
    with s.control() as c:
        c.ask("restart", name="live")
    wait_until(lambda: nginx.bytes_in("other-SECRET"), "the other is used")
    assert "SECRET" not in s.logged() + str(s.outputs())


def test_the_server_refuses_the_key(rundir, supervise, source, nginx):
    file = rundir / "stream.key"
    file.write_text(KEY)
    s = supervise("-v", *define(
        url=nginx.url("", "nowhere").rstrip("/"), key_file=file))
    wait_until(lambda: s.output()["last_error"], "it fails")
    assert "SECRET" not in s.logged() + str(s.outputs())
