"""The wyoming engine, against servers that speak, and servers that
misbehave."""

import array
import contextlib
import json
import os
import re
import socket
import socketserver
import struct
import subprocess
import threading

import pytest

from engines import (
    LIBEXEC, ROOT, case, linux_only, needs_espeak_program, program_says,
    rough, running, samples, until)

RAMP = array.array("h", range(-12000, 12000)).tobytes()
FORMAT = {"rate": 24000, "width": 2, "channels": 1}
INFO = {"asr": [], "tts": [{"name": "piper", "voices": [
    {"name": "en_US-amy", "languages": ["en_US"], "installed": True,
     "attribution": {"name": "x", "url": "y"}},
    {"name": "de_DE-eva", "languages": ["de_DE"], "installed": True,
     "speakers": [{"name": "happy"}, {"name": "sad"}]},
    {"name": "zh_CN-huayan", "languages": ["zh_CN"], "installed": True}]}]}


class Handler(socketserver.StreamRequestHandler):
    """One connection. Events go out with their data behind the line, as the
    wyoming package sends them, or inside it, as it once did."""

    def read_event(self):
        line = self.rfile.readline()
        if not line:
            return None, None
        header = json.loads(line)
        data = dict(header.get("data") or {})
        if header.get("data_length"):
            data.update(json.loads(self.rfile.read(header["data_length"])))
        return header["type"], data

    def event(self, kind, data=None, payload=b"", inline=False):
        header = {"type": kind, "version": "1.5.3"}
        behind = b""
        if data and inline:
            header["data"] = data
        elif data:
            behind = json.dumps(data, ensure_ascii=False).encode()
            header["data_length"] = len(behind)
        if payload:
            header["payload_length"] = len(payload)
        self.raw(json.dumps(header).encode() + b"\n" + behind + payload)

    def raw(self, data):
        self.wfile.write(data)

    def start(self, **changes):
        self.event("audio-start", {**FORMAT, **changes})

    def chunk(self, pcm, **changes):
        self.event("audio-chunk", {**FORMAT, **changes}, pcm)

    def stop(self):
        self.event("audio-stop", {"timestamp": None})

    def until_gone(self):
        with contextlib.suppress(ConnectionResetError):
            assert self.connection.recv(1) == b""
        self.server.gone.set()

    def handle(self):
        with contextlib.suppress(OSError):
            while True:
                kind, data = self.read_event()
                if kind is None:
                    return
                if kind == "describe":
                    self.server.describe(self)
                    continue
                with self.server.lock:
                    self.server.requests.append((kind, data))
                    number = len(self.server.requests)
                if self.server.act(self, data, number) == "hang up":
                    return


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 100

    def __init__(self, act, describe):
        super().__init__(("127.0.0.1", 0), Handler)
        self.act = act
        self.describe = describe
        self.lock = threading.Lock()
        self.requests = []
        self.gone = threading.Event()

    def handle_error(self, *_):
        pass

    @property
    def address(self):
        return f"127.0.0.1:{self.server_address[1]}"


@contextlib.contextmanager
def serving(act, describe):
    server = Server(act, describe)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def info(connection):
    connection.event("info", INFO)


@pytest.fixture
def wyoming():
    """wyoming(act, options…): the engine, with engine.server behind."""
    with contextlib.ExitStack() as stack:
        def make(act, *options, describe=info, **keywords):
            server = stack.enter_context(serving(act, describe))
            engine = stack.enter_context(running(
                "wyoming", "--address", server.address, *options, **keywords))
            engine.server = server
            return engine
        yield make


def speaks(connection, _, __):
    connection.start()
    connection.chunk(RAMP)
    connection.stop()


def say(engine, text="Hello", **fields):
    return engine.say(text, sample_rate=24000, **fields)


def spoken(engine):
    assert say(engine).pcm == RAMP


def then_speaks(act):
    """Misbehaves for the first job only."""
    def both(connection, data, number):
        return (act if number == 1 else speaks)(connection, data, number)
    return both


# Servers that speak


