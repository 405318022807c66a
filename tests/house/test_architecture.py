"""docs/ARCHITECTURE.md against the tree: a page that names a file or function
which has been renamed sends its reader to a place that is not there."""
import pathlib
import re

HERE = pathlib.Path(__file__).resolve()
ROOT = HERE.parents[2]
PAGE = (ROOT / "docs/ARCHITECTURE.md").read_text(encoding="utf-8")
FOLDERS = ("common", "platform", "daemon", "ttsd", "ttsctl", "tests", "docs",
           "streamer-supervisor", "gateway", "scripts")


def test_every_path_is_there():
    named = set(re.findall(r"`([\w.-]+/[\w./-]*)`", PAGE))
    assert len(named) > 30
    gone = [p for p in sorted(named)
            if p.startswith(FOLDERS) and not (ROOT / p).exists()]
    assert not gone


def test_every_file_is_there():
    named = set(re.findall(r"`(\w+\.[chm]\w*)`", PAGE))
    there = {f.name for folder in FOLDERS for f in (ROOT / folder).rglob("*")}
    assert named and not named - there


def test_every_function_is_there():
    named = set(re.findall(r"`(\w+)\(\)`", PAGE))
    assert len(named) > 30
    sources = "\n".join(
        f.read_text(encoding="utf-8") for folder in FOLDERS
        for f in (ROOT / folder).rglob("*.c"))
    gone = [n for n in sorted(named)
            if not re.search(rf"^{n}\(", sources, re.M)]
    assert not gone


def test_sources_name_pages_of_this_tree():
    """A reader has the tree and nothing else."""
    pages = {f.name for folder in ("docs", ".")
             for f in (ROOT / folder).glob("*.md")}
    gone = [f"{f.relative_to(ROOT)}: {name}" for folder in FOLDERS
            for kind in ("*.[ch]", "*.py")
            for f in (ROOT / folder).rglob(kind) if f != HERE
            for name in re.findall(
                r"\b([\w-]+\.md|FIELD-NOTES|INTERFACE|DESIGN)\b",
                f.read_text(encoding="utf-8"))
            if name not in pages]
    assert not gone, "\n".join(gone)
