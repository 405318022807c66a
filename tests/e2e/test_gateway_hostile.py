"""ttsd-gateway among clients and daemons that mean it no good."""
import contextlib
import http.client
import itertools
import json
import os
import pathlib
import re
import resource
import signal
import socket
import threading
import time

import pytest

import daemon
from daemon import PATIENCE_S, wait_until
from gateway import Gateway

TONE = ["-D", "channel.main.engine=tone"]
REPLY = b'{"ok":true}\n'


@pytest.fixture
def serve(rundir):
    running = []

    def run(*args, **kw):
        running.append(Gateway(rundir, *args, **kw))
        return running[-1]

    yield run
    for g in running:
        g.__exit__(None)


@contextlib.contextmanager
def fake(rundir, answer, name="control"):
    """A daemon that answers each line with what `answer(connection, line)`
    makes of it."""
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(rundir / f"{name}.sock"))
    server.listen(512)
    kept = []

    def talk(c):
        with contextlib.suppress(OSError), c.makefile("rb") as lines:
            for line in lines:
                answer(c, line)

    def serve_all():
        with contextlib.suppress(OSError):
            while True:
                c = server.accept()[0]
                kept.append(c)
                threading.Thread(target=talk, args=(c,), daemon=True).start()
    threading.Thread(target=serve_all, daemon=True).start()
    try:
        yield
    finally:
        server.shutdown(socket.SHUT_RDWR)
        for s in [server, *kept]:
            s.close()
        (rundir / f"{name}.sock").unlink()


HELP = json.dumps({"ok": True, "ops": {
    "status": {"may": "read", "help": "x", "fields": {}}}}).encode() + b"\n"


def helpful(then):
    """Answers `help` as a daemon does, and the rest as `then` does."""
    def answer(c, line):
        if b'"help"' in line:
            c.sendall(HELP)
        else:
            then(c, line)
    return answer


def rss_kb(g):
    text = pathlib.Path(f"/proc/{g.pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+) kB", text)[1])


# ---- rights --------------------------------------------------------------------


def test_a_token_of_one_channel_says_on_no_other(start, serve):
    """To ttsd `"channel": null` is as good as none, and its own choice is the
    first channel: a token for another one could speak there."""
    d = start("-D", "channel.hall.engine=tone", "-D", "channel.cafe.engine=tone")
    g = serve(rights="none")
    token = g.add_token("desk", "say,read", channels="cafe")
    said = g.ask("say", token=token, text="440:0.1", channel=None)
    assert said["ok"]
    items = g.ask("queue", token=token, channel=None)
    assert items["channel"] == "cafe"
    for channel, status in [([], 400), ({}, 400), (7, 400), (True, 400),
                            ([None], 403), ([["cafe"]], 403), ("hall", 403),
                            (["cafe", "hall"], 403), ("", 403),
                            ("cafe", 200), (["cafe"], 200)]:
        got = g.post("say", token, text="440:0.1", channel=channel)
        assert got[0] == status, (channel, got)
    hall = next(c for c in d.status()["channels"] if c["name"] == "hall")
    assert not any(v for k, v in hall["counters"].items() if "accepted" in k
                   or "spoken" in k), hall


def test_a_token_that_goes_ends_what_it_hears(start, serve):
    """Events and sound have no end: whoever was let in heard on for ever."""
    start(*TONE)
    g = serve(rights="read")
    token = g.add_token("desk", "read")
    other = g.add_token("nurse", "read")
    opened = {}
    for name, t in [("desk", token), ("nurse", other), ("local", None)]:
        c = g.connect()
        headers = {"Authorization": f"Bearer {t}"} if t else {}
        c.request("GET", "/v1/events?events=started", headers=headers)
        opened[name] = c, c.getresponse()
        assert opened[name][1].status == 200
    sound = g.connect()
    sound.request("GET", "/v1/listen/main",
                  headers={"Authorization": f"Bearer {token}"})
    heard = sound.getresponse()
    assert heard.read(4) == b"RIFF"
    kept = [line for line in g.tokens.read_text().splitlines(True)
            if not line.startswith("desk ")]
    g.tokens.write_text("".join(kept))
    g.process.send_signal(signal.SIGHUP)
    while heard.read(65536):
        pass
    assert b"subscribed" in opened["desk"][1].read()
    said = g.ask("say", token=g.add_token("x", "say"), text="440:0.1")["id"]
    for name in ("nurse", "local"):
        r = opened[name][1]
        while True:
            line = r.readline()
            assert line, f"{name} hears no more"
            if line.startswith(b"data: ") and b'"started"' in line:
                assert json.loads(line[6:])["id"] == said
                break
    for c, _ in opened.values():
        c.close()
    sound.close()


