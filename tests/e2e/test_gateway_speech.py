"""POST /v1/audio/speech: a text as sound, as OpenAI's clients ask for it."""
import base64
import contextlib
import json
import os
import signal
import socket
import struct
import subprocess

import numpy as np
import pytest

import daemon
from daemon import wait_until
from sound import espeak, match, samples
from taker import speak
from test_gateway import serve  # noqa: F401

HELLO = "Hello, this is spoken for you alone."
PATH = "/v1/audio/speech"


def ask(g, token=None, **fields):
    fields.setdefault("response_format", "pcm")
    return g.request("POST", PATH, fields, token)


def decode(sound):
    return subprocess.run(
        ["ffmpeg", "-v", "error", "-i", "pipe:0", "-f", "s16le", "-ac", "1",
         "-ar", "24000", "pipe:1"], input=sound, check=True,
        stdout=subprocess.PIPE).stdout


def is_idle(ttsd):
    return not any(w["busy"] for w in ttsd.status()["workers"])


def test_the_samples_are_espeaks(start, serve):  # noqa: F811
    start()
    g = serve()
    status, headers, pcm = ask(g, input=HELLO, sample_rate=22050)
    assert (status, headers["Content-Type"]) == (200, "audio/pcm")
    assert pcm == espeak(HELLO)
    status, headers, wav = ask(g, input=HELLO, sample_rate=22050,
                               response_format="wav")
    assert headers["Content-Type"] == "audio/wav"
    assert wav[:4] == b"RIFF" and wav[44:] == pcm
    assert struct.unpack_from("<HI", wav, 22) == (1, 22050)


@pytest.mark.parametrize("form,kind", [
    (None, "audio/mpeg"), ("mp3", "audio/mpeg"), ("flac", "audio/flac"),
    ("opus", "audio/ogg; codecs=opus"), ("aac", "audio/aac")])
def test_encoded(start, serve, form, kind):  # noqa: F811
    """All of it is there, to the end."""
    ttsd = start()
    g = serve()
    fields = {"input": HELLO * 5, "response_format": form}
    status, headers, sound = g.request(
        "POST", PATH, {k: v for k, v in fields.items() if v})
    assert (status, headers["Content-Type"]) == (200, kind)
    whole = samples(speak(ttsd, text=HELLO * 5,
                          format={"rate": 24000, "channels": 1}).pcm)
    heard = samples(decode(sound))
    assert len(heard) >= len(whole) - 1000
    if form == "flac":
        assert np.array_equal(heard, whole)
    assert match(whole[-48000:], heard)[0] > 0.9


def test_as_openais_clients_ask(start, serve):  # noqa: F811
    """They name a model and a voice; `speed` is a number of any kind."""
    start("-D", "engine.tone.type=tone")
    g = serve()
    body = {"model": "tts-1", "voice": "alloy", "instructions": "warmly"}
    plain = ask(g, input=HELLO)[2]
    assert ask(g, input=HELLO, **body, speed=1.0)[2] == plain
    assert ask(g, input=HELLO, voice="de")[2] != plain
    tone = ask(g, input="one two", model="tone")[2]
    assert len(tone) == 2 * 2 * 24000 // 5
    low = ask(g, input="one two", model="tone", voice="low")[2]
    assert len(low) == len(tone) and low != tone
    assert len(ask(g, input=HELLO, speed=2)[2]) < len(plain) * 0.7
    assert len(ask(g, input=HELLO, speed=0.5)[2]) > len(plain) * 1.4


def events(body):
    return [json.loads(line[6:]) for line in body.decode().splitlines()
            if line.startswith("data: ")]


@pytest.mark.parametrize("form", ["pcm", "mp3"])
def test_events_and_words(start, serve, form):  # noqa: F811
    ttsd = start()
    g = serve()
    text = "Grüße an alle, die da sind."
    status, headers, body = ask(
        g, input=text, voice="de", response_format=form, stream_format="sse",
        timestamp_granularities=["word"])
    assert (status, headers["Content-Type"]) == (200, "text/event-stream")
    told = events(body)
    assert told[-1]["type"] == "speech.audio.done"
    sound = b"".join(base64.b64decode(e["audio"]) for e in told
                     if e["type"] == "speech.audio.delta")
    own = speak(ttsd, text=text, voice="de")
    if form == "pcm":
        assert sound == own.pcm
    else:
        assert len(decode(sound)) > len(own.pcm) * 0.9
    words = [e for e in told if e["type"] == "speech.audio.word"]
    assert [w["word"] for w in words] == [m["text"] for m in own.words()]
    for word, mark in zip(words, own.words()):
        assert word["sample"] == mark["sample"]
        assert abs(word["start"] * 24000 - mark["sample"]) < 1
        assert text[word["offset"]:][:word["length"]] == word["word"]
    assert not [e for e in events(ask(g, input=text, stream_format="sse")[2])
                if e["type"] == "speech.audio.word"]


