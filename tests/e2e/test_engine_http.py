"""The http engine, against servers that speak, and servers that misbehave."""

import array
import contextlib
import copy
import gzip
import http.server
import json
import os
import re
import shutil
import socket
import ssl
import struct
import subprocess
import threading

import pytest

from engines import (
    LIBEXEC, ROOT, case, linux_only, needs_espeak_program, program_says,
    rough, running, until)

KEY = "sk-test-7b1d4cQ9xyzw"
RAMP = array.array("h", range(-12000, 12000)).tobytes()


def wav(payload, rate=24000, channels=1, size=None):
    size = len(payload) if size is None else size
    return struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 0xffffffff, b"WAVE",
                       b"fmt ", 16, 1, channels, rate, 2 * channels * rate,
                       2 * channels, 16, b"data", size) + payload


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        length = int(self.headers.get("Content-Length", 0))
        self.body = self.rfile.read(length)
        with self.server.lock:
            # A handler serves all requests of its connection.
            self.server.requests.append(copy.copy(self))
            number = len(self.server.requests)
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.server.act(self, number)

    do_GET = do_POST

    def json(self):
        return json.loads(self.body)

    def answer(self, body, content_type="audio/wav", status=200, **headers):
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def begin(self, content_type="audio/wav"):
        """A chunked answer."""
        self.send_response(200)
        self.send_header("Content-Type", content_type)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def chunk(self, data):
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()

    def hang_up(self):
        self.close_connection = True

    def until_gone(self):
        """Waits until the engine has closed the connection."""
        self.close_connection = True
        with contextlib.suppress(ConnectionResetError):
            assert self.connection.recv(1) == b""
        self.server.gone.set()

    def redirect(self, status, url):
        self.answer(b"", status=status, Location=url)

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 100

    def __init__(self, act, host="127.0.0.1"):
        super().__init__((host, 0), Handler)
        self.act = act
        self.lock = threading.Lock()
        self.requests = []
        self.gone = threading.Event()
        self.scheme = "http"

    def handle_error(self, *_):
        pass

    @property
    def url(self):
        return f"{self.scheme}://127.0.0.1:{self.server_port}/v1/audio/speech"


@contextlib.contextmanager
def serving(act):
    server = Server(act)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def http_engine():
    """http_engine(act, options…): the engine, with engine.server behind."""
    with contextlib.ExitStack() as stack:
        def make(act, *options, **keywords):
            server = stack.enter_context(serving(act))
            engine = stack.enter_context(running(
                "http", "--url", server.url, *options, **keywords))
            engine.server = server
            return engine
        yield make


def speaks(request, _):
    request.answer(wav(RAMP))


def say(engine, text="Hello", **fields):
    return engine.say(text, sample_rate=24000, **fields)


def spoken(engine):
    assert say(engine).pcm == RAMP


# Servers that speak


def test_http_hello(http_engine):
    h = http_engine(speaks).hello
    assert h["any_voice"] is True and h["voices"] == []


@needs_espeak_program
def test_http_speaks(http_engine):
    """A real synthesiser behind a real server, streamed in odd pieces."""
    def act(request, _):
        asked = request.json()
        data = wav(program_says(asked["input"], asked["voice"]), 22050,
                   size=0xffffffff)
        request.begin()
        for i in range(0, len(data), 1001):
            request.chunk(data[i:i + 1001])
        request.chunk(b"")
    engine = http_engine(act, "--voice", "de")
    for voice in ("en", "en+f3", None):
        r = engine.say("Guten Tag, zusammen.", voice=voice)
        assert r.pcm == program_says("Guten Tag, zusammen.", voice or "de")
    assert engine.close() == 0