@pytest.mark.parametrize("how", ["removed", "expired"])
def test_a_token_that_goes_ends_what_goes_on(start, serve, how):
    """Nobody tells the gateway: speech went on to its end, of however long a
    text, and so did a request that had no sound yet."""
    start(*TONE)
    g = serve(rights="none")
    until = {"until": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(
        time.time() + 5))} if how == "expired" else {}
    headers = {"Authorization":
               f"Bearer {g.add_token('desk', 'read,say', **until)}"}
    opened = []

    def ask(method, path, text=None):
        c = g.connect()
        opened.append(c)
        c.request(method, path, text and json.dumps(
            {"input": text, "response_format": "pcm"}), headers)
        return c
    events = ask("GET", "/v1/events?events=started").getresponse()
    sound = ask("GET", "/v1/listen/main").getresponse()
    speech = ask("POST", "/v1/audio/speech",
                 "slow=1 ms=3600000 long").getresponse()
    late = ask("POST", "/v1/audio/speech", "stall=3600000 long")
    assert (events.status, sound.status, speech.status) == (200, 200, 200)
    if how == "removed":
        g.tokens.write_text("")
    assert b"subscribed" in events.read()
    while sound.read(65536):
        pass
    # It is seen not to be whole. In an hour there would be more.
    with pytest.raises(http.client.IncompleteRead):
        speech.read()
    with pytest.raises(ConnectionError):
        late.getresponse()
    for c in opened:
        c.close()


def test_guesses_side_by_side(start, serve):
    """Those that are looked up at the same time count, too."""
    start()
    g = serve(rights="none")
    token = g.add_token("desk", "read")
    assert g.post("status", token)[0] == 200
    waiting = []
    for i in range(60):
        c = g.connect()
        c.request("POST", "/v1/status",
                  headers={"Authorization": f"Bearer ttsd_{i}"})
        waiting.append(c)
    codes = [c.getresponse().status for c in waiting]
    for c in waiting:
        c.close()
    assert set(codes) == {401, 429} and codes.count(401) <= 10
    status, headers, _ = g.request("POST", "/v1/status", token="ttsd_x")
    assert status == 429 and int(headers["Retry-After"]) <= 6, \
        "a burst shuts nobody out for longer than another does"


def test_pages_that_only_show_or_play(start, serve):
    """A browser sends no Origin for the <audio> of another server's page."""
    start(*TONE)
    g = serve()
    for site, mode, status in [
            ("cross-site", "no-cors", 403), ("same-site", "no-cors", 403),
            ("cross-site", "navigate", 200), ("same-origin", "cors", 200),
            ("none", "navigate", 200)]:
        got = g.request("HEAD", "/v1/listen/main", Sec_Fetch_Site=site,
                        Sec_Fetch_Mode=mode)
        assert got[0] == status, (site, mode)


def test_ipv4_over_a_socket_of_ipv6(start, serve):
    """All of IPv4 counted as one address of IPv6 there, and as no address of
    this machine."""
    start()
    g = serve("-D", "http.listen=[::]:0")
    found = re.search(r'http="\[::\]:(\d+)"', g.logged())
    g.port = int(found[1])
    try:
        assert g.post("status")[0] == 200
    except ConnectionRefusedError:
        pytest.skip("this machine keeps IPv4 apart")
    for i in range(12):
        assert g.post("status", f"ttsd_{i}")[0] in (401, 429)
    c = http.client.HTTPConnection("127.0.0.1", g.port, timeout=PATIENCE_S,
                                   source_address=("127.0.0.7", 0))
    c.request("POST", "/v1/status", headers={"Authorization": "Bearer ttsd_y"})
    assert c.getresponse().status == 401, "another address is another guesser"
    c.close()