@pytest.mark.parametrize("inline", [False, True])
def test_wyoming_hello(wyoming, inline):
    engine = wyoming(speaks, describe=lambda c: c.event(
        "info", INFO, inline=inline))
    assert engine.hello["any_voice"] is False
    assert engine.hello["voices"] == [
        {"name": n, "id": n, "languages": [l], "gender": "none"}
        for n, l in [("en_US-amy", "en-us"), ("de_DE-eva", "de-de"),
                     ("de_DE-eva#happy", "de-de"),
                     ("de_DE-eva#sad", "de-de"), ("zh_CN-huayan", "zh-cn")]]
    assert engine.close() == 0


@needs_espeak_program
def test_wyoming_speaks(wyoming):
    """A real synthesiser behind a real server, in pieces as Piper's."""
    def act(connection, data, _):
        voice = data.get("voice", {}).get("name", "fr")
        pcm = program_says(data["text"], voice)
        connection.start(rate=22050)
        for i in range(0, len(pcm), 2048):
            connection.chunk(pcm[i:i + 2048], rate=22050)
        connection.stop()
    engine = wyoming(act)
    for voice in ("en", "de", None):
        r = engine.say("Guten Tag, zusammen.", voice=voice)
        assert r.pcm == program_says("Guten Tag, zusammen.", voice or "fr")
    assert engine.close() == 0


def test_wyoming_request(wyoming):
    engine = wyoming(speaks, "--voice", "en_US-amy")
    text = "Grüße, “you” \\ \n"
    say(engine, text)
    say(engine, "Hi", voice="de_DE-eva#sad")
    say(engine, "Hi", language="de")
    say(engine, "Hi", language="en-GB")
    say(engine, "Hi", language="fr")
    say(engine, "Hi", voice="other", language="de")
    # Mandarin is "cmn" to us, as `auto` has it.
    for language in ("cmn", "zh", "zh_TW"):
        say(engine, "你好", language=language)
    say(engine, "<speak>One &amp; <sub alias='two'>2</sub>&nbsp;<![CDATA[x < y]]>"
        "</speak>", ssml=True)
    assert engine.server.requests[0] == ("synthesize", {
        "text": text, "voice": {"name": "en_US-amy"}})
    assert [d["voice"] for _, d in engine.server.requests[1:6]] == [
        {"name": "de_DE-eva", "speaker": "sad"}, {"name": "de_DE-eva"},
        {"name": "en_US-amy"}, {"language": "fr"}, {"name": "other"}]
    assert [d["voice"] for _, d in engine.server.requests[6:9]] == [
        {"name": "zh_CN-huayan"}] * 3
    assert engine.server.requests[9][1]["text"] == "One & two\u00a0x < y"
    engine.fails("bad-request", "<speak>One & <b>two</speak>", ssml=True)


def test_wyoming_no_voice_named(wyoming):
    engine = wyoming(speaks)
    say(engine)
    assert engine.server.requests == [("synthesize", {"text": "Hello"})]


def test_wyoming_nothing_to_say(wyoming):
    engine = wyoming(speaks)
    assert say(engine, "").info["samples"] == 0
    assert say(engine, " ...!").info["samples"] == 0
    assert engine.server.requests == []


def test_wyoming_odd_pieces(wyoming):
    """Chunks need not end where samples do."""
    def act(connection, _, __):
        connection.start()
        for i in range(0, len(RAMP), 1001):
            connection.chunk(RAMP[i:i + 1001])
        connection.stop()
    spoken(wyoming(act))