def test_http_request(http_engine):
    engine = http_engine(speaks, "--model", "kokoro", "--voice", "nova")
    say(engine, "Grüße, “you” \\ \n")
    say(engine, "Hi", voice="echo", rate=350)
    say(engine, "Hi", rate=10)
    say(engine, "Hi", rate=1000)
    first, second, slow, fast = engine.server.requests
    assert first.command == "POST" and first.path == "/v1/audio/speech"
    assert first.headers["Content-Type"] == "application/json"
    assert "Authorization" not in first.headers
    assert "Expect" not in first.headers
    assert first.json() == {
        "model": "kokoro", "input": "Grüße, “you” \\ \n", "voice": "nova",
        "response_format": "wav"}
    assert second.json() == {
        "model": "kokoro", "input": "Hi", "voice": "echo",
        "response_format": "wav", "speed": 2.0}
    assert slow.json()["speed"] == 0.25 and fast.json()["speed"] == 4.0
    # One connection for all.
    assert first.client_address == fast.client_address


def test_http_ssml_is_not_read_out(http_engine):
    """Story: <sub> said what it should not, &nbsp; was spelled, CDATA and the
    text behind a comment with '>' were lost."""
    engine = http_engine(speaks)
    say(engine, '<?xml version="1.0"?><speak>One &amp; two<!-- a > b -->'
        '<break time="1s"/>&lt;3&#233;&#x1F600; <![CDATA[x < y]]>&nbsp;'
        '<sub alias="World Wide Web">WWW</sub></speak>', ssml=True)
    say(engine, "a <b> &amp; c")
    assert engine.server.requests[0].json()["input"] == \
        "One & two, <3é😀 x < y\u00a0World Wide Web"
    assert engine.server.requests[1].json()["input"] == "a <b> &amp; c"
    assert "line 1, column 8" in engine.fails(
        "bad-request", "<speak>&bad;</speak>", ssml=True)


def test_http_nothing_to_say(http_engine):
    engine = http_engine(speaks)
    for text, ssml in [("", False), (" ...!", False), ("<speak/>", True)]:
        assert say(engine, text, ssml=ssml).info["samples"] == 0
    assert engine.server.requests == []


def test_http_raw_pcm(http_engine):
    def act(request, number):
        request.answer(RAMP + b"x" if number < 3 else wav(RAMP, 12000),
                       "audio/pcm")
    engine = http_engine(act, "--format", "pcm", "--rate", 12000)
    assert engine.say("Hi", sample_rate=12000).pcm == RAMP
    assert engine.say("Hi", sample_rate=24000).info["samples"] == 48000
    assert engine.say("Hi", sample_rate=12000).pcm == RAMP
    assert engine.server.requests[0].json()["response_format"] == "pcm"


def test_http_volume(http_engine):
    engine = http_engine(speaks)
    half = array.array("h", say(engine, volume=50).pcm)
    assert max(half) == 6000 and min(half) == -6000
    spoken(engine)


def test_http_first_sound_does_not_wait_for_the_rest(http_engine):
    heard = threading.Event()

    def act(request, _):
        request.begin()
        request.chunk(wav(RAMP[:960], size=0xffffffff))
        assert heard.wait(60)
        request.chunk(RAMP[960:])
        request.chunk(b"")
    engine = http_engine(act)
    assert engine.in_two(RAMP[:960], heard.set) == RAMP


@pytest.mark.parametrize("coding", ["gzip", "deflate-not-known"])
def test_http_compressed(http_engine, coding):
    """Nobody asked for it; gzip is understood all the same."""
    def act(request, _):
        assert request.headers["Accept-Encoding"] == "identity"
        request.answer(gzip.compress(wav(RAMP)), Content_Encoding=coding)
    engine = http_engine(act)
    if coding == "gzip":
        spoken(engine)
    else:
        engine.fails("failed")


# The key


