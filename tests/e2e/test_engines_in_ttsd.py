"""Engines as ttsd uses them: what replaces one that fails, pre-buffering, and
servers that speak over HTTP, well and badly."""
import contextlib
import http.server
import struct
import subprocess
import threading

import pytest

import daemon
import test_engine_wyoming as wyoming
from sound import espeak

RATE22 = ("-D", "channel.main.rate=22050")


class Server(http.server.ThreadingHTTPServer):
    """The OpenAI-style speech request, answered by the real espeak-ng."""
    daemon_threads = True

    def __init__(self, answer):
        super().__init__(("127.0.0.1", 0), Handler)
        self.answer = answer
        self.keys = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}/v1/audio/speech"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        import json
        body = json.loads(self.rfile.read(
            int(self.headers["Content-Length"])))
        self.server.keys.append(self.headers.get("Authorization"))
        with contextlib.suppress(OSError):
            self.server.answer(self, body)

    def log_message(self, *_):
        pass


def speak(request, body):
    pcm = espeak(body["input"])
    request.send_response(200)
    request.send_header("Content-Length", str(len(pcm)))
    request.end_headers()
    request.wfile.write(pcm)


def html(request, body):
    request.send_response(200)
    request.send_header("Content-Type", "text/html")
    request.end_headers()
    request.wfile.write(b"<html>welcome</html>")


def broken_off(request, body):
    request.send_response(200)
    request.send_header("Content-Length", "1000000")
    request.end_headers()
    request.wfile.write(espeak(body["input"])[:20_000])


def for_ever(request, body):
    request.send_response(302)
    request.send_header("Location", request.path)
    request.end_headers()


def refuse(request, body):
    request.send_response(503)
    request.end_headers()


def engine(url, *more):
    return ("-D", "engine.net.type=http", "-D", f"engine.net.url={url}",
            "-D", "engine.net.format=raw", "-D", "engine.net.rate=22050",
            "-D", "engine.net.retries=0", "-D", "engine.net.timeout=5s",
            "-D", "channel.main.engine=net", *RATE22, *more)


