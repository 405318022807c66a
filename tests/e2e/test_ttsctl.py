"""ttsctl, against the real daemons and against scripted ones."""
import contextlib
import json
import os
import pty
import re
import signal
import socket
import subprocess
import time

import pytest

import daemon
import peers
from client import ctl, fake_daemon, follow, line_of, table  # noqa: F401
from daemon import Daemon, binary, wait_until

DONE, FAILED, USAGE, DATA, UNREACHABLE = 0, 1, 64, 65, 69


# ---- the command line ------------------------------------------------------


@pytest.mark.parametrize("args", [
    [], ["bogus"], ["--bogus", "status"], ["status", "--bogus"], ["say"],
    ["cancel"], ["cancel", "x"], ["cancel", "0"], ["cancel", "1", "x"],
    ["status", "now"], ["set", "rate"], ["set", "=1"], ["start"], ["-r"],
    ["say", "--rate", "fast", "Hello"], ["say", "--rate"], ["say", "-5"],
    ["status", "--json=yes"], ["-w", "soon", "ping"],
    ["say", "--show", "ticket", "x"], ["say", "--show", "=1", "x"],
    ["say", "--show", b"a=\xff", "x"], ["show"],
    ["show", "board", "ticket"],
])
def test_usage_errors(args):
    """64, and one line that leads to the help."""
    p = subprocess.run([binary("ttsctl"), *args], capture_output=True)
    assert p.returncode == USAGE and p.stdout == b""
    assert p.stderr.startswith(b"ttsctl") and b"--help" in p.stderr
    assert p.stderr.count(b"\n") == 1


def test_help(ctl):
    p = ctl("help", "--all")
    assert p.returncode == DONE and p.stderr == ""
    commands = [line.split()[0] for line in p.stdout.partition(
        "Commands:\n")[2].partition("\n\n")[0].splitlines()
        if not line.startswith("   ")]
    assert {"say", "status", "queue", "cancel", "skip", "clear", "pause",
            "resume", "voices", "engines", "channels", "set", "show",
            "events", "listen", "outputs", "start", "stop", "restart", "add",
            "remove", "reload",
            "ping"} <= set(commands)
    for command in commands:
        p = ctl(command, "--help")
        assert p.returncode == DONE
        assert p.stdout.startswith(f"usage: ttsctl {command} ")
        assert "--runtime-dir" in p.stdout
    assert ctl("--version").stdout.startswith("ttsctl ")


def test_options_before_and_after_the_command(start, ctl):
    start()
    for args in (["--json", "ping"], ["ping", "--json"], ["ping", "-j"]):
        assert json.loads(ctl(*args).stdout) == {"ok": True}


# ---- no daemon -------------------------------------------------------------


@pytest.mark.parametrize("command", [["ping"], ["say", "Hello"], ["listen"],
                                     ["events"], ["say", "--wait", "Hello"]])
def test_no_daemon(rundir, ctl, command):
    p = ctl(*command)
    assert p.returncode == UNREACHABLE and p.stdout == ""
    assert "ttsd is not running" in p.stderr
    assert f"{rundir}/control.sock" in p.stderr and "start it" in p.stderr


def test_no_supervisor(rundir, ctl):
    p = ctl("outputs")
    assert p.returncode == UNREACHABLE
    assert "streamer-supervisor is not running" in p.stderr


def test_stale_socket(rundir, ctl):
    with socket.socket(socket.AF_UNIX) as s:
        s.bind(str(rundir / "control.sock"))
    p = ctl("ping")
    assert p.returncode == UNREACHABLE and "is not running" in p.stderr


def test_places_where_a_daemon_may_be(rundir):
    """Without -r it looks where ttsd would put its sockets, and creates
    nothing there."""
    folder = rundir / "ttsd"
    folder.mkdir()

    def ping(**env):
        return subprocess.run([binary("ttsctl"), "ping"], env=env,
                              capture_output=True).returncode
    with fake_daemon(folder, b'{"ok":true}\n'):
        assert ping(RUNTIME_DIRECTORY=str(folder)) == DONE
        assert ping(RUNTIME_DIRECTORY=f"{rundir}/none",
                    XDG_RUNTIME_DIR=str(rundir)) == UNREACHABLE
        assert ping(XDG_RUNTIME_DIR=str(rundir)) == DONE
    assert not (rundir / "none").exists()


