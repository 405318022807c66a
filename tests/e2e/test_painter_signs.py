"""The painter: the level meter, and what is laid over others' pictures."""
import subprocess

import numpy
import pytest

from painter import Painter
from test_painter import BLACK, png

WIDTH, HEIGHT = 320, 180
SIGNS = ("--caption", "yes", "--clock", "yes", "--level", "yes")
SCENE = {"caption": {"text": "one two", "from": 4, "to": 7},
         "clock": "10:24", "level": -12}



def test_the_meter_rises_with_the_level():
    with Painter("--level", "yes", height=720, width=1280) as p:
        def lit(level):
            column = p.draw(level=level).luma[:, 1280 - 30]
            return int((column > 90).sum())
        heights = [lit(v) for v in (-99, -60, -59, -30, -18, -6, -0.5, 0, 3)]
        assert heights[0] == heights[1] == 0 < heights[2]
        assert heights == sorted(heights)
        assert heights[-3] == heights[-2] == heights[-1] > 150
        # Half way up, half of it.
        assert abs(heights[3] * 2 - heights[-1]) < 20


def test_the_meter_is_green_then_amber_then_red():
    with Painter("--level", "yes", width=1280, height=720) as p:
        data = p.draw(level=0).data
        chroma = numpy.frombuffer(data[1280 * 720:], numpy.uint8).reshape(
            2, 360, 640)[1, :, 640 - 15]
        assert chroma[104:110].max() > 190  # red
        assert chroma[235:240].min() < 100  # green


def test_no_meter_unless_it_is_wished():
    with Painter() as p:
        assert (p.draw(level=0).luma == BLACK).all()


# ---- an overlay


def planes(frame):
    """Colour and alpha: luma, then the two chromas."""
    size = WIDTH * HEIGHT
    data = numpy.frombuffer(frame.data, numpy.uint8)
    luma, rest = data[:2 * size], data[2 * size:]
    u, v = rest[:size // 2], rest[size // 2:]
    return ((luma[:size], u[:size // 4], v[:size // 4]),
            (luma[size:], u[size // 4:], v[size // 4:]))


def laid_over(frame, base):
    """As common/picture/overlay.h says, on a base of one colour (Y, U, V)."""
    return [colour + numpy.round(value * (255.0 - alpha) / 255)
            for colour, alpha, value in zip(*planes(frame), base)]


def test_nothing_is_drawn_where_there_is_nothing():
    with Painter("--overlay", *SIGNS[:4]) as p:
        frame = p.draw()
        assert p.header.split()[:3] == [b"YUV4MPEG2", b"W320", b"H360"]
        assert not any(frame.data)


@pytest.mark.parametrize("background, base", [
    ("#000000", (16, 128, 128)), ("#ffffff", (235, 128, 128)),
    ("#ff0000", (63, 102, 240))])
def test_laid_over_a_colour_it_is_as_if_drawn_on_it(tmp_path, background,
                                                     base):
    """With the offset of luma left out of the shares, all that was half
    transparent was too dark."""
    logo = tmp_path / "logo.png"
    logo.write_bytes(png(40, 40, b"\x20\xc0\x40"))
    with Painter(*SIGNS, "--logo", logo, "--background", background) as p:
        data = numpy.frombuffer(p.draw(**SCENE).data, numpy.uint8)
    with Painter("--overlay", *SIGNS, "--logo", logo) as p:
        frame = p.draw(**SCENE)
    got = numpy.concatenate(laid_over(frame, base))
    assert len(got) == len(data)
    assert numpy.abs(got - data).max() <= 3
    (luma, _, _), (alpha, alpha_u, alpha_v) = planes(frame)
    assert (luma[alpha == 0] == 0).all()
    assert set(alpha) >= {0, 255} and (alpha_u == alpha_v).all()


def test_an_overlay_is_drawn_again_where_a_logo_is_new(tmp_path):
    logo = tmp_path / "logo.png"
    logo.write_bytes(png(40, 40))
    with Painter("--overlay", "--logo", logo) as p:
        before = p.draw()
        logo.write_bytes(png(40, 40, b"\x80\x80\x80"))
        after = p.frame()
        assert not after.is_as(before)
        assert p.draw().is_as(after)


def test_ffmpeg_reads_an_overlay():
    with Painter("--overlay", "--clock", "yes") as p:
        frame = p.draw(clock="10:24")
        stream = p.header + b"FRAME\n" + frame.data
    seen = subprocess.run(
        ["ffmpeg", "-v", "error", "-f", "yuv4mpegpipe", "-i", "-", "-f",
         "rawvideo", "-"], input=stream, capture_output=True, check=True)
    assert seen.stdout == frame.data
