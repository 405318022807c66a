"""ttsd-gateway: operations, events and sound over HTTP, and who may."""
import json
import os
import re
import signal
import subprocess
import time

import pytest

import daemon
from daemon import ROOT, wait_until
from gateway import Gateway
from supervisor import Supervisor

TONE = ["-D", "channel.main.engine=tone"]


@pytest.fixture
def serve(rundir):
    running = []

    def run(*args, **kw):
        running.append(Gateway(rundir, *args, **kw))
        return running[-1]

    yield run
    for g in running:
        g.__exit__(None)


# ---- operations --------------------------------------------------------------


def test_a_sentence(start, serve):
    start(*TONE)
    g = serve()
    with g.events("events=finished") as events:
        assert events.next()[0] == "subscribed"
        said = g.ask("say", text="440:0.1")
        assert said["durable"] is True
        assert events.until("finished")["id"] == said["id"]


def test_each_operation_has_a_path(start, serve, rundir):
    """The table of paths is the daemons' own: none is missing, none is more,
    and each says who may ask for it."""
    start()
    with Supervisor(rundir), daemon.Control(rundir / "streamer.sock") as c:
        outputs = c.ask("help", detail=True)["ops"]
        with daemon.Control(rundir / "control.sock") as c2:
            ops = c2.ask("help", detail=True)["ops"]
        g = serve(rights="none")
        doc = json.loads(g.request("GET", "/openapi.json")[2])
    paths = {p for p, what in doc["paths"].items() if "post" in what}
    assert paths == {f"/v1/{o}" for o in ops} - {
        "/v1/subscribe", "/v1/quit"} | {
        f"/v1/outputs/{o}" for o in outputs} - {
        "/v1/outputs/subscribe", "/v1/outputs/quit"} | {"/v1/audio/speech"}
    free = {"ping", "help", "quit"}
    for name, op in [*ops.items(), *outputs.items()]:
        assert (op["may"] == "none") == (name in free), name
    schema = doc["paths"]["/v1/say"]["post"]["requestBody"]["content"][
        "application/json"]["schema"]
    assert schema["properties"]["priority"]["enum"][-1] == "urgent"
    assert schema["properties"]["repeat"] == {"oneOf": [
        {"type": "integer", "minimum": 1, "maximum": 20},
        {"type": "string", "enum": ["until-cancelled"]}]}
    assert not schema["additionalProperties"]


def test_replies_are_the_daemons_own(start, serve, rundir):
    start("-D", "channel.hall.engine=tone")
    g = serve(rights="read say control")
    with daemon.Control(rundir / "control.sock") as c:
        assert g.ask("channels") == c.ask("channels")
        for op, fields, status in [
                ("say", {"text": "x", "channel": "moon"}, 404),
                ("say", {"txt": "x"}, 400), ("say", {}, 400),
                ("cancel", {"id": 99}, 404), ("fly", {}, 404)]:
            got = g.post(op, **fields)
            assert got[0] == status, got
            if op != "fly":
                assert got[1] == c.json({"op": op, **fields})
    assert "help" in g.post("fly")[1]["message"]


def test_streamers_operations(start, serve, rundir):
    start()
    g = serve(rights="read outputs")
    status, answer = g.post("outputs/status")
    assert status == 503 and "streamer-supervisor" in answer["message"]
    with Supervisor(rundir, "-D", "output.live.url=rtmp://127.0.0.1:9/x"):
        assert g.ask("outputs/status")["outputs"][0]["name"] == "live"
        assert g.post("outputs/stop", name="live")[0] == 200
        assert g.post("outputs/stop", name="dead")[0] == 404
        assert g.post("outputs/remove", name="live")[0] == 403


def test_the_same_key_is_spoken_once(start, serve):
    start(*TONE)
    g = serve()
    key = {"Idempotency-Key": "A023-3"}
    first = g.ask("say", text="440:0.1", headers=key)
    again = g.ask("say", text="440:0.1", headers=key)
    assert again["id"] == first["id"] and again["duplicate"]
    same = g.ask("say", text="440:0.1", key="A023-3", headers=key)
    assert same["id"] == first["id"]
    same = g.ask("say", text="440:0.1", key=None, headers=key)
    assert same["id"] == first["id"], "null is as good as absent"


