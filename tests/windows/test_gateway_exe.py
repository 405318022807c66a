"""What is Windows' own of the gateway: what its build lacks, and how many it has
room for."""
import wine
from gateway import Gateway

TONE = ["-D", "channel.main.engine=tone"]
# select() took 64 sockets.
MANY = 400


def refused(rundir, *settings):
    return wine.WINE.program(
        "ttsd-gateway", "-D", f"ttsd.runtime_dir=ttsd-{rundir.name}", "-D",
        f"ttsd.state_dir={rundir}/state", *settings)


def test_no_broker(rundir):
    p = refused(rundir, "-D", "mqtt.url=mqtt://127.0.0.1", "-D",
                "mqtt.site=hall")
    assert p.returncode == 78 and b"no program courier" in p.stderr


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
