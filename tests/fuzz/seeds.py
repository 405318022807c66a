#!/usr/bin/python3
"""Writes the seeds of the fuzzers: what the tests feed to the same parsers, and
what the real programs say.

    seeds.py FOLDER      FOLDER/fuzz_x/*
"""
import ast
import contextlib
import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
UNIT = ROOT / "tests/unit"
CASES = ROOT / "tests/e2e/cases"
# One string of C, or several that stand side by side.
LITERAL = re.compile(r'"(?:[^"\\\n]|\\.)*"(?:\s*"(?:[^"\\\n]|\\.)*")*')


def literals(*names):
    """The strings of unit tests, as bytes."""
    for name in names:
        for found in LITERAL.findall((UNIT / f"{name}.c").read_text()):
            parts = re.findall(r'"((?:[^"\\\n]|\\.)*)"', found)
            # Octal and hexadecimal escapes are the same in Python.
            with contextlib.suppress(SyntaxError, ValueError):
                yield b"".join(
                    ast.literal_eval('b"' + "".join(
                        c if ord(c) < 128 else "".join(
                            f"\\x{b:02x}" for b in c.encode())
                        for c in re.sub(r"\\u([0-9a-fA-F]{4})",
                                        lambda m: chr(int(m[1], 16)), part)
                    ) + '"') for part in parts)


def said(*argv):
    """What a program writes, to both."""
    done = subprocess.run(
        argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, check=False, timeout=60)
    return done.stdout


def reports():
    yield from literals("test_messages", "test_progress", "test_listing",
                        "test_tee")
    for what in ("-protocols", "-muxers", "-encoders", "-version"):
        yield said("ffmpeg", what)[:60000]
    sound = ("-f", "lavfi", "-i", "anullsrc=d=0.3")
    loud = ("ffmpeg", "-nostdin", "-loglevel", "repeat+level+info",
            "-progress", "pipe:1")
    for end in (("-f", "null", "-"), ("-f", "flv", "rtmp://127.0.0.1:9/a/b"),
                ("-f", "mpegts", "udp://nosuch.invalid:9"),
                ("/nowhere/a.wav",), ("-c:a", "nothing", "a.wav")):
        yield said(*loud, *sound, *end)


def urls():
    source = ROOT / "streamer-supervisor/ffmpeg/protocol.c"
    examples = re.findall(r'\.example = "([^"]+)"', source.read_text())
    for text in (*[e.encode() for e in examples], *literals(
            "test_url", "test_redact", "test_secret", "test_outputs_check")):
        if b"/" in text:
            yield text
            yield text + b"\nsecret-key"


def confs():
    yield from (t for t in literals(
        "test_conf", "test_conf_mistakes", "test_outputs_check") if b"[" in t)
    for page in ("README.md", *(f"docs/{n}.md" for n in (
            "CONFIG", "OUTPUTS", "ENGINE", "LANGUAGE"))):
        for block in re.findall(
                r"```ini\n(.*?)```", (ROOT / page).read_text(), re.S):
            yield block.encode()


def differences():
    texts = list(confs())
    for i, text in enumerate(texts):
        yield text + b"\xff" + texts[(i + 1) % len(texts)]


def command_lines():
    yield from (t.replace(b" ", b"\n") for t in literals("test_command_line"))
    yield b"-c\nfile\n-Dttsd.workers=1\n-vv\n--log-format=json"


def sounds():
    for file in sorted(CASES.iterdir()):
        for mode in range(5):
            yield bytes([mode]) + file.read_bytes()[:60000]
    for form in ("wav", "flac", "mp3", "ogg", "au", "aiff"):
        made = subprocess.run(
            ["ffmpeg", "-v", "quiet", "-f", "lavfi", "-i",
             "sine=d=0.1:r=22050", "-f", form, "-"], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, check=False).stdout
        yield b"\0" + made
        yield b"\x81" + made


def events():
    header = b'"rate":22050,"width":2,"channels":1'
    yield b'{"type":"audio-start","data":{' + header + b"}}\n"
    yield b'{"type":"audio-chunk","payload_length":4}\nabcd'
    yield b'{"type":"audio-chunk","data_length":2}\n{}'
    yield b'{"type":"audio-stop"}\n'
    yield b'{"type":"info","data":{"tts":[{"voices":[{"name":"a"}]}]}}\n'


def clients():
    """The first byte seeds the pieces."""
    told = [t for t in literals("test_wyoming_client") if b'"type"' in t]
    for name in ("describe", "synthesize-start", "synthesize-stop", "ping"):
        told.append(b'{"type":"%s"}\n' % name.encode())
    for kind in ("synthesize", "synthesize-chunk"):
        told.append(b'{"type":"%s","data_length":33}\n{"text":"a","voice":'
                    b'{"name":"b"}}   ' % kind.encode())
    # 0xf8 is 8 KiB of blanks: as much as may be, and too much.
    for blanks in (3, 4):
        told.append(b'{"type":"a","data_length":32768' + blanks * b"\xf8"
                    + b"}\n{}" + 3 * b"\xf8" + 8190 * b" ")
    for i, text in enumerate((*told, b"".join(told))):
        yield bytes([i % 256]) + text