@pytest.mark.parametrize("headers, body", [
    (["Idempotency-Key: A"], '{"text":"440:0.1","key":"B"}'),
    (["Idempotency-Key: A", "Idempotency-Key: B"], '{"text":"440:0.1"}'),
    (["Idempotency-Key: T\xfcr"], '{"text":"440:0.1"}')])
def test_a_key_is_one(start, serve, headers, body):
    """Of two the first was taken, or the body's. Bytes that are no UTF-8, as a
    browser and Python send an umlaut, were all made '?': who had called
    "Tür" could not call "Tor" with an umlaut, which was not spoken, for its key
    was there already."""
    start(*TONE)
    g = serve()
    request = "\r\n".join(["POST /v1/say HTTP/1.1", "Host: localhost",
                           "Connection: close", *headers,
                           f"Content-Length: {len(body)}", "", body])
    answer = g.raw(request.encode("latin-1"))
    assert answer.startswith(b"HTTP/1.1 400 "), answer
    assert b"Idempotency-Key" in answer
    assert g.ask("queue")["items"] == []


def test_a_path_and_its_body_say_the_same(start, serve):
    """What was copied from the socket has `op`, and it was passed over: to
    /v1/say with "cancel" a text was said."""
    start(*TONE)
    g = serve()
    for op, expected in (("say", 200), ("cancel", 400), (7, 400)):
        status, _, body = g.request("POST", "/v1/say",
                                    {"op": op, "text": "440:0.1"})
        assert status == expected, body
    assert b"op" in body


@pytest.mark.parametrize("method, path, odd", [
    ("POST", "/v1/say?channel=cafe", "channel"),
    ("POST", "/v1/audio/speech?voice=en", "voice"),
    ("POST", "/v1/outputs/status?name=live", "name"),
    ("GET", "/v1/schedule?name=bell", "name"),
    ("GET", "/v1/listen/main?rate=8000", "rate"),
    ("GET", "/v1/events?event=word", "event"),
    ("GET", "/v1/events?event", "event"),
    ("GET", "/v1/events?channel=main&channel=main", "channel"),
    ("GET", "/v1/outputs/events?events=output&lead=1&events=x", "lead")])
def test_a_query_that_is_not_read(start, serve, rundir, method, path, odd):
    """It was passed over, and of two of a name the first was taken: /v1/say of
    one channel was said on another, and who misspelt `events` got all."""
    start(*TONE)
    g = serve()
    with Supervisor(rundir):
        status, _, body = g.request(
            method, path, {"text": "440:0.1"} if method == "POST" else None)
    answer = json.loads(body)
    assert (status, answer["error"]) == (400, "bad-request")
    assert f"'{odd}'" in answer["message"]
    assert g.ask("queue")["items"] == []


def test_what_pages_and_monitors_ask_for(start, serve):
    """The board reads its own query, and who asks for health adds what he
    likes."""
    start(*TONE)
    g = serve()
    for path in ("/", "/board/main?lang=de&title=x", "/healthz?x", "/readyz?x"):
        assert g.request("GET", path)[0] == 200, path


def test_one_that_waits_holds_up_nobody(start, serve, rundir):
    """Answers of one control connection come in order; here each question has
    its own: one that waits for a disk delays no other."""
    d = start(*TONE)
    g = serve()
    ledger, = daemon.children_running(d.pid, "ledger")
    g.ask("status")
    os.kill(ledger, signal.SIGSTOP)
    try:
        c = g.connect()
        c.request("POST", "/v1/say", '{"text":"440:0.1"}',
                  {"Content-Type": "application/json"})
        for _ in range(3):
            assert g.ask("queue")["channel"] == "main"
        assert json.loads(c.getresponse().read())["durable"] is False
        c.close()
    finally:
        os.kill(ledger, signal.SIGCONT)


def test_daemons_come_and_go(start, serve):
    """It keeps nothing: either may be killed and started, in any order."""
    g = serve()
    status, answer = g.post("say", text="x")
    assert status == 503 and "running" in answer["message"]
    assert g.request("GET", "/readyz")[0] == 503
    d = start(*TONE)
    g.ask("say", text="440:0.1")
    assert g.request("GET", "/readyz")[0] == 200
    d.kill()
    # It was told from what had been asked up to five seconds before.
    assert g.request("GET", "/readyz")[0] == 503
    assert g.post("say", text="x")[0] in (502, 503)
    assert g.request("GET", "/healthz")[2] == b"ok\n"
    start(*TONE)
    g.ask("say", text="440:0.1")
    g.kill()
    serve().ask("say", text="440:0.1")


