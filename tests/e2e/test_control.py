"""The control socket: requests, events, and input that must get a clear
answer and hurt nothing."""
import json
import socket
import subprocess

import pytest

from daemon import wait_until
from supervisor import supervise  # noqa: F401


def test_plain_requests(start):
    ttsd = start()
    with ttsd.control() as c:
        assert c.plain("ping") == "ok"
        assert c.plain("say Hello") == "ok 1"
        assert c.plain("say  more\r") == "ok 2"
        assert json.loads(c.plain("status")[3:])["channels"]
        items = json.loads(c.plain("queue")[3:])["items"]
        assert [i["id"] for i in items] == [1, 2]
        assert c.plain("cancel 2") == "ok cancelled"
        assert c.plain("pause") == "ok"
        assert c.plain("resume") == "ok"
        assert c.plain("clear") in ("ok 0", "ok 1")
        assert c.plain("help").startswith("ok {")
        assert c.plain("quit") == "ok"
        assert c.lines.readline() == b""


def test_one_shot_from_a_shell(start, rundir):
    start()
    answer = subprocess.run(
        ["nc", "-N", "-U", f"{rundir}/control.sock"], input=b"say Hello\n",
        stdout=subprocess.PIPE, timeout=20, check=True).stdout
    assert answer == b"ok 1\n"


def test_one_shot_without_a_newline(start, rundir, supervise):  # noqa: F811
    """Story: `printf 'say Hello' | nc -N -U control.sock` was neither
    answered nor done."""
    ttsd = start()
    supervise()
    for name, request, answer in [
            ("control", b"ping\nsay Hello", b"ok\nok 1\n"),
            ("control", b'{"op":"ping","tag":12345678901234567890}',
             b'{"ok":true,"tag":12345678901234567890}\n'),
            ("streamer", b"ping", b"ok\n"),
            ("streamer", b'{"op":"start","name":"x"}',
             b'{"ok":false,"error":"not-found"')]:
        answered = subprocess.run(
            ["nc", "-N", "-U", f"{rundir}/{name}.sock"], input=request,
            stdout=subprocess.PIPE, timeout=20, check=True).stdout
        assert answered.startswith(answer) and answered.endswith(b"\n")
    # Half a line of a client that died is no request.
    with ttsd.control() as c:
        c.send(b"say Half a sen")
    with ttsd.control() as c:
        assert c.plain("ping") == "ok"
        assert c.ask("say", text="whole")["id"] == 2


def test_what_word_processors_leave(start):
    """Story: a form feed, a vertical tab, U+0085, a byte order mark, or null
    for a field that may be absent refused the whole text."""
    with start("-D", "channel.main.engine=espeak").control() as c:
        c.subscribe("word", "finished")
        for text in ("one\vtwo", "one\ftwo", "one\u0085two",
                     "\ufeffone two"):
            for field, value in (("text", text),
                                 ("ssml", f"<speak>{text}</speak>")):
                said = c.ask("say", **{field: value}, voice=None, parts=None,
                             at=None, delay_ms=None, ttl_ms=None, key=None)
                seen = c.until("finished", id=said["id"])
                assert seen[-1]["outcome"] == "spoken"
                words = [e for e in seen if e["event"] == "word"]
                assert [e["text"].strip("\ufeff") for e in words] == [
                    "one", "two"]
                at = value.index("two")
                assert words[1]["offset"] == at
        said = c.ask("say", parts=[{"text": "a", "voice": None},
                                   {"pause_ms": 1, "text": None}])
        c.until("finished", id=said["id"])
        assert c.refused("say", text="\f\u0085\ufeff ") == "bad-request"
        assert c.refused("say", text="a\u0007b") == "bad-request"
        c.send(b"\xef\xbb\xbfping\x0c\n")
        assert c.line() == "ok"


def test_request_of_a_client_that_left_is_done(start):
    ttsd = start()
    with ttsd.control() as watch:
        watch.subscribe("queued")
        with ttsd.control() as c:
            c.send(b"say Hello\n")
        assert watch.event("queued")["text"] == "Hello"


def test_json_request_and_tag(start):
    with start().control() as c:
        tag = {"any": ["JSON", 1.5, None]}
        assert c.json({"op": "ping", "tag": tag}) == {"ok": True, "tag": tag}
        assert c.json({"op": "nope", "tag": 0})["tag"] == 0


def test_answers_in_order(start):
    with start().control() as c:
        c.send(b"".join(b'{"op":"ping","tag":%d}\n' % i
                        for i in range(10_000)))
        for i in range(10_000):
            assert json.loads(c.line())["tag"] == i


def test_events_of_an_announcement(start):
    ttsd = start()
    with ttsd.control() as c:
        c.subscribe()
        said = c.ask("say", text="Ticket seven, please.")
        seen = c.until("finished")
        kinds = [e["event"] for e in seen if e["event"] != "worker"]
        assert kinds[:2] == ["queued", "started"]
        assert kinds.count("word") == 3 and kinds.count("phoneme") > 8
        samples = [e["sample"] for e in seen if "sample" in e]
        assert samples == sorted(samples)
        assert all(e["time"] > 1.6e12 for e in seen)
        words = [e for e in seen if e["event"] == "word"]
        assert [w["text"] for w in words] == ["Ticket", "seven", "please"]
        assert [w["offset"] for w in words] == [0, 7, 14]
        assert all(e["id"] == said["id"] for e in words)


