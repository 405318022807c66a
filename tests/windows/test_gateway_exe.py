"""What is Windows' own of the gateway: what its build lacks, and how many it has
room for."""
import wine
from broker import Site, free_port
from gateway import Gateway

TONE = ["-D", "channel.main.engine=tone"]
# select() took 64 sockets.
MANY = 400


def refused(rundir, *settings):
    return wine.WINE.program(
        "ttsd-gateway", "-D", f"ttsd.runtime_dir=ttsd-{rundir.name}", "-D",
        f"ttsd.state_dir={rundir}/state", *settings)


def test_no_tls_to_a_broker(start, rundir):
    start(*TONE)
    with Site(rundir, 1, "-D", "mqtt.url=mqtts://127.0.0.1:1",
              ready="which is not in this build") as site:
        assert "url asks for TLS" in site.logged()


def test_why_there_is_no_connection(start, rundir):
    """Story: the C library has no words for numbers of Windows' network."""
    start(*TONE)
    with Site(rundir, free_port(), ready="no connection") as site:
        assert "Unknown error" not in site.logged()
        print(site.logged())


def test_no_tls(rundir):
    """Story: it called the certificate a bad one."""
    pem = rundir / "x.pem"
    pem.write_text("x")
    p = refused(rundir, "-D", "http.listen=127.0.0.1:0", "-D",
                f"http.tls_cert={pem}", "-D", f"http.tls_key={pem}")
    assert p.returncode == 78 and b"tls is not in this build" in p.stderr


def test_hundreds_of_clients(start, rundir):
    """Story: 24 were all that it had room for."""
    start(*TONE)
    with Gateway(rundir) as g:
        listeners = [g.events("events=started") for _ in range(MANY)]
        assert all(e.next()[0] == "subscribed" for e in listeners)
        said = g.ask("say", text="440:0.1")["id"]
        assert {e.until("started")["id"] for e in listeners} == {said}
        for e in listeners:
            e.close()
