"""Every protocol beyond RTMP and RTSP, with a real far end: what arrives is
the sound that was sent."""
import contextlib
import json
import os
import signal
import socket
import stat
import subprocess

import pytest

import peers
import receivers
from daemon import PATIENCE_S, wait_until
from supervisor import define, source, supervise, until  # noqa: F401


def heard(far_end, seconds=2):
    peers.heard_noise(far_end.samples(seconds * peers.RATE))


@pytest.fixture
def folder(rundir):
    path = rundir / "media"
    path.mkdir()
    return path


@pytest.fixture
def icecast():
    with receivers.Icecast() as server:
        yield server


# ---- datagrams ------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["srt", "udp", "rist"])
@pytest.mark.parametrize("codec", ["aac", "opus", "mp3"])
def test_transport_stream_arrives(supervise, source, scheme, codec):
    query = "?mode=listener" if scheme == "srt" else ""
    with receivers.DatagramListener(scheme, query) as far_end:
        supervise(*define(url=far_end.url, codec=codec))
        heard(far_end)


def test_srt_passphrase_is_used_and_never_told(supervise, source):
    secret = "correct-horse-battery"
    with receivers.DatagramListener(
            "srt", f"?mode=listener&passphrase={secret}") as far_end:
        s = supervise(*define(url=f"{far_end.url}?passphrase={secret}"))
        heard(far_end)
        assert s.output()["url"] == f"{far_end.url}?***"
    with s.control() as c:
        c.subscribe("output")
        until(c, "backoff")
        assert secret not in str(s.output())
    assert secret not in s.logged()


@pytest.mark.parametrize("codec", [
    "opus", "aac", "mp3", "pcm", "pcmu", "pcma", "g722"])
def test_rtp_arrives(supervise, source, folder, codec):
    sdp = folder / "live.sdp"
    s = supervise(*define(
        url=f"rtp://127.0.0.1:{receivers.free_udp_port()}", codec=codec,
        sdp_file=sdp))
    wait_until(lambda: s.output()["state"] == "running", "it runs")
    assert "IN IP4 127.0.0.1" in sdp.read_text()
    with peers.Decoder(
            str(sdp), *receivers.PATIENT, "-protocol_whitelist",
            "file,udp,rtp") as far_end:
        heard(far_end)


@pytest.mark.parametrize("codec,kind,size,step", [
    ("pcmu", 0, 160, 160), ("pcma", 8, 160, 160), ("g722", 9, 160, 160),
    ("pcm", None, 960, 480)])
