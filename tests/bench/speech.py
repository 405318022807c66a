"""Texts that are spoken for who asks, on no channel: over HTTP, over Wyoming,
and over ttsd's own socket."""
import json
import time

from instruments import percentile
from daemon import Ttsd, runtime_dir
from gateway import Gateway
from stream import TEXT, delays_on_air
from taker import Taker
from wyoming_client import Client


def first_byte_over_http(gateway, form):
    """Of the sound: behind the header of a WAV."""
    c = gateway.connect()
    c.connect()
    asked = time.monotonic()
    c.request("POST", "/v1/audio/speech", json.dumps(
        {"input": TEXT, "response_format": form}))
    c.getresponse().read(45 if form == "wav" else 1)
    delay = time.monotonic() - asked
    c.close()
    return delay * 1000


def first_byte_over_wyoming(gateway):
    with Client(gateway) as c:
        asked = time.monotonic()
        c.send("synthesize", text=TEXT)
        while not c.event()[2]:
            pass
        return (time.monotonic() - asked) * 1000


def first_byte_of_ttsd(ttsd):
    with Taker(ttsd.directory) as taker:
        asked = time.monotonic()
        taker.ask(text=TEXT)
        while not taker.pcm:
            taker.frame()
        return (time.monotonic() - asked) * 1000


def bench_speech(table, count):
    """To the first byte of sound, against `say` to the first sample on air."""
    on_air = delays_on_air(count, lambda: None)
    with runtime_dir() as where, Ttsd(where) as ttsd, Gateway(
            where, "-D", "wyoming.listen=127.0.0.1:0") as g:
        first_byte_of_ttsd(ttsd)
        ways = (
            ("speech.sock", lambda: first_byte_of_ttsd(ttsd), 5),
            ("HTTP, wav", lambda: first_byte_over_http(g, "wav"), 10),
            ("Wyoming", lambda: first_byte_over_wyoming(g), 10),
            ("HTTP, mp3", lambda: first_byte_over_http(g, "mp3"), 300))
        for name, once, target in ways:
            delays = [once() for _ in range(count)]
            for p in (50, 99):
                table.add(f"text to first byte, {name}, p{p}",
                          percentile(delays, p), "ms",
                          target if p == 50 else None,
                          percentile(on_air, p), "say, on air")