def test_waits_for_the_daemon(rundir, follow, start):
    p = follow("-w", "30", "ping")
    wait_until(lambda: not (rundir / "control.sock").exists() and
               p.poll() is None, "it waits")
    start()
    assert p.wait(daemon.PATIENCE_S) == DONE


def test_waits_no_longer_than_told(rundir, ctl):
    assert ctl("-w", "0", "ping").returncode == UNREACHABLE
    assert ctl("-w", "1", "ping").returncode == UNREACHABLE
    assert ctl("-w", "-1", "ping").returncode == UNREACHABLE


# ---- a daemon that misbehaves ----------------------------------------------


def test_daemon_hangs_up(rundir, ctl):
    with fake_daemon(rundir, b"", hang_up=True):
        p = ctl("ping")
    assert p.returncode == UNREACHABLE and "closed the connection" in p.stderr


def test_daemon_goes_while_we_wait(rundir, ctl):
    with fake_daemon(rundir, b'{"ok":true}\n{"ok":true,"id":1}\n',
                     requests=2, hang_up=True):
        p = ctl("-w", "0", "say", "--wait", "Hello")
    assert p.returncode == UNREACHABLE and p.stdout == "announcement 1\n"


def test_daemon_goes_before_it_answers_again(rundir, ctl):
    """It may have been accepted, and be over when ttsd is back: sent again it
    would be spoken twice."""
    with fake_daemon(rundir, b'{"ok":true}\n', requests=2, hang_up=True):
        p = ctl("say", "--wait", "--key", "k", "--again", "Hello")
    assert p.returncode == UNREACHABLE
    assert "whether it has accepted" in p.stderr


def test_daemon_is_full(rundir, ctl):
    """A daemon with too many clients says so in a plain line."""
    with fake_daemon(rundir, b"error unavailable: too many clients\n",
                     hang_up=True):
        p = ctl("ping")
    assert p.returncode == FAILED and "too many clients" in p.stderr


@pytest.mark.parametrize("answer", [
    b"\n", b"{}\n", b"[]\n", b'{"ok":1}\n', b"\xff\xfe\n", b'{"ok":true\n',
    b'{"ok":false}\n', b'{"ok":false,"error":3,"message":{}}\n',
])
def test_nonsense(rundir, ctl, answer):
    with fake_daemon(rundir, answer):
        p = ctl("status")
    assert p.returncode == FAILED and p.stderr.startswith("ttsctl: ")


def test_absent_and_unknown_fields(rundir, ctl):
    """An older or a newer daemon: what is missing is shown as '-'."""
    reply = {"ok": True, "channels": [{"name": "main", "new": {"a": 1}}],
             "workers": None}
    with fake_daemon(rundir, json.dumps(reply).encode() + b"\n"):
        p = ctl("status")
    assert p.returncode == DONE
    assert "ttsd -, up -" in p.stdout and "no workers" in p.stdout


def test_nothing_from_afar_reaches_the_terminal_raw(rundir, ctl):
    items = [{"id": 1, "text": "\u001b[2Jboo\u009b\r\n"}]
    reply = {"ok": True, "items": items}
    with fake_daemon(rundir, json.dumps(reply).encode() + b"\n"):
        p = ctl("queue")
    assert "[2Jboo" in p.stdout
    assert not set("\u001b\u009b\r") & set(p.stdout)


# ---- speaking --------------------------------------------------------------


def test_say_and_wait(start, ctl):
    start("-D", "channel.main.engine=tone")
    p = ctl("say", "--wait", "200ms")
    assert (p.returncode, p.stdout, p.stderr) == (DONE, "announcement 1\n", "")


ZONES = ["-D", "channel.hall.engine=tone", "-D", "channel.ward.engine=tone",
         "-D", "zone.all.channels=hall ward"]


def test_say_to_a_zone_and_wait(start, ctl, follow):
    """It returns when all of the zone have heard it; what one of them did
    not hear counts."""
    d = start(*ZONES)
    p = ctl("say", "--zone", "all", "--wait", "200ms")
    assert (p.returncode, p.stderr) == (DONE, "")
    assert p.stdout == "hall: announcement 1\nward: announcement 2\n"
    with d.control() as c:
        c.subscribe("started")
        p = follow("say", "-c", "ward,hall", "--wait", "ms=1500 a")
        assert {c.event("started")["id"], c.event("started")["id"]} == {3, 4}
        assert ctl("cancel", 3).returncode == DONE
        assert p.wait(daemon.PATIENCE_S) == FAILED
        assert b"announcement 3: cancelled" in p.stderr.read()