def test_rtp_packets_hold_20_ms(supervise, source, codec, kind, size, step):
    """Phones and loudspeakers expect 20 ms a packet; PCMU came as packets of
    40 ms, for ffmpeg sends what it happens to read."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as far_end:
        far_end.bind(("127.0.0.1", 0))
        far_end.settimeout(PATIENCE_S)
        supervise(*define(
            url=f"rtp://127.0.0.1:{far_end.getsockname()[1]}", codec=codec,
            localaddr="127.0.0.1", ttl=1, dscp=46))
        packets = [far_end.recv(2048) for _ in range(50)]
    stamps = [int.from_bytes(p[4:8], "big") for p in packets]
    assert {len(p) - 12 for p in packets} == {size}
    assert {(b - a) % 2**32 for a, b in zip(stamps, stamps[1:])} == {step}
    assert kind is None or {p[1] & 127 for p in packets} == {kind}


def test_rtp_reaches_a_group(supervise, source):
    group, port = "239.255.7.9", receivers.free_udp_port()
    supervise(*define(
        url=f"rtp://{group}:{port}", codec="pcm", localaddr="127.0.0.1",
        ttl=1))
    peers.heard_noise(receivers.multicast(group, port, 2 * peers.RATE))


# ---- titles ---------------------------------------------------------------

TITLE = "门诊大厅: Hall [1] | 'A'"


def title_of(where, *options):
    """What a player is told."""
    p = subprocess.run(
        ["ffprobe", "-v", "error", *options, "-show_entries",
         "format_tags:program_tags", "-of", "json", where],
        stdout=subprocess.PIPE, timeout=PATIENCE_S, check=True)
    found = json.loads(p.stdout)
    tags = found["format"].get("tags", {})
    for program in found.get("programs", []):
        tags.update(program.get("tags", {}))
    return tags.get("title") or tags.get("service_name") or tags["icy-name"]


@pytest.mark.parametrize("group", [{}, {"group": "g"}])
def test_listeners_are_told_the_title(
        supervise, source, icecast, folder, group):
    sdp, udp = folder / "a.sdp", receivers.free_udp_port()
    rtmp = f"rtmp://127.0.0.1:{peers.free_port()}/live/a"
    supervise(*define("rtp", url=f"rtp://127.0.0.1:{receivers.free_udp_port()}",
                      sdp_file=sdp, title=TITLE),
              *define("udp", url=f"udp://127.0.0.1:{udp}", title=TITLE, **group),
              *define("ice", url=icecast.url(), codec="aac", title=TITLE,
                      **group),
              *define("rtmp", url=rtmp, title=TITLE, **group),
              *define("file", url=f"{folder}/%Y.aac", title=TITLE))
    assert title_of(f"udp://127.0.0.1:{udp}") == TITLE
    assert title_of(rtmp, "-listen", "1") == TITLE
    wait_until(icecast.is_taken, "it sends")
    assert title_of(f"http://127.0.0.1:{icecast.port}/live") == TITLE
    wait_until(lambda: sdp.exists() and f"s={TITLE}\n" in
               sdp.read_text().replace("\r", ""), "the description has it")


# ---- icecast --------------------------------------------------------------


@pytest.mark.parametrize("codec", ["mp3", "aac", "opus", "vorbis"])
def test_icecast_takes_it(supervise, source, icecast, codec):
    s = supervise(*define(url=icecast.url(), codec=codec))
    wait_until(lambda: s.output()["out_time_ms"] > 500, "sound flows")
    with icecast.decode() as far_end:
        heard(far_end)


def test_icecast_refuses_a_wrong_password(supervise, source, icecast):
    s = supervise(*define(url=icecast.url(password="let-me-in")))
    wait_until(lambda: s.output()["state"] == "rejected", "it is refused")
    o = s.output()
    assert "401" in o["last_error"] and ":***@" in o["url"]
    assert "let-me-in" not in s.logged() + str(o)


def test_a_mountpoint_in_use_is_waited_for(supervise, source, icecast):
    """Its 403 was a refusal, tried again every 30 s; after a cut route the
    server's own time-out for our last connection was what it waited for."""
    with peers.Program(
            "ffmpeg", "-loglevel", "error", "-re", "-f", "lavfi", "-i", "sine",
            "-c:a", "libmp3lame", "-f", "mp3", "-content_type", "audio/mpeg",
            icecast.url()):
        wait_until(icecast.is_taken, "another source is there")
        s = supervise(*define(url=icecast.url()))
        wait_until(lambda: s.output()["last_error"], "it is seen")
        o = s.output()
        assert "in use" in o["last_error"] and o["state"] != "rejected", o
    wait_until(lambda: s.output()["state"] == "running", "it is free")


def test_the_line_that_explains(supervise, source):
    """The last word of ffmpeg was "Input/output error"."""
    s = supervise(*define(url="udp://nosuch.invalid:9"))
    wait_until(lambda: s.output()["last_error"], "it failed")
    assert "getaddrinfo(nosuch.invalid" in s.output()["last_error"]


# ---- lists and files ------------------------------------------------------


def decode_list(path):
    options = ("-live_start_index", -2) if "m3u8" in str(path) else ()
    return peers.Decoder(str(path), *receivers.PATIENT, *options)


@pytest.mark.parametrize("url,name", [
    ("{}/live.m3u8", "live.m3u8"), ("{}/", "index.m3u8"),
    ("{}/live.mpd", "live.mpd")])
def test_a_folder_holds_the_stream(supervise, source, folder, url, name):
    s = supervise(*define(url=url.format(folder), segment="1s"))
    wait_until(lambda: s.output()["out_time_ms"] > 3000, "it has segments")
    with decode_list(folder / name) as far_end:
        heard(far_end)


def test_hls_goes_on_where_it_ended(supervise, source, folder):
    def sequence():
        last = -1
        for line in (folder / "live.m3u8").read_text().splitlines():
            if line.startswith("live"):
                last = int(line[4:-3])
        return last

    s = supervise(*define(url=f"{folder}/live.m3u8", segment="500ms"))
    wait_until(lambda: s.output()["out_time_ms"] > 2000, "it has segments")
    before = sequence()
    with s.control() as c:
        c.ask("restart", name="live")
    wait_until(lambda: sequence() > before + 2, "it goes on")
    text = (folder / "live.m3u8").read_text()
    assert "ENDLIST" not in text
    wait_until(lambda: sequence() > before + 8, "it goes on and on")
    assert len(list(folder.glob("*.ts"))) < 12


@pytest.mark.parametrize("name", ["live.m3u8", "live.mpd"])
def test_http_put_takes_the_stream(supervise, source, folder, name):
    with receivers.PutServer(folder) as server:
        url = f"http://127.0.0.1:{server.port}/{name}"
        s = supervise(*define(url=url, segment="1s"))
        wait_until(lambda: s.output()["out_time_ms"] > 3000, "it flows")
        with decode_list(url) as far_end:
            heard(far_end)


