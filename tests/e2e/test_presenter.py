"""What docs/PRESENTER.md shows renderers of others: it works as it says."""
import contextlib
import json
import shutil
import stat
import subprocess
import sys

import pytest

from daemon import PATIENCE_S, ROOT
from picture import PICTURE, TICKS, Picture, onset

EXAMPLES = ROOT / "docs/examples"
RATE = 24000
WIDTH, HEIGHT = 64, 48
MOUTH = (HEIGHT * 2 // 3 - 3) * WIDTH + WIDTH // 2  # where only vowels reach
OPEN = 0x20


@contextlib.contextmanager
def presenter(rundir, picture):
    process = subprocess.Popen(
        [sys.executable, EXAMPLES / "presenter.py", rundir / "control.sock",
         picture.door, f"{WIDTH}x{HEIGHT}"], stderr=subprocess.PIPE)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def opened(pieces, after):
    """The tick of the first frame with an open mouth, from `after` on."""
    return next((p.time for p in pieces if p.track == PICTURE and
                 p.time >= after and p.data[MOUTH] == OPEN), None)


def shut(pieces, after):
    return next((p.time for p in pieces if p.track == PICTURE and
                 p.time >= after and p.data[MOUTH] != OPEN), None)


def test_the_mouth_opens_as_speech_begins(start, rundir):
    """Flashes were 39 to 69 ms late when frames were shown as they came."""
    with start() as d, Picture(rundir, width=WIDTH, height=HEIGHT) as p, \
            p.listen() as s, presenter(rundir, p), d.control() as c:
        p.says("came to the raw door")
        off = []
        for _ in range(5):
            after = s.until(lambda pieces: pieces, "it sends")[-1].time
            c.ask("say", text="Ah.")
            heard = s.until(lambda pieces: onset(pieces, RATE, after), "Ah")
            seen = s.until(lambda pieces: opened(pieces, after), "a mouth")
            s.until(lambda pieces: shut(pieces, seen), "a mouth that shuts")
            s.until(lambda pieces: pieces[-1].time > seen + TICKS, "silence")
            off.append((seen - heard) * 1000 / TICKS)
        print("mouth against speech, ms:", [round(x, 1) for x in off])
        assert max(map(abs, off)) <= 40, off


def test_the_presenter_outlives_ttsd(start, rundir):
    """It is begun before ttsd, and ttsd is begun anew under it."""
    with Picture(rundir, width=WIDTH, height=HEIGHT) as p, \
            presenter(rundir, p):
        for _ in range(2):
            with start() as d, p.listen() as s, d.control() as c:
                # So often that it is there for one of them.
                c.ask("say", text="Ah.", repeat=20)
                s.until(lambda pieces: opened(pieces, 0), "an open mouth")


def test_the_sockets_are_for_their_owner_alone(start, rundir):
    """So a renderer has to run as the daemons' user, which nobody was told."""
    with start(), Picture(rundir) as p:
        p.open_door().close()
        for path in (rundir / "control.sock", p.door):
            assert stat.S_IMODE(path.stat().st_mode) == 0o600, path


def test_the_presenter_says_how_it_is_used():
    done = subprocess.run([sys.executable, EXAMPLES / "presenter.py"],
                          capture_output=True, text=True, timeout=PATIENCE_S)
    assert done.returncode == 1 and "usage: presenter.py" in done.stderr
    assert len((EXAMPLES / "presenter.py").read_text().splitlines()) <= 75


# ---- the bridge to heads in browsers


def head_arrays(events, *more):
    done = subprocess.run(
        ["node", "-e",
         f"const {{ headArrays }} = require('{EXAMPLES}/head.js');"
         "const a = JSON.parse(require('fs').readFileSync(0));"
         "console.log(JSON.stringify(headArrays(...a)))"],
        input=json.dumps([events, *more]), capture_output=True, text=True,
        check=True, timeout=PATIENCE_S)
    return json.loads(done.stdout)


needs_node = pytest.mark.skipif(not shutil.which("node"), reason="no node")


@needs_node
def test_events_become_arrays():
    events = [
        {"event": "started", "sample": 24000, "text": "Hi you"},
        {"event": "word", "sample": 24000, "text": "Hi"},
        {"event": "viseme", "sample": 24000, "name": "kk"},
        {"event": "viseme", "sample": 25200, "name": "aa"},
        {"event": "viseme", "sample": 26400, "name": "sil"},
        {"event": "viseme", "sample": 28800, "name": "ou"},
        {"event": "word", "sample": 28800, "text": "you"}]
    arrays = head_arrays(events, RATE)
    assert arrays == {
        "words": ["Hi", "you"], "wtimes": [0, 200], "wdurations": [100, 200],
        "visemes": ["kk", "aa", "sil", "U"], "vtimes": [0, 50, 100, 200],
        "vdurations": [50, 50, 100, 200]}
    events.append({"event": "finished", "sample": 33600,
                   "first_sample": 24000, "last_sample": 33599})
    arrays = head_arrays(events, RATE, 12000)
    assert arrays["wtimes"] == [500, 700]
    assert arrays["vdurations"][-1] == arrays["wdurations"][-1] == 200
    assert head_arrays([], RATE)["words"] == []


@needs_node
def test_a_real_announcement(start):
    """The head wants capitals where ttsd's table has two letters, and times
    that never run backwards."""
    with start() as d, d.control() as c, d.control() as events:
        events.subscribe(lead_ms=300)
        c.ask("say", text="You see dawn. Papa, come here!")
        told = events.until("finished")
    arrays = head_arrays(told, RATE)
    assert arrays["words"] == ["You", "see", "dawn", "Papa", "come", "here"]
    assert {"I", "O", "U", "aa", "PP", "sil"} <= set(arrays["visemes"])
    assert not {"ih", "oh", "ou"} & set(arrays["visemes"])
    for times, durations in (("wtimes", "wdurations"),
                             ("vtimes", "vdurations")):
        assert arrays[times] == sorted(arrays[times])
        assert len(arrays[times]) == len(arrays[durations])
        ends = [t + n for t, n in zip(arrays[times], arrays[durations])]
        # Rounded each for itself.
        assert all(a <= b + 1 for a, b in zip(ends, arrays[times][1:]))
    whole = told[-1]["last_sample"] - told[-1]["first_sample"] + 1
    assert ends[-1] == pytest.approx(whole * 1000 / RATE, abs=80)