def test_a_key_that_was_given_before(start, ctl):
    """It was printed as if it were to be said once more."""
    start(*ZONES)
    ctl("pause", "-c", "all")
    asked = "a duplicate: this key was asked for before"
    for to in ("hall", "all"):
        first = ctl("say", "-c", to, "--key", to, "100ms").stdout
        assert "duplicate" not in first
        lines = ctl("say", "-c", to, "--key", to, "100ms").stdout.splitlines()
        assert len(lines) == first.count("\n")
        assert all(asked in line for line in lines), lines
    ctl("resume", "-c", "all")
    ctl("say", "-c", "all", "--wait", "--key", "all", "100ms")
    assert ctl("say", "-c", "all", "--key", "all", "100ms").stdout.count(
        "a duplicate: this key was spoken before\n") == 2


def test_what_is_asked_of_a_zone(start, ctl):
    start(*ZONES)
    assert ctl("pause", "-c", "all").returncode == DONE
    p = ctl("say", "-c", "all", "100ms")
    assert p.stdout.count("held: the channel is paused") == 2
    p = ctl("queue", "-c", "hall,ward")
    assert p.stdout.startswith("hall:\nID ")
    assert "\nward:\nID " in p.stdout and p.stdout.count("100ms") == 2
    assert ctl("cancel", 1, 2, 9).stdout == "cancelled: 2 of 3\n"
    assert ctl("cancel", 1, 2).returncode == FAILED
    p = ctl("status", "-c", "ward")
    assert "ward" in p.stdout and "hall" not in p.stdout
    assert ctl("skip", "-c", "all").stdout == "nothing was on air\n"
    p = ctl("say", "-c", "hall,none", "100ms")
    assert p.returncode == FAILED and "'none'" in p.stderr


def test_say_takes_every_option(start, ctl):
    d = start()
    with d.control() as c:
        c.subscribe("queued")
        p = ctl("say", "-c", "main", "-p", "high", "-v", "en-gb", "-e",
                "espeak", "--rate=300", "--pitch", 10, "--volume", "50",
                "Number", "twelve")
        assert p.returncode == DONE, p.stderr
        queued = c.event("queued")
    assert queued["text"] == "Number twelve"
    assert queued["priority"] == "high"
    assert ctl("say", "--language", "de", "Guten Tag").returncode == DONE


@pytest.mark.parametrize("text", ["two\nlines\n", "no newline", "你好\n\n"])
def test_say_standard_input(start, ctl, text):
    d = start()
    with d.control() as c:
        c.subscribe("queued")
        assert ctl("say", "-", input=text).returncode == DONE
        assert c.event("queued")["text"] == text.rstrip("\n")


def test_text_that_looks_like_an_option(start, ctl):
    d = start()
    with d.control() as c:
        c.subscribe("queued")
        assert ctl("say", "--", "-5", "--wait").returncode == DONE
        assert c.event("queued")["text"] == "-5 --wait"


@pytest.mark.parametrize("args,why,status", [
    (["-v", "nope", "Hello"], "voice", FAILED),
    (["-c", "nope", "Hello"], "channel", FAILED),
    (["-e", "nope", "Hello"], "engine", FAILED), ([""], "empty", DATA),
    (["-p", "loud", "Hello"], "priority", DATA),
    (["a\x07b"], "control character", DATA),
    (["--rate", "0", "Hello"], "rate", DATA),
])
def test_refusals(start, ctl, args, why, status):
    start()
    p = ctl("say", *args)
    assert p.returncode == status and p.stdout == ""
    assert p.stderr.startswith("ttsctl: ") and why in p.stderr
    p = ctl("--json", "say", *args)
    assert p.returncode == status
    assert json.loads(p.stdout)["ok"] is False


def test_too_long(start, ctl):
    start()
    assert ctl("say", "-", input="word " * 400000).returncode == DATA
    assert ctl("ping").returncode == DONE