# ---- events and sound ----------------------------------------------------------


def test_events_go_on_over_a_restart(start, serve):
    """An EventSource comes again with the last id it has seen, to another
    gateway and another ttsd."""
    d = start(*TONE)
    g = serve()
    with g.events("events=finished") as events:
        events.next()
        first = g.ask("say", text="440:0.1")["id"]
        assert events.until("finished")["id"] == first
        seen = events.last_id
        g.kill()
    g = serve()
    second = g.ask("say", text="440:0.1")["id"]
    with g.events("events=finished", Last_Event_ID=seen) as events:
        assert events.next()[0] == "subscribed"
        assert events.until("finished")["id"] == second
        seen = events.last_id
        d.kill()
        assert events.until("absent")["daemon"] == "ttsd"
        d = start(*TONE)
        assert events.next()[0] == "subscribed"
        third = g.ask("say", text="440:0.1")["id"]
        # The ledger may not have known yet that the second one had ended.
        while (told := events.until("finished")["id"]) != third:
            assert told == second
    with g.events(f"events=finished&since={seen}") as events:
        while (told := events.until("finished")["id"]) != third:
            assert told == second


def test_an_event_source_that_comes_again(start, serve):
    """It asks for the same address, and says in a header what it has seen by
    then. `since` in the address went before that: it was told all again."""
    start(*TONE)
    g = serve()
    first = g.ask("say", text="440:0.1")["id"]
    with g.events("events=finished&since=1") as events:
        seen = events.until("finished")
    assert seen["id"] == first
    second = g.ask("say", text="440:0.1")["id"]
    with g.events("events=finished&since=1",
                  Last_Event_ID=str(seen["seq"])) as events:
        assert events.until("finished")["id"] == second


def test_listeners_share_a_subscription(start, serve):
    d = start(*TONE)
    g = serve()
    before = d.status()["clients"]
    listeners = [g.events("events=started") for _ in range(40)]
    try:
        for events in listeners:
            assert events.next()[0] == "subscribed"
        assert d.status()["clients"] <= before + 2
        said = g.ask("say", text="440:0.1")["id"]
        assert {e.until("started")["id"] for e in listeners} == {said}
    finally:
        for events in listeners:
            events.close()
    wait_until(lambda: d.status()["clients"] <= before + 1, "it has left")


def test_events_of_one_channel(start, serve):
    start("-D", "channel.hall.engine=tone", "-D", "channel.cafe.engine=tone")
    g = serve()
    with g.events("events=started&channel=cafe") as events:
        assert events.next()[0] == "subscribed"
        g.ask("say", text="440:0.1", channel="hall")
        g.ask("say", text="440:0.1", channel="cafe")
        assert events.until("started")["channel"] == "cafe"


def test_events_of_a_zone_that_ttsd_knows(start, serve):
    """A zone that was added by a reload was unknown to the gateway, which
    reads its configuration once: the answer was 200, and no event ever."""
    start("-D", "channel.hall.engine=tone", "-D", "channel.cafe.engine=tone",
          "-D", "zone.both.channels=hall cafe", "-D", "zone.one.channels=cafe")
    g = serve()
    with g.events("events=queued&channel=one") as one, \
            g.events("events=queued&channel=both") as both:
        assert one.next()[0] == both.next()[0] == "subscribed"
        for channel in ("hall", "cafe"):
            g.ask("say", text="440:0.1", channel=channel)
        assert [both.until("queued")["channel"] for _ in range(2)] == \
            ["hall", "cafe"]
        assert one.until("queued")["channel"] == "cafe"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("path", [
    "/v1/events?channel=nosuch", "/v1/events?channel=",
    "/v1/events?channel=" + "a" * 200, "/v1/events?channel=%22%7B",
    "/v1/outputs/events?channel=nosuch", "/v1/listen/nosuch",
    "/v1/listen/nosuch.mp3"])