def test_subscription_filters(start):
    ttsd = start("-D", "channel.a.rate=24000", "-D", "channel.b.rate=24000")
    with ttsd.control() as c:
        c.subscribe("finished", channel="b")
        c.ask("say", text="One.", channel="a")
        c.ask("say", text="Two.", channel="b")
        e = c.event()
        assert (e["event"], e["channel"]) == ("finished", "b")
        assert c.refused("subscribe", events=["nope"]) == "bad-request"
        assert c.refused("subscribe", channel="c") == "unknown-channel"


def test_priorities(start):
    ttsd = start()
    with ttsd.control() as c:
        c.subscribe("started")
        c.ask("pause")
        for priority in ("background", "normal", "high", "urgent", "high"):
            c.ask("say", text=priority, priority=priority)
        items = c.ask("queue")["items"]
        assert [i["id"] for i in items] == [4, 3, 5, 2, 1]
        c.ask("resume")
        assert [c.event("started")["id"] for _ in items] == [4, 3, 5, 2, 1]


def test_every_accepted_id_finishes_once(start):
    ttsd = start()
    with ttsd.control() as c:
        c.subscribe("finished")
        c.ask("pause")
        ids = [c.ask("say", text=f"Number {i}.")["id"] for i in range(6)]
        c.ask("cancel", id=ids[1])
        assert c.refused("cancel", id=ids[1]) == "not-found"
        c.ask("resume")
        c.event("finished", id=ids[0])
        c.ask("skip")
        assert c.ask("clear")["cleared"] >= 2
        with ttsd.control() as d:
            last = d.ask("say", text="The end.")["id"]
        seen = [e for e in c.until("finished", id=last)]
    finished = [e["id"] for e in seen if e["event"] == "finished"]
    assert len(finished) == len(set(finished))
    assert set(ids[2:]) <= set(finished)


def test_stopping_ends_every_announcement(start):
    """Of those that are not kept, and so are not the next one's to say."""
    ttsd = start("-D", "ttsd.durable=no")
    with ttsd.control() as c:
        c.subscribe("finished")
        ids = {c.ask("say", text="A longer sentence.")["id"]
               for _ in range(3)}
        ttsd.process.terminate()
        done = [c.event("finished") for _ in ids]
        assert {e["id"] for e in done} == ids
        assert {e["outcome"] for e in done} == {"cancelled"}
    assert ttsd.wait() == 0


def test_set_changes_what_follows(start):
    ttsd = start()
    with ttsd.control() as c:
        c.subscribe("finished")

        def length():
            c.ask("say", text="One two three four five six seven.")
            done = c.event("finished")
            return done["last_sample"] - done["first_sample"]
        slow = length()
        c.ask("set", rate=400, voice="en-us", volume=50)
        assert length() < slow * 0.8
        assert c.refused("set", voice="nobody") == "unknown-voice"
        assert c.ask("channels")["channels"][0]["voice"] == "en-us"


def test_voices_and_engines(start):
    with start().control() as c:
        voices = c.ask("voices")["voices"]
        assert any("de" in v["languages"] for v in voices)
        engines = {e["name"]: e for e in c.ask("engines")["engines"]}
        assert engines["espeak"]["state"] == "ready"
        assert engines["tone"]["state"] == "idle"
        assert c.refused("voices", engine="x") == "unknown-engine"


REFUSED = [
    ({}, "bad-request"),
    ({"op": 5}, "bad-request"),
    ({"op": "nope"}, "unknown-op"),
    ({"op": "say"}, "bad-request"),
    ({"op": "say", "text": ""}, "bad-request"),
    ({"op": "say", "text": " \n\t"}, "bad-request"),
    ({"op": "say", "text": 5}, "bad-request"),
    ({"op": "say", "text": ["x"]}, "bad-request"),
    ({"op": "say", "text": "bell \u0007"}, "bad-request"),
    ({"op": "say", "text": "c1 \u0084"}, "bad-request"),
    ({"op": "say", "text": "x", "voice": "nobody"}, "unknown-voice"),
    ({"op": "say", "text": "x", "voice": "en+nobody"}, "unknown-voice"),
    ({"op": "say", "text": "x", "language": "tlh"}, "unknown-voice"),
    ({"op": "say", "text": "x", "voice": 7}, "bad-request"),
    ({"op": "say", "text": "x", "engine": "nope"}, "unknown-engine"),
    ({"op": "say", "text": "x", "channel": "nope"}, "unknown-channel"),
    ({"op": "say", "text": "x", "rate": -1}, "bad-request"),
    ({"op": "say", "text": "x", "rate": 10 ** 18}, "bad-request"),
    ({"op": "say", "text": "x", "rate": 1.5}, "bad-request"),
    ({"op": "say", "text": "x", "rate": True}, "bad-request"),
    ({"op": "say", "text": "x", "pitch": 101}, "bad-request"),
    ({"op": "say", "text": "x", "volume": 201}, "bad-request"),
    ({"op": "say", "text": "x", "priority": "loud"}, "bad-request"),
    ({"op": "say", "text": "x", "colour": "red"}, "bad-request"),
    ({"op": "cancel"}, "bad-request"),
    ({"op": "cancel", "id": -1}, "bad-request"),
    ({"op": "cancel", "id": "x"}, "bad-request"),
    ({"op": "cancel", "id": 99}, "not-found"),
    ({"op": "skip", "channel": "nope"}, "unknown-channel"),
]