def list_of_lists(path):
    """Bandwidth and name of each variant."""
    if not path.exists():
        return []
    lines = path.read_text().splitlines()
    return [(int(a.split("BANDWIDTH=")[1].split(",")[0]), b)
            for a, b in zip(lines, lines[1:]) if "STREAM-INF" in a]


@pytest.mark.parametrize("to", ["{}/", "{}/a.mpd", "{}/%Y-%H%M%S.aac"])
def test_files_are_readable_by_a_web_server(supervise, source, folder, to):
    """Story: the unit has UMask=0077, and the playlist and segments that it
    wrote for a web server of another user had mode 0600."""
    before = os.umask(0o077)
    try:
        s = supervise(*define(url=to.format(folder)))
    finally:
        os.umask(before)
    wait_until(lambda: s.output()["state"] == "running", "it runs")

    def modes():
        """Of what is there for longer than it takes to look."""
        found = {}
        for path in folder.iterdir():
            with contextlib.suppress(FileNotFoundError):
                found[path.name] = stat.S_IMODE(path.stat().st_mode)
        return found

    wait_until(modes, "it writes")
    assert set(modes().values()) <= {0o644}, modes()


@pytest.mark.parametrize("put", [False, True])
def test_hls_at_several_bit_rates(supervise, source, folder, put):
    with receivers.PutServer(folder) as server:
        where = f"http://127.0.0.1:{server.port}" if put else str(folder)
        s = supervise(*define(
            url=f"{where}/live.m3u8", segment="1s", variants="96k 48k 24k"))
        wait_until(lambda: s.output()["out_time_ms"] > 3000, "it flows")
        lists = wait_until(
            lambda: list_of_lists(folder / "live.m3u8"), "it is listed")
        assert [name for _, name in lists] == [
            "live_96k.m3u8", "live_48k.m3u8", "live_24k.m3u8"]
        assert [rate > 20000 * n for n, (rate, _) in
                zip((4, 2, 1), lists)] == [True] * 3
        for _, name in lists:
            with decode_list(f"{where}/{name}") as far_end:
                heard(far_end)
        sizes = [sum(p.stat().st_size for p in folder.glob(f"live_{n}*.ts"))
                 for n in ("96k", "48k", "24k")]
        assert sizes == sorted(sizes, reverse=True)
        with peers.Decoder(
                f"{where}/live.m3u8", *receivers.PATIENT,
                "-live_start_index", -2) as far_end:
            heard(far_end)


@pytest.mark.parametrize("pattern", [
    "%05d.mp3", "%Y%m%d-%H%M%S.mp3", "%Y%m%d-%H%M%S.aac", "%H%M%S.opus",
    "%H%M%S.ogg", "%H%M%S.wav"])
def test_files_hold_the_stream(supervise, source, folder, pattern):
    supervise(*define(url=f"{folder}/{pattern}", segment="2s"))
    wait_until(lambda: len(list(folder.iterdir())) > 2, "three files")
    whole = sorted(folder.iterdir())[1]
    # Without "nobuffer", which throws away what was looked at.
    with peers.Decoder(
            str(whole), *receivers.PATIENT, "-fflags", "genpts") as far_end:
        heard(far_end, 1)


CRASHED = [("%Y%m%d-%H%M%S." + kind, group) for kind, group in [
    ("aac", None), ("mp3", None), ("opus", None), ("ogg", None),
    ("wav", None), ("opus", "g")]]


def duration_s(path):
    """Of what can be decoded, from a file that nobody has closed."""
    pcm = subprocess.run(
        ["ffmpeg", "-v", "quiet", "-i", path, "-f", "s16le", "-ac", "1",
         "-ar", str(peers.RATE), "-"], stdout=subprocess.PIPE).stdout
    return len(pcm) / 2 / peers.RATE


@pytest.mark.parametrize("pattern,group", CRASHED)
def test_a_crash_costs_two_seconds(supervise, source, folder, pattern, group):
    """An archive of an hour was 0 bytes for its first 30 s (AAC) or minute
    (Opus), and whatever lay in ffmpeg's buffer went with it."""
    keys = {"group": group} if group else {}
    s = supervise(*define(url=f"{folder}/{pattern}", backoff_initial="9s",
                          backoff_max="9s", **keys))
    wait_until(lambda: s.output()["out_time_ms"] > 5000, "sound flows")
    sent = s.output()["out_time_ms"] / 1000
    os.kill(s.output()["pid"], signal.SIGKILL)
    path, = folder.iterdir()
    wait_until(lambda: s.output()["pid"] == 0, "it is gone")
    assert sent - duration_s(path) < 2
