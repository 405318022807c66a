"""A [video] that an output shows: every source of frames, looked at where its
picture comes out, and what the supervisor does when it breaks."""
import os
import pathlib
import signal
import subprocess

import pytest

import peers
import picture
import scrape
from camera import Camera, WebCamera
from client import ctl, table  # noqa: F401
from daemon import children, command_line, exists, wait_until
from picture import PICTURE, TICKS, frame
from receivers import PutServer
from supervisor import define, supervise  # noqa: F401

FFMPEG = ("ffmpeg", "-v", "error", "-nostdin", "-y")
WIDTH, HEIGHT, FPS = 64, 32, 25
RATE = 24000
# Limited range; what went through JPEG is as good as these.
BLACK, GREY, WHITE = 16, 126, 235
CAMERA = 217  # a white of 235 which its JPEG says is of full range
NOBODY = "udp://127.0.0.1:9"  # takes what it is sent, and nobody looks


def near(luma, other):
    return abs(luma - other) <= 2


def shown(name="v", **keys):
    """-D arguments for one [video]."""
    keys = {"size": f"{WIDTH}x{HEIGHT}", "fps": FPS, **keys}
    return [word for key, value in keys.items()
            for word in ("-D", f"video.{name}.{key}={value}")]


def paint(path, luma, size=(WIDTH, HEIGHT), frames=1):
    """A file of one picture, or of a video, of one grey."""
    subprocess.run(
        [*FFMPEG, "-f", "rawvideo", "-pix_fmt", "gray", "-s",
         "{}x{}".format(*size), "-i", "-", "-vf",
         "scale=in_range=full", path],
        input=bytes([luma]) * (size[0] * size[1] * frames), check=True)


class Video:
    """The [video] v, by its socket."""

    def __init__(self, supervisor):
        self.supervisor = supervisor
        self.path = supervisor.directory / "v.mkv.sock"

    def status(self, name="v"):
        with self.supervisor.control() as c:
            return next((v for v in c.ask("status")["videos"]
                         if v["name"] == name), {})

    def serves(self):
        wait_until(lambda: self.status().get("serving"), "it is served")
        return self

    def listen(self):
        self.serves()
        return picture.Stream(self.path)

    def open_door(self):
        return picture.connect(self.supervisor.directory / "v.raw.sock")

    def pid(self):
        return next(pid for pid in children(self.supervisor.pid)
                    if exists(pid) and "/picture\0" in command_line(pid))


def sees(stream, luma):
    """Waits for a frame that is that bright in its middle, from here on."""
    seen, middle = len(stream.pictures()), (HEIGHT + 1) * WIDTH // 2
    return stream.until(
        lambda pieces: next(
            (p for p in [p for p in pieces if p.track == PICTURE][seen:]
             if near(p.data[middle], luma)), None),
        f"a frame of luma {luma}")


