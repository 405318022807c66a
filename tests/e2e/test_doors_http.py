"""The door for metrics and health: clients that never finish, and those that
do not know whom they ask.

Sixteen connections that sent a byte of a header now and then held every slot
of the server for ever, and health probes were turned away: the daemon was
well, and its service manager would have restarted it."""
import contextlib
import select
import socket
import threading
import time

import pytest

from daemon import PATIENCE_S, wait_until
from scrape import metered  # noqa: F401

# Less than a probe waits: systemd's and Kubernetes' have seconds.
PROMPT_S = 1


@pytest.fixture
def drippers(metered):
    """Many clients, of which each sends a byte every while; when one is
    closed, another comes in its place."""
    done = threading.Event()
    running = []

    def drip(scraper, begin, rest, count):
        clients = []
        while not done.is_set():
            while len(clients) < count:
                s = scraper.connect()
                s.sendall(begin)
                clients.append(s)
            for s in list(clients):
                try:
                    s.sendall(rest)
                    if select.select([s], [], [], 0)[0] and not s.recv(4096):
                        raise ConnectionError
                except OSError:
                    s.close()
                    clients.remove(s)
            done.wait(0.2)
        for s in clients:
            s.close()

    def run(scraper, begin, rest, count=16):
        t = threading.Thread(
            target=drip, args=(scraper, begin, rest, count))
        t.start()
        running.append(t)
        done.wait(0.5)

    yield run
    done.set()
    for t in running:
        t.join(PATIENCE_S)


def prompt(scraper, path, times):
    """Each answer came on a new connection, and soon."""
    for _ in range(times):
        scraper.connection.close()
        began = time.monotonic()
        assert scraper.get(path)[0] == 200
        assert time.monotonic() - began < PROMPT_S


@pytest.mark.parametrize("address", ["127.0.0.1:0", "{}/m.sock"])
@pytest.mark.parametrize("begin, rest", [
    (b"GET /metrics HTTP/1.1\r\nX-A: ", b"a"),
    (b"GET /metrics HTTP/1.1\r\n", b"A: b\r\n"),
    (b"G", b""),
    (b"POST /metrics HTTP/1.1\r\nHost: localhost\r\n"
     b"Content-Length: 100000\r\n\r\n", b"x"),
    (b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n"
     b"Content-Length: 100000\r\n\r\n", b"x"),
], ids=["header", "headers", "nothing", "post", "body"])
def test_drippers_shut_out_nobody(
        metered, drippers, rundir, address, begin, rest):
    _, scraper = metered(address=address.format(rundir))
    drippers(scraper, begin, rest)
    prompt(scraper, "/healthz", 20)
    prompt(scraper, "/metrics", 20)
    prompt(scraper, "/readyz", 5)


def test_who_asks_and_never_reads(metered):
    """Their answers wait in the daemon; others are served meanwhile."""
    _, scraper = metered()
    held = []
    for _ in range(16):
        s = scraper.connect()
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        s.sendall(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n" * 200)
        held.append(s)
    prompt(scraper, "/healthz", 20)
    prompt(scraper, "/metrics", 20)
    for s in held:
        s.close()


def test_a_request_has_a_deadline(metered):
    """It trickles in for longer than ten seconds, alone."""
    _, scraper = metered()
    with scraper.connect() as s:
        s.sendall(b"GET /metrics HTTP/1.1\r\nX: ")
        began = time.monotonic()

        def closed():
            with contextlib.suppress(BlockingIOError):
                try:
                    s.sendall(b"a")
                    return s.recv(1, socket.MSG_DONTWAIT) == b""
                except ConnectionError:
                    return True
        wait_until(closed, "it is closed")
        assert 9 < time.monotonic() - began < 14
    assert scraper.get("/healthz")[0] == 200


# ---- whom they ask --------------------------------------------------------


def asked(scraper, *headers, version="1.1"):
    with scraper.connect() as s:
        s.sendall("\r\n".join(
            [f"GET /metrics HTTP/{version}", *headers, "Connection: close",
             "", ""]
        ).encode())
        return s.makefile("rb").readline().split()[1].decode()


@pytest.mark.parametrize("host, status", [
    ("localhost", "200"), ("127.0.0.1:1", "200"), ("[::1]:9", "200"),
    (socket.gethostname(), "200"), ("192.168.7.7:9464", "200"),
    ("evil.example", "421"), ("evil.example:9464", "421"),
    ("localhost.evil.example", "421"), ("", "421")])
def test_the_host_must_be_ours(metered, host, status):
    """A page whose owner points its name at 127.0.0.1 is, to a browser on
    this machine, of the same origin as what is served there: it read all
    metrics (DNS rebinding). The Host header tells."""
    _, scraper = metered()
    assert asked(scraper, f"Host: {host}") == status
    # The first counts with some, the last with others.
    assert asked(scraper, f"Host: {host}", "Host: evil.example") == "400"


@pytest.mark.parametrize("local", [False, True])
def test_one_host_is_named(metered, rundir, local):
    """RFC 9112, 3.2: a proxy before us might have meant another."""
    _, scraper = metered(address=rundir / "m.sock") if local else metered()
    assert asked(scraper) == "400"
    assert asked(scraper, "Host: localhost", "Host: localhost") == "400"
    assert asked(scraper, "Host: localhost") == "200"
    assert asked(scraper, version="1.0") == "200"
    assert asked(scraper, "Host: localhost", version="1.0") == "200"
    assert asked(scraper, "Host: a", "hOST: b", version="1.0") == "400"


def test_a_local_socket_has_no_name(metered, rundir):
    _, scraper = metered(address=rundir / "m.sock")
    assert asked(scraper, "Host: ttsd") == "200"