@pytest.mark.parametrize("way", ["file", "environment"])
def test_http_key(http_engine, tmp_path, monkeypatch, way):
    """It reaches the server and nobody else."""
    def act(request, number):
        if number == 1:
            return speaks(request, number)
        return request.answer(json.dumps({"error": {
            "message": f"Incorrect key provided: {KEY}, sk-te***xyzw, "
                       f"…{KEY[4:12]}. See your account."}}).encode(),
            "application/json", 401)
    if way == "file":
        (tmp_path / "key").write_text(f"  {KEY} \r\nsecond line\n")
        options = ["--key-file", tmp_path / "key"]
    else:
        monkeypatch.setenv("SPEECH_KEY", KEY)
        options = ["--key-env", "SPEECH_KEY"]
    engine = http_engine(act, *options, stderr=subprocess.PIPE)
    spoken(engine)
    assert engine.server.requests[0].headers["Authorization"] == \
        f"Bearer {KEY}"
    message = engine.fails("unavailable")
    assert message == ("HTTP status 401: Incorrect key provided: *** *** *** "
                       "See your account.")
    if os.path.exists("/proc"):
        with open(f"/proc/{engine.process.pid}/cmdline", "rb") as f:
            assert KEY.encode() not in f.read()
    engine.close()
    assert KEY[:8].encode() not in engine.process.stderr.read()


@pytest.mark.parametrize("content", [
    None, b"", b"\n\n", b"two words", b"k\x80y", b"k" * 5000],
    ids=range(6))
def test_http_no_usable_key(tmp_path, content):
    path = tmp_path / "key"
    if content is not None:
        path.write_bytes(content)
    done = subprocess.run(
        [LIBEXEC / "http", "--url", "http://127.0.0.1:1/", "--key-file", path],
        check=False, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE)
    assert done.returncode == 69 and str(path).encode() in done.stderr
    assert not content or content.strip() == b"" or \
        content[:3] not in done.stderr.replace(str(path).encode(), b"")