def test_nothing_is_told_of_no_channel(start, serve, method, path):
    """Such a question was answered with 200, and then with silence."""
    start(*TONE)
    g = serve()
    status, _, body = g.request(method, path)
    assert status == 404
    if method == "GET":
        answer = json.loads(body)
        assert answer["error"] == "unknown-channel"
        assert "no channel" in answer["message"]


def test_outputs_tell_of_a_channel_without_ttsd(rundir, serve):
    """Whether there is such a channel nobody knows then; the supervisor goes
    on. Events of ttsd say that it is away."""
    with Supervisor(rundir):
        g = serve()
        with g.events("channel=main", "/v1/outputs/events") as events:
            assert events.next()[0] == "subscribed"
        assert g.request("GET", "/v1/events?channel=main")[0] == 503


@pytest.mark.parametrize("query, status", [
    ("events=nonsense", 400), ("lead_ms=60001", 400), ("lead_ms=x", 400),
    ("since=-1", 400), ("since=99999999999999999999", 400)])
def test_events_that_there_are_not(start, serve, query, status):
    start()
    g = serve()
    with g.events(query) as events:
        assert events.status == status
        assert not json.loads(events.response.read())["ok"]


def test_sound(start, serve):
    d = start("-D", "channel.main.engine=tone", "-D", "channel.main.rate=16000")
    g = serve()
    c = g.connect()
    c.request("GET", "/v1/listen/main")
    r = c.getresponse()
    assert (r.status, r.headers["Content-Type"]) == (200, "audio/wav")
    assert r.read(44)[:4] == b"RIFF"
    g.ask("say", text="440:0.2")
    sound = r.read(16000 * 2)
    assert any(sound), "the tone is in it"
    wait_until(lambda: d.status()["channels"][0]["subscribers"], "it listens")
    c.close()
    wait_until(lambda: not d.status()["channels"][0]["subscribers"],
               "whoever has gone does not listen")
    status, headers, body = g.request("HEAD", "/v1/listen/main.mp3")
    assert (status, headers["Content-Type"], body) == (200, "audio/mpeg", b"")
    for wrong in ("moon", "main.flac", "main.", "a" * 64, "../main"):
        assert g.request("GET", f"/v1/listen/{wrong}")[0] == 404, wrong


@pytest.mark.parametrize("kind, magic", [("mp3", b"ID3"), ("opus", b"OggS")])
def test_encoded_sound(start, serve, kind, magic):
    start(*TONE)
    g = serve()
    c = g.connect()
    c.request("GET", f"/v1/listen/main.{kind}")
    r = c.getresponse()
    assert r.read(len(magic)) == magic
    g.ask("say", text="440:1")
    heard = subprocess.run(
        ["ffmpeg", "-v", "error", "-i", "-", "-f", "s16le", "-"],
        input=magic + r.read(16384), capture_output=True, check=False).stdout
    assert any(heard)
    encoder, = daemon.children(g.pid)
    c.close()
    wait_until(lambda: not daemon.exists(encoder), "its ffmpeg has gone")


@pytest.mark.parametrize("ffmpeg, why", [
    ("/nonexistent/ffmpeg", "no such file"), ("/bin/false", "exit status 1")])
@pytest.mark.parametrize("kind", ["mp3", "opus"])
def test_sound_without_an_encoder(start, serve, ffmpeg, why, kind):
    """It was answered with 200, and nothing."""
    start(*TONE)
    g = serve("-D", f"streamer.ffmpeg={ffmpeg}")
    status, _, body = g.request("GET", f"/v1/listen/main.{kind}")
    assert status == 503
    assert f"ffmpeg, which makes {kind}" in json.loads(body)["message"]
    assert why in json.loads(body)["message"]
    assert g.request("GET", "/v1/listen/nosuch.mp3")[0] == 404


# ---- who may --------------------------------------------------------------------


def test_without_a_token(start, serve):
    start(*TONE)
    g = serve(rights="read")
    g.ask("status")
    status, answer = g.post("say", text="x")
    assert status == 403 and "'say'" in answer["message"]
    assert serve(rights="none").post("status")[0] == 403


