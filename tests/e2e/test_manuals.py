"""The manuals, as the programs that read them see them."""
import os
import re
import subprocess

import pytest
from daemon import BUILD, ROOT

MADE = ["ttsd.conf.5", "ttsd-protocol.7", "ttsd-engine.7"]
PAGES = sorted(ROOT.glob("docs/man/*.[18]")) + [BUILD / "man" / p for p in MADE]


@pytest.fixture(params=PAGES, ids=lambda page: page.name)
def page(request):
    return request.param


def shown(page, *options):
    return subprocess.run(
        ["man", *options, "-l", page], check=True, capture_output=True,
        text=True, env={**os.environ, "MANWIDTH": "80", "LC_ALL": "C.UTF-8",
                        "MAN_KEEP_FORMATTING": ""})


def test_no_reader_complains(page):
    """Of Debian's two; which other pages this machine has is its own affair."""
    lint = subprocess.run(["mandoc", "-Tlint", page], capture_output=True,
                          text=True).stdout
    assert [line for line in lint.splitlines()
            if "referenced manual not found" not in line] == []
    assert shown(page, "--warnings").stderr == ""


def test_pages_refer_to_pages_that_are_there(page):
    names = {f"{p.stem} {p.suffix[1:]}" for p in PAGES}
    text = page.read_text()
    named = re.findall(r"^\.Xr (\S+ \d)", text, re.M) + [
        f"{name} {section}" for name, section in
        re.findall(r"\b(tts[\w.-]+|streamer-supervisor)\((\d)\)", text)]
    assert {n for n in named if n.startswith(("tts", "stream"))} <= names
    for path in re.findall(r"/usr/local/share/doc/ttsd/(docs/\w+\.md)", text):
        assert (ROOT / path).is_file(), path


def test_every_key_is_in_the_manual():
    """A row of a table, with its default and its bounds, is an item there."""
    def bare(text):  # lines are broken within words, quotes are curled
        return re.sub(r"\W", "", text)

    text = bare(shown(BUILD / "man/ttsd.conf.5").stdout)
    rows = re.findall(r"^\| `([\w.]+)` \| ([^|]*?) ?\| ([^|]*) \|",
                      (ROOT / "docs/CONFIG.md").read_text(), re.M)
    assert len(rows) > 150
    for name, initial, value in rows:
        default = f"default: {initial}" if initial else ""
        assert bare(f"{name}{default}value: {value}") in text, name