def assert_is_well(v, stream):
    """Whatever the source did: the sound has no hole, the output that shows it
    was never started again, and sends its picture."""
    sound = stream.sound()
    assert len(sound) > 50
    assert all(abs(b.time - a.time - len(a.data) // 2 * TICKS / RATE) <= 1
               for a, b in zip(sound, sound[1:]))
    output = v.supervisor.output()
    assert output["state"] == "running" and output["restarts"] == 0
    assert output["picture"]["sent"] and output["picture"]["frames"] > 0
    assert v.status()["state"] == "running" and v.status()["restarts"] == 0


@pytest.fixture
def show(start, supervise):  # noqa: F811
    """Starts ttsd, and a supervisor with an output that shows [video v]."""
    def run(*args, **keys):
        start()
        return Video(supervise(*define(url=NOBODY, video="v"),
                               *shown(**keys), *args))

    return run


def test_a_colour(show):
    v = show(source="colour", background="#ffffff")
    with v.listen() as s:
        assert sees(s, WHITE)
    wait_until(lambda: v.status()["readers"] >= 1, "the output reads it")
    status = v.status()
    assert status["state"] == "running" and status["channel"] == "main"
    assert status["frames"] > 0 and "source" not in status


def test_what_is_measured_of_it(show):
    v = show("-D", "streamer.metrics=127.0.0.1:0", source="raw").serves()
    scraper = scrape.of(v.supervisor)

    def value(name):
        return scraper.value(f"streamer_video_{name}", video="v")

    wait_until(lambda: value("frames_total") > 5, "frames")
    wait_until(lambda: value("readers") == 1, "its output reads")
    assert value("up") == 1 and value("restarts_total") == 0
    assert value("frames_repeated_total") > 0
    assert value("pictures_late_total") == 0
    os.kill(v.pid(), signal.SIGKILL)
    wait_until(lambda: value("restarts_total") == 1, "its restart")
    wait_until(lambda: value("up") == 1, "it is back")


def test_what_people_see(show, tmp_path, ctl):  # noqa: F811
    """`ttsctl outputs` said nothing of pictures but with --json."""
    path = tmp_path / "loop.mp4"
    path.write_text("no video")
    v = show(source="loop", path=path)
    wait_until(lambda: v.status().get("source") == "backoff" and
               v.status().get("source_error"), "its source fails")
    below = ctl("outputs").stdout.split("\n\n")[1]
    row = table(below.splitlines()[0] + "\n" + below.splitlines()[1])[0]
    assert row["VIDEO"] == "v" and row["CHANNEL"] == "main"
    assert row["STATE"] == "running" and row["SOURCE"] in (
        "backoff", "starting")
    assert int(row["FRAMES"]) >= int(row["REPEATED"]) > 0
    assert row["PICTURES"] == row["LATE"] == row["LOST"] == "0"
    if row["SOURCE"] == "backoff":
        assert "  source: " in below and "Invalid data" in below


def test_what_is_told_of_it(show, tmp_path):
    """Who did not ask again and again never heard that a layout was broken,
    or whole again."""
    path = tmp_path / "board.svg"
    whole = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
    path.write_text(whole)
    v = show(source="board", layout=path).serves()
    wait_until(lambda: v.status()["source"] == "running", "it is painted")
    with v.supervisor.control() as c:
        c.subscribe("video")
        path.write_text("<svg")
        told = c.event("video", serving=True)
        assert (told["name"], told["channel"]) == ("v", "main")
        assert "board.svg" in told["trouble"], told
        assert told["from"] == told["to"] == told["source"] == "running"
        path.write_text(whole)
        assert c.event("video")["trouble"] == ""
        os.kill(v.pid(), signal.SIGKILL)
        told = c.event("video", to="backoff")
        assert told["reason"] == "killed by SIGKILL"
        assert c.event("video", serving=True)["to"] == "running"


def test_a_loop_has_no_gap(show, tmp_path):
    path = tmp_path / "loop a.mkv"
    lumas = [60 + 8 * n for n in range(20)]
    subprocess.run(
        [*FFMPEG, "-f", "rawvideo", "-pix_fmt", "yuv420p", "-r", str(FPS),
         "-s", f"{WIDTH}x{HEIGHT}", "-i", "-", "-c:v", "ffv1", path],
        input=b"".join(frame(WIDTH, HEIGHT, n).split(b"\n", 1)[1]
                       for n in lumas), check=True)
    v = show(source="loop", path=path)
    with v.listen() as s:
        sees(s, lumas[-1])
        s.until(lambda _: len(s.pictures()) > 4 * len(lumas), "it goes round")
        seen = [p.luma() for p in s.pictures()]
    seen = [min(range(20), key=lambda n: abs(lumas[n] - p)) for p in seen]
    seen = seen[seen.index(19):]
    assert all((b - a) % len(lumas) == 1 for a, b in zip(seen, seen[1:])), seen


def test_a_slow_loop_outlives_ttsd(start, supervise, tmp_path):  # noqa: F811
    """One frame a second is no stall, and no sound is none of the loop's."""
    path = tmp_path / "loop.mkv"
    paint(path, 255, frames=50)
    d = start()
    v = Video(supervise(*define(url=NOBODY, video="v"),
                        *shown(source="loop", path=path, fps=1)))
    with v.listen() as s:
        s.until(lambda _: len(s.pictures()) > 4, "four seconds")
        d.stop()
        s.until(lambda _: s.ended, "the readers are ended")
    wait_until(lambda: not v.status()["serving"], "nothing is served")
    start()
    with v.listen() as s:
        s.until(lambda _: len(s.pictures()) > 2, "two seconds")
        assert near(s.pictures()[-1].luma(), WHITE)
    assert v.status()["source_restarts"] == 0


def test_a_loop_that_is_no_video(show, tmp_path):
    path = tmp_path / "loop.mp4"
    path.write_text("no video")
    v = show(source="loop", path=path, background="#808080")
    with v.listen() as s:
        sees(s, GREY)
        wait_until(lambda: "Invalid data" in v.status().get(
            "source_error", ""), "why")
        assert v.status()["state"] == "running"


def test_a_camera_whose_size_changes(show, tmp_path):
    path, jpegs = tmp_path / "a.jpg", []
    for luma, size in ((255, (64, 32)), (0, (320, 240)), (255, (96, 96))):
        paint(path, luma, size)
        jpegs.append(path.read_bytes())
    with WebCamera(jpegs[0]) as camera:
        v = show(source="url", url=camera.url, background="#808080")
        with v.listen() as s:
            sees(s, WHITE)
            camera.picture = jpegs[1]
            sees(s, BLACK)
            camera.picture = jpegs[2]
            sees(s, WHITE)
            camera.picture = None
            sees(s, GREY)
            camera.picture = b"no picture at all"
            wait_until(lambda: v.status()["source_restarts"] > 1, "restarts")
            camera.picture = jpegs[1]
            sees(s, BLACK)
            assert_is_well(v, s)


# A film of ten seconds, each of another grey.
GREYS = [60 + 15 * n for n in range(10)]
FILM = ("-f", "lavfi", "-i",
        f"nullsrc=s={WIDTH}x{HEIGHT}:r={FPS},geq=lum='60+15*mod(floor(T),10)'"
        ":cb=128:cr=128", "-c:v", "libx264", "-preset", "ultrafast", "-g",
        str(FPS), "-pix_fmt", "yuv420p")


def changes(stream):
    """[(seconds, grey)] of each change of the picture to one of the film's."""
    seen = []
    for p in stream.pictures():
        grey = next((g for g in GREYS if near(p.luma(), g)), None)
        if grey and (not seen or seen[-1][1] != grey):
            seen.append((p.time / TICKS, grey))
    return seen


def assert_goes_on_by_itself(stream, seconds):
    """The greys of the film come in their order, each for a second."""
    stream.until(lambda _: len(changes(stream)) > seconds, "the film goes on")
    seen = changes(stream)[:seconds + 1]
    for (a, grey), (b, following) in zip(seen[1:], seen[2:]):
        assert (following - grey) % 150 == 15, seen
        assert 0.7 < b - a < 1.3, seen


@pytest.mark.parametrize("name", ["film.mp4", "film.m3u8"])
def test_a_film_from_a_server(show, tmp_path, name):
    """It ran through as fast as it came, with a core at work, and all that was
    seen of it was its end."""
    subprocess.run([*FFMPEG, *FILM, "-t", "10", *(
        ("-hls_time", "2", "-hls_list_size", "0")
        if name.endswith(".m3u8") else ()), tmp_path / name], check=True)
    with PutServer(tmp_path) as server:
        v = show(source="url", url=f"http://127.0.0.1:{server.port}/{name}")
        with v.listen() as s:
            assert_goes_on_by_itself(s, 5)
        assert v.status()["source_restarts"] == 0


def test_hls_that_is_live(show, tmp_path):
    """Its pictures came in lumps of a segment, and it was killed as standing
    still between two of them."""
    with (PutServer(tmp_path) as server, peers.Program(
            *FFMPEG, "-re", *FILM, "-hls_time", "2", "-hls_flags",
            "delete_segments+temp_file", tmp_path / "live.m3u8")):
        wait_until((tmp_path / "live.m3u8").exists, "the list")
        v = show(source="url", url=f"http://127.0.0.1:{server.port}/live.m3u8")
        with v.listen() as s:
            assert_goes_on_by_itself(s, 8)
        assert v.status()["source_restarts"] == 0


def test_a_slow_camera(show, tmp_path):
    """One picture a second was less than a [video] of 25 waited for: its
    ffmpeg was killed after each, and the camera was never shown for long."""
    path = tmp_path / "a.jpg"
    paint(path, 255)
    with WebCamera(path.read_bytes(), rate=1) as camera:
        v = show(source="url", url=camera.url, background="#808080")
        with v.listen() as s:
            start = sees(s, WHITE).time + 2 * TICKS  # it is known by then
            s.until(lambda _: s.pictures()[-1].time > start + 5 * TICKS,
                    "five seconds")
            assert all(near(p.data[WIDTH * HEIGHT // 2], WHITE)
                       for p in s.pictures() if p.time > start)
            stopped, camera.picture = s.pictures()[-1].time, None
            assert sees(s, GREY).time - stopped < 4 * TICKS


@pytest.mark.parametrize("kind", ["png", "jpg", "webp"])
def test_an_image_is_replaced(show, tmp_path, kind):
    path, other = tmp_path / f"a 100%d.{kind}", tmp_path / f"b.{kind}"
    paint(other, 255, (200, 100))
    os.replace(other, path)
    paint(other, 128, (64, 32))
    v = show(source="image", path=path)
    with v.listen() as s:
        sees(s, WHITE)
        os.replace(other, path)
        sees(s, GREY)


def test_a_camera_that_stands_still(show):
    with Camera() as camera:
        v = show(source="url", url=camera.url(), background="#808080")
        with v.listen() as s:
            sees(s, CAMERA)
            camera.process.send_signal(signal.SIGSTOP)
            last = sees(s, CAMERA).time
            slate = sees(s, GREY).time
            assert slate - last < 1.5 * TICKS
            camera.process.send_signal(signal.SIGCONT)
            sees(s, CAMERA)
            camera.end()
            sees(s, GREY)
            with Camera(camera.port, 320, 240):
                sees(s, CAMERA)
            assert_is_well(v, s)


@pytest.mark.parametrize("mount,login,why", [
    ("camera", "user:wrong@", "401 Unauthorized"),
    ("sound", "user:secret@", "matches no streams"),
    ("nowhere", "user:secret@", "404 Not Found"),
])
def test_a_camera_without_a_picture(show, mount, login, why):
    with Camera(locked=True) as camera:
        v = show(source="url", url=camera.url(mount, login),
                 background="#808080")
        with v.listen() as s:
            sees(s, GREY)
            wait_until(lambda: why in v.status().get("source_error", ""), why)
            wait_until(lambda: v.status()["source_restarts"] > 1, "restarts")
            assert_is_well(v, s)
        for secret in ("wrong", "secret"):
            assert secret not in v.supervisor.logged()
        wait_until(lambda: v.status()["source"] == "backoff", "its source")


def test_a_password_is_seen_by_its_camera_alone(
        start, supervise, tmp_path):  # noqa: F811
    """It was in the command lines of `picture` and of its ffmpeg, which every
    user of the machine can read."""
    path = tmp_path / "ttsd.conf"
    start()
    with Camera(locked=True) as camera:
        path.write_text("\n".join([
            "[output live]", f"url = {NOBODY}", "video = v", "[video v]",
            f"size = {WIDTH}x{HEIGHT}", "source = url",
            f"url = {camera.url('camera', 'user:secret@')}"]))
        v = Video(supervise("-c", path))
        with v.listen() as s:
            sees(s, CAMERA)
            family = [v.pid(), *children(v.pid())]
            assert len(family) == 2
            for pid in family:
                assert "secret" not in command_line(pid)
                assert b"secret" not in pathlib.Path(
                    f"/proc/{pid}/environ").read_bytes()
    assert "secret" not in v.supervisor.logged()
    assert "secret" not in str(v.status())


def test_a_renderer(show):
    v = show(source="raw")
    with v.listen() as s, v.open_door() as door:
        sees(s, BLACK)
        door.sendall(f"YUV4MPEG2 W{WIDTH} H{HEIGHT}\n".encode())
        door.sendall(frame(WIDTH, HEIGHT, 99))
        sees(s, 99)
        wait_until(lambda: v.status()["renderer"], "it is known")


@pytest.mark.parametrize("source", ["colour", "raw"])
def test_a_clock_over_it(show, source):
    """It is seen over every picture, and changes each second."""
    v = show(source=source, clock="yes", size="320x180")
    pixels = 320 * 180

    def looks(pieces):
        return {p.data[:pixels] for p in pieces if p.track == PICTURE
                if max(p.data[:pixels]) > 200}

    with v.listen() as s:
        s.until(lambda pieces: len(looks(pieces)) >= 3, "three seconds")
        if source == "raw":
            with v.open_door() as d:
                d.sendall(b"YUV4MPEG2 W320 H180\n")
                d.sendall(frame(320, 180, 99))
                s.until(lambda _: any(
                    99 in data and max(data) > 200
                    for data in looks(s.pictures()[-3:])), "both")


# ---- what the supervisor does ------------------------------------------------


def runs(v):
    wait_until(lambda: v.supervisor.output()["state"] == "running", "it runs")
    return v


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
def test_a_picture_that_dies_or_hangs(show, how):
    v = runs(show("-D", "output.sound.url=udp://127.0.0.1:9",
                  "-D", "output.sound.backoff_initial=50ms", source="colour"))
    sound = v.supervisor.output("sound")
    pid = v.pid()
    os.kill(pid, how)
    wait_until(lambda: not exists(pid), "it is gone")
    v.serves()
    wait_until(lambda: v.status()["readers"] == 1, "its output is back")
    runs(v)
    assert v.status()["restarts"] == 1
    after = v.supervisor.output("sound")
    assert after["restarts"] == sound["restarts"] == 0
    assert "sound alone" not in v.supervisor.logged()


def test_a_picture_that_cannot_be_kept(start, supervise, rundir):  # noqa: F811
    blocker = rundir / "v.mkv.sock"
    blocker.mkdir()
    (blocker / "file").touch()
    start()
    v = Video(supervise(*define(url=NOBODY, video="v"), *shown()))
    try:
        runs(v)
        wait_until(lambda: "output=live sends sound alone" in
                   v.supervisor.logged(), "it says so")
        assert v.status()["restarts"] >= 1
    finally:
        (blocker / "file").unlink()
        blocker.rmdir()
    wait_until(lambda: "output=live sends its picture again" in
               v.supervisor.logged(), "its picture is back")
    v.serves()
    wait_until(lambda: v.status()["readers"] == 1, "it is read")
    runs(v)


def test_one_for_all_who_show_it_and_none_for_nobody(
        start, supervise, tmp_path):  # noqa: F811
    start()
    s = supervise(*define("a", url=NOBODY, video="v"),
                  *define("b", url=NOBODY, video="v"), *shown(),
                  *shown("unused"), *shown("w"))
    v = Video(s).serves()
    wait_until(lambda: v.status()["readers"] == 2, "both read it")
    assert v.status("unused") == {} == v.status("w")
    with s.control() as c:
        c.ask("add", name="c", url=NOBODY, video="w")
        wait_until(lambda: v.status("w").get("readers") == 1, "w is read")
        c.ask("remove", name="c")
        wait_until(lambda: v.status("w") == {}, "w has ended")
    assert v.status()["restarts"] == 0
    assert not (s.directory / "w.mkv.sock").exists()


def test_a_reload(start, supervise, tmp_path):  # noqa: F811
    path = tmp_path / "ttsd.conf"

    def write(**keys):
        path.write_text("\n".join([
            "[output live]", f"url = {NOBODY}", "video = v",
            "backoff_initial = 50ms", "[video v]", f"size = {WIDTH}x{HEIGHT}",
            *(f"{k} = {x}" for k, x in keys.items())]))

    write(background="#000000")
    start()
    v = runs(Video(supervise("-c", path)))
    with v.listen() as s:
        sees(s, BLACK)
        write(background="#ffffff")
        with v.supervisor.control() as c:
            c.ask("reload")
        s.until(lambda _: s.ended, "its readers are ended")
    wait_until(lambda: v.status().get("restarts") == 1, "another has begun")
    with v.listen() as s:
        sees(s, WHITE)
    with v.supervisor.control() as c:
        c.ask("reload")
    runs(v)
    assert v.status()["restarts"] == 1
    write(source="none")
    with v.supervisor.control() as c:
        c.ask("reload")
    wait_until(lambda: v.status() == {}, "there is no picture any more")
    runs(v)


def test_the_end_takes_all_with_it(show, tmp_path):
    path = tmp_path / "loop.mkv"
    paint(path, 255, frames=50)
    v = runs(show(source="loop", path=path))
    pid = v.pid()
    wait_until(lambda: children(pid), "its source runs")
    ffmpeg = children(pid)
    v.supervisor.stop()
    assert not exists(pid)
    wait_until(lambda: not any(exists(p) for p in ffmpeg), "its source too")
    assert not v.path.exists()


def test_a_supervisor_that_is_killed_leaves_nobody(show, tmp_path):
    path = tmp_path / "loop.mkv"
    paint(path, 255, frames=50)
    v = runs(show(source="loop", path=path))
    family = [v.pid(), *wait_until(lambda: children(v.pid()), "its source")]
    v.supervisor.kill()
    wait_until(lambda: not any(exists(p) for p in family), "all are gone")
    for left in v.supervisor.directory.glob("[vs]*.sock"):
        left.unlink()
