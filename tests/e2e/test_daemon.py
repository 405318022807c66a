"""Starting, refusing to start, and running out of things."""
import json
import os
import re
import resource
import socket
import stat
import subprocess

import pytest

from daemon import Daemon, binary, wait_until


def refuse(*args, program="ttsd", **kw):
    """Runs a daemon that must not start; its exit code and complaint."""
    p = subprocess.run([binary(program), *args], stdin=subprocess.DEVNULL,
                       stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                       timeout=30, text=True, **kw)
    return p.returncode, p.stderr


@pytest.mark.parametrize("program", ["ttsd", "streamer-supervisor"])
def test_usage(program):
    for args in (["--nope"], ["-c"], ["-D"], ["--log-format", "xml"],
                 ["stray"]):
        code, message = refuse(*args, program=program)
        assert code == 64 and "--help" in message
    for flag in ("--help", "--version"):
        p = subprocess.run([binary(program), flag], stdout=subprocess.PIPE,
                           text=True, check=True, timeout=30)
        assert program in p.stdout


@pytest.mark.parametrize("program", [
    "ttsd", "streamer-supervisor", "ttsd-gateway", "ttsctl"])
def test_what_it_was_built_of(program):
    """It told a number that had not changed in half a year."""
    said = subprocess.run([binary(program), "--version"], check=True,
                          capture_output=True, text=True).stdout.splitlines()
    assert re.fullmatch(rf"{program} \d+\.\d+\.\d+", said[0])
    assert re.fullmatch(r"commit \S+, (gcc|Clang) \d.*, libev \d+\.\d+, "
                        r"jansson \d+\.\d+\S*", said[1])


MISTAKES = [
    # line, text of the file, words that the message must hold
    (1, "[nope]\n", ["unknown section", "channel NAME"]),
    (1, "[channel]\n", ["a name is"]),
    (1, "[channel a/b]\n", ["a name is"]),
    (1, f"[channel {'x' * 33}]\n", ["a name is"]),
    (1, "[ttsd x]\n", ["has no name"]),
    (1, "[ttsd\n", ["[section]"]),
    (1, "key = 1\n", ["before the first"]),
    (2, "[ttsd]\njunk\n", ["key = value"]),
    (2, "[ttsd]\nnope = 1\n", ["no key 'nope'"]),
    (2, "[ttsd]\nworkers = many\n", ["'many'", "whole number from 1"]),
    (2, "[ttsd]\nworkers = 0\n", ["whole number from 1 to"]),
    (2, "[ttsd]\nworkers = -1\n", ["whole number"]),
    (3, "[ttsd]\nworkers = 1\nworkers = 2\n", ["already in line 2"]),
    (3, "[ttsd]\n\n[ttsd]\n", ["already in line 1"]),
    (2, "[channel main]\nrate = 24 kHz\n", ["whole number from 8000"]),
    (2, "[channel main]\nlag_max = 1\n", ["duration"]),
    (2, "[channel main]\noverflow = maybe\n", ["one of skip, drop"]),
    (2, "[channel main]\nengine = nope\n", ["no [engine nope]"]),
    (1, "[channel control]\n", ["taken"]),
    (1, "[engine piper]\ntype = command\n", ["needs a command"]),
    (2, "[engine piper]\ncommand = 'open\n", ["balanced quotes"]),
    (1, "[output live]\n", ["needs a url"]),
    (3, "[output live]\nurl = rtmp://h/a/b\nchannel = x\n",
     ["no [channel x]"]),
    (2, "[output live]\nautostart = perhaps\n", ["yes or no"]),
    (2, "[output live]\nbitrate = fast\n", ["bit rate"]),
    (2, "[ttsd]\nruntime_dir = \xff\n", ["UTF-8"]),
    (1, "x" * 5000, ["at most"]),
]


@pytest.mark.parametrize("program", ["ttsd", "streamer-supervisor"])
def test_every_mistake_names_its_line(tmp_path, program):
    conf = tmp_path / "t.conf"
    for line, text, words in MISTAKES:
        conf.write_bytes(text.encode("latin-1"))
        code, message = refuse("-c", str(conf), program=program)
        assert code == 78, (text, message)
        assert message.startswith(f"{conf}:{line}: "), (text, message)
        for word in words:
            assert word in message, (text, message)