def test_rights(start, serve):
    start(*TONE)
    g = serve(rights="none")
    desk = g.add_token("desk", "say,read")
    nurse = g.add_token("nurse", "say,urgent")
    old = g.add_token("old", "say", until="2026-01-01T00:00:00Z")
    for token, op, fields, status in [
            (desk, "status", {}, 200), (desk, "say", {}, 200),
            (desk, "say", {"priority": "high"}, 200),
            (desk, "say", {"priority": "urgent"}, 403),
            (desk, "skip", {}, 403), (desk, "upgrade", {}, 403),
            (nurse, "status", {}, 403),
            (nurse, "say", {"priority": "urgent"}, 200),
            (old, "say", {}, 401), ("ttsd_nobody", "say", {}, 401)]:
        if op == "say":
            fields = {"text": "440:0.1", **fields}
        assert g.post(op, token, **fields)[0] == status, (token, op, fields)


def test_a_message_that_is_urgent(start, serve):
    """It takes others off the air as any: by its own name, in a series."""
    start(*TONE, "-D", "message.fire.text=440:0.1",
          "-D", "message.fire.priority=urgent", "-D",
          "series.A.message=fire")
    g = serve(rights="none")
    desk = g.add_token("desk", "say,read")
    nurse = g.add_token("nurse", "say,urgent")
    for fields in [{}, {"no_urgent": False}, {"priority": None}]:
        status, got = g.post("say", desk, message="fire", **fields)
        assert status == 403 and "urgent" in got["message"], (fields, got)
    assert g.post("call", desk, series="A")[0] == 403
    assert g.post("say", desk, message="fire", priority="high")[0] == 200
    assert g.post("say", nurse, message="fire")[0] == 200
    assert g.post("call", nurse, series="A")[0] == 200


def test_a_token_of_some_channels(start, serve):
    start("-D", "channel.hall.engine=tone", "-D", "channel.cafe.engine=tone",
          "-D", "channel.ward.engine=tone")
    g = serve(rights="none")
    token = g.add_token("desk", "say,read,control,outputs",
                        channels="cafe,ward")
    assert g.ask("say", token=token, text="440:0.1")
    assert g.ask("queue", token=token)["channel"] == "cafe", "its first"
    for channel, status in [("cafe", 200), ("hall", 403), (["ward"], 200),
                            (["ward", "hall"], 403), ([7], 403), ("", 403)]:
        got = g.post("say", token, text="440:0.1", channel=channel)
        assert got[0] == status, (channel, got)
    assert g.post("outputs/status", token)[0] in (403, 503)
    assert g.request("GET", "/v1/listen/hall", token=token)[0] == 403
    with g.events("events=queued",
                  Authorization=f"Bearer {token}") as events:
        assert events.next()[0] == "subscribed"
        with daemon.Control(g.directory / "control.sock") as c:
            c.ask("say", text="440:0.1", channel="hall")
            c.ask("say", text="440:0.1", channel="ward")
        assert events.until("queued")["channel"] == "ward"


def test_tokens_come_and_go(start, serve):
    start()
    g = serve(rights="none")
    token = g.add_token("desk", "read")
    assert g.post("status", token)[0] == 200, "a new one is good at once"
    g.tokens.write_text("")
    g.process.send_signal(signal.SIGHUP)
    wait_until(lambda: g.post("status", token)[0] == 401, "one that is gone")
    assert token not in g.logged()


def test_a_file_of_tokens_with_mistakes(start, serve):
    start()
    g = serve(rights="none")
    g.tokens.write_text("desk nonsense\n# a word\n\n")
    token = g.add_token("nurse", "read")
    assert g.post("status", token)[0] == 200, "the others are good"
    assert "line 1: expected sha256:" in g.logged()
    g.tokens.chmod(0o644)
    g.process.send_signal(signal.SIGHUP)
    wait_until(lambda: "chmod 600" in g.logged(), "it says so")


def test_guessing_is_slow(start, serve):
    start()
    g = serve(rights="none")
    token = g.add_token("desk", "read")
    assert g.post("status", token)[0] == 200
    codes = [g.post("status", f"ttsd_{i}")[0] for i in range(14)]
    assert codes[:10] == [401] * 10 and set(codes[10:]) == {429}
    status, headers, _ = g.request("POST", "/v1/status", token="ttsd_x")
    assert status == 429 and 0 < int(headers["Retry-After"]) <= 6
    assert g.logged().count("token that is not known") == 1


