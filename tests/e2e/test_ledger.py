"""The ledger as a program: what it keeps across its end, and what it makes of
files and folders that are of no use."""
import contextlib
import json
import os
import queue
import resource
import shutil
import signal
import sqlite3
import stat
import subprocess
import threading
import time

import pytest

import engines
from daemon import PATIENCE_S, is_zombie, wait_until

PROGRAM = str(engines.LIBEXEC / "ledger")
IN_USE, NEWER, NO_PLACE, DISK, DAMAGED = range(3, 8)
UNDER_WAY = 10000


class Ledger(contextlib.AbstractContextManager):
    """Its first answer is in `hello`; None where it has refused."""

    def __init__(self, folder, *, ttsd=None, **how):
        whose = ["--ttsd", str(ttsd)] if ttsd else []
        self.process = subprocess.Popen(
            [PROGRAM, "--dir", str(folder), *whose], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, **how)
        self.lines, self.log = queue.Queue(), []
        self.threads = [threading.Thread(target=t, daemon=True)
                        for t in (self._read, self._read_log)]
        for thread in self.threads:
            thread.start()
        self.number = 0
        self.hello = self.line()

    def _read(self):
        for line in self.process.stdout:
            self.lines.put(json.loads(line))
        self.lines.put(None)

    def _read_log(self):
        for line in self.process.stderr:
            self.log.append(line.decode())

    def line(self):
        return self.lines.get(timeout=PATIENCE_S)

    def send(self, what, **fields):
        self.number += 1
        self.process.stdin.write(json.dumps(
            {"no": self.number, "do": what, **fields}).encode() + b"\n")
        self.process.stdin.flush()
        return self.number

    def accept(self, number, text="Hello"):
        return self.send("accept", id=number, channel="main", text=text,
                         request={"text": text}, accepted_ms=1000 + number)

    def committed(self, number):
        """Reads on to that answer; returns the rows before it."""
        rows = []
        while True:
            line = self.line()
            assert line, f"it ended: {''.join(self.log)}"
            rows += [line["row"]] if "row" in line else []
            if line.get("committed", 0) >= number:
                return rows

    def ask(self, what, **fields):
        return self.committed(self.send(what, **fields))

    def waiting(self):
        return [row["id"] for row in self.ask("restore", after=0, limit=1000)]

    def kill(self):
        self.process.kill()
        self.process.wait(PATIENCE_S)

    def end(self):
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        status = self.process.wait(PATIENCE_S)
        for thread in self.threads:
            thread.join(PATIENCE_S)
        return status

    def said(self):
        """Its words, once it has ended."""
        self.end()
        return " ".join(json.loads(line)["message"] for line in self.log)

    def __exit__(self, *_):
        self.end()
        self.process.stdout.close()
        self.process.stderr.close()


@pytest.fixture
def state(tmp_path):
    folder = tmp_path / "state"
    folder.mkdir(mode=0o700)
    return folder


# ---- what it keeps

def test_the_first(tmp_path):
    folder = tmp_path / "there" / "is" / "none"
    with Ledger(folder) as ledger:
        assert ledger.hello == {
            "ledger": 1, "next_id": 1, "complete": True, "told": 0}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [f.name for f in folder.iterdir()] == ["ledger.db"]
    assert stat.S_IMODE((folder / "ledger.db").stat().st_mode) == 0o600


def test_ids_go_on(state):
    with Ledger(state) as ledger:
        ledger.committed(ledger.accept(1))
        ledger.accept(2)
        ledger.ask("end")
        assert ledger.end() == 0
    with Ledger(state) as ledger:
        assert ledger.hello["next_id"] == 3 and ledger.hello["complete"]
        assert ledger.waiting() == [1, 2]


def test_killed(state):
    """Some ids may have been told to clients without being written: they are
    not given again."""
    with Ledger(state) as ledger:
        ledger.committed(ledger.accept(1))
        ledger.kill()
    with Ledger(state) as ledger:
        assert ledger.hello["next_id"] == 2 + UNDER_WAY
        assert ledger.waiting() == [1]


def test_killed_again_and_again(state):
    """Story: each one that had written nothing left the same ids out, and gave
    those behind them once more."""
    for n in range(3):
        with Ledger(state) as ledger:
            assert ledger.hello["next_id"] == 1 + n * UNDER_WAY
            ledger.kill()


def test_its_ttsd_is_killed(state):
    """Story: a ledger that had its input ended took that for all there was,
    though its ttsd had given ids that it could not write down; the next one
    gave them again."""
    with Ledger(state) as ledger:
        ledger.committed(ledger.accept(1))
        assert ledger.end() == 0
    with Ledger(state) as ledger:
        assert ledger.hello["next_id"] == 2 + UNDER_WAY
        assert not ledger.hello["complete"]