def test_wait_tells_what_became_of_it(start, ctl, follow):
    d = start("-D", "channel.main.engine=tone")
    with d.control() as c:
        c.subscribe("started")
        p = follow("say", "--wait", "ms=60000 a")
        id_ = c.event("started")["id"]
        assert ctl("cancel", id_).stdout == f"announcement {id_}: cancelled\n"
    assert p.wait(daemon.PATIENCE_S) == FAILED
    assert b"cancelled" in p.stderr.read()
    p = ctl("say", "--wait", "crash")
    assert p.returncode == FAILED and "failed" in p.stderr


def test_wait_is_not_misled_by_others(start, ctl, follow):
    """It returns for its own announcement, not for the one before."""
    d = start("-D", "channel.main.engine=tone")
    with d.control() as c:
        c.subscribe("finished")
        ctl("pause")
        ctl("say", "100ms")
        p = follow("say", "--wait", "--json", "100ms")
        reply = json.loads(p.stdout.readline())
        ctl("resume")
        assert c.event("finished")["id"] == 1
        event = json.loads(p.stdout.readline())
        assert event["id"] == reply["id"] == 2
        assert p.wait(daemon.PATIENCE_S) == DONE


def test_wait_for_one_that_is_over(start, ctl):
    """Story: `say --wait --key K` of what had been spoken already waited for
    an event that never came again."""
    start("-D", "channel.main.engine=tone")
    for more in "", ", a duplicate: this key was spoken before":
        p = ctl("say", "--wait", "--key", "train 7", "ms=50 a")
        assert p.returncode == DONE
        assert p.stdout == f"announcement 1{more}\n"
    # Once more, for who wants it so.
    p = ctl("say", "--wait", "--again", "--key", "train 7", "ms=50 a")
    assert p.returncode == DONE and p.stdout == "announcement 2\n"
    p = ctl("say", "--again", "ms=50 a")
    assert p.returncode == DATA and "key" in p.stderr
    assert ctl("say", "--wait", "--key", "bad", "crash").returncode == FAILED
    # What was not heard is said again.
    p = ctl("say", "--wait", "--key", "bad", "ms=50 a")
    assert p.returncode == DONE and p.stdout == "announcement 4\n"


# ---- looking ---------------------------------------------------------------


def test_tables(start, ctl):
    start()
    status = ctl("status").stdout
    assert status.startswith("ttsd ")
    channel = table(status.split("\n\n")[1])[0]
    assert channel["CHANNEL"] == "main" and channel["ENGINE"] == "espeak"
    assert channel["RATE"] == "24000" and channel["SUBSCRIBERS"] == "0"
    assert status.endswith("\nledger: keeps what is accepted\n")
    voices = table(ctl("voices").stdout)
    assert any(v["LANGUAGES"].startswith("de") for v in voices)
    assert {v["ENGINE"] for v in voices} == {"espeak"}
    assert table(ctl("voices", "-e", "tone").stdout)[0]["ENGINE"] == "tone"
    assert "espeak" in [e["ENGINE"] for e in table(ctl("engines").stdout)]
    assert table(ctl("channels").stdout)[0]["AUDIO SOCKET"].endswith(
        "main.sock")
    assert ctl("queue").stdout == "the queue is empty\n"


def test_queue_and_status_tell_all(start, ctl):
    """Story: what `set` changed was shown by nothing, and of what waited
    there was a text."""
    start("-D", "engine.tone.type=tone", "-D", "channel.main.engine=tone")
    assert "SET" not in ctl("status").stdout.split()
    ctl("set", "pitch=40", "volume=70")
    rows = table(ctl("status").stdout.split("\n\n")[2])
    assert (rows[0]["PITCH"], rows[0]["VOLUME"]) == ("40", "70")
    assert "pitch" in rows[0]["SET"] and "volume" in rows[0]["SET"]
    ctl("pause")
    ctl("say", "--key", "k1", "--ttl", "2h", "--repeat", "3", "Hello")
    row, = table(ctl("queue").stdout)
    assert (row["KEY"], row["REPEAT"], row["ENGINES"]) == ("k1", "3", "tone")
    assert row["EXPIRES IN"] == "1 h 59 min"
    assert re.match(r"\d{4}-\d\d-\d\d", row["ASKED"])


