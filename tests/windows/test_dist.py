"""The archive that is released (`make windows-dist`): what is in it."""
import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import zipfile
from urllib.parse import unquote

import pytest

import wine


@pytest.fixture(scope="module")
def archive():
    made = list((wine.BUILD / "dist").glob("*.zip"))
    assert made, "no archive: make windows-dist"
    with zipfile.ZipFile(made[0]) as z:
        yield z


def contents(archive):
    """By their names within the one folder that there is."""
    top = archive.namelist()[0].split("/")[0]
    assert all(n.startswith(f"{top}/") for n in archive.namelist())
    return {n[len(top) + 1:]: archive.read(n) for n in archive.namelist()}


def test_its_sum(archive):
    path = pathlib.Path(archive.filename)
    summed, name = path.with_suffix(".zip.sha256").read_text().split()
    assert name == path.name
    assert summed == hashlib.sha256(path.read_bytes()).hexdigest()


def test_every_program_is_in_it(archive):
    there = contents(archive)
    for path in [*(wine.BUILD / "bin").iterdir(),
                 *(wine.BUILD / "libexec" / "ttsd").iterdir()]:
        name = str(path.relative_to(wine.BUILD))
        assert there.pop(name)[:2] == b"MZ"
    assert not [n for n in there if n.endswith(".exe")]
    # Whoever passes on what is linked passes on its licence.
    for library in (wine.BUILD / "licences").iterdir():
        assert library.name == "cmocka" or \
            any(n.startswith(f"licences/{library.name}/") for n in there)
    assert b"winpthreads" in there["licences/mingw-w64"]
    version = wine.WINE.program("ttsd", "--version").stdout.decode()
    assert version.splitlines()[0] in f"ttsd {there['VERSION'].decode()}"


def test_pages_lead_to_pages(archive):
    there = contents(archive)
    pages = {n: b.decode() for n, b in there.items() if n.endswith(".html")}
    assert "README.html" in pages and "docs/WINDOWS.html" in pages
    for name, text in pages.items():
        assert "Untitled" not in text, name
        for to in re.findall(r'<(?:a|img) [^>]*?(?:href|src)="([^"]*)"', text):
            to = unquote(to.replace("&#47;", "/"))
            if to.startswith(("http:", "https:", "mailto:")):
                continue
            path, _, place = to.partition("#")
            found = os.path.normpath(
                pathlib.Path(name).parent / path) if path else name
            assert found in there, (name, to)
            assert not place or f'id="{place}"' in pages[found], (name, to)


def test_texts_are_for_windows(archive):
    """cmd.exe loses its place in a file without carriage returns, and reads
    it in whatever code page there is."""
    for name, data in contents(archive).items():
        if name.startswith("licences/"):
            continue
        if name.endswith((".cmd", ".conf", ".txt")) or name == "VERSION":
            assert data.endswith(b"\r\n"), name
            assert not re.search(rb"(?<!\r)\n", data), name
        if name.endswith(".cmd"):
            assert data.isascii(), name


def test_packed_again_it_is_the_same(archive, tmp_path):
    for name in ("bin", "libexec", "licences"):
        shutil.copytree(wine.BUILD / name, tmp_path / name)
    commit = contents(archive)["VERSION"].decode().strip()
    subprocess.run(
        ["sh", "-c", 'umask 027; exec "$@"', "sh",
         wine.ROOT / "scripts/windows/dist", tmp_path], check=True,
        env={**os.environ, "TZ": "Asia/Shanghai", "LC_ALL": "C",
             "COMMIT": re.search(r"\((.*)\)", commit)[1]})
    again, = (tmp_path / "dist").glob("*.zip")
    assert again.read_bytes() == pathlib.Path(archive.filename).read_bytes()