def test_speech_over_http(start, tmp_path):
    key = tmp_path / "key"
    key.write_text("sk-very-secret\n")
    with Server(speak) as server:
        ttsd = start(*engine(server.url, "-D", f"engine.net.key_file={key}"))
        with ttsd.control() as c, ttsd.listen() as reader:
            c.subscribe("finished")
            c.ask("say", text="Hello from the net.")
            assert c.event("finished")["outcome"] == "spoken"
            expected = espeak("Hello from the net.")
            assert expected.strip(b"\0") in reader.until(
                len(expected) // 2 + 22050)
            assert server.keys == ["Bearer sk-very-secret"]
            for w in c.ask("status")["workers"]:
                assert "secret" not in daemon.command_line(w["pid"])
        assert "secret" not in ttsd.logged()


@pytest.mark.parametrize("answer", [html, broken_off, for_ever, refuse])
def test_bad_servers_fail_the_announcement_alone(start, answer):
    with Server(answer) as server:
        ttsd = start(*engine(server.url))
        with ttsd.control() as c:
            c.subscribe("finished")
            c.ask("say", text="Hello.")
            done = c.event("finished")
            assert done["outcome"] == "failed" and done["reason"], done
            c.ask("say", text="Hello.", engine="tone")
            assert c.event("finished")["outcome"] == "spoken"


def test_speech_over_wyoming(start):
    def act(connection, data, _):
        connection.start(rate=22050)
        connection.chunk(espeak(data["text"]), rate=22050)
        connection.stop()

    with wyoming.serving(act, wyoming.info) as server:
        ttsd = start("-D", "engine.net.type=wyoming", "-D",
                     f"engine.net.address={server.address}", "-D",
                     "channel.main.engine=net", *RATE22)
        with ttsd.control() as c, ttsd.listen() as reader:
            c.subscribe("finished")
            c.ask("say", text="Hello from the net.")
            assert c.event("finished")["outcome"] == "spoken"
            expected = espeak("Hello from the net.")
            assert expected.strip(b"\0") in reader.until(
                len(expected) // 2 + 22050)


def test_fallback_speaks_instead(start):
    """Once it has failed it is not even asked for a while."""
    with Server(refuse) as server:
        ttsd = start(*engine(server.url, "-D", "engine.net.fallback=espeak"))
        with ttsd.control() as c, ttsd.listen() as reader:
            c.subscribe("finished")
            for text in ("First.", "Second.", "Third."):
                c.ask("say", text=text, voice="alloy")
                assert c.event("finished")["outcome"] == "spoken"
                expected = espeak(text)
                assert expected.strip(b"\0") in reader.until(
                    len(reader.pcm) // 2 + 2205)
            assert len(server.keys) == 1
        assert "engine 'espeak' speaks instead" in ttsd.logged()


def test_prebuffer_bridges_a_stall(start):
    ttsd = start("-D", "channel.main.engine=tone", "-D",
                 "engine.tone.prebuffer=900ms")
    with ttsd.control() as c:
        c.subscribe("finished", "underrun")
        c.ask("say", text="ms=500 a b stall=400 c")
        seen = c.until("finished")
        assert [e["event"] for e in seen] == ["finished"]
        assert seen[0]["outcome"] == "spoken"


@pytest.mark.parametrize("script,word", [
    ("exit 0", "no sound"),
    ("exit 3", "3"),
    ("kill -9 $$", "signal 9"),
    ("yes noise >&2 & sleep 1000", "progress"),
])
def test_commands_that_fail(start, script, word):
    ttsd = start("-D", "engine.x.type=command", "-D",
                 f"engine.x.command=sh -c '{script}'", "-D",
                 "engine.x.rate=22050", "-D", "engine.x.timeout=500ms")
    with ttsd.control() as c, ttsd.listen() as reader:
        c.subscribe("finished")
        c.ask("say", text="Hello.", engine="x")
        done = c.event("finished")
        assert done["outcome"] == "failed" and word in done["reason"], done
        reader.samples(2400)


def test_flite_as_a_command(start):
    """flite reads its text on standard input, but wants a file that it can
    seek in: a line of shell lends it one."""
    line = "f=$(mktemp) && flite -o $f && cat $f; rm -f $f"
    wav = subprocess.run(["sh", "-c", line], input=b"Hello from flite.\n",
                         stdout=subprocess.PIPE, check=True).stdout
    rate = struct.unpack_from("<I", wav, 24)[0]
    ttsd = start("-D", "engine.flite.type=command", "-D",
                 f"engine.flite.command=sh -c '{line}'", "-D",
                 f"channel.main.rate={rate}", "-D",
                 "channel.main.engine=flite")
    with ttsd.control() as c, ttsd.listen() as reader:
        c.subscribe("finished")
        c.ask("say", text="Hello from flite.")
        done = c.event("finished")
        assert done["outcome"] == "spoken", done
        assert done["last_sample"] - done["first_sample"] + 1 == \
            len(wav[44:]) // 2
        assert wav[44:].strip(b"\0") in reader.until(
            len(wav) // 2 + rate)


def test_command_with_an_odd_byte(start):
    ttsd = start("-D", "engine.x.type=command", "-D",
                 "engine.x.command=head -c 48001 /dev/zero", "-D",
                 "engine.x.rate=24000", "-D", "engine.x.format=raw")
    with ttsd.control() as c:
        c.subscribe("finished")
        c.ask("say", text="Hello.", engine="x")
        done = c.event("finished")
        assert done["outcome"] == "spoken"
        assert done["last_sample"] - done["first_sample"] + 1 == 24000


def test_command_that_never_ends_can_be_skipped(start):
    ttsd = start("-D", "engine.x.type=command", "-D",
                 "engine.x.command=cat /dev/zero", "-D",
                 "engine.x.rate=24000", "-D", "engine.x.format=raw")
    with ttsd.control() as c, ttsd.listen() as reader:
        c.subscribe("finished", "started")
        c.ask("say", text="Hello.", engine="x")
        c.event("started")
        reader.samples(24000)
        with open(f"/proc/{ttsd.pid}/status") as f:
            rss = [int(x.split()[1]) for x in f if x.startswith("VmRSS")]
        assert rss[0] < 40_000
        c.ask("skip")
        assert c.event("finished")["outcome"] == "cancelled"
        c.ask("say", text="Next.")
        assert c.event("finished")["outcome"] == "spoken"
