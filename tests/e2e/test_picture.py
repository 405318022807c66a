"""The program `picture`: sound bit for bit, pictures on their sample, and what
it survives."""
import contextlib
import os
import signal
import socket
import subprocess

import pytest

from daemon import PATIENCE_S, children, exists, wait_until
from picture import (NOISE, PICTURE, PROGRAM, TICKS, Picture, bit_for_bit,
                     change, frame, onset)

RATE = 24000
HALF_FRAME = TICKS / 50
TONE = ("-D", "engine.t.type=tone", "-D", "channel.main.engine=t")
# What a tone is found late by: it is faded in.
SLACK = 30
SLATE, WHITE, GREY = 16, 235, 128
FFMPEG = ("ffmpeg", "-v", "error", "-nostdin")


def test_the_sound_is_that_of_the_channel(start, rundir):
    with start(*TONE) as d, Picture(rundir) as p, p.listen() as s, \
            d.listen() as plain, d.control() as c:
        s.until(lambda pieces: len(pieces) > 3, "it sends")
        c.ask("say", text="hello")
        s.until(lambda pieces: onset(pieces, RATE), "the tone")
        loud = onset(s.sound(), RATE)
        s.until(lambda pieces: pieces[-1].time > loud + TICKS, "a second more")
        sound = s.sound()
        pcm = b"".join(piece.data for piece in sound)
        assert len(pcm) // 2 == pytest.approx(
            (sound[-1].time * RATE / TICKS) + len(sound[-1].data) / 2, abs=3)
        # From the tone on both have the same bytes.
        at = int(loud * RATE / TICKS + 0.5) * 2
        part = pcm[at:at + RATE]
        wait_until(lambda: part in bytes(plain.pcm), "the channel's own")


def test_ffmpeg_reads_both(start, rundir, tmp_path):
    out = tmp_path / "out.mkv"
    with start(), Picture(rundir, "--background", "#ffffff",
                          width=320, height=180) as p, p.listen():
        subprocess.run(
            [*FFMPEG, "-nofind_stream_info", "-probesize", "32",
             "-analyzeduration", "0", "-fflags", "nobuffer", "-f", "matroska",
             "-i", f"unix:{p.socket}", "-t", "2", "-c:v", "rawvideo", "-c:a",
             "copy", out], check=True, timeout=PATIENCE_S)
    told = subprocess.run(
        ["ffprobe", "-v", "error", "-count_packets", "-show_entries",
         "stream=codec_name,start_time,nb_read_packets,color_space,width",
         "-of", "compact", out], capture_output=True, text=True, check=True)
    video, sound = told.stdout.splitlines()
    assert "rawvideo" in video and "width=320" in video
    assert int(video.split("nb_read_packets=")[1]) in range(47, 52)
    assert "pcm_s16le" in sound and "start_time=0.000000" in sound


@pytest.mark.parametrize("fps", [5, 25, 30])
def test_time_0_is_a_frame_s(start, rundir, fps):
    """An encoder of a constant rate rounds all other times to its own grid, so
    that every flash was up to half a frame away from its beep."""
    with start("-D", "channel.main.rate=22050"), \
            Picture(rundir, fps=fps) as p:
        for _ in range(3):
            with p.listen() as s:
                s.until(lambda _: len(s.pictures()) > 2, "frames")
                times = [x.time for x in s.pictures()]
                sound = s.sound()
            assert times[0] == 0 == sound[0].time
            assert all(abs(t - n * TICKS / fps) <= 1
                       for n, t in enumerate(times))
            assert all(abs(b.time - a.time - len(a.data) / 2 / 22050 * TICKS)
                       <= 1 for a, b in zip(sound, sound[1:]))