def test_http_no_key_in_environment():
    done = subprocess.run(
        [LIBEXEC / "http", "--url", "http://127.0.0.1:1/", "--key-env",
         "NO_SUCH_VARIABLE"], check=False, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert done.returncode == 69 and b"NO_SUCH_VARIABLE" in done.stderr


# Redirects


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_http_redirect_on_the_same_server(http_engine, monkeypatch, status):
    monkeypatch.setenv("SPEECH_KEY", KEY)

    def act(request, _):
        if request.path != "/there":
            return request.redirect(status, "/there")
        assert request.command == "POST" and request.json()["input"] == "Hello"
        assert request.headers["Authorization"] == f"Bearer {KEY}"
        return request.answer(wav(RAMP))
    engine = http_engine(act, "--key-env", "SPEECH_KEY")
    spoken(engine)
    spoken(engine)
    assert [r.path for r in engine.server.requests] == [
        "/v1/audio/speech", "/there"] * 2


def test_http_see_other(http_engine):
    def act(request, _):
        if request.command == "POST":
            return request.redirect(303, "/sound.wav")
        assert request.body == b""
        return request.answer(wav(RAMP))
    engine = http_engine(act)
    spoken(engine)
    spoken(engine)


def test_http_key_does_not_follow_to_another_server(http_engine, monkeypatch):
    monkeypatch.setenv("SPEECH_KEY", KEY)

    def other(request, _):
        assert request.json()["input"] == "Hello"
        request.answer(wav(RAMP), status=200)
    with serving(other) as elsewhere:
        engine = http_engine(
            lambda request, _: request.redirect(307, elsewhere.url),
            "--key-env", "SPEECH_KEY")
        spoken(engine)
        assert "Authorization" in engine.server.requests[0].headers
        assert "Authorization" not in elsewhere.requests[0].headers


def test_http_endless_redirect(http_engine):
    engine = http_engine(lambda request, n: request.redirect(302, f"/{n}"))
    assert "more than 3 redirects" in engine.fails("failed")
    assert len(engine.server.requests) == 4


@pytest.mark.parametrize("url", [
    "file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://127.0.0.1:1/x",
    "javascript:1", "http://user:secret@127.0.0.1:1/", "http://", ""])
def test_http_redirect_to_something_else(http_engine, url):
    engine = http_engine(lambda request, _: request.redirect(302, url))
    message = engine.fails("failed")
    assert "redirect" in message and "secret" not in message
    assert len(engine.server.requests) <= 4


# Answers without sound


@pytest.mark.parametrize("body, said", [
    (b'{"error":{"message":"model not known","type":"x"}}', "model not known"),
    (b'{"error":"no such voice"}', "no such voice"),
    (b'{"message":"too\\nlong\\u001b[2J"}', "too?long?[2J"),
    (b'{"detail":"bad"}', "bad"),
    (b'{"detail":[{"loc":["body"],"msg":"field required"}]}',
     "field required"),
    (b'{"error":{"message":"cannot say: The secret text."}}', ""),
    (b'{"error":{"message":"' + b"long " * 2000 + b'"}}', "long long"),
    (b"<html><body>Bad</body></html>", ""), (b"", ""), (b"[]", ""),
    (b'{"error":', ""), (b'{"error":{"message":1}}', ""),
    (b'"' + b"x" * 100000, ""), (b"\xff\xfe", "")], ids=range(14))
def test_http_refused(http_engine, body, said):
    engine = http_engine(lambda request, _: request.answer(
        body, "application/json", 400))
    message = engine.fails("failed", "The secret text.")
    assert message.startswith("HTTP status 400")
    assert said in message and len(message) < 300
    assert said or message == "HTTP status 400"
    assert len(engine.server.requests) == 1


@pytest.mark.parametrize("status, code, tries", [
    (401, "unavailable", 1), (403, "unavailable", 1), (404, "unavailable", 1),
    (405, "failed", 1), (422, "failed", 1), (304, "failed", 1),
    (429, "unavailable", 3), (500, "unavailable", 3), (503, "unavailable", 3)])
def test_http_statuses(http_engine, status, code, tries):
    engine = http_engine(lambda request, _: request.answer(
        b"", "text/html", status))
    assert engine.fails(code) == f"HTTP status {status}"
    assert len(engine.server.requests) == tries


@pytest.mark.parametrize("body, content_type, words", [
    (b"<!DOCTYPE html><html>", "text/html; charset=utf-8", "HTML"),
    (b'{"error":{"message":"quota"}}', "application/json", "quota"),
    (b"<!DOCTYPE html><html>", "audio/wav", "HTML or XML where sound"),
    (b"ID3\4" + bytes(5000), "audio/mpeg", "MP3"),
    (b"\xff\xfb" + bytes(5000), "audio/mpeg", "no sound that is known"),
    (b"RIFF", "audio/wav", "no usable WAV header"),
    (wav(b""), "audio/wav", "no sound"), (b"", "audio/wav", "no sound"),
    (b"<html>" * 100000, "text/html", "HTML"),
    (RAMP, "audio/pcm", "format = raw")], ids=range(10))
def test_http_no_sound(http_engine, body, content_type, words):
    engine = http_engine(lambda request, _: request.answer(
        body, content_type))
    assert words in engine.fails("failed")
    assert len(engine.server.requests) == 1


@pytest.mark.parametrize("options", [[], ["--format", "pcm"]])
@pytest.mark.parametrize("body, content_type, words", [
    (b'{"error":{"message":"quota"}}', "audio/wav", "quota"),
    (b'{"error":{"message":"quota"}}', "audio/pcm", "quota"),
    (b'data: {"type":"speech.audio.delta","audio":"UklGRg"}\n\n', "audio/pcm",
     "event stream"),
    (case("webm.webm"), "audio/wav", "WebM"),
    (case("aac.aac"), "audio/wav", "AAC"),
    (os.urandom(40000), "application/octet-stream", "")], ids=range(6))
def test_http_wrong_label(http_engine, body, content_type, words, options):
    """Story: what a server called sound was played as samples, at full scale:
    JSON, event streams, WebM. What came is looked at, not its label."""
    engine = http_engine(lambda request, _: request.answer(
        body, content_type), *options)
    r = say(engine)
    assert r.end == "X" and words in r.info["message"]
    assert len(r.pcm) < 600


@pytest.mark.parametrize("content_type", [
    "text/plain", "application/json", "audio/mpeg", "audio/ogg"])
def test_http_raw_under_a_wrong_label(http_engine, content_type):
    """Story: true PCM under a wrong label was refused, with no way to say
    that it is PCM."""
    engine = http_engine(lambda request, _: request.answer(
        RAMP, content_type), "--format", "pcm")
    spoken(engine)


@pytest.mark.parametrize("content_type", ["audio/mpeg", "audio/wav"])
def test_http_mp3(http_engine, content_type):
    """Story: servers that make nothing but MP3 were refused, or heard as
    noise where the MP3 had no ID3 in front."""
    engine = http_engine(lambda request, _: request.answer(
        case("noid3.mp3"), content_type))
    pcm = engine.say("Hi").pcm
    assert 0.5 < len(pcm) / 44100 < 0.6 and rough(pcm) == 0


def test_http_wav_for_every_sentence(http_engine):
    engine = http_engine(lambda request, _: request.answer(
        wav(RAMP) + wav(RAMP)))
    assert say(engine).pcm == 2 * RAMP


# Answers that end early


def early_length(request, _):
    request.send_response(200)
    request.send_header("Content-Length", "50000")
    request.end_headers()
    request.wfile.write(wav(RAMP, size=0xffffffff)[:20000])
    request.hang_up()


def early_chunk(request, _):
    request.begin()
    request.chunk(wav(RAMP, size=0xffffffff)[:20000])
    request.hang_up()


def early_close(request, _):
    request.send_response(200)
    request.send_header("Connection", "close")
    request.end_headers()
    request.wfile.write(wav(RAMP)[:20000])


def early_reset(request, number):
    early_chunk(request, number)
    request.wfile.flush()
    request.connection.setsockopt(
        socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


@pytest.mark.parametrize("act", [early_length, early_chunk, early_close])
def test_http_ends_early(http_engine, act):
    """What came is heard, and the failure is told; it is not asked again,
    for the beginning would be heard twice."""
    engine = http_engine(act)
    r = say(engine)
    assert r.end == "X" and r.info["code"] == "failed"
    assert r.info["message"] == "the answer ended early"
    assert r.pcm == RAMP[:19956]
    assert len(engine.server.requests) == 1


def test_http_reset(http_engine):
    engine = http_engine(early_reset)
    r = say(engine)
    assert r.end == "X" and r.info["code"] in ("failed", "unavailable")


def test_http_whole_answer_that_ends_with_the_connection(http_engine):
    """HTTP/1.0 manners; the WAV header, where it is honest, tells the end."""
    def act(request, number):
        request.send_response(200)
        request.send_header("Connection", "close")
        request.end_headers()
        request.wfile.write(wav(RAMP, size=[
            None, 0, 0xffffffff, 0x7fffffff][number - 1]))
    engine = http_engine(act)
    for _ in range(4):
        spoken(engine)


# Trying again


def test_http_tries_again(http_engine):
    def act(request, number):
        if number == 1:
            request.answer(b"{}", "application/json", 503)
        elif number == 2:
            request.answer(b"", "text/plain", 429, Retry_After="0")
        else:
            request.answer(wav(RAMP))
    engine = http_engine(act)
    spoken(engine)
    assert len(engine.server.requests) == 3


def test_http_tries_again_where_nothing_came(http_engine):
    def act(request, number):
        if number == 1:
            request.hang_up()
        elif number == 2:
            request.begin()
            request.chunk(b"RIFF")
            request.hang_up()
        else:
            request.answer(wav(RAMP))
    engine = http_engine(act)
    spoken(engine)


@pytest.mark.parametrize("retries", [0, 1])
def test_http_gives_up(http_engine, retries):
    engine = http_engine(lambda request, _: request.answer(
        b"", status=500), "--retries", retries)
    engine.fails("unavailable")
    assert len(engine.server.requests) == retries + 1


def test_http_server_that_wants_rest(http_engine):
    engine = http_engine(lambda request, _: request.answer(
        b"", status=429, Retry_After="3600"))
    engine.fails("unavailable")
    assert len(engine.server.requests) == 1


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def test_http_nobody_there():
    with running("http", "--url", f"http://127.0.0.1:{free_port()}/",
                 "--retries", 1) as engine:
        assert "cannot reach the server" in engine.fails("unavailable")
        engine.fails("unavailable")
        assert engine.close() == 0


def test_http_no_such_host():
    with running("http", "--url", "http://nothing.invalid/",
                 "--retries", 0, "--timeout", 20) as engine:
        assert "cannot reach the server" in engine.fails("unavailable")


def test_http_retry_is_cancelled(http_engine):
    engine = http_engine(lambda request, _: request.answer(
        b"", status=503, Retry_After="5"), "--retries", 20)
    engine.job("Hello")
    engine.send("C", {"job": engine.number})
    assert engine.drain()["samples"] == 0
    assert engine.close() == 0


# Slow and silent servers


def silent(request, _):
    request.until_gone()


def silent_after_headers(request, _):
    request.begin()
    request.until_gone()


def silent_in_the_middle(request, _):
    request.begin()
    request.chunk(wav(RAMP, size=0xffffffff)[:4844])
    request.until_gone()


def dribble(request, data, pause=0.05):
    request.close_connection = True
    with contextlib.suppress(OSError):
        for byte in data:
            request.wfile.write(byte)
            request.wfile.flush()
            request.connection.settimeout(pause)
            with contextlib.suppress(TimeoutError):
                request.connection.recv(1)
                return


def dribbled_headers(request, _):
    request.wfile.write(b"HTTP/1.1 200 OK\r\n")
    dribble(request, (b"X-%d: x\r\n" % i for i in range(10000)))


def dribbled_sound(request, _):
    request.begin()
    request.chunk(wav(RAMP, size=0xffffffff)[:4844])
    dribble(request, (b"1\r\nx\r\n" for _ in range(10000)))


@pytest.mark.parametrize("act", [
    silent, silent_after_headers, silent_in_the_middle, dribbled_headers,
    dribbled_sound])
def test_http_slow(http_engine, act):
    """A byte now and then does not keep us waiting either."""
    def once(request, number):
        (act if number == 1 else speaks)(request, number)
    engine = http_engine(once, "--timeout", 1)
    message = engine.fails("failed")
    assert message == "the server sent nothing for 1 s"
    spoken(engine)
    assert len(engine.server.requests) == 2


@pytest.mark.parametrize("act", [
    silent, silent_after_headers, silent_in_the_middle])
@pytest.mark.parametrize("how", ["cancel", "end of file"])
def test_http_wait_ends_when_nobody_wants_it(http_engine, act, how):
    """…and the server sees it, too."""
    def once(request, number):
        (act if number == 1 else speaks)(request, number)
    engine = http_engine(once)
    engine.job("Hello", sample_rate=24000)
    until(lambda: engine.server.requests)
    if act is silent_in_the_middle:
        engine.sound(2400)
    if how == "cancel":
        engine.send("C", {"job": engine.number})
        engine.drain()
        spoken(engine)
    else:
        assert engine.close() == 0
    assert engine.server.gone.wait(60)


def test_http_endless_sound_cancelled(http_engine):
    def act(request, _):
        request.begin()
        request.chunk(wav(b"", size=0xffffffff))
        while True:
            request.chunk(bytes(65536))
    engine = http_engine(act)
    for _ in range(3):
        engine.job("Hello")
        engine.sound(30000)
        engine.send("C", {"job": engine.number})
        engine.drain()
    assert engine.close() == 0


def test_http_slow_reader_is_not_a_slow_server(http_engine):
    """The stream holds us up for longer than the time-out."""
    paused = threading.Event()

    def act(request, _):
        request.begin()
        request.chunk(wav(b"", size=0xffffffff))
        for _ in range(40):
            request.chunk(RAMP)
        paused.wait(60)
        request.chunk(RAMP)
        request.chunk(b"")
    engine = http_engine(act, "--timeout", 1)
    engine.job("Hello", sample_rate=24000)
    engine.sound(2400)
    assert not paused.wait(1.5)
    paused.set()
    while True:
        kind, payload = engine.frame()
        if kind != "P":
            break
    assert kind == "E" and json.loads(payload)["samples"] == 41 * 24000


def test_http_floods_headers(http_engine):
    def act(request, _):
        request.wfile.write(b"HTTP/1.1 200 OK\r\n")
        request.close_connection = True
        for _ in range(2000):
            request.wfile.write(b"X: " + b"x" * 60000 + b"\r\n")
    engine = http_engine(act, "--retries", 0)
    r = say(engine)
    assert r.end == "X" and r.info["code"] in ("failed", "unavailable")


@pytest.mark.parametrize("first", [
    b"garbage\r\n\r\n", b"SSH-2.0-OpenSSH_9.2\r\n", b"\0" * 5000,
    b"HTTP/1.1 two\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"],
    ids=range(7))
def test_http_garbage(http_engine, first):
    def act(request, _):
        request.wfile.write(first)
        request.hang_up()
    engine = http_engine(act, "--retries", 0)
    r = say(engine)
    assert r.end == "X" and r.info["code"] in ("failed", "unavailable")
    assert engine.close() == 0


# HTTPS


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl")
def test_https(tmp_path):
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout",
         key, "-out", cert, "-days", "2", "-subj", "/CN=localhost", "-addext",
         "subjectAltName=IP:127.0.0.1"], check=True, stderr=subprocess.DEVNULL)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)

    def act(request, number):
        if number == 2:
            request.redirect(307, plain.url)
        else:
            request.answer(wav(RAMP))
    with serving(speaks) as plain, serving(act) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        server.scheme = "https"
        with running("http", "--url", server.url, "--ca-file",
                     cert) as engine:
            spoken(engine)
            # What was private must not go on in the clear.
            assert "redirect" in engine.fails("failed")
            assert plain.requests == []
        with running("http", "--url", server.url) as engine:
            assert "not trusted" in engine.fails("unavailable")


