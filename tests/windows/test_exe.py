"""What is Windows' own: pipes, job objects, services, the console."""
import json
import os
import pathlib
import signal
import subprocess

import numpy as np
import pytest

import wine
from daemon import wait_until
from test_control import flood

# A listener gets its samples on time. Measured at the reader,
# against the sample clock.
LATE_P99_MS = 20


def processor_time():
    """Of all processors since they started: idle, and all of it."""
    line = pathlib.Path("/proc/stat").read_text().splitlines()[0]
    times = [int(word) for word in line.split()[1:]]
    return times[3], sum(times)


def test_pacing(start):
    """Late by at most 20 ms at p99, with three readers and speech on air; the
    best of three counts. A machine that has no time left is no judge."""
    ttsd = start()
    readers = [ttsd.listen() for _ in range(2)]
    with ttsd.control() as c:
        c.ask("say", text="ms=100000 tone")
    best = None
    idle, total = processor_time()
    for _ in range(3):
        p = wine.WINE.test_program(
            "bridge", "pace", f"{ttsd.pipes()}-main", 5)
        measured = json.loads(p.stdout)
        print(measured)
        if best is None or measured["late_ms"]["p99"] < best["late_ms"]["p99"]:
            best = measured
        if best["late_ms"]["p99"] < LATE_P99_MS:
            break
    now_idle, now_total = processor_time()
    if (now_idle - idle) / (now_total - total) > 0.3:
        assert best["late_ms"]["p99"] < LATE_P99_MS, best
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


def test_10000_requests_at_once(start):
    """As in test_control.py; a busy Wine may be late, but goes on."""
    ttsd = start("-D", "channel.main.queue_max=500")
    with ttsd.listen() as reader:
        flood(ttsd)
        reader.samples(2400)


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


def test_command_engine_speaks_by_a_program(start):
    """A program that knows nothing of ttsd: here ffmpeg.exe makes a WAV."""
    ttsd = start(
        "-D", "engine.any.type=command", "-D",
        f"engine.any.command={wine.ffmpeg()} -v error -f lavfi "
        "-i 'sine=frequency=440:sample_rate=24000:duration=1' -f wav -",
        "-D", "channel.main.engine=any")
    with ttsd.control() as control, ttsd.listen() as reader:
        control.subscribe("finished")
        control.ask("say", text="x")
        done = control.event("finished")
        assert done["outcome"] == "spoken"
        assert done["last_sample"] - done["first_sample"] + 1 == 24000
        samples = np.frombuffer(
            reader.until(len(reader.pcm) // 2 + 4800), dtype="<i2")
        sound = samples[np.flatnonzero(samples)[0]:][:24000].astype(float)
        spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
        assert np.argmax(spectrum) == 440


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


def test_metrics_have_no_local_socket(rundir):
    p = wine.WINE.program(
        "ttsd", "-D", "channel.main.engine=tone", "-D",
        f"ttsd.runtime_dir=ttsd-{rundir.name}", "-D", "ttsd.metrics=/m.sock")
    assert p.returncode == 78 and b"set 127.0.0.1:PORT" in p.stderr


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
    for program in ("ttsd", "streamer-supervisor", "ttsd-gateway"):
        wine.WINE.program(program, "service", "uninstall")
    wait_until(lambda: not wine.WINE.running(
        "ttsd.exe", "streamer-supervisor.exe", "ttsd-gateway.exe"),
        "no service is left")


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
    before = service_log().count("stopping")
    assert "runs" in service("restart")
    assert service_log().count("stopping") == before + 1
    assert "stopped" in service("stop")
    assert "is on air" in service_log() and "stopping" in service_log()
    assert "removed" in service("uninstall")
    assert "install" in service("status", code=1)


def test_service_that_cannot_start_says_so(service, rundir):
    service("install", "-c", "C:\\nonexistent.conf")
    assert "did not come up" in service("start", code=1)
    assert "nonexistent.conf: no such file" in service_log()


def test_service_installed_once_more_has_the_new_options(service, rundir):
    """An upgrade does that: whoever removed and installed it again could not
    install it as long as anybody looked at it."""
    service("install", "-c", "C:\\nonexistent.conf")
    service("install", "-D", f"ttsd.runtime_dir={rundir.name}", "-D",
            "channel.main.engine=tone")
    assert "runs" in service("start")
    with wine.Control(f"\\\\.\\pipe\\{rundir.name}-control") as c:
        assert c.plain("ping") == "ok"
    assert "stopped" in service("stop")


def test_service_that_is_gone_has_stopped(service):
    assert "not installed" in service("stop")
    assert "not installed" in service("uninstall")


def test_service_with_nothing_to_do_has_not_failed(service, rundir):
    """Seen running for a moment, or not."""
    service("install", "-D", f"ttsd.runtime_dir={rundir.name}",
            program="ttsd-gateway")
    said = service("start", program="ttsd-gateway")
    assert "nothing to do" in said or "runs" in said
    wait_until(lambda: "stopped" in wine.WINE.program(
        "ttsd-gateway", "service", "status").stdout.decode(), "it has ended")
    assert "nothing is to be served" in service_log("ttsd-gateway")


def test_supervisor_is_a_service_too(service, rundir):
    service("install", "-D", f"ttsd.runtime_dir={rundir.name}",
            program="streamer-supervisor")
    assert "runs" in service("start", program="streamer-supervisor")
    assert "stopped" in service("stop", program="streamer-supervisor")


def test_gateway_is_a_service_too(service, rundir):
    service("install", "-D", f"ttsd.runtime_dir={rundir.name}", "-D",
            f"ttsd.state_dir={rundir}/state", "-D",
            "http.listen=127.0.0.1:0", program="ttsd-gateway")
    assert "runs" in service("start", program="ttsd-gateway")
    assert "is up" in service_log("ttsd-gateway")
    assert "stopped" in service("stop", program="ttsd-gateway")


def test_service_run_by_hand_says_what_it_is_for(service):
    assert "service start" in service("run", code=64)
    assert "usage" in service("nonsense", code=64)
