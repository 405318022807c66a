"""What is Windows' own: pipes, job objects, services, the console."""
import json
import os
import pathlib
import signal
import subprocess

import pytest

import wine
from daemon import wait_until

# INTERFACE: a listener gets its samples on time. Measured at the reader,
# against the sample clock.
LATE_P99_MS = 20


def test_pacing(start):
    """Late by at most 20 ms at p99, with three readers and speech on air. On
    a machine that is busy with something else, the best of three counts."""
    ttsd = start()
    readers = [ttsd.listen() for _ in range(2)]
    with ttsd.control() as c:
        c.ask("say", text="ms=100000 tone")
    best = None
    for _ in range(3):
        p = wine.WINE.test_program(
            "bridge", "pace", f"{ttsd.pipes()}-main", 5)
        measured = json.loads(p.stdout)
        print(measured)
        if best is None or measured["late_ms"]["p99"] < best["late_ms"]["p99"]:
            best = measured
        if best["late_ms"]["p99"] < LATE_P99_MS:
            break
    assert best["late_ms"]["p99"] < LATE_P99_MS, best
    assert best["reads"] > 5 * 90
    for r in readers:
        r.close()


def test_many_subscribers(start):
    ttsd = start()
    readers = [ttsd.listen() for _ in range(60)]
    for r in readers:
        assert not any(r.samples(4800))
    assert len(ttsd.status()["channels"][0]["subscribers"]) == 60
    for r in readers:
        r.close()
    wait_until(lambda: not ttsd.status()["channels"][0]["subscribers"],
               "all have left")


def test_10000_requests_while_the_stream_keeps_its_pace(start):
    ttsd = start("-D", "channel.main.queue_max=500")
    with ttsd.listen() as reader, ttsd.control() as first:
        first.ask("pause")
        clients = [ttsd.control() for _ in range(100)]
        burst = b'{"op":"say","text":"x"}\n' * 100
        for c in clients:
            c.send(burst)
        answers = [json.loads(c.line()) for c in clients for _ in range(100)]
        assert sum(a["ok"] for a in answers) == 500
        reader.samples(2400)
        for c in clients:
            c.close()


def test_stalled_reader_in_another_program_is_killed(start):
    """It lags, harms nobody, and its end is seen."""
    ttsd = start()
    with ttsd.control() as control, ttsd.listen() as good:
        control.subscribe("subscriber")
        holder = subprocess.Popen(
            [wine.LOADER, wine.BUILD / "tests" / "bridge.exe", "hold",
             f"{ttsd.pipes()}-main"], env=wine.WINE.environment,
            stdout=subprocess.PIPE)
        assert holder.stdout.readline().strip() == b"held"
        lagging = control.event(state="lagging")
        assert lagging["pid"] > 0
        good.samples(24000)
        holder.kill()
        holder.wait()
        holder.stdout.close()
        left = control.event(state="left")
        assert left["pid"] == lagging["pid"]
        good.samples(2400)


def test_worker_killed_in_mid_sentence(start):
    ttsd = start("-D", "engine.tone.timeout=20s", "-D", "ttsd.workers=1")
    with ttsd.control() as control, ttsd.listen() as reader:
        control.subscribe("finished", "worker", "word")
        control.ask("say", text="slow=2 ms=1000 a b c")
        control.event("word", text="b")
        worker, = wine.WINE.running("tone.exe")
        os.kill(worker, signal.SIGKILL)
        control.event("worker", state="backoff")
        seen = control.until("finished")
        assert seen[-1]["outcome"] == "spoken"
        assert [e["text"] for e in seen if e["event"] == "word"] == ["c"]
        done = seen[-1]
        reader.until(done["last_sample"] - done["first_sample"] + 1)


def test_nothing_outlives_a_killed_ttsd(start):
    """The job objects end the workers and what those started."""
    hold = str(wine.BUILD / "tests" / "bridge.exe")
    ttsd = start("-D", "engine.any.type=command", "-D",
                 f"engine.any.command=Z:{hold} serve")
    before = len(wine.WINE.running("bridge.exe"))
    with ttsd.control() as control:
        control.ask("say", text="x", engine="any")
        wait_until(lambda: len(wine.WINE.running("bridge.exe")) > before,
                   "the outside program runs")
    ttsd.kill()
    wait_until(lambda: not wine.WINE.running("tone.exe", "command.exe") and
               len(wine.WINE.running("bridge.exe")) == before,
               "nothing is left")