# Arguments


@pytest.mark.parametrize("options", [
    [], ["--url"], ["--url", ""], ["--url", "ftp://a/"], ["--url", "/path"],
    ["--url", "http://user:secret@a/"], ["--url", "http://user@a/"],
    ["--url", "http://a/", "--format", "mp3"],
    ["--url", "http://a/", "--rate", "5"],
    ["--url", "http://a/", "--retries", "99"],
    ["--url", "http://a/", "--timeout", "x"],
    ["--url", "http://a/", "--key-env", "A", "--key-file", "b"],
    ["--url", "http://a/", "--key", "secret"]])
def test_http_usage(options):
    done = subprocess.run([LIBEXEC / "http", *options], check=False,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE)
    assert done.returncode == 64 and done.stderr.startswith(b"error: ")
    assert b"secret" not in done.stderr


def test_http_options_are_documented():
    text = (ROOT / "docs" / "ENGINE.md").read_text(encoding="utf-8")
    text = text.split("\n## http\n")[1].split("\n## ")[0]
    code = (ROOT / "ttsd/engines/http.c").read_text(encoding="utf-8")
    options = re.findall(r'\.name = "(--[a-z-]+)"', code)
    assert options and all(f"| `{o}` |" in text for o in options)


def test_http_no_ca_file(tmp_path):
    done = subprocess.run(
        [LIBEXEC / "http", "--url", "https://a/", "--ca-file", tmp_path / "x"],
        check=False, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE)
    assert done.returncode == 69


@linux_only
def test_http_many_jobs_leave_nothing(http_engine):
    def act(request, number):
        [speaks, early_chunk, early_length][number % 3](request, number)
    engine = http_engine(act)

    def fds():
        return len(os.listdir(f"/proc/{engine.process.pid}/fd"))
    for _ in range(6):
        say(engine)
    before = fds()
    for _ in range(60):
        say(engine)
    assert fds() <= before + 1