def test_numbers_of_events_go_on(state):
    """Some may have been told without the ledger's knowing of them."""
    with Ledger(state) as ledger:
        assert ledger.hello["told"] == 0
        ledger.kill()
    with Ledger(state) as ledger:
        first = ledger.hello["told"]
        assert abs(first - 1000 * 1000 * time.time()) < 3600 * 10**6
        ledger.ask("told", id=first + 10**10)
        ledger.ask("told", id=first)
    with Ledger(state) as ledger:
        assert ledger.hello["told"] == first + 10**10


def test_ends_that_nobody_was_told(state):
    """ttsd was killed between the note of an end and its event: the ledger
    gives it a number, by which who was away learns of it."""
    with Ledger(state) as ledger:
        for i in range(1, 4):
            ledger.accept(i)
        for i in range(1, 3):
            ledger.send("ended", id=i, ended_ms=10 * i, outcome="spoken")
        ledger.ask("numbered", id=2, seq=77)
        ledger.kill()
    with Ledger(state) as ledger:
        told = ledger.hello["told"]
        ends = ledger.ask("ends", since=0, limit=10)
        assert [row["id"] for row in ends] == [1, 2]
        assert ends[0]["seq"] == told > ends[1]["seq"] == 77
        ledger.kill()
    with Ledger(state) as ledger:
        assert ledger.hello["told"] > told
        assert ledger.ask("ends", since=0, limit=10) == ends


def test_many_in_one_transaction(state):
    """Story: one fsync for each acceptance is a few hundred a second."""
    line = json.dumps({
        "do": "accept", "channel": "main", "request": {"text": "x" * 100},
        "accepted_ms": 1})
    with Ledger(state) as ledger:
        for i in range(1, 2001):
            ledger.process.stdin.write(
                f'{{"no":{i},"id":{i},{line[1:]}\n'.encode())
        ledger.process.stdin.flush()
        answers = 0
        while True:
            answers += 1
            if ledger.line()["committed"] == 2000:
                break
        assert answers < 200


def test_the_highest_id_is_remembered(state):
    """Story: once all that had ended was forgotten, ids began at 1 again."""
    with Ledger(state) as ledger:
        ledger.accept(7)
        ledger.send("ended", id=7, ended_ms=5, outcome="spoken")
        ledger.ask("prune", before_ms=10, bytes=1 << 30)
        assert ledger.ask("history", limit=10) == []
        ledger.ask("end")
    with Ledger(state) as ledger:
        assert ledger.hello["next_id"] == 8


def test_forgetting_gives_room_back(state):
    with Ledger(state) as ledger:
        for i in range(1, 1001):
            ledger.accept(i, text="x" * 2000)
            ledger.send("ended", id=i, ended_ms=i, outcome="spoken")
        ledger.committed(ledger.number)
        for _ in range(100):
            ledger.ask("prune", before_ms=0, bytes=1000000)
    assert (state / "ledger.db").stat().st_size < 1500000


# ---- whose it is

@contextlib.contextmanager
def somebody(tmp_path):
    """A process, whose name is as hard to read past as may be."""
    program = tmp_path / "x) Z 1 (y"
    shutil.copy(shutil.which("sleep"), program)
    with subprocess.Popen([program, "1000"]) as process:
        try:
            yield process
        finally:
            process.kill()


def test_of_a_ttsd_that_lives(state, tmp_path):
    """Story: the lock was the ledger's, and when that was killed another ttsd's
    ledger had it before the first was there again."""
    ours = os.getpid()
    with somebody(tmp_path) as theirs:
        with Ledger(state, ttsd=theirs.pid) as ledger:
            ledger.ask("end")
            ledger.kill()
        before = (state / "ledger.db").read_bytes()
        for ttsd in ours, None:
            with Ledger(state, ttsd=ttsd) as ledger:
                assert ledger.hello is None
                assert f"another ttsd (pid {theirs.pid})" in ledger.said()
                assert ledger.end() == IN_USE
        assert (state / "ledger.db").read_bytes() == before
        with Ledger(state, ttsd=theirs.pid) as ledger:
            assert ledger.hello["complete"]
        theirs.kill()
        wait_until(lambda: is_zombie(theirs.pid), "it has ended")
        with Ledger(state, ttsd=ours) as ledger:
            assert ledger.hello
    assert (state / "ledger.owner").read_text().startswith(f"{ours} ")


@pytest.mark.parametrize("change", [
    lambda whole: b"", lambda whole: whole[:-1], lambda whole: whole[:-5],
    lambda whole: whole.replace(b" ", b" 1", 1), lambda whole: os.urandom(300),
    lambda whole: whole * 2], ids=[
        "empty", "no_end", "cut", "another_start", "noise", "twice"])
def test_of_nobody(state, tmp_path, change):
    with somebody(tmp_path) as theirs:
        with Ledger(state, ttsd=theirs.pid) as ledger:
            ledger.kill()
        owner = state / "ledger.owner"
        owner.write_bytes(change(owner.read_bytes()))
        with Ledger(state, ttsd=os.getpid()) as ledger:
            assert ledger.hello
        assert owner.read_text().startswith(f"{os.getpid()} ")