# ---- daemons ----------------------------------------------------------------------


def test_sockets_that_are_none(serve, rundir):
    g = serve()
    path = rundir / "control.sock"
    s = socket.socket(socket.AF_UNIX)
    s.bind(str(path))  # and nobody listens
    for _ in range(2):
        status, answer = g.post("status")
        assert status == 503 and "cannot be reached" in answer["message"]
    s.close()
    for make in (lambda: path.write_text("x"), lambda: os.mkfifo(path),
                 path.mkdir, lambda: path.symlink_to("/nowhere"),
                 lambda: path.symlink_to(path)):
        with contextlib.suppress(FileNotFoundError):
            path.unlink()
        make()
        status, answer = g.post("status")
        assert status == 503 and "cannot be reached" in answer["message"]
        assert g.request("GET", "/readyz")[0] == 503
        with g.events() as events:
            assert events.status == 503
        if path.is_dir():
            path.rmdir()
    assert g.request("GET", "/healthz")[0] == 200


@pytest.mark.parametrize("said, status", [
    (b"nonsense\n", 502), (b"\n", 502), (b"\0\xff\n", 502), (b"{}\n", 502),
    (b'{"ok":false}\n', 502), (b"[" * 100000 + b"\n", 502),
    (b'{"ok":false,"error":"not-found","message":"x"}\n', 404),
    (b'{"ok":false,"error":"news","message":"x"}\n', 500),
    (b"error unavailable: too many; try again later\n", 503),
    (b"error \n", 502), (b"error x\n", 502), (b"error :\n", 502),
    (b'{"ok":tr', 502), (b"", 502), (b"x" * (17 << 20) + b"\n", 502)],
    ids=range(15))
def test_a_daemon_that_talks_nonsense(serve, rundir, said, status):
    def answer(c, _):
        c.sendall(said)
        if not said.endswith(b"\n"):
            c.shutdown(socket.SHUT_RDWR)
    g = serve()
    with fake(rundir, helpful(answer)):
        got, _, body = g.request("POST", "/v1/status")
        assert got == status, body
        assert json.loads(body)["ok"] is False
        with g.events() as events:
            assert events.status in (status, 502, 503)
            assert json.loads(events.response.read())["ok"] is False
    with fake(rundir, answer):
        assert g.request("GET", "/openapi.json")[0] == 200
        g.request("GET", "/readyz")
    assert g.request("GET", "/healthz")[0] == 200


@pytest.mark.parametrize("ops", [
    b"7", b"[]", b"{}", b'"x"', b"null", b'{"status":7}', b'{"status":{}}',
    b'{"status":{"fields":[],"may":7,"help":{}}}',
    b'{"status":{"fields":{"a":7,"b":{"type":"choice"},"c":{"type":7}}}}',
    b'{"status":{"may":"none","fields":{"x":{"type":"choice","choices":' +
    b"[" * 300 + b"]" * 300 + b"}}}}"], ids=range(10))
def test_a_daemon_that_tells_strange_operations(serve, rundir, ops):
    g = serve()
    with fake(rundir, lambda c, _: c.sendall(
            b'{"ok":true,"ops":' + ops + b"}\n")):
        status, _, body = g.request("GET", "/openapi.json")
        assert status == 200 and json.loads(body)["openapi"] == "3.1.0"
        assert g.post("status")[0] in (200, 403, 404, 502)
    assert g.request("GET", "/healthz")[0] == 200


