"""What the packages say against the rest of the tree: two lists of what is
needed, or two versions, drift."""
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]


def read(path):
    return (ROOT / path).read_text(encoding="utf-8")


def test_one_version():
    version = re.search(r'TTSD_VERSION "(.*)"', read("common/version.h"))[1]
    newest = re.search(r"^## (\S+) \((\d{4}-\d\d-\d\d)\)$",
                       read("CHANGELOG.md"), re.M)
    assert newest and newest[1] == version


def test_the_changelog_of_debian():
    made = subprocess.run([ROOT / "scripts/packages/changelog"], check=True,
                          capture_output=True, text=True).stdout
    entries = re.findall(r"^ttsd \((\S+)\) ", made, re.M)
    assert entries == re.findall(r"^## (\S+) ", read("CHANGELOG.md"), re.M)
    assert made.count("\n -- ") == len(entries)
    # In the words of the author's country, dpkg would not read the date.
    assert re.search(r", \d\d [A-Z][a-z]{2} \d{4} 00:00:00 \+0000$", made,
                     re.M)


def test_what_a_build_needs():
    """scripts/setup, but for what every build of Debian's has."""
    words = re.search(r"\tbuild\) echo (.*?);;", read("scripts/setup"),
                      re.S)[1].replace("\\\n", " ").split()
    needed = re.search(r"^Build-Depends:(.*?)^\S", read(
        "packaging/debian/control"), re.S | re.M)[1]
    for package in set(words) - {"gcc", "libc6-dev", "make"}:
        assert re.search(rf"^ {re.escape(package)}\b", needed, re.M), package


def test_every_program_is_in_a_package():
    there = "".join(f.read_text() for f in
                    (ROOT / "packaging/debian").glob("*.install"))
    engines = [f.stem for folder in ("ttsd/engines", "ttsd/engines/posix")
               for f in (ROOT / folder).glob("*.c")]
    assert "espeak" in engines
    for name in engines:
        assert f"usr/libexec/ttsd/{name}\n" in there, name
