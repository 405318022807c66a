"""The targets of tests/fuzz, which `make fuzz` alone builds: one did not compile
any more, and three were told of nowhere."""
import pathlib
import re
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
TARGETS = sorted(f.stem for f in (ROOT / "tests/fuzz").glob("fuzz_*.c"))


@pytest.mark.parametrize("target", TARGETS)
def test_each_compiles(target):
    subprocess.run(["cc", "-std=c11", "-D_GNU_SOURCE", "-I.", "-fsyntax-only",
                    f"tests/fuzz/{target}.c"], cwd=ROOT, check=True)


def test_each_is_told_of():
    page = (ROOT / "docs/RELIABILITY.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `(fuzz_\w+)` \|", page, re.M) == TARGETS


def test_each_begins_with_something():
    """The seeds of fuzz_ssml are its unit test's documents (Makefile)."""
    seeds = (ROOT / "tests/fuzz/seeds.py").read_text(encoding="utf-8")
    begun = re.findall(r'^    "(fuzz_\w+)":', seeds, re.M)
    assert sorted([*begun, "fuzz_ssml"]) == TARGETS
