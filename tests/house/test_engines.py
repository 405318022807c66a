"""An engine is known by its row in common/conf/engine_type.c. Its program is
found by where it stands, so a row without one, or one without a row, would be
noticed by the first who configures it."""
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
ENGINES = ROOT / "ttsd/engines"
ROWS = re.findall(r'ROW\("(\w+)"', (
    ROOT / "common/conf/engine_type.c").read_text(encoding="utf-8"))
PROGRAMS = {p.stem: p for folder in (ENGINES, ENGINES / "posix",
                                     ENGINES / "win32")
            for p in folder.glob("*.c")}


def test_rows_are_programs():
    assert ROWS and sorted(ROWS) == sorted(PROGRAMS)


def test_systems_are_documented():
    """What is of one system only is in that system's document."""
    page = (ROOT / "docs/WINDOWS.md").read_text(encoding="utf-8")
    assert not [name for name, path in PROGRAMS.items()
                if path.parent.name == "win32"
                and f"\n| `{name}` |" not in page]


def test_programs_bear_their_names():
    """`hello` and the log say which engine it is."""
    other = [name for name, path in PROGRAMS.items()
             if f'.name = "{name}"' not in path.read_text(encoding="utf-8")]
    assert not other