def test_mistakes_in_options():
    for option, word in (
            ("x", "section.key=value"), ("nope.x=1", "unknown section"),
            ("ttsd.nope=1", "no key"), ("ttsd.workers=x", "whole number"),
            ("channel.a b.rate=8000", "a name is"),
            ("channel.rate=8000", "a name is")):
        code, message = refuse("-D", option)
        assert code == 78 and word in message, message
        assert message.startswith(f"-D {option.partition('=')[0]}: ")


def test_missing_file():
    code, message = refuse("-c", "/nonexistent.conf")
    assert code == 78 and "/nonexistent.conf: no such file" in message


def test_check_config(tmp_path):
    conf = tmp_path / "t.conf"
    conf.write_text("[channel main]\nrate = 48000 ; good\n")
    assert refuse("-c", str(conf), "--check-config")[0] == 0
    conf.write_text("[channel main]\nrate = bad\n")
    assert refuse("-c", str(conf), "--check-config")[0] == 78


def test_options_win_over_the_file(start, tmp_path):
    conf = tmp_path / "t.conf"
    conf.write_text("[channel main]\nrate = 48000\nframe_ms = 20\n")
    ttsd = start("-c", str(conf), "-D", "channel.main.rate=16000")
    with ttsd.control() as c:
        channel = c.ask("channels")["channels"][0]
        assert (channel["rate"], channel["frame_ms"]) == (16000, 20)


def test_second_daemon_on_the_same_sockets(start, rundir):
    ttsd = start()
    code, message = refuse("-D", f"ttsd.runtime_dir={rundir}")
    assert code == 69
    assert f"{rundir}/control.sock" in message and "live daemon" in message
    with ttsd.control() as c:
        assert c.plain("ping") == "ok"


def test_a_socket_of_one_that_was_just_killed(rundir):
    """Story: of a ttsd that was killed as it started an engine, the child held
    the sockets for a moment, and the next ttsd gave up."""
    with socket.socket(socket.AF_UNIX) as orphans:
        orphans.bind(str(rundir / "control.sock"))
        orphans.listen()
        ttsd = Daemon("ttsd", rundir, ready=None)
        orphans.accept()[0].close()
    with ttsd:
        wait_until(lambda: "is on air" in ttsd.logged(), "it is on air")
        ttsd.stop()


def test_many_daemons_at_once_leave_one(rundir):
    """They race for a stale socket; one wins and the others say so."""
    stale = socket.socket(socket.AF_UNIX)
    stale.bind(str(rundir / "control.sock"))
    stale.close()
    all_of_them = [subprocess.Popen(
        [binary("ttsd"), "-D", f"ttsd.runtime_dir={rundir}"],
        stderr=subprocess.PIPE) for _ in range(8)]
    wait_until(lambda: sum(p.poll() is None for p in all_of_them) == 1,
               "one is left")
    assert sorted(p.poll() for p in all_of_them if p.poll() is not None) == \
        [69] * 7
    for p in all_of_them:
        p.terminate()
        p.communicate()
    assert list(rundir.iterdir()) == []


def test_sockets_are_private(start, rundir):
    start()
    for name in ("control.sock", "main.sock"):
        mode = (rundir / name).stat().st_mode
        assert stat.S_ISSOCK(mode) and stat.S_IMODE(mode) == 0o600


def test_another_file_in_place_of_a_socket_is_left_alone(rundir):
    (rundir / "main.sock").write_text("precious")
    code, message = refuse("-D", f"ttsd.runtime_dir={rundir}")
    assert code == 69 and "main.sock" in message
    assert (rundir / "main.sock").read_text() == "precious"


def test_socket_path_too_long(rundir):
    deep = rundir / ("d" * 90) / ("e" * 30)
    deep.mkdir(parents=True)
    code, message = refuse("-D", f"ttsd.runtime_dir={deep}")
    assert code == 78 and "longer than the 107 bytes" in message
    code, message = refuse(
        "-D", f"ttsd.runtime_dir={rundir}", "-D",
        f"channel.main.audio_socket={deep}/x.sock")
    assert code == 78 and "audio_socket" in message


