"""The console and the board as files: what they weigh, who gets them, and that
their words are whole. What they do is in test_console_browser.py."""
import gzip
import json
import re

import pytest

from daemon import ROOT
from test_gateway import serve  # noqa: F401

CONSOLE = ROOT / "gateway/console"
FILES = sorted(f for f in CONSOLE.rglob("*") if f.is_file())
PAGES = {"/": "index.html", "/board/main": "board.html"}
LANGUAGES = ("en", "zh", "de")
WEIGHT = 150_000


def words(language):
    return json.loads((CONSOLE / f"words.{language}.json").read_text("utf-8"))


def paths():
    return {**PAGES, **{f"/console/{f.name}": f.name for f in FILES}}


def on_disk(name):
    found, = (f for f in FILES if f.name == name)
    return found.read_bytes()


# ---- as it is served ---------------------------------------------------------


def test_what_is_served_is_what_lies_there(serve):  # noqa: F811
    g = serve()
    for path, name in paths().items():
        status, headers, body = g.request("GET", path)
        assert (status, body) == (200, on_disk(name)), path
        assert "Content-Encoding" not in headers
        _, headers, small = g.request("GET", path,
                                      Accept_Encoding="br, gzip;q=0.8")
        assert headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(small) == body
    for wrong in ("/console/", "/console/../api.c", "/console/no.js", "/board/",
                  "/index.html"):
        assert g.request("GET", wrong)[0] == 404, wrong
    assert g.request("POST", "/", "{}")[0] == 405


def test_kinds_of_files(serve):  # noqa: F811
    g = serve()
    kinds = {"html": "text/html; charset=utf-8", "css": "text/css; charset=utf-8",
             "js": "text/javascript; charset=utf-8",
             "json": "application/json", "svg": "image/svg+xml"}
    for path, name in paths().items():
        assert g.request("HEAD", path)[1]["Content-Type"] == kinds[
            name.rsplit(".", 1)[1]], path


def test_what_has_not_changed_is_not_sent_again(serve):  # noqa: F811
    g = serve()
    tags = set()
    for encoding in ("identity", "gzip", "gzip;q=0"):
        _, headers, _ = g.request("GET", "/", Accept_Encoding=encoding)
        tag = headers["ETag"]
        tags.add(tag)
        assert headers["Cache-Control"] == "no-cache"
        assert headers["Vary"] == "Accept-Encoding"
        for known in (tag, f'"x", {tag}'):
            status, headers, body = g.request(
                "GET", "/", Accept_Encoding=encoding, If_None_Match=known)
            assert (status, body, headers["ETag"]) == (304, b"", tag)
        assert g.request("GET", "/", Accept_Encoding=encoding,
                         If_None_Match='"x"')[0] == 200
    assert len(tags) == 2, "the smaller form is another"


def test_pages_are_for_everybody_and_nothing_else_is(serve):  # noqa: F811
    """They are asked for before anybody can type a token in."""
    g = serve(rights="none")
    for path in paths():
        assert g.request("GET", path, token="nobody's")[0] == 200
    assert g.request("GET", "/v1/whoami", token="nobody's")[0] == 401


@pytest.mark.parametrize("path", PAGES)
def test_nothing_of_other_servers(serve, path):  # noqa: F811
    _, headers, body = serve().request("GET", path)
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy and "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    text = body.decode()
    assert not re.findall(r"<script(?![^>]* src=)|\son\w+=|\sstyle=|https?://(?!host)",
                          text)


def test_weight(serve):  # noqa: F811
    assert sum(len(f.read_bytes()) for f in FILES) <= WEIGHT


def test_who_am_i(serve, start):  # noqa: F811
    start()
    g = serve(rights="read say")

    def who(token=None):
        return json.loads(g.request("GET", "/v1/whoami", token=token)[2])

    assert who() == {"ok": True, "name": "local", "may": ["read", "say"]}
    token = g.add_token("desk", "say,urgent", channels="hall,cafe")
    assert who(token) == {"ok": True, "name": "desk", "may": ["say", "urgent"],
                          "channels": ["hall", "cafe"]}


# ---- words -------------------------------------------------------------------


def test_each_language_has_all_words():
    """And the same fields in them."""
    english = words("en")
    for language in LANGUAGES:
        other = words(language)
        assert list(other) == list(english), language
        for key, text in other.items():
            assert text.strip(), (language, key)
            assert set(re.findall(r"\{\w+\}", text)) == set(
                re.findall(r"\{\w+\}", english[key])), (language, key)


def used():
    found, made = set(), set()
    for f in FILES:
        text = f.read_text("utf-8")
        found |= set(re.findall(r'data-t(?:-\w+)?="(\w+)"', text))
        if f.suffix == ".js":
            # Anything quoted may be a key that is handed on.
            found |= set(re.findall(r'"(\w+)"', text))
            found |= {k for k in re.findall(r'\bt\("(\w+)"', text)}
            made |= set(re.findall(r"\bt\(`(\w+_)\$", text))
    return found, made


def test_no_word_is_missing_and_none_is_left_over():
    english = words("en")
    found, made = used()
    for f in FILES:
        text = f.read_text("utf-8")
        for key in re.findall(r'\bt\("(\w+)"', text) + re.findall(
                r'data-t(?:-\w+)?="(\w+)"', text):
            assert key in english, (f.name, key)
    left = [k for k in english if k not in found and
            not k.startswith(tuple(made)) and
            # Names of priorities and outcomes, as ttsd tells them.
            k not in ("background", "normal", "high", "urgent", "spoken",
                      "cancelled", "expired", "failed", "skipped",
                      "uncalled", "transferred")]
    assert left == []
