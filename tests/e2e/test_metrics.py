"""Metrics and health of both daemons, scraped while things happen."""
import contextlib
import os
import signal
import socket
import stat
import subprocess
import threading
import urllib.request

import pytest

import peers
from daemon import PATIENCE_S, binary, children, wait_until
from scrape import TYPE, Scraper, check, metered, of  # noqa: F401
from supervisor import (  # noqa: F401
    ASKED, HEALTHY, define, script, source, supervise, until)

# ---- numbers --------------------------------------------------------------


@pytest.mark.parametrize("address", [
    "127.0.0.1:0", "localhost:0", "[::1]:0", "{}/m.sock"])
def test_speech_is_counted(metered, rundir, address):
    ttsd, scraper = metered(address=address.format(rundir))
    with ttsd.control() as c, ttsd.listen() as reader:
        c.subscribe("started", "finished")
        engine = c.ask("status")["channels"][0]["engine"]
        assert scraper.state("ttsd_channel_state") == "idle"
        assert scraper.ready() == []
        c.ask("say", text="Ticket number seven, please.", priority="high")
        c.ask("say", text="x", delay_ms=3600_000, priority="background")
        c.event("started")
        assert scraper.state("ttsd_channel_state") == "speaking"
        c.event("finished")
        v = scraper.value
        assert v("ttsd_channel_announcements_total", outcome="spoken") == 1
        assert v("ttsd_channel_announcements_total", outcome="failed") == 0
        assert v("ttsd_channel_queue_announcements", priority="high") == 0
        assert v("ttsd_channel_queue_announcements",
                 priority="background") == 1
        assert v("ttsd_channel_subscribers") == 1
        assert v("ttsd_channel_lag_seconds") < 0.5
        assert v("ttsd_clients") == 1
        assert v("ttsd_engine_first_sound_seconds_count", engine=engine) == 1
        first = v("ttsd_engine_first_sound_seconds_sum", engine=engine)
        whole = v("ttsd_engine_synthesis_seconds_sum", engine=engine)
        assert 0 < first <= whole < PATIENCE_S
        assert v("ttsd_engine_workers", engine=engine, state="running") == 2
        frames = v("ttsd_channel_lateness_seconds_count")
        before = v("ttsd_channel_samples_total")
        reader.until(before + 24000)
        assert v("ttsd_channel_samples_total") >= before + 24000
        assert v("ttsd_channel_lateness_seconds_count") >= frames + 100
        # A frame is due when its last sample is.
        assert -1 < v("ttsd_channel_drift_seconds") <= 0


def test_a_sleeping_channel_does_not_drift(metered):
    """Nobody reads it: its clock is arithmetic alone."""
    _, scraper = metered()
    before = scraper.value("ttsd_channel_samples_total")
    wait_until(lambda: scraper.value("ttsd_channel_samples_total") >
               before + 4800, "it goes on")
    assert -0.011 <= scraper.value("ttsd_channel_drift_seconds") <= 0


def test_starvation_and_slow_readers_are_counted(metered):
    ttsd, scraper = metered("-D", "channel.main.engine=tone",
                            "-D", "channel.main.lag_max=100ms")
    with ttsd.control() as c, ttsd.listen(stalled=True):
        c.subscribe("underrun", "subscriber", "finished")
        c.event("subscriber", state="lagging")
        assert scraper.value("ttsd_channel_skips_total") >= 1
        c.ask("say", text="slow=0.4 ms=500 a b")
        c.event("underrun")
        assert scraper.value("ttsd_channel_underruns_total") >= 1
        c.event("finished")
        assert scraper.value("ttsd_channel_starved_seconds_total") > 0.1


# ---- manners --------------------------------------------------------------


def test_urllib_reads_it(metered):
    _, scraper = metered()
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with direct.open(f"http://{scraper.address}/metrics",
                     timeout=PATIENCE_S) as r:
        assert r.headers["Content-Type"] == TYPE
        assert "ttsd_build_info" in [f.name for f in check(r.read().decode())]