def test_an_answer_and_more(serve, rundir):
    """What follows an answer is nobody's: the next question has a connection
    of its own, and gets its own answer."""
    count = iter(range(1000))

    def answer(c, _):
        c.sendall(b'{"ok":true,"n":%d}\n{"ok":true,"n":"stray"}\n'
                  % next(count))
    g = serve()
    with fake(rundir, helpful(answer)):
        assert [g.ask("status")["n"] for _ in range(20)] == list(range(20))


def test_a_daemon_that_ends_while_many_wait(start, serve):
    """SIGKILL, with 500 questions open: each is answered, and the next
    daemon's are not held up by what the dead one left."""
    d = start(*TONE)
    g = serve()
    g.ask("status")
    os.kill(d.pid, signal.SIGSTOP)
    waiting = []
    for _ in range(500):
        c = g.connect()
        c.request("POST", "/v1/status", b"")
        waiting.append(c)
    # All of them are there: what is asked for last is answered.
    assert g.request("GET", "/healthz")[0] == 200
    d.kill()
    codes = [c.getresponse().status for c in waiting]
    assert set(codes) <= {502, 503} and codes.count(502) >= 1, set(codes)
    for c in waiting:
        c.close()
    start(*TONE)
    for _ in range(3):
        g.ask("say", text="440:0.1")


def test_a_daemon_that_never_answers(serve, rundir):
    g = serve()
    with fake(rundir, helpful(lambda c, _: None)):
        waiting = g.connect()
        waiting.request("POST", "/v1/status", b"")
        gone = []
        for _ in range(100):
            c = g.connect()
            c.request("POST", "/v1/status", b"")
            gone.append(c)
        for c in gone:
            c.close()
        assert g.request("GET", "/healthz")[0] == 200
        r = waiting.getresponse()
        assert r.status == 504 and b"within 15 s" in r.read()
        waiting.close()


def test_more_connections_than_ttsd_takes(start, serve, rundir):
    """A line that is no JSON is what ttsd refuses a connection with."""
    start("-D", "ttsd.clients_max=2")
    with daemon.Control(rundir / "control.sock") as c, \
            daemon.Control(rundir / "control.sock") as other:
        c.ask("status")
        other.ask("status")
        g = serve()
        status, answer = g.post("status")
        assert status == 503 and answer["error"] == "unavailable"
    wait_until(lambda: g.post("status")[0] == 200, "there is room again")


# ---- events ------------------------------------------------------------------------


def test_all_come_again_at_once(start, serve):
    """After a restart every EventSource comes with the last id it has seen:
    each was a question of its own, and from the 65th on they were refused,
    for good."""
    d = start(*TONE)
    g = serve()
    seen = []
    with g.events("events=finished") as events:
        events.next()
        for _ in range(4):
            said = g.ask("say", text="440:0.1")["id"]
            assert events.until("finished")["id"] == said
            seen.append((events.last_id, said))
        g.kill()
    g = serve()
    before = d.status()["clients"]
    listeners = [(i % 3, g.events("events=finished",
                                  Last_Event_ID=seen[i % 3][0]))
                 for i in range(150)]
    for which, events in listeners:
        assert events.next()[0] == "subscribed"
        for _, said in seen[which + 1:]:
            assert events.until("finished")["id"] == said
    assert d.status()["clients"] - before <= 8
    said = g.ask("say", text="440:0.1")["id"]
    for _, events in listeners:
        assert events.until("finished")["id"] == said, "nothing comes twice"
        events.close()


def test_from_now_on_means_that(start, serve):
    """Beside one that asks for what was, on the same subscription."""
    start(*TONE)
    g = serve()
    with g.events("events=finished") as events:
        seen = events.next()[1]["seq"]
        old = g.ask("say", text="440:0.1")["id"]
        assert events.until("finished")["id"] == old
    g.kill()
    g = serve()
    with g.events(f"events=finished&since={seen}") as was, \
            g.events("events=finished") as now:
        assert was.until("finished")["id"] == old
        assert now.next()[0] == "subscribed"
        new = g.ask("say", text="440:0.1")["id"]
        assert now.until("finished")["id"] == new
        assert was.until("finished")["id"] == new


