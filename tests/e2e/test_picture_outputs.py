"""The picture of every kind of output, as it arrives at the far end."""
import json
import os
import signal
import subprocess

import pytest

import daemon
import receivers
from client import ctl  # noqa: F401
from daemon import wait_until
from supervisor import (  # noqa: F401
    define, nginx, script, source, supervise)

WIDTH, HEIGHT, FPS = 320, 180, 10
VIDEO = ("-D", "video.v.source=colour", "-D", f"video.v.size={WIDTH}x{HEIGHT}",
         "-D", f"video.v.fps={FPS}", "-D", "video.v.background=#c02040")
SECONDS = 6


@pytest.fixture
def folder(rundir):
    path = rundir / "media"
    path.mkdir()
    return path


def show(name="live", **keys):
    """-D arguments for an output with that picture."""
    return define(name, video="v", **keys)


class Look:
    """What an ffprobe finds in some seconds of a stream."""

    def __init__(self, url, *options, seconds=SECONDS):
        self.program = subprocess.Popen(
            ["ffprobe", "-v", "error", "-show_streams", "-show_packets",
             "-read_intervals", f"%+{seconds}", "-of", "json",
             *map(str, options), "-i", str(url)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.program.poll() is None:
            self.program.kill()
        self.program.wait(daemon.PATIENCE_S)
        self.program.stdout.close()
        self.program.stderr.close()

    def found(self):
        out, err = self.program.communicate(timeout=daemon.PATIENCE_S)
        all_of = json.loads(out or "{}")
        assert all_of.get("streams"), f"nothing came; {err}"
        streams = {s["codec_type"]: s for s in all_of["streams"]}
        packets = {kind: [p for p in all_of["packets"]
                          if p["stream_index"] == s["index"]]
                   for kind, s in streams.items()}
        return streams, packets


def check_picture(stream, packets, codec, key_frames=2 * FPS, within=0.002):
    assert stream["codec_name"] == codec
    assert (stream["width"], stream["height"]) == (WIDTH, HEIGHT)
    assert stream["has_b_frames"] == 0
    assert stream["pix_fmt"] == "yuv420p"
    for key in ("color_space", "color_primaries", "color_transfer"):
        assert stream.get(key) == "bt709", stream
    assert stream["color_range"] == "tv"
    times = [float(p["pts_time"]) for p in packets]
    assert all(p["pts_time"] == p.get("dts_time", p["pts_time"])
               for p in packets)
    steps = [b - a for a, b in zip(times, times[1:])]
    assert len(steps) > (SECONDS - 3) * FPS
    assert abs(sum(steps) / len(steps) - 1 / FPS) < 0.02
    assert [] == [(n, step) for n, step in enumerate(steps)
                  if abs(step - 1 / FPS) > within]
    keys = [n for n, p in enumerate(packets) if p["flags"].startswith("K")]
    assert len(keys) > 1
    gaps = [b - a for a, b in zip(keys, keys[1:])]
    # A server that has just begun may leave out what comes first.
    assert set(gaps[1:] or gaps) == {key_frames}, keys


def check(look, codec="h264", sound="aac", **keys):
    streams, packets = look.found()
    check_picture(streams["video"], packets["video"], codec, **keys)
    assert streams["audio"]["codec_name"] == sound
    assert streams["audio"]["sample_rate"] == "48000"
    # They belong together: neither is ahead of the other.
    ends = [float(packets[kind][-1]["pts_time"]) for kind in packets]
    assert abs(ends[0] - ends[1]) < 2
    return packets


def runs(s, name="live", frames=0):
    def is_so():
        o = s.output(name)
        return (o["state"] == "running" and o["picture"]["sent"] and
                o["picture"]["frames"] >= frames)

    wait_until(is_so, "it runs with its picture")


def test_rtmp(supervise, source, nginx, ctl):  # noqa: F811
    s = supervise(*VIDEO, *show(url=nginx.url(), probe_url=nginx.url(),
                                probe_interval="1s"))
    runs(s)
    with Look(nginx.url()) as look:
        check(look)
    # Servers begin with a key frame, which a short look may miss.
    wait_until(lambda: s.output()["probe"]["frames"], "it is read back")
    o = s.output()
    assert "was not read back" not in s.logged()
    # In step: half a frame, and what a busy machine adds.
    assert abs(s.output()["probe"]["picture_ahead_ms"]) < 400
    assert s.output()["streams"]["picture"]["age_ms"] >= 0
    assert "\npicture_ahead " in ctl("outputs", "live").stdout
    assert o["picture"]["encoder"] == "libx264", o
    assert o["picture"]["frames"] > 3 * FPS
    assert o["restarts"] == 0 and "sound alone" not in s.logged()


@pytest.mark.parametrize("codecs", [
    {}, {"encoder": "libx265", "codec": "opus"}])
def test_rtsp(supervise, source, folder, codecs):
    codec = "h265" if codecs else "h264"
    file = folder / "received.mkv"
    with receivers.RtspServer(file=file) as server:
        s = supervise(*VIDEO, *show(url=server.picture_url(codec), **codecs))
        runs(s, frames=SECONDS * FPS)
    with Look(file) as look:
        # The server writes when each frame came, which says nothing of the
        # sender on a machine that has much to do.
        check(look, "hevc" if codecs else "h264", codecs.get("codec", "aac"),
              within=SECONDS)


@pytest.mark.parametrize("scheme", ["srt", "rist", "udp"])
@pytest.mark.parametrize("codecs", [
    {}, {"encoder": "libx265", "codec": "opus"}])
def test_mpegts(supervise, source, scheme, codecs):
    port = receivers.free_udp_port()
    there = {"srt": f"srt://127.0.0.1:{port}?mode=listener",
             "rist": f"rist://@127.0.0.1:{port}",
             "udp": f"udp://127.0.0.1:{port}"}[scheme]
    with Look(there, "-probesize", 500000) as look:
        wait_until(lambda: receivers.is_bound(port), "it listens")
        supervise(*VIDEO, *show(url=f"{scheme}://127.0.0.1:{port}", **codecs))
        check(look, "hevc" if codecs else "h264", codecs.get("codec", "aac"))


# ---- lists and files ------------------------------------------------------


def check_list(path, **kw):
    with Look(path, "-live_start_index", -3) as look:
        check(look, **kw)


def check_dash(s, path, **kw):
    """Once it is whole: ffmpeg's reader of lists that grow reads a segment
    twice."""
    s.stop()
    with Look(path) as look:
        check(look, **kw)


@pytest.mark.parametrize("url,name,encoder", [
    ("{}/live.m3u8", "live.m3u8", "libx264"),
    ("{}/", "index.m3u8", "libx265")])
def test_hls(supervise, source, folder, url, name, encoder):
    s = supervise(*VIDEO, *show(url=url.format(folder), encoder=encoder))
    runs(s, frames=5 * FPS)
    check_list(folder / name,
               codec="hevc" if encoder == "libx265" else "h264")


def test_hls_of_h265_goes_on_after_a_crash(supervise, source, folder):
    s = supervise(*VIDEO, *show(
        url=f"{folder}/live.m3u8", encoder="libx265",
        backoff_initial="50ms"))
    runs(s, frames=5 * FPS)
    os.kill(s.output()["pid"], signal.SIGKILL)
    wait_until(lambda: s.output()["restarts"] == 1, "it is started again")
    runs(s, frames=5 * FPS)
    with Look(folder / "live.m3u8", "-live_start_index", 0) as look:
        streams, packets = look.found()
    assert streams["video"]["codec_tag_string"] == "hvc1"
    assert len(packets["video"]) > 7 * FPS
    # What no list names any more goes, as of MPEG-TS.
    s.stop()
    listed = {line for line in (folder / "live.m3u8").read_text().splitlines()
              if line.endswith(".m4s")}
    assert listed <= {p.name for p in folder.iterdir()}


@pytest.mark.parametrize("codecs", [
    {}, {"encoder": "libx265", "codec": "opus"}])
def test_dash(supervise, source, folder, codecs):
    s = supervise(*VIDEO, *show(url=f"{folder}/live.mpd", **codecs))
    runs(s, frames=SECONDS * FPS)
    check_dash(s, folder / "live.mpd", codec="hevc" if codecs else "h264",
               sound=codecs.get("codec", "aac"))


@pytest.mark.parametrize("name,encoder", [
    ("live.m3u8", "libx264"), ("live.m3u8", "libx265"),
    ("live.mpd", "libx264")])
def test_http_put(supervise, source, folder, name, encoder):
    codec = "hevc" if encoder == "libx265" else "h264"
    with receivers.PutServer(folder) as server:
        url = f"http://127.0.0.1:{server.port}/{name}"
        s = supervise(*VIDEO, *show(url=url, encoder=encoder))
        runs(s, frames=SECONDS * FPS)
        if name == "live.mpd":
            check_dash(s, folder / name)
        else:
            check_list(url, codec=codec)


def test_key_frames_go_into_segments(supervise, source, folder):
    """A segment ends at a key frame: of 3 s it has two key frames, each
    1.5 s apart, and no segment is longer than it should be."""
    s = supervise(*VIDEO, *show(url=f"{folder}/live.m3u8", segment="3s"))
    runs(s, frames=8 * FPS)
    check_list(folder / "live.m3u8", key_frames=3 * FPS // 2)
    lengths = [float(line[8:-1])
               for line in (folder / "live.m3u8").read_text().splitlines()
               if line.startswith("#EXTINF:")]
    assert lengths and all(abs(n - 3) < 0.05 for n in lengths), lengths


@pytest.mark.parametrize("encoder", ["libx264", "libx265"])
def test_hls_at_several_bit_rates(supervise, source, folder, encoder):
    s = supervise(*VIDEO, *show(
        url=f"{folder}/live.m3u8", variants="800k 200k", encoder=encoder))
    runs(s, frames=5 * FPS)
    assert "RESOLUTION=320x180" in (folder / "live.m3u8").read_text()
    for name in ("live_800k.m3u8", "live_200k.m3u8"):
        check_list(folder / name,
                   codec="hevc" if encoder == "libx265" else "h264")


@pytest.mark.parametrize("codecs", [
    {}, {"encoder": "libx265", "codec": "opus"}])
def test_files(supervise, source, folder, codecs):
    s = supervise(*VIDEO, *show(
        url=f"{folder}/%Y%m%d-%H%M%S.mkv", **codecs))
    runs(s, frames=SECONDS * FPS)
    with Look(*folder.iterdir()) as look:
        check(look, "hevc" if codecs else "h264", codecs.get("codec", "aac"))


def test_a_crash_costs_two_seconds(supervise, source, folder):
    """With `preset = board`, which has a key frame every four seconds, the
    last five seconds were lost: Matroska was written in lumps of so much."""
    s = supervise(*VIDEO, *show(
        url=f"{folder}/%Y%m%d-%H%M%S.mkv", preset="board",
        backoff_initial="9s", backoff_max="9s"))
    runs(s, frames=12 * FPS - 2)
    o = s.output()
    os.kill(o["pid"], signal.SIGKILL)
    wait_until(lambda: s.output()["pid"] == 0, "it is gone")
    with Look(*folder.iterdir(), seconds=60) as look:
        _, packets = look.found()
    assert o["picture"]["frames"] - len(packets["video"]) < 2 * FPS


@pytest.fixture(scope="module")
def noise(tmp_path_factory):
    """A video that no encoder gets small."""
    path = tmp_path_factory.mktemp("noise") / "noise.mkv"
    subprocess.run(
        ["ffmpeg", "-v", "error", "-f", "lavfi", "-i",
         f"nullsrc=size={WIDTH}x{HEIGHT}:rate={FPS},geq=random(1)*255:"
         "random(2)*255:random(3)*255",
         "-t", "3", "-c:v", "ffv1", path], check=True)
    return path


def rate(packets):
    """Bits a second, without the first second."""
    return 8 * FPS * sum(int(p["size"]) for p in packets[FPS:]) / len(
        packets[FPS:])


# Of each what docs/PICTURE.md says of so small a picture, and how far a burst
# may be ahead, in seconds.
@pytest.mark.parametrize("preset,key_frames,bits,ahead", [
    ("youtube", 2 * FPS, 4e6, 1), ("twitch", 2 * FPS, 3e6, 1),
    ("bilibili", 2 * FPS, 1.1e6, 1), ("douyin", 2 * FPS, 2.5e6, 1),
    ("lowlatency", FPS, 1.1e6, 0.25), ("board", 4 * FPS, 1.5e6, 2)])
def test_presets(supervise, source, folder, noise, preset, key_frames, bits,
                 ahead):
    for name in ("still", "noise"):
        (folder / name).mkdir()
    s = supervise(
        *VIDEO, "-D", "video.w.source=loop", "-D", f"video.w.path={noise}",
        "-D", f"video.w.size={WIDTH}x{HEIGHT}", "-D", f"video.w.fps={FPS}",
        *show(url=f"{folder}/still/%Y%m%d-%H%M%S.mkv", preset=preset),
        *define("noise", url=f"{folder}/noise/%Y%m%d-%H%M%S.mkv", video="w",
                preset=preset))
    for name in ("live", "noise"):
        runs(s, name, frames=(SECONDS + 2) * FPS)
    found = {}
    for path in folder.glob("*/*.mkv"):
        with Look(path) as look:
            found[path.parent.name] = rate(
                check(look, key_frames=key_frames)["video"])
    assert 0.8 * bits < found["noise"] < bits * (1 + ahead / (SECONDS - 1))
    # Those that want a constant rate are filled up to it: it is one colour.
    if preset in ("youtube", "twitch"):
        assert found["still"] == pytest.approx(bits, rel=0.1)
    else:
        assert found["still"] < bits / 10


def test_a_group(supervise, source, nginx, folder):
    s = supervise(
        *VIDEO, *show("a", url=nginx.url(), group="g"),
        *show("b", url=f"{folder}/live.m3u8", group="g"),
        *show("c", url=f"{folder}/%Y%m%d-%H%M%S.mkv", group="g"))
    for name in "abc":
        runs(s, name, frames=5 * FPS)
    assert len({o["pid"] for o in s.outputs().values()}) == 1
    with Look(nginx.url()) as look:
        check(look)
    check_list(folder / "live.m3u8")
    with Look(next(folder.glob("*.mkv"))) as look:
        check(look)


# ---- what encodes it -------------------------------------------------------


# An ffmpeg with a card: what is to be encoded there, libx264 encodes.
CARD = """
case "$*" in
*lavfi*h264_vaapi*) echo frame; exit 0 ;;
*lavfi*) echo "no such device" >&2; exit 1 ;;
esac
skip=0
for word; do
    shift
    case "$word" in
    -vaapi_device|-vf|-async_depth) skip=2 ;;
    h264_vaapi) set -- "$@" libx264 -tune; word=zerolatency ;;
    esac
    if [ "$skip" -gt 0 ]; then skip=$((skip - 1)); else set -- "$@" "$word"; fi
done
exec REAL "$@"
"""


def test_auto_takes_the_card(supervise, source, nginx, rundir):
    """`auto` was libx264, whatever hardware there was."""
    s = supervise("-D", "streamer.ffmpeg=" + script(rundir, CARD), *VIDEO,
                  *show(url=nginx.url()))
    runs(s)
    assert s.output()["picture"]["encoder"] == "h264_vaapi"
    assert "encoder=h264_nvenc does not work here: \"no such" in s.logged()
    assert "encoder=h264_vaapi is what `encoder = auto` takes" in s.logged()
    with Look(nginx.url()) as look:
        check(look)


# ---- without it -----------------------------------------------------------


# An ffmpeg that was built without what encodes pictures.
BLIND = """
case "$1" in -encoders) REAL "$@" | grep -v x264; exit ;; esac
exec REAL "$@"
"""
ALONE = "was built without the encoder 'libx264'"


@pytest.mark.parametrize("to,keys", [
    ("{}/live.m3u8", {}), ("{}/live.m3u8", {"variants": "800k 200k"}),
    ("{}/live.mpd", {}), ("{}/%Y%m%d-%H%M%S.mkv", {})])
def test_sound_alone_into_a_folder(
        supervise, source, folder, rundir, to, keys):
    s = supervise("-D", "streamer.ffmpeg=" + script(rundir, BLIND), *VIDEO,
                  *show(url=to.format(folder), **keys))
    wait_until(lambda: s.output()["out_time_ms"] > 5000, "sound flows")
    assert s.output()["state"] == "running"
    assert ALONE in s.output()["picture"]["why"]
    name = "live_200k.m3u8" if keys else to[3:]
    path = next(folder.glob("*.mkv")) if "%" in name else folder / name
    with Look(path) as look:
        check_alone(look)


def check_alone(look):
    streams, _ = look.found()
    assert list(streams) == ["audio"]
    assert streams["audio"]["codec_name"] == "aac"
    assert streams["audio"]["sample_rate"] == "48000"


def test_sound_alone_is_told(supervise, source, nginx, rundir, ctl):
    s = supervise("-D", "streamer.ffmpeg=" + script(rundir, BLIND), *VIDEO,
                  *show(url=nginx.url()))
    wait_until(lambda: s.output()["state"] == "running", "sound flows")
    o = s.output()["picture"]
    assert (o["sent"], o["encoder"], o["frames"]) == (False, "", 0)
    assert ALONE in o["why"]
    assert s.logged().count("output=live sends sound alone: ") == 1
    table = ctl("outputs").stdout
    assert "  sound alone: ffmpeg" in table and "PICTURE" in table, table
    with Look(nginx.url()) as look:
        check_alone(look)


def test_an_ffmpeg_that_is_too_slow(supervise, source, nginx):
    """It lost sound over and over, and nobody was told."""
    s = supervise(*VIDEO, *show(url=nginx.url()))
    runs(s)
    pid = s.output()["pid"]
    os.kill(pid, signal.SIGSTOP)
    try:
        wait_until(lambda: s.output()["drops"] > 1, "sound is skipped")
    finally:
        os.kill(pid, signal.SIGCONT)
    assert "output=live lost sound: its ffmpeg reads more" in s.logged()
    runs(s, frames=s.output()["picture"]["frames"] + FPS)
    assert s.output()["pid"] == pid


def test_a_picture_that_crashes(supervise, source, nginx):
    """The output is sent afresh as soon as the picture is back, and not with
    sound alone meanwhile."""
    s = supervise(*VIDEO, *show(url=nginx.url()))
    runs(s)
    pid, = [p for p in s.ffmpegs() if "libexec/ttsd/picture" in
            daemon.command_line(p)]
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: s.output()["restarts"] > 0, "its ffmpeg ends")
    runs(s)
    assert "sound alone" not in s.logged()
    with Look(nginx.url()) as look:
        check(look)
