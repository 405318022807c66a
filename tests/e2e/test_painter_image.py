"""The painter with a picture file: what is seen, and how it is replaced."""
import os
import struct
import subprocess
import threading
import time

import numpy
import pytest

from daemon import PATIENCE_S, wait_until
from painter import PROGRAM, Painter
from test_painter import BLACK, WHITE, png, put

WIDTH, HEIGHT = 320, 180
KINDS = {"png": [], "jpg": ["-q:v", "2"], "webp": ["-lossless", "1"]}


def encode(kind, rows):
    """A picture of grey rows, each a list of values of 0 to 255."""
    grey = numpy.array(rows, numpy.uint8)
    rgb = numpy.repeat(grey[:, :, None], 3, 2).tobytes()
    codec = {"jpg": "mjpeg", "webp": "libwebp"}.get(kind, kind)
    return subprocess.run(
        ["ffmpeg", "-v", "error", "-f", "rawvideo", "-pix_fmt", "rgb24",
         "-s", f"{grey.shape[1]}x{grey.shape[0]}", "-i", "-", "-frames:v",
         "1", "-c:v", codec, *KINDS[kind], "-f", "image2pipe", "-"],
        input=rgb, capture_output=True, check=True,
        timeout=PATIENCE_S).stdout


def plain(value, width=160, height=90):
    return [[value] * width] * height


def bright_above(width, height):
    """The upper half is white, the lower black."""
    return [[255 if y < height / 2 else 0] * width for y in range(height)]


def with_orientation(jpeg, orientation):
    exif = (b"Exif\0\0II*\0\x08\0\0\0\x01\0" +
            struct.pack("<HHIHH", 0x112, 3, 1, orientation, 0) + b"\0" * 4)
    return (jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif +
            jpeg[2:])


@pytest.fixture
def image(tmp_path):
    return tmp_path / "image"


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_is_fitted_in_the_middle(image, kind):
    image.write_bytes(encode(kind, plain(255, 200, 200)))
    with Painter("--image", image) as p:
        luma = p.draw().luma
        assert (luma[:, 72:248] > WHITE - 3).all()
        assert (luma[:, :68] == BLACK).all()
        assert (luma[:, 252:] == BLACK).all()
        assert p.reports.empty()


def test_a_background_is_seen_through_and_beside(image):
    subprocess.run(
        ["ffmpeg", "-v", "error", "-f", "lavfi", "-i",
         "color=white@0.0:s=90x90,format=rgba", "-frames:v", "1", "-f",
         "image2pipe", "-c:v", "png", image], check=True, timeout=PATIENCE_S)
    with Painter("--image", image, "--background", "#ffffff") as p:
        assert (p.draw().luma == WHITE).all()


@pytest.mark.parametrize("orientation, bright", [
    (1, "top"), (2, "top"), (3, "bottom"), (4, "bottom"), (5, "left"),
    (6, "right"), (7, "right"), (8, "left")])
def test_a_camera_that_lay_on_its_side(image, orientation, bright):
    image.write_bytes(with_orientation(
        encode("jpg", bright_above(640, 640)), orientation))
    with Painter("--image", image) as p:
        luma = p.draw().luma[:, 70:250]
        halves = {"top": luma[:85], "bottom": luma[95:],
                  "left": luma[:, :85], "right": luma[:, 95:]}
        assert halves.pop(bright).mean() > 220
        assert min(h.mean() for h in halves.values()) < 40


def test_a_tall_one_on_its_side_is_wide(image):
    image.write_bytes(with_orientation(
        encode("jpg", plain(255, 90, 160)), 6))
    with Painter("--image", image) as p:
        assert (p.draw().luma > WHITE - 3).all()


def test_the_overlays_lie_over_it(image, tmp_path):
    image.write_bytes(encode("png", plain(60)))
    logo = tmp_path / "logo.png"
    logo.write_bytes(png(40, 40))
    with Painter("--image", image, "--caption", "yes", "--clock", "yes",
                 "--logo", logo) as p:
        bare = p.draw()
        frame = p.draw(caption={"text": "one two"}, clock="10:24")
        for part in (frame.luma[:40, 280:], frame.luma[:40, :120],
                     frame.luma[140:]):
            assert (part > 200).any()
        assert p.draw(caption={"text": ""}, clock="").is_as(bare)


# ---- replaced on disk


def rename(path, data):
    put(path, data)


def in_place(path, data):
    path.write_bytes(data)


def without_truncation(path, data):
    with open(path, "r+b") as f:
        f.write(data)
        f.truncate()


def unlink_first(path, data):
    path.unlink()
    path.write_bytes(data)


def by_symlink(path, data):
    real = path.with_suffix(".real")
    real.write_bytes(data)
    link = path.with_suffix(".link")
    link.symlink_to(real)
    os.rename(link, path)


@pytest.mark.parametrize("replace", [
    rename, in_place, without_truncation, unlink_first, by_symlink])
@pytest.mark.parametrize("kind", KINDS)
def test_replaced_on_disk_is_replaced_on_air(image, kind, replace):
    image.write_bytes(encode(kind, plain(255)))
    with Painter("--image", image) as p:
        assert (p.draw().luma > WHITE - 3).all()
        fresh = encode(kind, plain(0))
        begun = time.monotonic()
        replace(image, fresh)
        assert (p.frame().luma < BLACK + 3).all()
        assert time.monotonic() - begun < 1


def noise(seed):
    return numpy.random.default_rng(seed).integers(
        0, 255, (200, 200)).tolist()