def test_listeners_that_never_read(serve, rundir):
    """Floods of events for hundreds who take none cost little."""
    told = threading.Event()

    def answer(c, line):
        if b"subscribe" not in line:
            c.sendall(REPLY)
            return
        try:
            c.sendall(b'{"ok":true,"seq":1}\n')
            for i in range(2, 30000):
                c.sendall(b'{"event":"word","channel":"main","text":"%s",'
                          b'"seq":%d}\n' % (b"x" * 1000, i))
        finally:
            told.set()  # or they were cut off before
    g = serve()
    with fake(rundir, answer):
        idle = []
        for _ in range(300):
            s = socket.create_connection(("127.0.0.1", g.port), PATIENCE_S)
            s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            s.sendall(b"GET /v1/events?events=word HTTP/1.1\r\n"
                      b"Host: localhost\r\n\r\n")
            idle.append(s)
        assert told.wait(2 * PATIENCE_S)
        assert g.request("GET", "/healthz")[0] == 200
        used = rss_kb(g)
        for s in idle:
            s.close()
    if daemon.BUILD.name != "san":
        assert used < 40000, f"{used} kB"


def test_answers_that_nobody_takes(serve, rundir):
    """Many long answers, and nobody reads them: more than the system's own
    buffers take of each."""
    big = b'{"ok":true,"x":"' + b"a" * 10000000 + b'"}\n'
    g = serve()
    with fake(rundir, helpful(lambda c, _: c.sendall(big))):
        idle = []
        for _ in range(30):
            s = socket.create_connection(("127.0.0.1", g.port), PATIENCE_S)
            s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            s.sendall(b"POST /v1/status HTTP/1.1\r\nHost: localhost\r\n"
                      b"Content-Length: 0\r\n\r\n")
            idle.append(s)

        def refused():
            status, _, body = g.request("POST", "/v1/status")
            return status == 503 and b"not taken" in body

        wait_until(refused, "there is room for no more")
        if daemon.BUILD.name != "san":
            assert rss_kb(g) < 160000
        for s in idle:
            s.close()
        wait_until(lambda: g.request("POST", "/v1/status")[0] == 200,
                   "they have gone")


# ---- connections -------------------------------------------------------------------


def test_ten_thousand_connections(start, serve):
    """From many addresses of this machine; one that asks is answered."""
    start()
    g = serve()
    token = g.add_token("desk", "read")
    idle, count = [], 10000
    try:
        for i in range(count):
            s = socket.socket()
            s.bind((f"127.{1 + i % 7}.{i % 5}.{1 + i % 3}", 0))
            s.settimeout(PATIENCE_S)
            s.connect(("127.0.0.1", g.port))
            if i % 3 == 1:
                s.sendall(b"GET /v1/eve")
            elif i % 3 == 2:
                s.sendall(b"POST /v1/say HTTP/1.1\r\nHost: localhost\r\n"
                          b"Content-Length: 1000\r\n\r\n{")
            idle.append(s)
            if i % 2000 == 1999:
                assert g.request("GET", "/healthz")[0] == 200
                assert g.post("status", token)[0] == 200
            if len(idle) > 900:
                idle.pop(0).close()
    finally:
        for s in idle:
            s.close()
    wait_until(lambda: daemon.descriptors(g.pid) < 200, "all have gone")
    assert g.ask("status")


def test_a_body_that_trickles(start, serve):
    """A request is whole in ten seconds, however its bytes come."""
    start()
    g = serve()
    with socket.create_connection(("127.0.0.1", g.port), PATIENCE_S) as s:
        s.sendall(b"POST /v1/say HTTP/1.1\r\nHost: localhost\r\n"
                  b"Content-Length: 60000\r\n\r\n")
        end = time.monotonic() + 2 * PATIENCE_S
        with pytest.raises(OSError):
            while time.monotonic() < end:
                s.sendall(b" ")
                s.settimeout(0.2)
                with contextlib.suppress(TimeoutError):
                    if s.recv(100) == b"":
                        raise OSError
    assert time.monotonic() < end
    assert g.request("GET", "/healthz")[0] == 200


