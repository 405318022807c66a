"""How ttsd-gateway tells how it is: metrics, readiness, its log; and HTTP/1.1 as
clients of several makes speak it."""
import http.client
import json
import re
import shutil
import socket
import subprocess

import pytest
from prometheus_client.parser import text_string_to_metric_families

import daemon
from daemon import PATIENCE_S, wait_until
from gateway import Gateway
from supervisor import Supervisor

TONE = ["-D", "channel.main.engine=tone"]


@pytest.fixture
def g(rundir, start):
    start(*TONE)
    with Gateway(rundir, rights="read say") as gateway:
        yield gateway


def scrape(g, token=None):
    status, headers, body = g.request("GET", "/metrics", token=token)
    assert status == 200 and headers["Content-Type"].startswith("text/plain")
    return {(s.name, *sorted(s.labels.items())): s.value
            for f in text_string_to_metric_families(body.decode())
            for s in f.samples}


def test_metrics(g):
    before = scrape(g)
    assert before["gateway_exchanges",] == 1
    g.ask("status")
    g.post("fly")
    g.post("status", "ttsd_wrong")
    with g.events() as events:
        events.next()
        c = g.connect()
        c.request("GET", "/v1/listen/main")
        assert c.getresponse().read(4) == b"RIFF"
        now = scrape(g)
        assert now["gateway_listeners", ("kind", "events")] == 1
        assert now["gateway_listeners", ("kind", "sound")] == 1
        assert now["gateway_exchanges",] == 3
        c.close()
    wait_until(lambda: scrape(g)["gateway_exchanges",] == 1, "both have gone")
    now = scrape(g)
    assert now["gateway_listeners", ("kind", "events")] == 0
    assert now["gateway_listeners", ("kind", "sound")] == 0
    of = "gateway_requests_total"
    assert now[of, ("status", "4xx")] == 2 + before[of, ("status", "4xx")]
    assert now[of, ("status", "2xx")] >= 4 + before[of, ("status", "2xx")]
    assert now["gateway_tokens_refused_total",] == 1
    assert now["gateway_request_seconds_count",] > 6
    assert now["gateway_questions", ("daemon", "ttsd")] == 0
    assert now["gateway_questions_waiting", ("daemon", "ttsd")] == 0


def test_metrics_take_a_right(rundir):
    with Gateway(rundir, rights="none") as g:
        assert g.request("GET", "/metrics")[0] == 403
        scrape(g, g.add_token("prometheus", "read"))


def test_questions_that_wait(start, rundir):
    d = start(*TONE)
    with Gateway(rundir) as g:
        g.ask("status")
        with daemon.Control(rundir / "control.sock"):
            d.process.send_signal(19)
            waiting = []
            for _ in range(40):
                c = g.connect()
                c.request("POST", "/v1/status", b"")
                waiting.append(c)

            def some_wait():
                """It may have one more of its own, for the schedule."""
                got = scrape(g)
                asked, wait = (got[f"gateway_questions{more}",
                                   ("daemon", "ttsd")]
                               for more in ("", "_waiting"))
                return wait in (8, 9) and asked == wait + 32
            wait_until(some_wait, "each has a connection, or waits")
            d.process.send_signal(18)
            for c in waiting:
                assert c.getresponse().status == 200
                c.close()


def test_readiness(start, rundir):
    with Gateway(rundir) as g:
        status, _, body = g.request("GET", "/readyz")
        lines = body.decode().splitlines()
        assert status == 503 and len(lines) == 2
        assert lines[0].startswith("ttsd cannot be reached")
        assert lines[1].startswith("streamer-supervisor cannot be reached")
        start(*TONE)
        status, _, body = g.request("GET", "/readyz")
        assert status == 200 and body.startswith(b"ok\nstreamer-supervisor")
        with Supervisor(rundir):
            assert g.request("GET", "/readyz")[::2] == (200, b"ok\n")
            g.tokens.unlink(missing_ok=True)
            g.tokens.mkdir()
            g.post("status", "ttsd_wrong")
            assert b"ok\nthe tokens cannot be read" in g.request(
                "GET", "/readyz")[2]
            g.tokens.rmdir()


def test_what_changes_something_is_logged(g):
    """Who asked for what, and never what was said, nor a token."""
    token = g.add_token("desk", "control")
    g.ask("status")
    g.ask("say", text="440:0.1")
    g.post("skip", token)
    g.post("say", text="440:0.1", channel="moon")
    lines = re.findall(r"info: (by=.*)", g.logged())
    assert lines == ["by=local ttsd op=say status=200",
                     lines[1], "by=local ttsd op=say status=404"]
    assert re.fullmatch(r"by=desk ttsd op=skip status=(200|404)", lines[1])
    assert "440:" not in g.logged() and token not in g.logged()


def test_a_flood_of_changes_is_folded(g):
    for _ in range(300):
        g.post("cancel", id=99)
    assert len(re.findall("op=cancel", g.logged())) < 200
    assert scrape(g)["gateway_log_lines_dropped_total",] > 0