def frames():
    for kind, payload in ((b"H", b'{"protocol":1,"voices":[]}'),
                          (b"J", b'{"job":1,"text":"a"}'), (b"P", bytes(20)),
                          (b"M", b'{"mark":"word","sample":1}'),
                          (b"E", b'{"job":1,"samples":10}'),
                          (b"X", b'{"job":1,"code":"failed"}'), (b"C", b"")):
        yield len(payload).to_bytes(4, "little") + kind + payload


def layouts():
    for file in sorted((ROOT / "streamer-supervisor/painter").rglob("*.svg")):
        yield file.read_bytes()
    yield from (t for t in literals("test_painter_layout") if b"<" in t)


def scenes():
    lines = [t for t in literals("test_painter_scene") if b"{" in t]
    yield from lines
    yield b"\n".join(lines)


def helps():
    for fields in ("{}", '{"text":{"type":"string","required":true}}',
                   '{"p":{"type":"choice","choices":["a","b"]},"i":{"type":'
                   '"integer","min":1,"max":20},"f":{"type":"fraction"},'
                   '"w":{"type":"integer-or-word","choices":["x"]},'
                   '"b":{"type":"boolean"},"s":{"type":"strings"},'
                   '"a":{"type":"array"},"o":{"type":"object"},'
                   '"n":{"type":"id"},"m":{"type":"ids"}}'):
        yield (f'{{"ok":true,"ops":{{"say":{{"may":"say","help":"x",'
               f'"fields":{fields}}}}}}}').encode()


def requests():
    for line in ("GET /healthz", "GET /readyz", "GET /metrics",
                 "GET /openapi.json", "HEAD /v1/events?events=word,started",
                 "GET /v1/events?channel=main&lead_ms=200&since=1",
                 "GET /v1/outputs/events", "GET /v1/listen/main.mp3",
                 "OPTIONS /v1/say", "POST /v1/outputs/status"):
        for head in ("", "Last-Event-ID: 7\r\n", "Connection: close\r\n",
                     "Origin: http://localhost\r\n",
                     "Sec-Fetch-Site: cross-site\r\n",
                     "Authorization: Bearer ttsd_x\r\n"):
            yield f"{line} HTTP/1.1\r\nHost: localhost\r\n{head}\r\n".encode()
    for head, body in (
            ("Content-Length: 12", '{"text":"x"}'),
            ("Expect: 100-continue\r\nContent-Length: 2", "{}"),
            ("Transfer-Encoding: chunked", "2\r\n{}\r\n0\r\n\r\n"),
            ("Idempotency-Key: k\r\nContent-Type: application/json\r\n"
             "Content-Length: 12", '{"text":"x"}')):
        yield (f"POST /v1/say HTTP/1.1\r\nHost: localhost\r\n{head}\r\n\r\n"
               f"{body}").encode()


def messages():
    """Each payload at each topic, on its way to an answer."""
    parts = b"\xff".join((b"ttsd/hall/say", b"desk/answers", b"\1\2", b"k",
                          b'{"ok":true,"id":"7"}', b""))
    for text in literals("test_mqtt_request"):
        with contextlib.suppress(ValueError):
            payload = json.loads(
                b"{" + text[text.index(b'"payload"'):])["payload"]
            for topic in range(13):
                for way in (0, 5, 13, 21, 37):
                    yield bytes((topic, 127, 9, way)) + parts + (
                        payload.encode())


SEEDS = {
    "fuzz_door": requests,
    "fuzz_help": helps,
    "fuzz_token": lambda: literals("test_token"),
    "fuzz_conf": confs,
    "fuzz_difference": differences,
    "fuzz_event": events,
    "fuzz_frame": frames,
    "fuzz_layout": layouts,
    "fuzz_lines": lambda: literals("test_lines"),
    "fuzz_mqtt": messages,
    "fuzz_options": command_lines,
    "fuzz_proto": lambda: literals("test_proto"),
    "fuzz_report": reports,
    "fuzz_scene": scenes,
    "fuzz_session": lambda: literals("test_session", "test_session_events"),
    "fuzz_sound": sounds,
    "fuzz_text": lambda: literals(
        "test_script", "test_segment", "test_spell", "test_dictionary"),
    "fuzz_time": lambda: literals("test_rfc3339"),
    "fuzz_url": urls,
    "fuzz_wyoming": clients,
}


def main():
    for name, seeds in SEEDS.items():
        folder = pathlib.Path(sys.argv[1]) / name
        folder.mkdir(parents=True, exist_ok=True)
        for i, seed in enumerate(dict.fromkeys(seeds())):
            (folder / f"{i:04}").write_bytes(seed)
        assert any(folder.iterdir()), name


main()