def test_runtime_directory_that_cannot_be_used(rundir):
    (rundir / "file").write_text("")
    for where, word in ((rundir / "file", "not a directory"),
                        (rundir / "no" / "such", "no such file"),
                        ("/proc/ttsd", "")):
        code, message = refuse("-D", f"ttsd.runtime_dir={where}")
        assert code == 71 and str(where) in message and word in message


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become nobody")
def test_runtime_directory_that_cannot_be_written(rundir):
    os.chmod(rundir, 0o755)
    program = rundir / "ttsd"
    program.write_bytes(open(binary("ttsd"), "rb").read())
    program.chmod(0o755)
    p = subprocess.run([str(program), "-D", f"ttsd.runtime_dir={rundir}"],
                       user=65534, stderr=subprocess.PIPE, text=True,
                       timeout=30)
    assert p.returncode == 71 and "permission denied" in p.stderr


def test_json_log(start):
    ttsd = start("--log-format", "json")
    for line in ttsd.logged().splitlines():
        entry = json.loads(line)
        assert entry["program"] == "ttsd" and entry["message"]
    entries = [json.loads(line) for line in ttsd.logged().splitlines()]
    opened, = [e for e in entries if "rate" in e]
    assert (opened["channel"], opened["rate"]) == ("main", 24000)
    assert opened["socket"] == str(ttsd.directory / "main.sock")
    assert {"engine", "from", "to"} <= set().union(*entries)


def test_full_table_of_descriptors(start):
    """New connections wait, nothing breaks, and when room is back they are
    served. The stream never stopped."""
    ttsd = start()
    with ttsd.listen() as reader, ttsd.control() as c:
        c.ask("ping")
        reader.samples(240)
        in_use = len(os.listdir(f"/proc/{ttsd.pid}/fd"))
        soft, hard = resource.prlimit(ttsd.pid, resource.RLIMIT_NOFILE)
        resource.prlimit(ttsd.pid, resource.RLIMIT_NOFILE,
                         (in_use + 3, hard))
        waiting = [ttsd.control() for _ in range(10)]
        for w in waiting:
            w.send(b"ping\n")
        wait_until(lambda: "cannot accept" in ttsd.logged(), "it says so")
        assert not any(reader.samples(24000))
        assert c.plain("ping") == "ok"
        c.subscribe("finished")
        c.ask("say", text="Still on air.")
        assert c.event("finished")["outcome"] == "spoken"
        resource.prlimit(ttsd.pid, resource.RLIMIT_NOFILE, (soft, hard))
        for w in waiting:
            assert w.line() == "ok"
            w.close()


def test_worker_without_descriptors_is_tried_again(start):
    ttsd = start("-D", "channel.main.engine=tone")
    with ttsd.control() as c:
        c.subscribe("worker", "finished")
        in_use = len(os.listdir(f"/proc/{ttsd.pid}/fd"))
        soft, hard = resource.prlimit(ttsd.pid, resource.RLIMIT_NOFILE)
        resource.prlimit(ttsd.pid, resource.RLIMIT_NOFILE,
                         (in_use + 1, hard))
        c.ask("say", text="Hello.", engine="espeak")
        c.event("worker", state="backoff", engine="espeak")
        resource.prlimit(ttsd.pid, resource.RLIMIT_NOFILE, (soft, hard))
        assert c.event("finished")["outcome"] == "spoken"


def test_standard_error_that_nobody_reads(rundir):
    """A full pipe behind the log must not stop the stream."""
    from daemon import Control
    p = subprocess.Popen(
        [binary("ttsd"), "-vv", "-D", f"ttsd.runtime_dir={rundir}", "-D",
         "channel.main.engine=tone"], stderr=subprocess.PIPE)
    try:
        wait_until((rundir / "main.sock").exists, "it is on air")
        with Control(rundir / "control.sock") as c:
            c.subscribe("finished")
            for _ in range(40):
                c.ask("say", text="ms=1 stderr=100 x")
            for _ in range(40):
                assert c.event("finished")["outcome"] == "spoken"
            assert c.plain("ping") == "ok"
    finally:
        p.terminate()
        p.communicate(timeout=30)
    assert p.returncode == 0


def test_sigterm_while_everything_is_busy(start):
    ttsd = start()
    readers = [ttsd.listen() for _ in range(10)]
    with ttsd.control() as c:
        for _ in range(50):
            c.ask("say", text="A sentence that takes a while to say.")
        ttsd.stop()
    for r in readers:
        r.close()