@pytest.mark.parametrize("mode", ["wb", "r+b"])
@pytest.mark.parametrize("kind", KINDS)
def test_half_written_for_a_while(image, kind, mode):
    """A PNG that was half there went on air with its rest clear, and under
    ffmpeg's -loop 1 it took 100 % of a core and 2 GB for good. Written over
    the old one, which of the two a byte is of cannot be told from a JPEG."""
    fresh = encode(kind, noise(2))
    image.write_bytes(encode(kind, noise(1)))
    with Painter("--image", image) as p:
        old = p.draw()
        with open(image, mode) as f:
            for part in range(8):
                f.write(fresh[len(fresh) * part // 8:
                              len(fresh) * (part + 1) // 8])
                if part < 7:
                    f.flush()
                    # So long that it is looked at between two pieces.
                    p.settle()
                    assert p.draw().is_as(old)
            f.truncate()
        new = p.frame()
        assert not new.is_as(old)
        while not p.reports.empty():
            assert "trouble" not in p.report()


def test_one_that_stops_half_way_is_told_of(image):
    whole = encode("png", plain(0))
    image.write_bytes(encode("png", plain(255)))
    with Painter("--image", image) as p:
        old = p.draw()
        image.write_bytes(whole[:-20])
        report = p.report()
        assert report["trouble"] == "image"
        assert report["text"] == f"{image}: its end is missing"
        assert p.draw().is_as(old)
        image.write_bytes(whole)
        assert p.report() == {"mended": "image"}
        assert (p.frame().luma == BLACK).all()


def test_replaced_all_the_time(image):
    """A camera that renames ten pictures a second into place."""
    put(image, encode("png", plain(0)))
    pictures = [encode("png", plain(v)) for v in (100, 150, 200)]
    over = threading.Event()

    def camera():
        while not over.wait(0.05):
            pictures.append(pictures.pop(0))
            put(image, pictures[0])

    with Painter("--image", image) as p:
        p.draw()
        thread = threading.Thread(target=camera)
        thread.start()
        try:
            for _ in range(3):
                assert p.frame().luma[0, 0] > BLACK
        finally:
            over.set()
            thread.join(PATIENCE_S)


def test_scenes_are_answered_while_a_large_one_is_read(image, tmp_path):
    """A picture of a camera as WebP took 2.2 s to read. A painter that owes a
    frame for 0.9 s is ended by its parent, and the next one began with the
    same picture."""
    large = tmp_path / "large.webp"
    subprocess.run(
        ["ffmpeg", "-v", "error", "-f", "lavfi", "-i",
         "testsrc2=s=5600x5600,noise=alls=12", "-frames:v", "1", "-c:v",
         "libwebp", "-compression_level", "0", large],
        check=True, timeout=PATIENCE_S)
    put(image, png(40, 40))
    with Painter("--image", image) as p:
        old = p.draw()
        os.rename(large, image)
        waits, frame = [], old
        while frame.is_as(old):
            begun = time.monotonic()
            p.send()
            # One that nobody asked for may come before.
            while (frame := p.frame()).scene != p.id:
                pass
            waits.append(time.monotonic() - begun)
            time.sleep(0.04)  # as often as frames are due
        assert max(waits) < 0.9, waits


# ---- what is none


BROKEN = {
    "text": b"this is a text file",
    "empty": b"",
    "wide": png(20000, 2),
    "high": png(2, 20000),
    "bomb": png(16000, 16000, b"\0"),  # its rows are short: never read so far
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
    "gif": b"GIF89a" + b"\1\0\1\0\0\0\0;",
    "sums": png(40, 40)[:-20] + b"\1\2\3\4" + png(40, 40)[-16:],
    "riff": b"RIFF\x04\0\0\0WEBP",
    "huge": b"\x89PNG\r\n\x1a\n" + b"\0" * (33 << 20),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_what_is_no_picture_is_told_of(image, kind):
    put(image, png(40, 40))
    with Painter("--image", image) as p:
        good = p.draw()
        put(image, BROKEN[kind])
        report = p.report()
        assert report["trouble"] == "image" and str(image) in report["text"]
        assert p.draw().is_as(good)
        put(image, png(40, 40, b"\x80\x80\x80"))
        assert p.report() == {"mended": "image"}
        assert not p.frame().is_as(good)


def test_none_yet_is_the_background(image):
    with Painter("--image", image, "--background", "#ffffff") as p:
        assert (p.draw().luma == WHITE).all()
        assert p.report()["trouble"] == "image"
        put(image, png(320, 180, b"\0\0\0"))
        assert (p.frame().luma == BLACK).all()


def wait_for_change(image, since_ms):
    return subprocess.Popen(
        [PROGRAM, "--size", "32x16", "--fps", "25", "--image", image,
         "--changed-since", str(since_ms)], stdin=subprocess.DEVNULL)


@pytest.mark.parametrize("replace", [
    rename, in_place, without_truncation, unlink_first, by_symlink])
def test_who_waits_for_a_change(image, replace):
    """What came before it began counts, too: the painter that it follows died
    of the file that was there then."""
    image.write_bytes(encode("png", plain(255)))
    since = image.stat().st_ctime_ns // 1_000_000
    with wait_for_change(image, since) as p:
        replace(image, encode("png", plain(0)))
        assert p.wait(PATIENCE_S) == 0
    with wait_for_change(image, since) as p:
        assert p.wait(PATIENCE_S) == 0


def test_who_waits_for_a_change_to_come(image):
    with wait_for_change(image, 1 << 60) as p:
        put(image, b"")

        def is_seen():
            put(image, image.read_bytes() + b"x")
            return p.poll() is not None

        wait_until(is_seen, "a change is seen")
        assert p.returncode == 0