@pytest.mark.parametrize("fields,status,word", [
    ({}, 400, "input"), ({"input": " "}, 400, '"input" is empty'),
    ({"input": "\u0001"}, 400, '"input" holds'),
    ({"input": "x", "speed": 5}, 400, "speed"),
    ({"input": "x", "speed": "fast"}, 400, "speed"),
    ({"input": "x", "response_format": "mp4"}, 400, "mp4"),
    ({"input": "x", "stream_format": "ws"}, 400, "ws"),
    ({"input": "x", "voice": "nobody"}, 404, "nobody"),
    ({"input": "x", "model": "nothing"}, 404, "nothing"),
    ({"input": "x", "channel": "moon"}, 404, "moon"),
    ({"input": "x", "more": 1}, 400, "more"),
    ({"input": "x", "timestamp_granularities": ["word"]}, 400, "sse"),
    ({"input": "漢字", "language": "ja"}, 400, "cannot read"),
    ({"input": "error", "model": "tone"}, 502, "failed"),
    ({"input": "x" * 64000, "language": "y" * 2000}, 413, "bytes"),
])
def test_what_is_refused(start, serve, fields, status, word):  # noqa: F811
    start("-D", "engine.tone.type=tone")
    got, _, body = ask(serve(), **fields)
    answer = json.loads(body)
    assert got == status and not answer["ok"], answer
    assert word in answer["message"]


def test_what_breaks_is_seen_to_be_broken(start, serve):  # noqa: F811
    """An engine that fails in the midst: never what looks whole."""
    start("-D", "engine.tone.type=tone")
    g = serve()
    text = "word " * 200 + "stall=200 error"
    c = g.connect()
    c.request("POST", PATH, json.dumps(
        {"input": text, "model": "tone", "response_format": "wav"}))
    r = c.getresponse()
    assert r.status == 200
    with pytest.raises(Exception) as broken:
        r.read()
    assert "Incomplete" in type(broken.value).__name__
    c.close()
    told = events(ask(g, input=text, model="tone", stream_format="sse")[2])
    assert told[-1]["type"] == "error"
    assert told[-1]["error"]["code"] == "failed"


def test_who_goes_has_it_ended(start, serve):  # noqa: F811
    ttsd = start("-D", "engine.tone.type=tone")
    g = serve()
    for form in ("wav", "mp3"):
        body = json.dumps({"input": "word " * 5000, "model": "tone",
                           "response_format": form}).encode()
        with socket.create_connection(("127.0.0.1", g.port), 30) as s:
            s.sendall(b"POST /v1/audio/speech HTTP/1.1\r\nHost: localhost\r\n"
                      b"Content-Length: %d\r\n\r\n" % len(body) + body)
            assert s.recv(1000).startswith(b"HTTP/1.1 200")
            assert not is_idle(ttsd)
        wait_until(lambda: is_idle(ttsd), "ttsd has stopped")
    wait_until(lambda: not daemon.children(g.pid), "ffmpeg has ended")


def test_a_slow_client_holds_up_nobody(start, serve):  # noqa: F811
    start("-D", "engine.tone.type=tone")
    g = serve()
    with contextlib.ExitStack() as stack:
        for form in ("wav", "mp3"):
            c = stack.enter_context(contextlib.closing(g.connect()))
            c.request("POST", PATH, json.dumps(
                {"input": "word " * 5000, "model": "tone",
                 "response_format": form}))
            assert c.getresponse().status == 200
        assert ask(g, input=HELLO, sample_rate=22050)[2] == espeak(HELLO)
        assert g.ask("status")["ok"]


def test_ttsd_goes(start, serve):  # noqa: F811
    ttsd = start("-D", "engine.tone.type=tone")
    g = serve()
    c = g.connect()
    c.request("POST", PATH, json.dumps(
        {"input": "slow=1 " + "word " * 500, "model": "tone",
         "response_format": "wav"}))
    r = c.getresponse()
    assert r.read(100)
    ttsd.kill()
    with pytest.raises(Exception) as broken:
        r.read()
    assert "Incomplete" in type(broken.value).__name__
    c.close()
    assert ask(g, input="x")[0] == 503


def test_ffmpeg_goes(start, serve):  # noqa: F811
    start("-D", "engine.tone.type=tone")
    g = serve()
    c = g.connect()
    c.request("POST", PATH, json.dumps(
        {"input": "slow=1 " + "word " * 500, "model": "tone"}))
    r = c.getresponse()
    assert r.status == 200
    ffmpeg, = wait_until(lambda: daemon.children(g.pid), "ffmpeg runs")
    os.kill(ffmpeg, signal.SIGKILL)
    with pytest.raises(Exception) as broken:
        r.read()
    assert "Incomplete" in type(broken.value).__name__
    c.close()
    assert ask(g, input=HELLO, sample_rate=22050)[2] == espeak(HELLO)


def test_without_ffmpeg(start, serve):  # noqa: F811
    start()
    g = serve("-D", "streamer.ffmpeg=/nowhere/ffmpeg")
    status, _, body = ask(g, input="x", response_format="mp3")
    assert status == 503 and "ffmpeg" in json.loads(body)["message"]
    assert ask(g, input="x")[0] == 200


def test_who_may(start, serve):  # noqa: F811
    start("-D", "channel.hall.voice=de")
    g = serve(rights="read")
    token = g.add_token("desk", "say", channels="hall")
    reader = g.add_token("reader", "read")
    assert ask(g, input="x")[0] == 403
    status, _, pcm = ask(g, token, input=HELLO, sample_rate=22050)
    assert status == 200 and pcm == espeak(HELLO, "de")
    assert ask(g, token, input="x", channel="main")[0] == 403
    assert ask(g, reader, input="x")[0] == 403
