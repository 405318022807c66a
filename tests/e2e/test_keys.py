"""A key that is kept apart from the URL reaches the server, and nobody
else."""
import os
import pathlib

import pytest

import daemon
import peers
import receivers
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


def test_a_credential_of_systemd(rundir, supervise, source, nginx):
    folder = rundir / "credentials"
    folder.mkdir()
    (folder / "youtube").write_text("first-SECRET\n")
    (folder / "youtube").chmod(0o444)
    s = supervise(
        *define(url=nginx.url("").rstrip("/"), key_file="credential:youtube"),
        env={**os.environ, "CREDENTIALS_DIRECTORY": str(folder)})
    wait_until(lambda: nginx.bytes_in("first-SECRET"), "it is used")
    assert "can be read by other users" not in s.logged()


@pytest.mark.parametrize("mode,warned", [(0o644, True), (0o640, True),
                                         (0o600, False)])
def test_a_file_that_others_can_read(rundir, supervise, source, mode, warned):
    file = rundir / "stream.key"
    file.write_text(KEY)
    file.chmod(mode)
    s = supervise(*define(url="rtmp://127.0.0.1:9/live", key_file=file))
    wait_until(lambda: s.output()["last_error"], "it was read, and used")
    assert ("can be read by other users" in s.logged()) == warned


@pytest.mark.parametrize("scheme,options", [
    ("srt", ("-passphrase", "open s&same%41")),
    ("rist", ("-secret", "open s&same%41", "-encryption", "128"))])
def test_datagrams_are_encrypted(
        rundir, supervise, source, scheme, options):
    file = rundir / "phrase"
    file.write_text("open s&same%41\n")
    query = "?mode=listener" if scheme == "srt" else ""
    with receivers.DatagramListener(scheme, query, *options) as far_end:
        s = supervise(*define(url=far_end.url, key_file=file))
        peers.heard_noise(far_end.samples(2 * peers.RATE))
        assert "s&same" not in daemon.command_line(s.output()["pid"])


def test_icecast_with_a_key(rundir, supervise, source):
    file = rundir / "password"
    with receivers.Icecast() as server:
        file.write_text(server.password)
        url = server.url().replace(":" + server.password, "")
        s = supervise(*define(url=url, key_file=file))
        wait_until(lambda: s.output()["out_time_ms"] > 500, "sound flows")


def test_there_is_no_way(rundir, supervise, source):
    s = supervise(*define(url="rtsp://h/a", key_env="K"), ready=None)
    assert s.wait() == 78
    assert "ffmpeg takes none for rtsp" in s.logged()