# ---- HTTP/1.1 ----------------------------------------------------------------------


def test_every_path_has_its_head(g):
    for path in ("/healthz", "/readyz", "/openapi.json", "/metrics",
                 "/v1/events", "/v1/outputs/events", "/v1/listen/main",
                 "/v1/listen/main.mp3"):
        c = g.connect()
        for _ in range(2):  # on one connection: nothing is left over
            c.request("HEAD", path)
            r = c.getresponse()
            assert (r.status, r.read()) == (200, b""), path
            assert r.headers["Date"].endswith("GMT"), path
        c.request("OPTIONS", path)
        r = c.getresponse()
        assert (r.status, r.headers["Allow"]) == (204, "GET, HEAD, OPTIONS")
        r.read()
        c.close()
    status, headers, _ = g.request("OPTIONS", "/v1/say")
    assert (status, headers["Allow"]) == (204, "POST, OPTIONS")


def test_a_body_that_waits_to_be_asked_for(g):
    with socket.create_connection(("127.0.0.1", g.port), PATIENCE_S) as s:
        s.sendall(b"POST /v1/status HTTP/1.1\r\nHost: localhost\r\n"
                  b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n")
        assert s.recv(1000).startswith(b"HTTP/1.1 100")
        s.sendall(b"{}")
        assert s.recv(1000).startswith(b"HTTP/1.1 200")
    with socket.create_connection(("127.0.0.1", g.port), PATIENCE_S) as s:
        s.sendall(b"POST /v1/status HTTP/1.1\r\nHost: localhost\r\n"
                  b"Expect: 100-continue\r\nContent-Length: 70000\r\n\r\n")
        assert s.recv(1000).startswith(b"HTTP/1.1 413"), "it need not be sent"


def test_older_clients(g):
    answer = g.raw(b"GET /healthz HTTP/1.0\r\n\r\n")
    assert answer.startswith(b"HTTP/1.") and answer.endswith(b"\r\n\r\nok\n")
    with socket.create_connection(("127.0.0.1", g.port), PATIENCE_S) as s:
        s.sendall(b"GET /v1/listen/main HTTP/1.0\r\n\r\n")
        with s.makefile("rb") as f:
            while f.readline().strip():
                pass
            assert f.read(4) == b"RIFF", "without chunks"


def test_curl(g):
    at = f"http://127.0.0.1:{g.port}"

    def curl(*args):
        return subprocess.run(["curl", "-sS", "-m", str(PATIENCE_S), *args],
                              capture_output=True, text=True, check=True)
    assert "HTTP/1.1 200" in curl("-I", f"{at}/openapi.json").stdout
    asked = json.dumps({"text": "440:0.1", "key": "k" * 100})
    assert json.loads(curl("-H", "Expect: 100-continue", "-d", asked,
                           f"{at}/v1/say").stdout)["ok"]
    assert json.loads(curl("-H", "Transfer-Encoding: chunked", "-d", "{}",
                           f"{at}/v1/status").stdout)["ok"]
    assert curl(f"{at}/healthz", f"{at}/healthz").stdout == "ok\nok\n"
    assert curl("-X", "OPTIONS", "-i", f"{at}/v1/say").stdout.startswith(
        "HTTP/1.1 204")


def test_pythons_client_keeps_its_connection(g):
    c = http.client.HTTPConnection("127.0.0.1", g.port, timeout=PATIENCE_S)
    c.connect()
    own = c.sock.getsockname()
    for _ in range(20):
        c.request("POST", "/v1/status", "{}")
        assert c.getresponse().read().startswith(b'{"ok":true')
        assert c.sock.getsockname() == own
    c.close()


@pytest.mark.skipif(not shutil.which("node"), reason="there is no node")
def test_nodes_fetch(g):
    script = """
    const at = process.argv[1];
    const post = (op, body) => fetch(`${at}/v1/${op}`,
        {method: 'POST', body: JSON.stringify(body),
         headers: {'Content-Type': 'application/json'}});
    (async () => {
        const events = await fetch(`${at}/v1/events?events=finished`);
        const reader = events.body.getReader();
        await reader.read();
        const said = await (await post('say', {text: '440:0.1'})).json();
        let text = '';
        while (!text.includes('finished'))
            text += new TextDecoder().decode((await reader.read()).value);
        await reader.cancel();
        const many = await Promise.all(
            Array.from({length: 50}, () => post('status', {})));
        const head = await fetch(`${at}/healthz`, {method: 'HEAD'});
        console.log(JSON.stringify({said: said.id, text, head: head.status,
            many: many.every(r => r.status === 200)}));
        process.exit(0);
    })();
    """
    got = subprocess.run(
        ["node", "-e", script, f"http://127.0.0.1:{g.port}"], check=False,
        capture_output=True, text=True, timeout=PATIENCE_S)
    assert got.returncode == 0, got.stderr
    said = json.loads(got.stdout)
    assert said["head"] == 200 and said["many"]
    assert f'"id":{said["said"]}' in said["text"]