def test_an_owner_that_cannot_be_written(state):
    """It keeps all the same."""
    (state / "ledger.owner").mkdir()
    with Ledger(state, ttsd=os.getpid()) as ledger:
        ledger.committed(ledger.accept(1))
        said = ledger.said()
        assert "ledger.owner" in said and "cannot be written" in said


# ---- what is of no use

def test_a_second_one(state):
    with Ledger(state), Ledger(state) as second:
        assert second.hello is None
        assert "in use by another ttsd" in second.said()
        assert second.end() == IN_USE
    with Ledger(state) as third:
        assert third.hello


def set_aside(state, why):
    """A new ledger is begun, whose ids no older one can have given."""
    with Ledger(state) as ledger:
        assert ledger.hello["next_id"] > 1 << 40
        first = ledger.hello["next_id"]
        ledger.accept(first)
        ledger.ask("end")
        said = ledger.said()
        assert why in said and "ledger.db.aside-1" in said
    assert (state / "ledger.db.aside-1").exists()
    with Ledger(state) as ledger:
        assert ledger.hello["next_id"] == first + 1


def test_noise(state):
    (state / "ledger.db").write_bytes(os.urandom(100000))
    set_aside(state, "damaged")


def fill(state, count=1000):
    with Ledger(state) as ledger:
        for i in range(1, count + 1):
            ledger.accept(i, text="some text to fill pages with" * 3)
        ledger.committed(count)


def test_cut_in_half(state):
    fill(state)
    path = state / "ledger.db"
    os.truncate(path, path.stat().st_size // 2)
    set_aside(state, "damaged")


def test_damage_that_shows_later(state):
    """It is set aside when it is met, and the next start begins anew."""
    fill(state)
    path = state / "ledger.db"
    data = bytearray(path.read_bytes())
    data[8192:-8192] = os.urandom(len(data) - 16384)
    path.write_bytes(data)
    with Ledger(state) as ledger:
        if ledger.hello and not (state / "ledger.db.aside-1").exists():
            ledger.send("restore", after=0, limit=2000)
            ledger.send("history", limit=2000)
            assert ledger.process.wait(PATIENCE_S) == DAMAGED
    assert (state / "ledger.db.aside-1").exists()
    with Ledger(state) as ledger:
        assert ledger.waiting() == []


def test_of_another_program(state):
    """It is kept as it was."""
    path = state / "ledger.db"
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute("create table theirs (a)")
        db.commit()
    before = path.read_bytes()
    set_aside(state, "another program's")
    assert (state / "ledger.db.aside-1").read_bytes() == before


def test_of_0_bytes(state):
    (state / "ledger.db").touch()
    with Ledger(state) as ledger:
        assert ledger.hello["next_id"] > 1 << 40
        assert "empty" in ledger.said()
    with Ledger(state) as ledger:
        assert ledger.hello["next_id"] > 1 << 40


def test_of_a_newer_ttsd(state):
    fill(state, 1)
    with contextlib.closing(sqlite3.connect(state / "ledger.db")) as db:
        db.execute("pragma user_version=1000")
        db.commit()
    with Ledger(state) as ledger:
        assert ledger.hello is None
        assert "newer ttsd" in ledger.said()
        assert ledger.end() == NEWER


def refused(folder, words, status=NO_PLACE):
    with Ledger(folder) as ledger:
        assert ledger.hello is None
        assert words in ledger.said(), ledger.said()
        assert ledger.end() == status


def test_a_fifo_for_a_folder(tmp_path):
    os.mkfifo(tmp_path / "state")
    refused(tmp_path / "state", "not a directory")


def test_a_fifo_for_a_file(state):
    os.mkfifo(state / "ledger.db")
    refused(state, "is a FIFO")


def test_a_link_for_a_file(state, tmp_path):
    (state / "ledger.db").symlink_to(tmp_path / "elsewhere")
    refused(state, "is a symbolic link")
    assert not (tmp_path / "elsewhere").exists()


def test_a_folder_open_to_others(state):
    state.chmod(0o777)
    refused(state, "can be written by others")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_owned_by_another(state):
    os.chown(state, 12345, 12345)
    if os.geteuid() == 0:
        refused(state, "belongs to user 12345")


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes anywhere")
def test_read_only(state):
    state.chmod(0o500)
    refused(state, "permission denied")


def test_no_file_system():
    """Where a file system was to be mounted there is none, and nobody may make
    a folder."""
    refused("/proc/ttsd", "no such file")


def test_full(state):
    """It ends, and says why; what it had committed stays."""
    fill(state, 10)

    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (400000, 400000))

    with Ledger(state, preexec_fn=limit) as ledger:
        for i in range(11, 3000):
            with contextlib.suppress(BrokenPipeError):
                ledger.accept(i, text="x" * 1000)
        assert ledger.process.wait(PATIENCE_S) == DISK
        said = ledger.said()
        assert "cannot be written" in said or "full" in said
        kept = 10
        while (line := ledger.line()) is not None:
            kept = 10 + line["committed"]
    with Ledger(state) as ledger:
        assert ledger.waiting()[:1] == [1]
        assert len(ledger.ask("restore", after=0, limit=5000)) >= kept