def test_command_engine_runs_a_program(start):
    """Any program: this one copies what it is given, which is raw sound
    then; a quoted argument arrives as it was."""
    ttsd = start("-D", "engine.echo.type=command", "-D",
                 "engine.echo.rate=24000", "-D", "engine.echo.format=raw",
                 "-D", "engine.echo.command="
                 "C:/windows/system32/findstr.exe \"^\"")
    with ttsd.control() as control:
        control.subscribe("finished")
        control.ask("say", text="Hello world.", engine="echo")
        done = control.event("finished")
        assert done["outcome"] in ("spoken", "failed"), done
        control.ask("say", text="x", engine="tone")
        assert control.event("finished")["outcome"] == "spoken"


def test_second_daemon_on_the_same_pipes(start):
    ttsd = start()
    p = wine.WINE.program("ttsd", "-D", f"ttsd.runtime_dir={ttsd.pipes()}")
    assert p.returncode == 69
    assert b"live daemon" in p.stderr and b"control" in p.stderr
    with ttsd.control() as c:
        assert c.plain("ping") == "ok"


@pytest.mark.parametrize("name", ["C:\\temp", "/run/ttsd", "a/b"])
def test_runtime_dir_is_the_beginning_of_a_pipe_name(name):
    p = wine.WINE.program("ttsd", "-D", f"ttsd.runtime_dir={name}")
    assert p.returncode == 71 and b"invalid" in p.stderr


def test_ttsctl(start):
    ttsd = start()

    def ctl(*args, code=0):
        p = wine.WINE.program("ttsctl", "-r", ttsd.pipes(), *args)
        assert p.returncode == code, p.stderr
        return p.stdout.decode()

    assert "tone" in ctl("status")
    assert ctl("say", "--wait", "Grüße").endswith("\n")
    assert json.loads(ctl("--json", "queue"))["ok"]
    assert "tone" in ctl("voices")
    assert ctl("say", "--voice", "nobody", "x", code=1) == ""
    p = wine.WINE.program("ttsctl", "-r", "\\\\.\\pipe\\nobody", "status")
    assert p.returncode == 69


def test_ctrl_c_while_everything_is_busy(start):
    ttsd = start()
    readers = [ttsd.listen() for _ in range(10)]
    stalled = [ttsd.listen(stalled=True) for _ in range(3)]
    with ttsd.control() as c:
        for _ in range(50):
            c.ask("say", text="a sentence that takes a while to say")
        ttsd.stop()
    for r in readers + stalled:
        r.close()


# ---- the service ----------------------------------------------------------


@pytest.fixture
def service():
    def run(*args, code=0, program="ttsd"):
        p = wine.WINE.program(program, "service", *args)
        assert p.returncode == code, (p.stdout, p.stderr)
        return (p.stdout + p.stderr).decode()

    yield run
    for program in ("ttsd", "streamer-supervisor"):
        wine.WINE.program(program, "service", "uninstall")
    wait_until(lambda: not wine.WINE.running(
        "ttsd.exe", "streamer-supervisor.exe"), "no service is left")


def service_log(name="ttsd"):
    return (pathlib.Path(wine.WINE.prefix) / "drive_c" / "ProgramData" /
            "ttsd" / f"{name}.log").read_text()


def test_service_lives_and_dies(service, rundir):
    pipes = f"\\\\.\\pipe\\{rundir.name}"
    assert "install" in service("status", code=1)
    service("install", "-D", f"ttsd.runtime_dir={pipes}", "-D",
            "channel.main.engine=tone")
    assert "stopped" in service("status", code=1)
    assert "runs" in service("start")
    assert "running" in service("status")
    with wine.Listener(f"{pipes}-main") as reader, \
            wine.Control(f"{pipes}-control") as c:
        assert not any(reader.samples(4800))
        c.subscribe("finished")
        c.ask("say", text="one")
        assert c.event("finished")["outcome"] == "spoken"
    assert "stopped" in service("stop")
    assert "is on air" in service_log() and "stopping" in service_log()
    assert "removed" in service("uninstall")
    assert "install" in service("status", code=1)


def test_service_that_cannot_start_says_so(service, rundir):
    service("install", "-c", "C:\\nonexistent.conf")
    assert "did not come up" in service("start", code=1)
    assert "nonexistent.conf: no such file" in service_log()


def test_supervisor_is_a_service_too(service, rundir):
    service("install", "-D", f"ttsd.runtime_dir={rundir.name}",
            program="streamer-supervisor")
    assert "runs" in service("start", program="streamer-supervisor")
    assert "stopped" in service("stop", program="streamer-supervisor")


def test_service_run_by_hand_says_what_it_is_for(service):
    assert "service start" in service("run", code=64)
    assert "usage" in service("nonsense", code=64)