def test_frames_are_on_the_grid_and_the_last_one_is_repeated(start, rundir):
    with start(), Picture(rundir, fps=20) as p, p.listen() as s:
        s.until(lambda pieces: sum(
            piece.track == PICTURE for piece in pieces) > 20, "20 frames")
        times = [piece.time for piece in s.pictures()]
        assert {b - a for a, b in zip(times, times[1:])} == {TICKS // 20}
        assert {piece.luma() for piece in s.pictures()} == {SLATE}
        wait_until(lambda: p.status()["repeated"] > 20, "status")


def flash_and_beep(s, door, d, luma, after=0):
    """Says a tone, and hands in a picture for half a second after its first
    sample; returns how far the picture is from there, in ticks."""
    with d.control() as c, d.control() as events:
        events.subscribe("started")
        c.ask("say", text="hello")
        first = events.until("started")[-1]["sample"]
    door.sendall(frame(32, 16, luma, sample=first + RATE // 2))
    at = s.until(lambda pieces: change(pieces, luma), "the picture")
    return at - onset(s.sound(), RATE, after) - TICKS / 2


def test_a_picture_is_seen_on_its_sample(start, rundir):
    with start(*TONE) as d, Picture(rundir) as p, p.listen() as s, \
            p.open_door() as door:
        s.until(lambda pieces: len(pieces) > 3, "it sends")
        assert abs(flash_and_beep(s, door, d, WHITE)) <= HALF_FRAME + SLACK


def test_a_picture_without_a_sample_is_seen_at_once(start, rundir):
    with start(), Picture(rundir) as p, p.listen() as s:
        with p.open_door() as door:
            door.sendall(frame(32, 16, WHITE))
            s.until(lambda pieces: change(pieces, WHITE), "the picture")
        p.says("left the raw door")
        # It stays when the renderer has gone.
        n = len(s.pictures())
        wait_until(lambda: len(s.pictures()) > n + 5, "more frames")
        assert s.pictures()[-1].luma() == WHITE


def test_many_pictures_ahead_hold_the_renderer_up(start, rundir):
    """Frames that name samples ahead are not lost for coming early."""
    with start() as d, Picture(rundir) as p, p.listen() as s, \
            p.open_door() as door:
        s.until(lambda pieces: len(pieces) > 3, "it sends")
        now = d.status()["channels"][0]["sample"]
        for i in range(40):
            door.sendall(frame(32, 16, 20 + i, sample=now + RATE + i * 960))
        s.until(lambda pieces: change(pieces, 59), "the last one")
        seen = [piece.luma() for piece in s.pictures()]
        assert [x for x in seen if x != SLATE][:40] == list(range(20, 60))


@pytest.mark.parametrize("sent, why", [
    (b"YUV4MPEG2 W64 H16 F25:1\n", "its size is 64x16; expected 32x16"),
    (b"YUV4MPEG2 W32 H16 F25:1 C444\n", "its pixels are 444"),
    (b"RIFF....WAVEfmt \n", "it is no Y4M"),
    (b"x" * 5000, "a line has more than"),
    (b"YUV4MPEG2 W32 H16 F25:1\n" + frame(32, 16, WHITE) + b"x" * 100 + b"\n",
     "a frame does not begin with FRAME"),
])
def test_what_is_no_frame_is_refused(start, rundir, sent, why):
    with start(), Picture(rundir) as p, p.listen() as s:
        wait_until(p.door.exists, "the raw door is open")
        with p.open_door() as good:
            good.sendall(frame(32, 16, GREY))
            s.until(lambda pieces: change(pieces, GREY), "a good one")
            with socket.socket(socket.AF_UNIX) as bad:
                bad.connect(str(p.door))
                bad.sendall(sent)
                bad.settimeout(PATIENCE_S)
                assert bad.recv(1) == b""
        p.says(why)
        with p.open_door() as again:
            again.sendall(frame(32, 16, WHITE))
            s.until(lambda pieces: change(pieces, WHITE), "a good one again")


def test_renderers_that_come_and_go_do_not_fill_the_log(start, rundir):
    """Its status did not get through, and it was killed as hung."""
    with start(), Picture(rundir) as p, p.listen() as s:
        wait_until(p.door.exists, "the raw door is open")
        for _ in range(2000):
            with p.open_door() as door:
                with contextlib.suppress(OSError):
                    door.sendall(b"x\n")
        with p.open_door() as door:
            door.sendall(frame(32, 16, WHITE))
            s.until(lambda pieces: any(
                q.track == PICTURE and q.luma() == WHITE for q in pieces),
                "it is seen")
        assert p.logged().count("raw door") < 200


def test_half_a_frame_freezes_the_picture_and_never_the_sound(start, rundir):
    """A renderer is stopped in the middle of a frame."""
    half = len(frame(32, 16, WHITE)) // 2
    with start(*NOISE) as d, d.listen() as plain, Picture(rundir) as p, \
            p.listen() as s, p.open_door() as door:
        door.sendall(frame(32, 16, GREY) + frame(32, 16, WHITE)[:half])
        stopped = s.until(lambda pieces: change(pieces, GREY), "the one before")
        s.until(lambda pieces: any(
            x.track == PICTURE and x.time > stopped + 2 * TICKS
            for x in pieces), "two seconds")
        assert {piece.luma() for piece in s.pictures()
                if piece.time >= stopped} == {GREY}
        bit_for_bit(s, plain)
        door.sendall(frame(32, 16, WHITE)[half:])
        s.until(lambda pieces: change(pieces, WHITE), "the other half")
        bit_for_bit(s, plain)


def test_a_reader_that_sleeps_harms_nobody_and_stays_in_step(start, rundir):
    """Sound and picture were once apart for good after each skip.
    Two inputs of one ffmpeg do that."""
    with start(*TONE) as d, Picture(rundir, "--lag-max", "300", width=640,
                                    height=360) as p, \
            p.listen() as other, p.listen(stalled=True) as s, \
            p.open_door() as door:
        wait_until(lambda: p.status().get("skips", 0) > 0, "a skip")
        s.resume()
        s.until(lambda pieces: pieces, "it reads again")
        with d.control() as c, d.control() as events:
            events.subscribe("started")
            c.ask("say", text="hello")
            first = events.until("started")[-1]["sample"]
        door.sendall(frame(640, 360, WHITE, sample=first + RATE // 2))
        for reader in (s, other):
            at = reader.until(lambda pieces: change(pieces, WHITE), "a flash")
            assert abs(at - onset(reader.sound(), RATE) - TICKS / 2) <= \
                HALF_FRAME + SLACK
        times = [piece.time for piece in other.sound()]
        assert max(b - a for a, b in zip(times, times[1:])) < TICKS


def test_when_ttsd_goes_readers_end_and_it_comes_back(start, rundir):
    with Picture(rundir) as p:
        with start():
            with p.listen() as s:
                s.until(lambda pieces: len(pieces) > 3, "it sends")
                p.says("sound comes")
        wait_until(lambda: not p.socket.exists(), "the socket is gone")
        p.says("no sound comes any more")
        with start(), p.listen() as s:
            s.until(lambda pieces: len(pieces) > 3, "it sends again")


def test_without_events_the_sound_comes_all_the_same(start, rundir):
    """The audio socket may be another program's."""
    with start():
        os.rename(rundir / "control.sock", rundir / "hidden")
        with Picture(rundir) as p, p.listen() as s:
            s.until(lambda pieces: len(pieces) > 30, "it sends")
            p.says("of its own count")
        os.rename(rundir / "hidden", rundir / "control.sock")


def camera(colour="white"):
    return ("--frames-from", *FFMPEG, "-re", "-f", "lavfi", "-i",
            f"color={colour}:size=32x16:rate=25", "-pix_fmt", "yuv420p",
            "-strict", "-1", "-f", "yuv4mpegpipe", "-")


def camera_of(p):
    return wait_until(lambda: [pid for pid in children(p.pid)], "a child")[0]


def test_a_camera_that_stands_still_is_seen_at_once(start, rundir):
    """ffmpeg's own time-out took 8.4 s, and its exit code was 0."""
    with start(*NOISE) as d, d.listen() as plain, \
            Picture(rundir, *camera()) as p, p.listen() as s:
        s.until(lambda pieces: change(pieces, WHITE), "the camera")
        first = camera_of(p)
        os.kill(first, signal.SIGSTOP)
        p.says("it makes no pictures")
        wait_until(lambda: s.pictures()[-1].luma() == SLATE, "the slate")
        wait_until(lambda: not exists(first), "it is ended")
        wait_until(lambda: s.pictures()[-1].luma() == WHITE, "it is back")
        bit_for_bit(s, plain)
        wait_until(lambda: p.status()["source_restarts"] >= 1, "status")


@pytest.mark.parametrize("args, why", [
    (("false",), "exit status 1"),
    (("/no/such/program",), "/no/such/program"),
    (("echo", "hello"), "it is no Y4M"),
    ((*FFMPEG, "-f", "lavfi", "-i", "color=size=64x64", "-f",
      "yuv4mpegpipe", "-"), "its size is 64x64; expected 32x16"),
])
def test_a_source_that_is_none(start, rundir, args, why):
    with start(), Picture(rundir, "--frames-from", *args) as p, \
            p.listen() as s:
        p.says(why)
        p.says("is started again in")
        s.until(lambda pieces: pieces and pieces[-1].time > TICKS, "sound")
        assert {piece.luma() for piece in s.pictures()} == {SLATE}


def test_its_child_dies_with_it(start, rundir):
    with start(), Picture(rundir, *camera()) as p:
        with p.listen() as s:
            s.until(lambda pieces: change(pieces, WHITE), "the camera")
        child = camera_of(p)
        p.process.kill()
        p.process.wait()
        wait_until(lambda: not exists(child), "the camera is gone")
        for left in (p.socket, p.door):
            left.unlink()
        p.process.returncode = 0


@pytest.mark.parametrize("args", [
    [], ["--size", "31x16"], ["--size", "9000x16"], ["--fps", "0"],
    ["--fps", "61"], ["--background", "red"], ["--nonsense"],
    ["--frames-from"],
])
def test_a_wrong_command_line(tmp_path, args):
    whole = ["--socket", "a", "--audio", "b", "--control", "c", "--channel",
             "main", "--size", "32x16", "--fps", "25"] if args else []
    done = subprocess.run([PROGRAM, *whole, *args], cwd=tmp_path,
                          capture_output=True, text=True, timeout=PATIENCE_S)
    assert done.returncode == 64 and "usage:" in done.stderr


def test_a_socket_that_is_held(start, rundir):
    with start(), Picture(rundir) as p, p.listen():
        second = subprocess.run(
            [PROGRAM, "--socket", p.socket, "--audio", rundir / "main.sock",
             "--control", rundir / "control.sock", "--channel", "main",
             "--size", "32x16", "--fps", "25"], capture_output=True,
            text=True, timeout=PATIENCE_S)
        assert "cannot be served" in second.stderr