def test_pages_of_others(start, serve):
    """DNS rebinding, and a page that asks with its reader's browser."""
    start()
    g = serve("-D", "http.names=desk.example.com")
    own = f"127.0.0.1:{g.port}"
    for headers, status in [
            ({"Host": "evil.example"}, 421), ({"Host": own}, 200),
            ({"Host": "desk.example.com"}, 200),
            ({"Host": "desk.example.com:80"}, 200),
            ({"Host": own, "Origin": f"http://{own}"}, 200),
            ({"Host": own, "Origin": "http://evil.example"}, 403),
            ({"Host": own, "Origin": "null"}, 403),
            ({"Host": own, "Origin": f"http://{own}.evil.example"}, 403)]:
        c = g.connect()
        c.putrequest("POST", "/v1/status", skip_host=True)
        for name, value in {**headers, "Content-Length": "0"}.items():
            c.putheader(name, value)
        c.endheaders()
        assert c.getresponse().status == status, headers
        c.close()


def test_tls(start, serve, tmp_path):
    start()
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout",
         tmp_path / "key.pem", "-out", tmp_path / "cert.pem", "-days", "1",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"],
        check=True, capture_output=True)
    g = serve("-D", f"http.tls_cert={tmp_path}/cert.pem", "-D",
              f"http.tls_key={tmp_path}/key.pem")
    got = subprocess.run(
        ["curl", "-sS", "--cacert", tmp_path / "cert.pem",
         f"https://localhost:{g.port}/healthz"],
        capture_output=True, text=True, check=False)
    assert got.stdout == "ok\n", got.stderr
    assert g.raw(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")[:4] != \
        b"HTTP"


# ---- bad input --------------------------------------------------------------------


def test_bodies(start, serve):
    start(*TONE)
    g = serve()
    for body, kind, status in [
            (b"", "application/json", 400), (b"{", "application/json", 400),
            (b"[]", "application/json", 400), (b"7", "application/json", 400),
            (b'{"text":"a","text":"b"}', "application/json", 400),
            (b'{"text":"\xff"}', "application/json", 400),
            (b'{"text":"a\\u0000b"}', "application/json", 400),
            (b"[" * 60000, "application/json", 400),
            (b'{"text":"440:0.1"}', "text/plain", 415),
            (b'{"text":"440:0.1"}', "application/json; charset=utf-8", 200),
            (b'{"text":"440:0.1"}', "application/x-www-form-urlencoded", 200),
            (b'{"text":"' + b"a" * 65536 + b'"}', "application/json", 413)]:
        got = g.request("POST", "/v1/say", body, Content_Type=kind)
        assert got[0] == status, (body[:40], got)
        assert json.loads(got[2])["ok"] == (status == 200)
    g.ask("status")


def test_a_body_without_an_end(start, serve):
    start()
    g = serve()
    c = g.connect()
    c.putrequest("POST", "/v1/say")
    c.putheader("Transfer-Encoding", "chunked")
    c.endheaders()
    with pytest.raises(OSError):
        for _ in range(10000):
            c.send(b"1000\r\n" + b"a" * 4096 + b"\r\n")
    c.close()
    assert g.request("GET", "/healthz")[0] == 200


def test_what_is_no_request(start, serve):
    start()
    g = serve()
    head = b"Host: localhost\r\n"
    for data in [b"\x16\x03\x01\x02\x00", b"GET\r\n\r\n",
                 b"GET / HTTP/9.9\r\n\r\n", b"\0" * 1000,
                 b"GET /" + b"a" * 100000 + b" HTTP/1.1\r\n\r\n",
                 b"GET /healthz HTTP/1.1\r\n" + b"X: y\r\n" * 20000 + b"\r\n",
                 b"POST /v1/say HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
                 b"POST /v1/say HTTP/1.1\r\n" + head +
                 b"Content-Length: 99999999999999999999\r\n\r\n"]:
        answer = g.raw(data)
        assert not answer or re.match(rb"HTTP/1\.[01] (4\d\d|505)", answer), \
            answer[:200]
    upgrade = g.raw(b"GET /v1/events HTTP/1.1\r\n" + head +
                    b"Upgrade: websocket\r\nConnection: Upgrade, close\r\n"
                    b"\r\n"[:2] + b"\r\n")
    assert b"101" not in upgrade[:20]
    many = g.raw((b"GET /healthz HTTP/1.1\r\n" + head + b"\r\n") * 200)
    assert many.count(b"HTTP/1.1 200") == 200, "one after the other"
    for method in ("PUT", "DELETE", "TRACE", "GET"):
        status, headers, _ = g.request(method, "/v1/say")
        assert (status, headers["Allow"]) == (405, "POST, OPTIONS")
    for path in ("/", "/v1", "/v1/", "/v1/say/", "/v1/%2e%2e/x", "//v1/say",
                 "/v1/outputs/", "/etc/passwd"):
        assert g.request("POST", path)[0] in (403, 404, 405), path


def test_many_connections(start, serve):
    """More than it takes: whoever comes is let in, who asked for nothing
    goes."""
    start()
    g = serve()
    idle = []
    try:
        for _ in range(1500):
            c = g.connect()
            c.connect()
            idle.append(c)
        assert g.request("GET", "/healthz")[0] == 200
        assert g.ask("status")
    finally:
        for c in idle:
            c.close()


def test_addresses(start, serve, rundir):
    start()
    for wrong in ("8088", "localhost", "example.com:80", "[::1]"):
        with pytest.raises(AssertionError, match=r"\[http\] listen: expected"):
            serve("-D", f"http.listen={wrong}")
    with pytest.raises(AssertionError, match="anonymous: expected"):
        serve(rights="everything")
    g = serve()
    with pytest.raises(AssertionError, match="in use"):
        serve("-D", f"http.listen=127.0.0.1:{g.port}")
    path = rundir / "http.sock"
    serve("-D", f"http.listen={path}")
    got = subprocess.run(["curl", "-sS", "--unix-socket", path, "-X", "POST",
                          "http://localhost/v1/status"], check=True,
                         capture_output=True, text=True)
    assert json.loads(got.stdout)["ok"]
    g = serve("-D", "http.listen=0.0.0.0:0")
    assert "go over the network in the clear" in g.logged()


def test_every_curl_of_the_page(start, serve, rundir):
    """docs/HTTP.md and README.md, word for word but for the port."""
    start()
    with daemon.Control(rundir / "control.sock") as c:
        c.ask("pause")  # what is said first is there to be cancelled
    lines = []
    for page in ("docs/HTTP.md", "README.md"):
        text = (ROOT / page).read_text(encoding="utf-8")
        lines += re.findall(r"^curl .*localhost:8088.*$", text, re.M)
    assert len(lines) >= 10
    with Supervisor(rundir), daemon.Control(rundir / "control.sock") as c:
        c.ask("pause")  # what is said is there to be cancelled
        g = serve(rights="read say control")
        for line in lines:
            line = line.replace("localhost:8088", f"localhost:{g.port}")
            line = line.split(" >")[0].split("  ")[0]
            # Some have no end: what they answer with is enough.
            with subprocess.Popen(["sh", "-c", f"exec {line} -sS -f"],
                                  stdout=subprocess.PIPE) as curl:
                assert curl.stdout.read(1), line
                curl.kill()


def test_it_ends_with_nothing_to_serve(rundir):
    got = subprocess.run([daemon.binary("ttsd-gateway"), "-c", "/dev/null"],
                         capture_output=True, text=True, check=False)
    assert got.returncode == 0 and "nothing is to be served" in got.stderr


def test_it_is_small(start, serve):
    start(*TONE)
    g = serve()
    open_events = [g.events("events=word") for _ in range(100)]
    for e in open_events:
        e.next()
    for _ in range(200):
        g.ask("status")
    with open(f"/proc/{g.pid}/status", encoding="ascii") as f:
        rss = int(re.search(r"VmRSS:\s+(\d+) kB", f.read())[1])
    for e in open_events:
        e.close()
    if daemon.BUILD.name != "san":
        assert rss < 12000, f"{rss} kB"


def test_a_thousand_questions_at_once(start, serve):
    """More than there are connections to ttsd: they wait, all are answered."""
    start(*TONE)
    g = serve()
    waiting = []
    for _ in range(200):
        c = g.connect()
        c.request("POST", "/v1/status", b"")
        waiting.append(c)
    end = time.monotonic() + daemon.PATIENCE_S
    for c in waiting:
        assert c.getresponse().status == 200
        c.close()
    assert time.monotonic() < end