def test_paths_and_methods(metered):
    _, scraper = metered()
    status, headers, text = scraper.get("/healthz")
    assert (status, text) == (200, "ok\n")
    assert headers["Content-Type"].startswith("text/plain")
    connection = scraper.connection.sock
    assert scraper.get("/metrics?x=1")[0] == 200
    assert scraper.connection.sock is connection, "it was kept"
    for path in ("/", "/metrics/", "/metric", "//metrics", "/../etc/passwd"):
        assert scraper.get(path)[0] == 404
    for path in ("/metrics", "/healthz", "/readyz"):
        status, headers, text = scraper.get(path, "HEAD")
        assert (status, text) == (200, "")
    for method in ("POST", "PUT", "DELETE", "OPTIONS", "PATCH"):
        status, headers, _ = scraper.get("/metrics", method)
        assert status == 405 and headers["Allow"] == "GET, HEAD"


def test_http_1_0(metered):
    _, scraper = metered()
    with scraper.connect() as s:
        s.sendall(b"GET /metrics HTTP/1.0\r\n\r\n")
        answer = b"".join(iter(lambda: s.recv(65536), b""))
    head, text = answer.split(b"\r\n\r\n", 1)
    assert b" 200 OK" in head and b"chunked" not in head
    check(text.decode())


JUNK = {
    "blank lines": b"\r\n" * 1000,
    "bytes": b"\0\xff" * 500,
    "a method alone": b"GET\r\n\r\n",
    "a long header":
        b"GET /metrics HTTP/1.1\r\nX: " + b"x" * 100_000 + b"\r\n\r\n",
    "a long path": b"GET /" + b"m" * 100_000 + b" HTTP/1.1\r\n\r\n",
    "a large body": b"POST /metrics HTTP/1.1\r\n"
                    b"Content-Length: 99999999999\r\n\r\nx",
    "bad chunks": b"GET /metrics HTTP/1.1\r\n"
                  b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
}


@pytest.mark.parametrize("junk", JUNK)
def test_junk_harms_nobody(metered, junk):
    _, scraper = metered()
    with scraper.connect() as s:
        with contextlib.suppress(ConnectionError):
            s.sendall(JUNK[junk])
    assert scraper.get("/healthz")[0] == 200


# ---- the stream never waits -----------------------------------------------


def late_frames(scraper):
    """All, and those later than 100 ms: more than other tests cause."""
    by_bound = {s.labels["le"]: s.value for f in scraper.families()
                for s in f.samples
                if s.name == "ttsd_channel_lateness_seconds_bucket"}
    return by_bound["+Inf"], by_bound["+Inf"] - by_bound["0.1"]