def test_everything_off_the_air(start, ctl):
    d = start("-D", "engine.tone.type=tone", "-D", "channel.main.engine=tone",
              "-D", "channel.hall.engine=tone")
    with d.control() as c:
        c.subscribe("started")
        ctl("say", "--zone", "main,hall", "60s")
        assert {c.event("started")["id"] for _ in range(2)} == {1, 2}
    ctl("say", "-c", "hall", "100ms")
    p = ctl("stop-all")
    assert p.returncode == DONE and p.stdout == (
        "main: stopped, announcement 1 was cancelled\n"
        "hall: stopped, announcement 2 was cancelled, 1 wait\n"
        "to go on: ttsctl resume --all\n")
    assert "held" in ctl("say", "-c", "main", "100ms").stdout
    assert ctl("resume", "--all").returncode == DONE
    assert ctl("say", "--wait", "-c", "hall", "100ms").returncode == DONE


def test_queue_and_what_changes_it(start, ctl):
    start("-D", "channel.main.engine=tone")
    assert ctl("skip").stdout == "nothing was on air\n"
    assert ctl("pause").returncode == DONE
    for text in ("100ms", "200ms", "300ms"):
        assert ctl("say", text).returncode == DONE
    rows = table(ctl("queue").stdout)
    assert [r["TEXT"] for r in rows] == ["100ms", "200ms", "300ms"]
    assert ctl("cancel", "2").returncode == DONE
    p = ctl("cancel", "2")
    assert p.returncode == FAILED and "neither waiting nor on air" in p.stderr
    assert ctl("clear").stdout.endswith(": 2\n")
    assert ctl("resume").returncode == DONE


def test_set_lists_its_keys(ctl):
    """`set --help` named five of seven keys, and no range."""
    p = ctl("set", "--help")
    for key in ("voice=VOICE", "language=TAG", "rate=WPM", "pitch=N",
                "volume=N", "bed=CLIP", "bed_volume=PERCENT"):
        assert f"\n  {key} " in p.stdout
    assert "0 to 1000 words a minute" in p.stdout
    assert "1 to 1000 words a minute" in ctl("say", "--help").stdout


def test_set(start, ctl):
    start()
    assert ctl("set", "rate=250", "voice=en-gb").returncode == DONE
    status = json.loads(ctl("--json", "status").stdout)
    assert status["channels"][0]["voice"] == "en-gb"
    p = ctl("set", "colour=red")
    assert p.returncode == DATA and "colour" in p.stderr
    assert ctl("set", "rate=fast").returncode == DATA
    # A name of digits was sent as a number, which no voice has for a name.
    p = ctl("set", "voice=42")
    assert p.returncode == FAILED and "voice '42'" in p.stderr


def test_colour_only_on_a_terminal(start, rundir):
    start()

    def on_terminal(**env):
        master, slave = pty.openpty()
        p = subprocess.Popen([binary("ttsctl"), "-r", rundir, "status"],
                             stdout=slave, env={**os.environ, **env})
        os.close(slave)
        out = b""
        with contextlib.suppress(OSError):  # EIO: the other end is closed
            while part := os.read(master, 65536):
                out += part
        os.close(master)
        assert p.wait(daemon.PATIENCE_S) == DONE
        return out
    assert b"\033[" in on_terminal()
    assert b"\033[" not in on_terminal(NO_COLOR="1")
    assert "\033[" not in subprocess.run(
        [binary("ttsctl"), "-r", rundir, "status"], capture_output=True,
        text=True).stdout


def test_output_that_cannot_be_written(start, ctl, rundir):
    start()
    with open("/dev/full", "w") as full:
        p = subprocess.run([binary("ttsctl"), "-r", rundir, "status"],
                           stdout=full, stderr=subprocess.PIPE, text=True)
    assert p.returncode == FAILED and "No space left" in p.stderr


# ---- events and sound ------------------------------------------------------


def test_events(start, ctl, follow):
    start("-D", "channel.main.engine=tone")
    p = follow("--json", "events", "queued", "finished")
    wait_until(lambda: ctl("say", "10ms") and line_of(p), "an event")
    ctl("say", "-p", "high", "20ms")
    seen = json.loads(p.stdout.readline())
    while seen.get("text") != "20ms":
        assert seen["event"] in ("queued", "finished")
        seen = json.loads(p.stdout.readline())
    p.send_signal(signal.SIGINT)
    assert p.wait(daemon.PATIENCE_S) == -signal.SIGINT