def test_bad_requests_get_their_code(start):
    ttsd = start()
    with ttsd.control() as c:
        for request, code in REFUSED:
            reply = c.json(request)
            assert not reply["ok"] and reply["error"] == code, request
            assert reply["message"]
        assert c.ask("queue")["items"] == []


BAD_LINES = [
    b"{",
    b"{}}",
    b'{"op":"ping"',
    b'{"op":"ping","op":"ping"}',
    b'{"op":"say","text":"\xff\xfe"}',
    b'{"op":"say","text":"a\x00b"}',
    b'{"op":"say","text":"a\\u0000b"}',
    b"{" + b"[" * 60_000,
    b'{"a":' * 12_000,
    b"say \xc3\x28",
    b"say \x00",
    b"say \x1b[31mred",
    b"say",
    b"say    ",
    b"",
    b"\r",
    b"pause now",
    b"subscribe",
    b"cancel x",
    b"cancel",
]


def test_bad_lines_get_an_error_and_the_connection_lives(start):
    with start().control() as c:
        for line in BAD_LINES:
            c.send(line + b"\n")
            answer = c.line()
            if answer.startswith("{"):
                assert json.loads(answer)["error"] == "bad-request"
            else:
                assert answer.startswith("error "), (line, answer)
            assert c.plain("ping") == "ok"


def test_text_of_a_megabyte(start):
    with start().control() as c:
        c.send(b'{"op":"say","text":"' + b"a" * 1_000_000 + b'"}\n')
        assert json.loads(c.line())["error"] == "too-long"
        c.send(b"say " + b"a" * 1_000_000 + b"\n")
        assert c.line().startswith("error too-long")
        assert c.plain("ping") == "ok"


def test_line_with_no_end(start):
    with start().control() as c:
        c.send(b"x" * 70_000)
        assert c.line().startswith("error too-long")
        for _ in range(64):
            c.send(b"x" * 65536)
        c.send(b"\nping\n")
        assert c.line() == "ok"


def test_longest_text_is_spoken(start):
    ttsd = start()
    with ttsd.control() as c:
        c.subscribe("started")
        text = ("word " * 13_000)[:65_000]
        c.ask("say", text=text)
        assert c.event("started")["text"] == text


def test_full_queue(start):
    with start("-D", "channel.main.queue_max=10").control() as c:
        c.ask("pause")
        for _ in range(10):
            c.ask("say", text="x")
        assert c.refused("say", text="x") == "queue-full"
        c.ask("clear")
        c.ask("say", text="x")


def flood(ttsd):
    """10,000 requests at once, over a hundred connections."""
    with ttsd.control() as c:
        c.ask("pause")
    clients = [ttsd.control() for _ in range(100)]
    burst = b'{"op":"say","text":"x"}\n' * 100
    for c in clients:
        c.send(burst)
    answers = [json.loads(c.line()) for c in clients for _ in range(100)]
    assert sum(a["ok"] for a in answers) == 500
    assert all(a["ok"] or a["error"] == "queue-full" for a in answers)
    for c in clients:
        c.close()


def test_10000_requests_while_the_stream_keeps_its_pace(start):
    ttsd = start("-D", "channel.main.queue_max=500")
    with ttsd.listen() as reader:
        flood(ttsd)
        reader.samples(2400)
        assert ttsd.status()["channels"][0]["counters"]["skips"] == 0


def test_more_clients_than_allowed(start):
    ttsd = start("-D", "ttsd.clients_max=20")
    with ttsd.control() as first:
        first.plain("ping")
        others = [ttsd.control() for _ in range(40)]
        refused = 0
        for c in others[19:]:
            assert c.line().startswith("error unavailable")
            refused += 1
        assert refused == 21
        assert first.plain("ping") == "ok"
        for c in others:
            c.close()
        wait_until(lambda: first.ask("status")["clients"] == 1, "they left")


def test_client_that_never_reads(start):
    """It is held up, and events that pile up for it end it; the others and
    the stream notice nothing."""
    ttsd = start()
    with ttsd.control() as c, ttsd.listen() as reader:
        deaf = ttsd.control()
        deaf.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.subscribe()
        deaf.socket.settimeout(0.2)
        with pytest.raises(TimeoutError):
            while True:
                deaf.send(b"voices\n" * 100 + b'{"op":"voices"}\n' * 100)
        c.ask("pause")
        text = "y" * 60_000
        while c.ask("status")["clients"] > 1:
            c.ask("say", text=text)
            c.ask("clear")
        assert not any(reader.samples(2400))
        deaf.close()