def ask_many(scraper, count):
    """Keeps a hundred requests under way on one connection."""
    left, got, tail = count, 0, b""
    with scraper.connect() as s:
        while got < count:
            if got >= count - left:
                n = min(100, left)
                s.sendall(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n" * n)
                left -= n
            data = tail + s.recv(1 << 20)
            assert len(data) > len(tail), "the connection ended"
            got += data.count(b"HTTP/1.1 200 OK")
            tail = data[-14:] if not data.endswith(b"OK") else b""


def test_flood_and_slow_clients_leave_the_pace(metered):
    """10,000 requests, clients that never end theirs, and one that never
    reads: nobody is skipped, and frames are on time."""
    ttsd, scraper = metered()
    with ttsd.control() as c, ttsd.listen() as reader:
        frames, late = late_frames(scraper)
        slow = [scraper.connect() for _ in range(8)]
        for s in slow[1:]:
            s.sendall(b"GET /metrics HTTP/1.1\r\nHo")
        slow[0].setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow[0].sendall(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n" * 100)
        c.ask("say", text="This goes on meanwhile. " * 10)
        askers = [threading.Thread(target=ask_many, args=(scraper, 2500))
                  for _ in range(4)]
        for t in askers:
            t.start()
        for t in askers:
            t.join()
        reader.samples(24000)
        after, later = late_frames(scraper)
        assert later - late <= 0.02 * (after - frames)
        counters = c.ask("status")["channels"][0]["counters"]
        assert counters["skips"] == counters["clock_skips"] == 0
        for s in slow:
            s.close()


def test_more_connections_than_allowed(metered):
    """The oldest of those that ask for nothing are closed."""
    _, scraper = metered()
    held = [scraper.connect() for _ in range(40)]
    ended = [s for s in held[:24] if s.recv(1) == b""]
    assert len(ended) == 24
    assert scraper.get("/healthz")[0] == 200
    for s in held:
        s.close()


# ---- readiness ------------------------------------------------------------


def kill_workers(ttsd):
    for pid in children(ttsd.pid):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass


def test_readyz_follows_the_workers(metered):
    ttsd, scraper = metered("-D", "channel.main.engine=tone",
                            "-D", "ttsd.workers=1")
    wait_until(lambda: scraper.value(
        "ttsd_engine_workers", engine="tone", state="running") == 1,
        "the worker is warm")
    assert scraper.ready() == []

    def broken():
        kill_workers(ttsd)
        return scraper.ready()
    why = wait_until(broken, "it is not ready")
    assert len(why) == 1
    assert why[0].startswith("channel main: no worker of engine tone runs: ")
    assert scraper.get("/healthz")[0] == 200
    wait_until(lambda: scraper.ready() == [], "it is ready again")
    assert scraper.value(
        "ttsd_engine_worker_restarts_total", engine="tone") >= 1


def test_outputs_are_told(supervise, source, rundir):
    """A stream key in the URL, and an ffmpeg that is killed."""
    ffmpeg = script(rundir, ASKED + HEALTHY)
    s = supervise(
        "-D", f"streamer.metrics={rundir}/m.sock",
        "-D", f"streamer.ffmpeg={ffmpeg}",
        *define(url="rtmp://u:SECRET1@localhost:1/app/SECRET2"),
        *define("second", url="rtmp://localhost:1/app/x", autostart="no"))
    scraper = of(s)
    with s.control() as c:
        c.subscribe("output")
        wait_until(lambda: scraper.ready() == [], "it runs")
        v = scraper.value
        assert v("streamer_ttsd_up") == 1
        assert scraper.state("streamer_output_state",
                             output="live") == "running"
        assert scraper.state("streamer_output_state",
                             output="second") == "stopped"
        assert v("streamer_output_wanted", output="second") == 0
        assert v("streamer_output_info", output="live", channel="main") == 1
        wait_until(lambda: v("streamer_output_sent_seconds",
                             output="live") > 0.2, "sound is counted")
        before = v("streamer_output_restarts_total", output="live")
        os.kill(s.output()["pid"], signal.SIGKILL)
        until(c, "backoff")
        until(c, "running")
        assert v("streamer_output_restarts_total",
                 output="live") == before + 1
        c.ask("stop", name="live")
        until(c, "stopped")
        assert v("streamer_output_wanted", output="live") == 0
        assert scraper.ready() == []
        c.ask("remove", name="live")
        wait_until(lambda: 'output="live"' not in scraper.get("/metrics")[2],
                   "it is gone")
        assert "SECRET" not in scraper.get("/metrics")[2]


def test_readyz_follows_the_outputs(supervise, source, rundir):
    """Its server is away, and comes."""
    port = peers.free_port()
    s = supervise("-D", "streamer.metrics=127.0.0.1:0",
                  *define(url=f"rtmp://localhost:{port}/live/SECRET"))
    scraper = of(s)
    assert scraper.get("/healthz")[0] == 200
    wait_until(lambda: scraper.value(
        "streamer_output_backoff_seconds", output="live") > 0, "it waits")
    why = wait_until(scraper.ready, "it is not ready")
    assert len(why) == 1 and why[0].startswith("output live: ")
    assert "SECRET" not in why[0]
    wait_until(lambda: scraper.value("streamer_ffmpeg_info") == 1, "asked")
    text = scraper.get("/metrics")[2]
    assert "SECRET" not in text and "rtmp:" not in text
    with subprocess.Popen(
            ["ffmpeg", "-v", "error", "-nostdin", "-listen", "1",
             "-f", "flv", "-i", f"rtmp://127.0.0.1:{port}/live/SECRET",
             "-f", "null", "-"]) as server:
        wait_until(lambda: scraper.ready() == [], "it is ready")
        s.stop()
        server.kill()


# ---- addresses ------------------------------------------------------------


def refuse(program, *args):
    p = subprocess.run([binary(program), *args], stdin=subprocess.DEVNULL,
                       stderr=subprocess.PIPE, stdout=subprocess.DEVNULL,
                       timeout=PATIENCE_S, text=True)
    return p.returncode, p.stderr


@pytest.mark.parametrize("program, section", [
    ("ttsd", "ttsd"), ("streamer-supervisor", "streamer")])
def test_address_in_use(rundir, program, section):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        code, message = refuse(
            program, "-D", f"ttsd.runtime_dir={rundir}",
            "-D", f"{section}.metrics=127.0.0.1:{port}")
    assert code == 69 and f'127.0.0.1:{port}" is in use' in message
    assert not list(rundir.iterdir())


@pytest.mark.parametrize("address", [
    "0.0.0.0:9464", "[::]:9464", "192.0.2.1:9464", "example.com:80", "9464",
    "m.sock"])
def test_other_addresses_are_a_configuration_error(rundir, address):
    for program in ("ttsd", "streamer-supervisor"):
        code, message = refuse(
            program, "-D", f"ttsd.runtime_dir={rundir}",
            "-D", f"ttsd.metrics={address}")
        assert code == 78 and "reverse proxy" in message
    assert not list(rundir.iterdir())


def test_the_socket_is_private_and_goes_with_its_owner(metered, rundir):
    path = rundir / "m.sock"
    stale = socket.socket(socket.AF_UNIX)
    stale.bind(str(path))
    stale.close()
    ttsd, scraper = metered(address=path)
    mode = path.stat().st_mode
    assert stat.S_ISSOCK(mode) and stat.S_IMODE(mode) == 0o600
    code, message = refuse(
        "streamer-supervisor", "-D", f"ttsd.runtime_dir={rundir}/other",
        "-D", f"streamer.metrics={path}")
    assert code == 69 and 'm.sock" is in use' in message
    assert scraper.get("/healthz")[0] == 200
    ttsd.stop()
    assert not path.exists()


def test_another_file_in_its_place_is_left_alone(rundir):
    path = rundir / "m.sock"
    path.write_text("precious")
    code, _ = refuse("ttsd", "-D", f"ttsd.runtime_dir={rundir}",
                     "-D", f"ttsd.metrics={path}")
    assert code == 69 and path.read_text() == "precious"


def test_off_by_default(start):
    ttsd = start()
    assert "metrics" not in ttsd.logged()
    with open("/proc/net/tcp") as f:
        inodes = {line.split()[9] for line in f.readlines()[1:]}
    for fd in os.listdir(f"/proc/{ttsd.pid}/fd"):
        at = os.readlink(f"/proc/{ttsd.pid}/fd/{fd}")
        assert at.strip("socket:[]") not in inodes


def test_two_scrapers_of_one_socket(metered, rundir):
    _, first = metered(address=rundir / "m.sock")
    second = Scraper(rundir / "m.sock")
    assert first.value("ttsd_channel_subscribers") == 0
    assert second.value("ttsd_channel_subscribers") == 0