def test_one_after_the_other_on_a_connection(start, serve):
    """Pipelined: operations that wait, wrong ones and the rest, in order."""
    start(*TONE)
    g = serve()
    post = (b"POST /v1/%s HTTP/1.1\r\nHost: localhost\r\n"
            b"Content-Length: %d\r\n\r\n%s")
    for n in range(2):
        got = g.raw(b"".join(
            [post % (b"status", 0, b""), post % (b"fly", 2, b"{}"),
             b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n",
             b"HEAD /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n",
             b"OPTIONS /v1/say HTTP/1.1\r\nHost: localhost\r\n\r\n",
             b"HEAD /v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n",
             b"HEAD /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n",
             post % (b"channels", 0, b"")] * (1 + n)))
        codes = re.findall(rb"HTTP/1.1 (\d+)", got)
        assert codes == [b"200", b"404", b"200", b"200", b"204", b"200",
                         b"200", b"200"] * (1 + n)
        assert got.count(b"ok\n") == 1 + n
        assert b"\r\n0\r\n" not in got, "an answer to HEAD has no body at all"


def test_descriptors_that_are_all_taken(start, serve):
    """Who listens goes on, and the log says it once: the tokens are tried
    again each second, and each time it was a line."""
    d = start(*TONE)
    g = serve()
    token = g.add_token("desk", "read")
    with g.events("events=finished", Authorization=f"Bearer {token}") as e, \
            d.control() as c, contextlib.ExitStack() as waiting:
        assert e.next()[0] == "subscribed"
        listens = g.connect()
        waiting.callback(listens.close)
        listens.request("GET", "/v1/listen/main",
                        headers={"Authorization": f"Bearer {token}"})
        sound = listens.getresponse()
        soft, hard = resource.prlimit(g.pid, resource.RLIMIT_NOFILE)
        resource.prlimit(g.pid, resource.RLIMIT_NOFILE,
                         (daemon.descriptors(g.pid), hard))
        for _ in range(10):
            waiting.enter_context(socket.create_connection(
                ("127.0.0.1", g.port), PATIENCE_S))
        wait_until(lambda: "cannot be read: too many open" in g.logged(),
                   "it says so")
        # Three more times.
        sound.read(3 * 24000 * 2)
        said = c.ask("say", text="440:0.1")["id"]
        assert e.until("finished")["id"] == said
        assert g.logged().count("cannot be read") == 1
        assert "cannot accept" in g.logged()
        resource.prlimit(g.pid, resource.RLIMIT_NOFILE, (soft, hard))
        wait_until(lambda: "can be read again" in g.logged(), "and the end")
        assert g.post("status", token)[0] == 200
        assert sound.read(100)


def test_many_different_leads(start, serve):
    """ttsd serves a few different leads: one reader took them all, and the
    boards and consoles of all others were refused."""
    start(*TONE)
    g = serve()
    rude = {"Authorization": f"Bearer {g.add_token('rude', 'read')}"}
    with contextlib.ExitStack() as all_of_them:
        told = [all_of_them.enter_context(g.events(f"lead_ms={lead}", **rude))
                for lead in range(1, 6)]
        assert [e.status for e in told] == [200] * 4 + [503]
        with g.events("lead_ms=500") as e:
            assert e.next()[0] == "subscribed"
        # One that it has already, for other events, is none more.
        with g.events("lead_ms=4&events=word", **rude) as e:
            assert e.next()[0] == "subscribed"