def test_events_for_people(start, ctl, follow):
    start("-D", "channel.main.engine=tone")
    p = follow("events", "finished")
    line = wait_until(lambda: ctl("say", "10ms") and line_of(p),
                      "an event")
    assert b" finished " in line and b"outcome=spoken" in line


@pytest.mark.parametrize("asked, sounds", [
    ((), False), (("all",), True), (("phoneme", "started"), True)])
def test_events_for_people_are_no_flood(rundir, follow, asked, sounds):
    """Story: of each sentence there were some fifteen lines a second, most of
    them phonemes and visemes, and `words=-, -, -`."""
    words = [{"sample": 9, "text": word} for word in "One two three".split()]
    lines = [{"ok": True}, {"event": "started", "words": words},
             {"event": "phoneme", "phoneme": "w"},
             {"event": "viseme", "viseme": 7}, {"event": "finished"}]
    with fake_daemon(rundir, "".join(
            json.dumps(line) + "\n" for line in lines).encode()):
        p = follow("events", *asked)
        seen = []
        while not seen or b" finished" not in seen[-1]:
            seen.append(p.stdout.readline())
    assert [line.split()[1].decode() for line in seen] == [
        e["event"] for e in lines[1:]
        if sounds or e["event"] not in ("phoneme", "viseme")]
    assert b"words=3" in seen[0]


def test_events_of_an_unknown_kind(start, ctl):
    start()
    p = ctl("events", "nonsense")
    assert p.returncode == DATA and "nonsense" in p.stderr


def test_events_when_the_reader_leaves(start, ctl, follow):
    """As in `ttsctl events | head -1`: no complaint."""
    start("-D", "channel.main.engine=tone")
    p = follow("events")
    p.stdout.close()
    wait_until(lambda: ctl("say", "10ms") and p.poll() is not None, "it ends")
    assert p.returncode == DONE and p.stderr.read() == b""


def test_events_when_ttsd_leaves(start, ctl, follow):
    d = start("-D", "channel.main.engine=tone")
    p = follow("-w", "0", "events", "queued")
    wait_until(lambda: ctl("say", "10ms") and line_of(p), "an event")
    d.stop()
    assert p.wait(daemon.PATIENCE_S) == UNREACHABLE
    assert b"closed the connection" in p.stderr.read()


def test_listen(start, ctl, follow):
    d = start("-D", "channel.main.engine=tone")
    p = follow("listen")
    header = p.stdout.read(44)
    assert header[:4] == b"RIFF" and header[8:16] == b"WAVEfmt "
    ctl("say", "500ms")
    wait_until(lambda: any(p.stdout.read(4800)), "sound")
    p.stdout.close()
    assert p.wait(daemon.PATIENCE_S) == DONE and p.stderr.read() == b""
    wait_until(lambda: not d.status()["channels"][0]["subscribers"],
               "it has left")


def test_listen_to_a_socket_elsewhere(start, rundir, follow):
    start("-D", f"channel.main.audio_socket={rundir}/else.sock")
    assert follow("listen", "-c", "main").stdout.read(4) == b"RIFF"


def test_listen_mistakes(start, ctl, rundir):
    start()
    p = ctl("listen", "-c", "nope")
    assert p.returncode == FAILED and "channels" in p.stderr
    master, slave = pty.openpty()
    p = subprocess.run([binary("ttsctl"), "-r", rundir, "listen"],
                       stdout=slave, stderr=subprocess.PIPE, text=True)
    os.close(slave)
    os.close(master)
    assert p.returncode == USAGE and "pipe it" in p.stderr


def test_listen_until_ttsd_leaves(start, follow):
    d = start()
    p = follow("listen")
    p.stdout.read(44)
    d.stop()
    p.stdout.read()
    assert p.wait(daemon.PATIENCE_S) == UNREACHABLE


# ---- outputs ---------------------------------------------------------------


@pytest.fixture
def supervised(rundir, start):
    """An output that never gets on air, and one that nobody wants."""
    start()
    with Daemon("streamer-supervisor", rundir,
                "-D", "output.a.url=rtmp://127.0.0.1:9/live/a",
                "-D", "output.b.url=rtmp://127.0.0.1:9/live/b",
                "-D", "output.b.autostart=no", ready="is up") as d:
        yield d


