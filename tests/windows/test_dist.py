"""The archive that is released (`make windows-dist`): what is in it, and its
life on a machine: installed, upgraded, removed."""
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
from daemon import wait_until

SERVICES = ("ttsd", "streamer-supervisor", "ttsd-gateway")


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


# ---- what is in it ----------------------------------------------------------


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


# ---- its life ---------------------------------------------------------------


class Machine:
    """C: of the session's Wine, as somebody has it who unpacked the archive."""

    def __init__(self, archive):
        self.c = pathlib.Path(wine.WINE.prefix) / "drive_c"
        archive.extractall(self.c)
        self.unpacked = self.c / archive.namelist()[0].split("/")[0]
        self.programs = self.c / "Program Files" / "ttsd"
        self.data = self.c / "ProgramData" / "ttsd"
        self.conf = self.data / "ttsd.conf"
        # Wine has no accounts for services, and so no folders of theirs.
        self.state = self.c / "windows/ServiceProfiles/LocalService/AppData" \
            / "Local/ttsd"

    def script(self, folder, name, *args, code=0):
        p = wine.WINE.run(
            wine.LOADER, "cmd", "/c",
            "C:\\" + str((folder / name).relative_to(self.c)).replace("/", "\\"),
            "/q", *args, timeout=120)
        said = (p.stdout + p.stderr).decode()
        assert p.returncode == code, said
        return said

    def install(self, code=0):
        return self.script(self.unpacked, "install.cmd", code=code)

    def uninstall(self, *args, code=0, folder=None):
        said = self.script(folder or self.programs, "uninstall.cmd", *args,
                           code=code)
        if code == 0:
            wait_until(lambda: not self.programs.exists(), "its folder is gone")
        return said

    def ctl(self, *args):
        p = wine.WINE.run(
            wine.LOADER, self.programs / "bin" / "ttsctl.exe", *args)
        assert p.returncode == 0, p.stderr
        return p.stdout.decode()

    def service(self, name):
        return wine.WINE.program(
            name, "service", "status").stdout.decode().strip()


@pytest.fixture
def machine(archive):
    m = Machine(archive)
    yield m
    for name in SERVICES:
        wine.WINE.program(name, "service", "uninstall")
    wait_until(lambda: not wine.WINE.ours(), "no service is left")
    for path in (m.unpacked, m.programs, m.data, m.state.parents[3],
                 *m.c.glob("users/*/AppData/Local/ttsd")):
        if path.is_file():
            path.unlink()
        else:
            shutil.rmtree(path, ignore_errors=True)


def speak_in_beeps(conf):
    """Wine's speech API is none."""
    conf.write_bytes(conf.read_bytes().replace(
        b"engine = windows", b"engine = tone"))


def test_installed_upgraded_and_removed(machine):
    said = machine.install()
    assert "ttsd: the service runs" in said
    assert "streamer-supervisor: the service runs" in said
    assert "is installed" in said and "ttsctl.exe\" say" in said
    # An output is in the example, and no ffmpeg is here.
    assert "ffmpeg.exe into C:\\Program Files\\ttsd\\bin" in said
    assert "windows" in machine.ctl("status")
    assert machine.conf.read_bytes() == \
        (machine.unpacked / "ttsd.conf").read_bytes()

    speak_in_beeps(machine.conf)
    wine.WINE.program("ttsd", "service", "restart")
    machine.ctl("say", "--wait", "Good morning.")
    mine = machine.conf.read_bytes()

    # The version after this one, over what is on air.
    (machine.unpacked / "VERSION").write_bytes(b"9.9.9 (next)\r\n")
    assert "ttsd 9.9.9 (next) is installed" in machine.install()
    assert (machine.programs / "VERSION").read_bytes() == b"9.9.9 (next)\r\n"
    assert machine.conf.read_bytes() == mine
    machine.ctl("say", "--wait", "Good evening.")

    said = machine.uninstall()
    assert "ProgramData\\ttsd stays" in said
    for name in SERVICES:
        assert machine.service(name) == ""
    assert machine.conf.read_bytes() == mine
    assert not wine.WINE.ours()

    machine.install()
    assert machine.conf.read_bytes() == mine
    machine.state.mkdir(parents=True)
    machine.uninstall("/purge")
    assert not machine.data.exists() and not machine.state.exists()


def test_a_configuration_that_it_does_not_know_stops_nothing(machine):
    machine.install()
    with machine.conf.open("ab") as f:
        f.write(b"nosuch = 1\r\n")
    (machine.unpacked / "VERSION").write_bytes(b"9.9.9 (next)\r\n")
    said = machine.install(code=1)
    assert "has no key 'nosuch'" in said and "Nothing has been changed" in said
    assert machine.service("ttsd") == "ttsd: running"
    assert b"9.9.9" not in (machine.programs / "VERSION").read_bytes()


def test_where_only_administrators_may_write(machine):
    """Under Wine everybody is one; a file in the way is as good."""
    machine.programs.write_bytes(b"")
    said = machine.install(code=1)
    assert "Run as administrator" in said
    assert not machine.data.exists() and machine.service("ttsd") == ""


def test_started_out_of_the_archive(machine):
    """The Explorer unpacks the one file that is clicked on."""
    for name in ("bin", "libexec"):
        shutil.rmtree(machine.unpacked / name)
    assert "unpack the whole archive" in machine.install(code=1)
    assert not machine.programs.exists()


def test_a_program_that_runs_by_hand(machine):
    """Wine lets it be written over, but not what somebody holds."""
    machine.install()
    holder = subprocess.Popen(
        [wine.LOADER, wine.BUILD / "tests" / "bridge.exe", "hold",
         "C:\\Program Files\\ttsd\\bin\\ttsctl.exe"],
        env=wine.WINE.environment, stdout=subprocess.PIPE)
    try:
        assert holder.stdout.readline().strip() == b"held"
        assert "does a program of it still run?" in machine.install(code=1)
        assert "does a program of it still run?" in machine.uninstall(code=1)
    finally:
        holder.kill()
        holder.wait()
        holder.stdout.close()
    machine.install()
    assert machine.service("ttsd") == "ttsd: running"
    machine.uninstall()


def test_options_of_uninstall(machine):
    machine.install()
    assert "usage" in machine.uninstall("/everything", code=64)
    assert machine.service("ttsd") == "ttsd: running"
    # Out of the archive it does the same.
    machine.uninstall("/PURGE", folder=machine.unpacked)
    assert not machine.data.exists()