def test_many_different_questions(start, serve):
    """One token could open all the questions for events that there are: then
    nobody else was told any, or at which sample a sound begins."""
    start(*TONE)
    g = serve()
    rude = {"Authorization": f"Bearer {g.add_token('rude', 'read')}"}
    names = itertools.permutations(["queued", "started", "finished", "word",
                                    "series"])
    asked = ["events=" + ",".join(n) for n in itertools.islice(names, 65)]
    with contextlib.ExitStack() as all_of_them:
        told = [all_of_them.enter_context(g.events(query, **rude))
                for query in asked]
        statuses = [e.status for e in told]
        assert statuses == [200] * 32 + [503] * 33
        other = {"Authorization": f"Bearer {g.add_token('other', 'read')}"}
        for headers in (other, {}):
            with g.events(asked[-1], **headers) as e:
                assert e.next()[0] == "subscribed"
        # As others ask already it may, too.
        with g.events(asked[0], **rude) as e:
            assert e.next()[0] == "subscribed"
        listens = g.connect()
        all_of_them.callback(listens.close)
        listens.request("GET", "/v1/listen/main")
        assert "TTSD-First-Sample" in listens.getresponse().headers


def test_one_host_is_named(start, serve):
    """RFC 9112, 3.2: a proxy before us might have meant another. HTTP/1.0
    has none."""
    start()
    g = serve()
    for version, head, status in [
            (b"1.1", b"", b"400"), (b"1.1", b"Host: localhost\r\n", b"200"),
            (b"1.1", b"Host: localhost\r\n" * 2, b"400"),
            (b"1.1", b"Host: localhost\r\nhOST: evil.example\r\n", b"400"),
            (b"1.1", b"Host: evil.example\r\n", b"421"),
            (b"1.0", b"", b"200"), (b"1.0", b"Host: localhost\r\n", b"200"),
            (b"1.0", b"Host: evil.example\r\n", b"421"),
            (b"1.0", b"Host: localhost\r\n" * 2, b"400")]:
        got = g.raw(b"GET /healthz HTTP/" + version + b"\r\n" + head + b"\r\n")
        assert got.split()[1] == status, (version, head, got)


def test_one_token_is_sent(start, serve):
    """Of two the first counted; a proxy before us might have looked at the
    other."""
    start()
    g = serve()
    own = [f"Authorization: Bearer {g.add_token(n, 'read')}\r\n".encode()
           for n in ("desk", "nurse")]
    for head, status in [(own[0], b"200"), (own[1], b"200"),
                         (own[0] + own[1], b"400"), (own[0] * 2, b"400"),
                         (own[0] + b"authorization: Basic eA==\r\n", b"400")]:
        got = g.raw(b"GET /v1/whoami HTTP/1.1\r\nHost: localhost\r\n" + head +
                    b"\r\n")
        assert got.split()[1] == status, (head, got)


def test_lengths_that_disagree(start, serve):
    """What a proxy before us and we could take for two different requests."""
    start()
    g = serve()
    smuggled = b"POST /v1/smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n"
    for head in (b"Content-Length: 0\r\nTransfer-Encoding: chunked\r\n",
                 b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
                 b"Content-Length: 0\r\nContent-Length: 5\r\n",
                 b"Content-Length: +5\r\n", b"Content-Length: 0x5\r\n",
                 b"Transfer-Encoding : chunked\r\n",
                 b"Transfer-Encoding: xchunked\r\n"):
        got = g.raw(b"POST /v1/ping HTTP/1.1\r\nHost: localhost\r\n" + head +
                    b"\r\n0\r\n\r\n" + smuggled)
        print(head, re.findall(rb"HTTP/1.1 (\d+)", got))
        assert b"smuggled" not in got, (head, got)


def test_memory_does_not_grow(start, serve):
    """Thousands of requests of each kind, and it is as large as before."""
    start(*TONE)
    g = serve()

    def everything():
        for path in ("/healthz", "/readyz", "/openapi.json", "/nothing"):
            g.request("GET", path)
        g.post("status")
        g.post("say", text="")
        g.post("status", "ttsd_wrong")
        for path in ("/v1/events", "/v1/listen/main"):
            g.request("HEAD", path)
    for _ in range(30):
        everything()
    before = rss_kb(g)
    for _ in range(60):
        everything()
    if daemon.BUILD.name != "san":
        assert rss_kb(g) < before + 1500
