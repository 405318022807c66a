"""A disk whose power is cut: what a program did to its files, as the shim of
tests/shim/writes.c has noted it, and the folder as it may look afterwards."""
import copy
import os
import pathlib
import struct
import subprocess
import typing

from daemon import ROOT

SHIM = ROOT / "tests/shim/writes.c"
HEAD = struct.Struct("<c5Q")
SECTOR = 512


class Note(typing.NamedTuple):
    what: str
    time_ns: int  # monotonic, as time.monotonic_ns()
    path: str
    other: str
    at: int
    data: bytes


def build_shim(folder):
    library = folder / "writes.so"
    subprocess.run(["cc", "-std=c11", "-D_GNU_SOURCE", "-O2", "-shared",
                    "-fPIC", "-o", library, SHIM, "-ldl"], check=True)
    return library


def watched(library, program, below, to):
    """An environment in which that program's writes to a folder are noted."""
    # ASan wants to be the first library, and is content to be the second.
    return {**os.environ, "LD_PRELOAD": str(library), "WRITES_OF": program,
            "WRITES_BELOW": str(below), "WRITES_TO": str(to),
            "ASAN_OPTIONS": "verify_asan_link_order=0"}


def read_notes(path):
    data, notes, at = pathlib.Path(path).read_bytes(), [], 0
    while at < len(data):
        what, time_ns, offset, *sizes = HEAD.unpack_from(data, at)
        at += HEAD.size
        parts = []
        for size in sizes:
            parts.append(data[at:at + size])
            at += size
        notes.append(Note(what.decode(), time_ns, os.fsdecode(parts[0]),
                          os.fsdecode(parts[1]), offset, parts[2]))
    return notes


class File:
    """What of it is on the disk, and what is on the way there."""

    def __init__(self, data=b""):
        self.data, self.pending = bytearray(data), []

    def arrive(self, note, sectors):
        """`sectors(n)` tells which of so many of a write arrive."""
        if note.what == "t":
            if sectors(1)[0]:
                del self.data[note.at:]
                self.data.extend(bytes(note.at - len(self.data)))
            return
        first = note.at // SECTOR
        count = (note.at + len(note.data) - 1) // SECTOR - first + 1
        for i, arrives in enumerate(sectors(count)):
            start = max((first + i) * SECTOR, note.at)
            end = min((first + i + 1) * SECTOR, note.at + len(note.data))
            if arrives:
                self.data.extend(bytes(max(0, end - len(self.data))))
                self.data[start:end] = note.data[start - note.at:
                                                 end - note.at]

    def sync(self):
        for note in self.pending:
            self.arrive(note, whole)
        self.pending.clear()


def whole(count):
    return [True] * count


class Disk:
    """The files below a folder. A file's bytes are safe once it is synced, a
    name once its folder is; what happened to names arrives in its order."""

    def __init__(self, folder):
        self.folder = str(folder)
        self.names, self.safe = {}, {}
        self.pending = []  # changes of names: (path, File, None or "folder")
        self.keeps_its_word = True  # a sync is none otherwise
        for path in pathlib.Path(folder).rglob("*"):
            if path.is_dir() or path.is_file():
                self.names[str(path)] = "folder" if path.is_dir() else File(
                    path.read_bytes())
        self.safe.update(self.names)

    def name(self, path, what):
        if what is None:
            self.names.pop(path, None)
        else:
            self.names[path] = what
        self.pending.append((path, what))

    def take(self, note):
        if note.what == "c":
            self.name(note.path, File())
        elif note.what == "d":
            self.name(note.path, "folder")
        elif note.what in "lr":
            self.name(note.path, self.names[note.other])
            if note.what == "r":
                self.name(note.other, None)
        elif note.what == "u":
            if note.path in self.names:
                self.name(note.path, None)
        elif note.what == "s":
            if self.keeps_its_word:
                self.sync(note.path)
        elif isinstance(self.names.get(note.path), File):
            self.names[note.path].pending.append(note)

    def sync(self, path):
        if isinstance(self.names.get(path), File):
            self.names[path].sync()
            return
        self.arrive_names(
            [c for c in self.pending if os.path.dirname(c[0]) == path])
        self.pending = [c for c in self.pending
                        if os.path.dirname(c[0]) != path]

    def sync_all(self):
        for file in self.names.values():
            if isinstance(file, File):
                file.sync()
        self.arrive_names(self.pending)
        self.pending = []

    def arrive_names(self, changes):
        for path, what in changes:
            if what is None:
                self.safe.pop(path, None)
            else:
                self.safe[path] = what

    def copy(self):
        return copy.deepcopy(self)

    def lose_power(self, chance):
        """Of what was on the way some arrives, as chance has it: all, nothing,
        or sectors of it in any order. Returns how."""
        share = chance.choice((0, 1, 0.1, 0.5, 0.9))
        self.arrive_names(
            self.pending[:round(share * len(self.pending))
                         if share in (0, 1) else
                         chance.randint(0, len(self.pending))])
        for file in set(self.safe.values()) - {"folder"}:
            for note in file.pending:
                file.arrive(note, lambda n: [
                    chance.random() < share for _ in range(n)])
        return f"{share:.0%} of what was not synced arrived"

    def lay_out(self, folder):
        """What is there when the power is back."""
        for path, what in sorted(self.safe.items()):
            to = pathlib.Path(folder) / os.path.relpath(path, self.folder)
            if what == "folder":
                to.mkdir(mode=0o700, exist_ok=True)
            elif to.parent.is_dir():
                to.write_bytes(what.data)
                to.chmod(0o600)
