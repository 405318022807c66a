"""Who an output is sent to over TLS: only to whom the certificate names."""
import shutil

import pytest

import peers
from daemon import wait_until
from supervisor import define, nginx, source, supervise, until  # noqa: F401

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None,
                                reason="no openssl")


@pytest.fixture
def proxy(rundir, nginx):
    with peers.TlsProxy(rundir, nginx.port) as p:
        yield p


def address(proxy, host="127.0.0.1", name="stream"):
    return f"rtmps://{host}:{proxy.port}/live/{name}"


def refused(s, why):
    o = wait_until(lambda: (o := s.output())["state"] == "rejected" and o,
                   "it is refused")
    assert why in o["last_error"], o
    assert s.output()["out_time_ms"] == 0


def test_a_stranger_gets_nothing(supervise, source, nginx, proxy):
    """Story: whoever stood in between with any certificate got the stream and
    its key, for ffmpeg checks nobody unless it is told to."""
    s = supervise(*define(url=address(proxy)))
    refused(s, "certificate failed verification")
    assert not nginx.bytes_in()


@pytest.mark.parametrize("key, value", [
    ("tls_verify", "no"), ("ca_file", None)])
def test_whom_the_operator_trusts(supervise, source, nginx, proxy, key, value):
    s = supervise(*define(
        url=address(proxy), **{key: value or proxy.certificate}))
    wait_until(nginx.bytes_in, "the server receives")
    wait_until(lambda: s.output()["state"] == "running", "it runs")


def test_one_certificate_alone(rundir, supervise, source, nginx):
    """What `tls_fingerprint` would say, `ca_file` does: the server's own
    certificate, whoever signed it, and no other of the same signer."""
    with peers.TlsProxy(rundir, nginx.port, authority=True) as proxy:
        s = supervise(*define(url=address(proxy), ca_file=proxy.certificate))
        wait_until(nginx.bytes_in, "the server receives")
        wait_until(lambda: s.output()["state"] == "running", "it runs")
        other = rundir / "other"
        other.mkdir()
        with peers.TlsProxy(other, nginx.port) as stranger, \
                s.control() as c:
            c.ask("add", name="pinned", url=address(proxy, name="pinned"),
                  ca_file=str(stranger.certificate))
            wait_until(lambda: s.output("pinned")["state"] == "rejected",
                       "it is refused")


def test_a_certificate_of_another_host(rundir, supervise, source, nginx):
    with peers.TlsProxy(rundir, nginx.port, "DNS:example.org") as proxy:
        s = supervise(*define(url=address(proxy, "localhost"),
                              ca_file=proxy.certificate))
        refused(s, "owner does not match")


def test_dash_checks_too(supervise, source, proxy):
    """The check and the password are one option of ffmpeg."""
    s = supervise(*define(
        url=f"https://u:secret@127.0.0.1:{proxy.port}/live.mpd"))
    refused(s, "certificate failed verification")


def test_reading_back_checks_too(supervise, source, nginx, proxy):
    """Story: `probe_url` was read from anybody, who could say that all is
    well. (Each reads its own stream: the stranger's is begun again and again,
    for it is not believed.)"""
    s = supervise(*define("stranger", url=nginx.url(),
                          probe_url=address(proxy), probe_interval="200ms"),
                  *define("known", url=nginx.url("known"),
                          probe_url=address(proxy, name="known"),
                          probe_interval="200ms", ca_file=proxy.certificate))
    wait_until(lambda: s.output("known")["probe"]["good"], "it is read back")
    wait_until(lambda: "certificate failed verification" in str(
        s.output("stranger")["history"]), "the stranger is not believed")


def test_what_is_not_checked_is_said(supervise, source):
    s = supervise(*define("a", url="rtsps://127.0.0.1:1/a"),
                  *define("b", url="rtsps://127.0.0.1:1/b", tls_verify="no"))
    said = "the certificate of its server is not checked"
    wait_until(lambda: f"output=a {said}" in s.logged(), "it is said")
    assert f"output=b {said}" not in s.logged()


def test_the_check_that_cannot_be_made_is_refused(supervise):
    s = supervise(*define(url="rtsps://127.0.0.1:1/a", tls_verify="yes"),
                  ready=None)
    assert s.process.wait(30) == 78
    assert "ffmpeg checks no certificate there" in s.logged()