def test_wyoming_any_segmentation(wyoming):
    """Every byte on its own, and then all in one."""
    def act(connection, _, number):
        class Collect:
            data = b""

            def write(self, more):
                self.data += more
        wire, connection.wfile = connection.wfile, Collect()
        connection.start()
        connection.chunk(RAMP[:400])
        connection.event("surprise", {"a": 1}, b"payload")
        connection.chunk(RAMP[400:800])
        connection.stop()
        data, connection.wfile = connection.wfile.data, wire
        connection.connection.setsockopt(
            socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        step = 1 if number == 1 else len(data)
        for i in range(0, len(data), step):
            wire.write(data[i:i + step])
    engine = wyoming(act)
    assert say(engine).pcm == RAMP[:800]
    assert say(engine).pcm == RAMP[:800]


@pytest.mark.parametrize("width, pack", [
    (1, lambda v: struct.pack("B", (v >> 8) + 128)),
    (3, lambda v: struct.pack("<i", v << 8)[:3]),
    (4, lambda v: struct.pack("<i", v << 16))])
def test_wyoming_widths(wyoming, width, pack):
    values = [v << 8 for v in (-128, -1, 0, 1, 64, 127)]

    def act(connection, _, __):
        connection.start(width=width)
        connection.chunk(b"".join(map(pack, values)), width=width)
        connection.stop()
    assert samples(say(wyoming(act)).pcm).tolist() == values


def test_wyoming_stereo_and_rate(wyoming):
    def act(connection, _, __):
        connection.start(rate=48000, channels=2)
        connection.chunk(array.array("h", [1000, 3001] * 4800).tobytes(),
                         rate=48000, channels=2)
        connection.stop()
    engine = wyoming(act)
    assert set(samples(engine.say("Hi", sample_rate=48000).pcm)) == {2001}
    assert say(engine).info["samples"] == 2400


def test_wyoming_lenient(wyoming):
    """A start for every sentence, none at all, a stop without a start, the
    format only once."""
    def act(connection, _, number):
        if number == 1:
            for _ in range(2):
                connection.start()
                connection.chunk(RAMP[:24000])
        elif number == 2:
            connection.chunk(RAMP)
        elif number == 3:
            connection.start()
            connection.event("audio-chunk", None, RAMP)
        connection.stop()
    engine = wyoming(act)
    assert say(engine).pcm == RAMP[:24000] * 2
    spoken(engine)
    spoken(engine)
    assert "no sound" in engine.fails("failed")


def test_wyoming_start_and_stop_for_every_sentence(wyoming):
    """Story: after the first audio-stop nothing was read; a server that sends
    one a sentence was cut off after the first, outcome `spoken`."""
    def act(connection, _, __):
        for pcm in (RAMP, RAMP[:2000], RAMP):
            connection.start()
            connection.chunk(pcm)
            connection.stop()
    assert say(wyoming(act)).pcm == RAMP + RAMP[:2000] + RAMP


def test_wyoming_sentences_of_a_server_that_hangs_up(wyoming):
    """It answers no `describe`, but the end of the connection is an end."""
    def act(connection, _, __):
        speaks(connection, _, __)
        speaks(connection, _, __)
        return "hang up"
    assert say(wyoming(act, describe=silent)).pcm == RAMP * 2
    assert say(wyoming(act)).pcm == RAMP * 2


@pytest.mark.parametrize("name, words", [
    ("two_wavs_concat.wav", None), ("noid3.mp3", None), ("aac.aac", "AAC"),
    ("json_on_stdout.txt", "JSON")])
def test_wyoming_other_sound_in_chunks(wyoming, name, words):
    """Story: whatever a chunk held was samples, and WAV or MP3 in it were
    noise."""
    def act(connection, _, __):
        connection.start(rate=22050)
        connection.chunk(case(name), rate=22050)
        connection.stop()
    engine = wyoming(act)
    if words:
        assert words in engine.fails("failed")
    else:
        pcm = engine.say("Hi").pcm
        assert len(pcm) > 20000 and rough(pcm) == 0


def test_wyoming_raw_is_believed(wyoming):
    noise = os.urandom(4000)

    def act(connection, _, __):
        connection.start()
        connection.chunk(noise)
        connection.stop()
    assert say(wyoming(act, "--format", "raw")).pcm == noise
    assert "noise" in wyoming(act).fails("failed")


def test_wyoming_first_sound_does_not_wait_for_the_rest(wyoming):
    heard = threading.Event()

    def act(connection, _, __):
        connection.start()
        connection.chunk(RAMP[:960])
        assert heard.wait(60)
        connection.chunk(RAMP[960:])
        connection.stop()
    engine = wyoming(act)
    assert engine.in_two(RAMP[:960], heard.set) == RAMP


def test_wyoming_half_a_chunk_is_heard(wyoming):
    """A chunk may be a whole sentence; its beginning does not wait for its
    end."""
    heard = threading.Event()

    def act(connection, _, __):
        connection.start()
        connection.raw(b'{"type":"audio-chunk","payload_length":%d}\n' %
                       len(RAMP) + RAMP[:960])
        assert heard.wait(60)
        connection.raw(RAMP[960:])
        connection.stop()
    engine = wyoming(act)
    engine.job("Hello", sample_rate=24000)
    assert engine.frame() == ("P", RAMP[:960])
    heard.set()
    engine.drain()


def test_wyoming_volume(wyoming):
    assert max(samples(say(wyoming(speaks), volume=50).pcm)) == 6000


# Describe


def silent(connection):
    connection.until_gone()


@pytest.mark.parametrize("describe", [
    silent,
    lambda c: c.raw(b"HTTP/1.1 400 Bad Request\r\n\r\n"),
    lambda c: c.raw(b'{"type":"info","data_length":99999999999}\n'),
    lambda c: c.raw(b'{"type":"info","data_length":5}\n[1,2]'),
    lambda c: c.raw(b'{"type":"info","data":[]}\n'),
    lambda c: c.event("info", {"tts": "none"}),
    lambda c: c.event("info", {"tts": [1, {"voices": [1, {"name": 5}]}]}),
    lambda c: c.event("info", {"tts": [{"voices": [
        {"name": "x" * 1000}, {"name": ""}, {"name": "a\nb"}]}]}),
    lambda c: c.connection.shutdown(socket.SHUT_RDWR),
    lambda c: c.raw(b'{"type":"' + b"x" * (5 << 20)),
], ids=range(10))
def test_wyoming_no_list_of_voices(wyoming, describe):
    """It is a hello all the same, soon, and the server may be better later."""
    engine = wyoming(speaks, describe=describe)
    assert engine.hello["any_voice"] is True and engine.hello["voices"] == []
    spoken(engine)


def test_wyoming_many_voices(wyoming):
    """More than one hello holds, and what cannot be in it."""
    engine = wyoming(speaks, describe=lambda c: c.event("info", {"tts": [
        {"voices": [{"name": f"voice-{i}-" + "ü" * 25,
                     "languages": ["en_US"] * 100 + ["\n" * 9],
                     "speakers": [{"name": "a"}, {"name": None}, {}, 7]}
                    for i in range(1000)]}]}))
    assert len(engine.hello["voices"]) == 1000
    assert engine.hello["voices"][0]["languages"] == ["en-us"] * 4
    assert engine.hello["voices"][1]["name"].endswith("#a")


def test_wyoming_unknown_events_come_first(wyoming):
    def describe(connection):
        connection.event("ping", {"text": "x"}, b"payload")
        connection.event("info", INFO)
    assert len(wyoming(speaks, describe=describe).hello["voices"]) == 5


# Servers that fail


@pytest.mark.parametrize("data, words", [
    ({"text": "no such voice", "code": "ValueError"}, "no such voice"),
    ({"text": "x" * 5000}, "xxxx"), ({"text": "a\nb\u001b[2J"}, "a?b?[2J"),
    ({"text": "cannot say: The secret text."}, "reports an error"),
    ({"text": 5}, "reports an error"), (None, "reports an error")],
    ids=range(6))
def test_wyoming_error(wyoming, data, words):
    def act(connection, _, __):
        connection.event("error", data)
        return "hang up"
    engine = wyoming(then_speaks(act))
    message = engine.fails("failed", "The secret text.")
    assert words in message and len(message) < 300
    assert "secret" not in message
    spoken(engine)


def test_wyoming_error_in_the_middle(wyoming):
    def act(connection, _, __):
        connection.start()
        connection.chunk(RAMP)
        connection.event("error", {"text": "out of memory"})
    r = say(wyoming(act))
    assert r.end == "X" and r.pcm == RAMP


@pytest.mark.parametrize("raw", [
    b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\0" * 100, b"\n\n", b"[]\n",
    b'{"type":5}\n', b"{}\n", b'{"type":"audio-start"\n', b"{\xff}\n",
    b'{"type":"audio-start","data":"x"}\n',
    b'{"type":"audio-start","data_length":"5"}\n',
    b'{"type":"audio-start","data_length":-5}\n',
    b'{"type":"audio-start","data_length":1.5}\n',
    b'{"type":"audio-start","data_length":4}\n[1]\n',
    b'{"type":"audio-start","data_length":4}\n{{{{',
    b'{"type":"audio-chunk","payload_length":-1}\n',
    b'{"type":"audio-chunk","payload_length":true}\n',
    b'{"type":' + b"[" * 5000 + b"\n"], ids=range(17))
def test_wyoming_garbage(wyoming, raw):
    def act(connection, _, __):
        connection.raw(raw)
        connection.until_gone()
        return "hang up"
    engine = wyoming(then_speaks(act))
    assert "no Wyoming event" in engine.fails("failed")
    spoken(engine)


@pytest.mark.parametrize("raw", [
    b'{"type":"audio-start","data_length":4194305}\n',
    b'{"type":"audio-start","data_length":9223372036854775807}\n',
    b'{"type":"audio-chunk","payload_length":268435457}\n',
    b'{"type":"audio-chunk","payload_length":9223372036854775807}\n',
    b'{"type":"other","payload_length":99999999999}\n',
    b'{"type":"' + b"x" * (5 << 20)], ids=range(6))
def test_wyoming_huge(wyoming, raw):
    def act(connection, _, __):
        connection.raw(raw)
        connection.until_gone()
        return "hang up"
    engine = wyoming(then_speaks(act))
    assert "announces an event of more than 256 MiB" in engine.fails("failed")
    spoken(engine)


def test_wyoming_length_beyond_integers(wyoming):
    def act(connection, _, __):
        connection.raw(b'{"type":"x","data_length":1%s}\n' % (b"0" * 400))
        return "hang up"
    wyoming(act).fails("failed")


@pytest.mark.parametrize("changes", [
    {"width": 0}, {"width": 5}, {"width": -2}, {"width": "2"}, {"width": None},
    {"rate": 0}, {"rate": 999}, {"rate": 384001}, {"rate": 22050.5},
    {"rate": 1 << 40}, {"channels": 0}, {"channels": 9}, {"channels": None}],
    ids=str)
def test_wyoming_senseless_format(wyoming, changes):
    def act(connection, _, __):
        connection.start(**changes)
        connection.chunk(RAMP, **changes)
        connection.stop()
        connection.until_gone()
        return "hang up"
    engine = wyoming(then_speaks(act))
    assert "makes no sense" in engine.fails("failed")
    spoken(engine)


@pytest.mark.parametrize("changes", [
    {"width": 4}, {"rate": 16000}, {"channels": 2}, {"rate": 0}], ids=str)
def test_wyoming_format_changes(wyoming, changes):
    def act(connection, _, __):
        connection.start()
        connection.chunk(RAMP)
        connection.chunk(RAMP, **changes)
        connection.stop()
    r = say(wyoming(act))
    assert r.end == "X" and "changes its format" in r.info["message"]
    assert r.pcm == RAMP


def no_stop(connection, _, __):
    connection.start()
    connection.chunk(RAMP[:20000])
    return "hang up"


def half_a_chunk(connection, _, __):
    connection.start()
    connection.raw(b'{"type":"audio-chunk","payload_length":48000}\n' +
                   RAMP[:20000])
    return "hang up"


def half_a_line(connection, _, __):
    connection.start()
    connection.chunk(RAMP[:20000])
    connection.raw(b'{"type":"audio-st')
    return "hang up"


def reset(connection, data, number):
    no_stop(connection, data, number)
    connection.connection.setsockopt(
        socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return "hang up"


@pytest.mark.parametrize("act", [no_stop, half_a_chunk, half_a_line])
def test_wyoming_ends_early(wyoming, act):
    engine = wyoming(then_speaks(act))
    r = say(engine)
    assert r.end == "X" and r.info["code"] == "failed"
    assert r.info["message"] == "the answer ended early"
    assert r.pcm == RAMP[:20000]
    spoken(engine)


@pytest.mark.parametrize("act", [
    reset, lambda c, d, n: "hang up"], ids=["reset", "at once"])
def test_wyoming_hangs_up(wyoming, act):
    engine = wyoming(then_speaks(act))
    engine_says = say(engine).info
    assert engine_says["message"] == "the answer ended early"
    spoken(engine)


# Servers that are not there


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def test_wyoming_refused():
    port = free_port()
    with running("wyoming", "--address", f"127.0.0.1:{port}",
                 stderr=subprocess.PIPE) as engine:
        assert engine.hello["any_voice"] is True
        for _ in range(2):
            message = engine.fails("unavailable")
            assert message.startswith(f"cannot reach 127.0.0.1:{port}: ")
        assert engine.close() == 0
        assert engine.process.stderr.read().startswith(b"warning: wyoming: ")


def test_wyoming_no_such_host():
    with running("wyoming", "--address", "nothing.invalid:10200") as engine:
        engine.fails("unavailable")


def test_wyoming_server_comes_later():
    """The engine is there first; no list, but it speaks."""
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        port = reserved.getsockname()[1]
        with running("wyoming", "--address", f"127.0.0.1:{port}") as engine:
            engine.fails("unavailable")
            reserved.listen(5)

            def serve():
                connection, _ = reserved.accept()
                with connection, connection.makefile("rb") as f:
                    f.readline()
                    connection.sendall(
                        b'{"type":"audio-chunk","data":{"rate":24000,'
                        b'"width":2,"channels":1},"payload_length":4}\n'
                        b'\1\2\3\4{"type":"audio-stop"}\n')
                    f.read()
            thread = threading.Thread(target=serve)
            thread.start()
            assert say(engine).pcm == b"\1\2\3\4"
            thread.join()


def test_wyoming_by_name_and_ipv6(wyoming):
    engine = wyoming(speaks)
    port = engine.server.server_address[1]
    with running("wyoming", "--address", f"localhost:{port}") as named:
        spoken(named)
    with running("wyoming", "--address", f"[::1]:{free_port()}") as named:
        named.fails("unavailable")


# Slow and silent servers


def says_nothing(connection, _, __):
    connection.until_gone()
    return "hang up"


def only_start(connection, _, __):
    connection.start()
    connection.until_gone()
    return "hang up"


def stops_in_the_middle(connection, _, __):
    connection.start()
    connection.chunk(RAMP[:4800])
    connection.until_gone()
    return "hang up"


def dribble(connection, data):
    connection.connection.settimeout(0.05)
    for piece in data:
        connection.raw(piece)
        with contextlib.suppress(TimeoutError):
            if connection.connection.recv(1) == b"":
                break
    return "hang up"


def dribbled_line(connection, _, __):
    return dribble(connection, [b"{"] + [b" "] * 10000)


def dribbled_sound(connection, _, __):
    connection.start()
    connection.raw(b'{"type":"audio-chunk","payload_length":48000}\n')
    return dribble(connection, [b"x"] * 10000)


def other_events_for_ever(connection, _, __):
    while True:
        connection.event("ping", {"text": "are you there"}, b"x" * 100)


@pytest.mark.parametrize("act", [
    says_nothing, only_start, stops_in_the_middle, dribbled_line,
    dribbled_sound, other_events_for_ever])
def test_wyoming_slow(wyoming, act):
    """A byte now and then does not keep us waiting, nor do events that are
    no sound."""
    engine = wyoming(then_speaks(act), "--timeout", 1)
    assert engine.fails("failed") == "the server sent no sound for 1 s"
    spoken(engine)


@pytest.mark.parametrize("act", [
    says_nothing, only_start, stops_in_the_middle, other_events_for_ever])
@pytest.mark.parametrize("how", ["cancel", "end of file"])
def test_wyoming_wait_ends_when_nobody_wants_it(wyoming, act, how):
    engine = wyoming(then_speaks(act))
    engine.job("Hello", sample_rate=24000)
    until(lambda: engine.server.requests)
    if act is stops_in_the_middle:
        engine.sound(2400)
    if how == "cancel":
        engine.send("C", {"job": engine.number})
        engine.drain()
        spoken(engine)
    else:
        assert engine.close() == 0
    if act is not other_events_for_ever:
        assert engine.server.gone.wait(60)


def test_wyoming_describe_ends_with_our_reader():
    """End of file while the server keeps us waiting for its voices."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(1)
        with subprocess.Popen(
                [LIBEXEC / "wyoming", "--address",
                 f"127.0.0.1:{server.getsockname()[1]}"],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as process:
            assert process.wait(60) == 0


def test_wyoming_endless_sound_cancelled(wyoming):
    def act(connection, _, __):
        connection.start()
        while True:
            connection.chunk(bytes(65536))
    engine = wyoming(act)
    for _ in range(3):
        engine.job("Hello")
        engine.sound(30000)
        engine.send("C", {"job": engine.number})
        engine.drain()
    assert engine.close() == 0


def test_wyoming_does_not_read(wyoming):
    """A long text to a server that takes none of it."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(5)
        with running("wyoming", "--address",
                     f"127.0.0.1:{server.getsockname()[1]}",
                     "--timeout", 1) as engine:
            engine.fails("failed", "word " * 12000)


def test_wyoming_slow_reader_is_not_a_slow_server(wyoming):
    """The stream holds us up for longer than the time-out."""
    paused = threading.Event()

    def act(connection, _, __):
        connection.start()
        for _ in range(40):
            connection.chunk(RAMP)
        paused.wait(60)
        connection.chunk(RAMP)
        connection.stop()
    engine = wyoming(act, "--timeout", 1)
    engine.job("Hello", sample_rate=24000)
    engine.sound(2400)
    assert not paused.wait(1.5)
    paused.set()
    while True:
        kind, payload = engine.frame()
        if kind != "P":
            break
    assert kind == "E" and json.loads(payload)["samples"] == 41 * 24000


# Arguments


@pytest.mark.parametrize("options", [
    [], ["--address"], ["--address", ""], ["--address", "host"],
    ["--address", "host:"], ["--address", "host:x"], ["--address", ":10200"],
    ["--address", "host:99999"], ["--address", "a@b:1"],
    ["--address", "a/b:1"], ["--address", "x" * 500 + ":1"],
    ["--address", "a:1", "--timeout", "x"],
    ["--address", "a:1", "--voice", ""], ["--address", "a:1", "--what", "x"]],
    ids=range(14))
def test_wyoming_usage(options):
    done = subprocess.run([LIBEXEC / "wyoming", *options], check=False,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE)
    assert done.returncode == 64 and done.stderr.startswith(b"error: ")


def test_wyoming_options_are_documented():
    text = (ROOT / "docs" / "ENGINE.md").read_text(encoding="utf-8")
    text = text.split("\n## wyoming\n")[1].split("\n## ")[0]
    code = (ROOT / "ttsd/engines/wyoming.c").read_text(encoding="utf-8")
    options = re.findall(r'\.name = "(--[a-z-]+)"', code)
    assert options and all(f"| `{o}` |" in text for o in options)


@linux_only
def test_wyoming_many_jobs_leave_nothing(wyoming):
    def act(connection, data, number):
        return [speaks, no_stop, half_a_line][number % 3](
            connection, data, number)
    engine = wyoming(act)

    def fds():
        return len(os.listdir(f"/proc/{engine.process.pid}/fd"))
    for _ in range(6):
        say(engine)
    before = fds()
    for _ in range(60):
        say(engine)
    assert fds() <= before + 1