def test_outputs(supervised, ctl):
    rows = {r["OUTPUT"]: r for r in table(ctl("outputs").stdout)}
    assert rows["b"]["STATE"] == "stopped" and set(rows) == {"a", "b"}
    assert ctl("start", "b").returncode == DONE
    assert ctl("restart", "a").returncode == DONE
    assert ctl("stop", "a").returncode == DONE
    p = ctl("stop", "c")
    assert p.returncode == FAILED and "there is no output 'c'" in p.stderr


def test_outputs_come_and_go(supervised, ctl):
    assert ctl("add", "c", "udp://127.0.0.1:9", "autostart=no", "rate=48000",
               "stop_timeout=1s").returncode == DONE
    rows = {r["OUTPUT"]: r for r in table(ctl("outputs").stdout)}
    assert rows["c"]["STATE"] == "stopped"
    for wrong in ("rate=x", "autostart=perhaps", "colour=red"):
        p = ctl("add", "d", "udp://127.0.0.1:9", wrong)
        assert p.returncode == DATA and p.stderr
    assert ctl("add", "d", "udp://h:9", "rate").returncode == USAGE
    assert ctl("add", "d").returncode == USAGE
    for reply in ctl("--json", "reload").stdout.splitlines():
        assert json.loads(reply)["changed"] == []
    assert ctl("reload").returncode == DONE
    assert ctl("remove", "c").returncode == DONE
    assert ctl("remove", "c").returncode == FAILED


def test_add_without_a_url(supervised, ctl, rundir):
    """Story: `ttsctl add NAME url_file=...` took the key for a URL of no known
    kind."""
    (rundir / "u").write_text("rtmp://127.0.0.1:1/a/k?x=y\n")
    p = ctl("add", "more", f"url_file={rundir}/u", "backoff_max=1s")
    assert p.returncode == DONE, p.stderr
    assert "more" in ctl("outputs").stdout
    p = ctl("add", "other", "rtmp://127.0.0.1:1/a/k?url_file=y")
    assert p.returncode == DONE, p.stderr
    p = ctl("add", "third", "url_fiel=/x")
    assert p.returncode == DATA and "of no known kind" in p.stderr


def test_output_events(supervised, ctl, follow):
    p = follow("--json", "events", "--outputs")
    line = wait_until(
        lambda: ctl("restart", "a") and ctl("start", "b") and line_of(p),
        "an event")
    assert json.loads(line)["event"] == "output"


def test_outputs_wait(rundir, ctl, follow, start):
    """It returns when the outputs are running, and not before. One that was
    named is waited for though it was stopped."""
    start()
    with peers.NginxRtmp(rundir) as server, Daemon(
            "streamer-supervisor", rundir, "-D",
            f"output.a.url={server.url()}", "-D", "output.a.autostart=no",
            ready="is up"):
        p = follow("--json", "outputs", "a", "--wait")
        assert ctl("start", "a").returncode == DONE
        assert p.wait(daemon.PATIENCE_S) == DONE
        assert json.loads(p.stdout.read())["state"] == "running"


def test_outputs_wait_for_those_that_are_wanted(rundir, ctl, start):
    """One output was stopped, and it never returned."""
    start()
    with peers.NginxRtmp(rundir) as server, Daemon(
            "streamer-supervisor", rundir, *(
                word for name, auto in (("a", "yes"), ("b", "no"))
                for word in (
                    "-D", f"output.{name}.url={server.url(name)}", "-D",
                    f"output.{name}.autostart={auto}")), ready="is up"):
        p = ctl("--json", "outputs", "--wait")
        assert p.returncode == DONE
        states = [o["state"] for o in json.loads(p.stdout)["outputs"]]
        assert states == ["running", "stopped"]


def test_outputs_wait_no_longer_than_told(supervised, ctl):
    """-w was for the daemon to be there only, and this never returned."""
    begun = time.monotonic()
    p = ctl("-w", "1", "outputs", "b", "--wait")
    assert p.returncode == FAILED
    assert p.stderr == "ttsctl: not in time: output b is stopped\n"
    assert "stopped" in p.stdout
    assert 1 <= time.monotonic() - begun < 5


def test_outputs_wait_when_the_supervisor_leaves(supervised, rundir, follow):
    p = follow("outputs", "--wait")
    with daemon.Control(rundir / "streamer.sock") as c:
        wait_until(lambda: p.poll() is None and c.plain("ping") == "ok",
                   "both talk")
    supervised.stop()
    assert p.wait(daemon.PATIENCE_S) == UNREACHABLE
