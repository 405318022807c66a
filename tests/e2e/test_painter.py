"""The painter: what the frames show, and what it survives."""
import contextlib
import mmap
import os
import struct
import subprocess
import sys
import zlib

import numpy
import pytest

from board import BLURS, BOMB
from daemon import PATIENCE_S, exists, wait_until
from painter import ENVIRONMENT, LAYOUTS, PROGRAM, Painter

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="320" height="180">'
VISEMES = "sil PP FF TH DD kk CH SS nn RR aa E ih oh ou".split()
WHITE, BLACK = 235, 16


def box(colour, inside=""):
    return f'{SVG}<rect width="320" height="180" fill="{colour}"/>{inside}</svg>'


@pytest.fixture
def layout(tmp_path):
    return tmp_path / "layout.svg"


def put(path, data):
    """Replaces a file in one go: none sees it empty."""
    new = path.with_suffix(".new")
    new.write_bytes(data.encode() if isinstance(data, str) else data)
    os.rename(new, path)


def png(width, height, pixel=b"\xff\xff\xff"):
    def chunk(kind, data):
        return (struct.pack(">I", len(data)) + kind + data +
                struct.pack(">I", zlib.crc32(kind + data)))
    rows = (b"\0" + pixel * width) * height
    return (b"\x89PNG\r\n\x1a\n" +
            chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0,
                                       0)) +
            chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


# ---- what is drawn


def test_the_stream_is_y4m(layout):
    layout.write_text(box("#ffffff"))
    with Painter("--layout", layout) as p:
        frame = p.draw()
        assert p.header.split()[:4] == [b"YUV4MPEG2", b"W320", b"H180",
                                        b"F25:1"]
        assert (frame.luma == WHITE).all()
        assert frame.ms < 5000
    assert p.process.returncode == 0


def test_ffmpeg_reads_it():
    """Story: the painter wrote BT.601 while all that it goes through says
    BT.709, and green came out as another green."""
    scenes = b'{"id":1}\n{"id":2}\n'
    stream = subprocess.run(
        [PROGRAM, "--size", "320x180", "--fps", "25", "--background",
         "#20c040"], input=scenes, capture_output=True, check=True,
        timeout=PATIENCE_S, env=ENVIRONMENT).stdout
    rgb = subprocess.run(
        ["ffmpeg", "-v", "error", "-f", "yuv4mpegpipe", "-i", "-", "-vf",
         "scale=in_color_matrix=bt709:in_range=tv", "-f", "rawvideo",
         "-pix_fmt", "rgb24", "-"], input=stream,
        capture_output=True, check=True, timeout=PATIENCE_S).stdout
    assert len(rgb) == 2 * 320 * 180 * 3
    assert numpy.allclose(list(rgb[:3]), [0x20, 0xc0, 0x40], atol=3)


def test_a_field_is_drawn_and_stays(layout):
    layout.write_text(box(
        "#000", '<text x="10" y="120" font-size="90" fill="#fff">{n}</text>'))
    with Painter("--layout", layout) as p:
        empty = p.draw()
        assert (empty.luma == BLACK).all()
        one = p.draw(fields={"n": "1"})
        assert (one.luma > 200).sum() > 300
        assert p.draw(clock="10:24").is_as(one)
        assert p.draw(fields={"n": ""}).is_as(empty)


def test_what_the_picture_uses_is_told(layout):
    """A board was drawn afresh for each sound that its speaker made."""
    layout.write_text(box("#000", '<text y="50">{clock}</text>'))
    with Painter("--layout", layout, "--caption", "yes") as p:
        p.draw()
        wait_until(lambda: p.uses == ["caption", "clock"], "its uses")
        put(layout, box("#fff", '<g id="mouth-aa"/>'))
        p.frame()
        wait_until(lambda: p.uses == ["caption", "face"], "the new ones")


def test_layers_are_the_whole_picture(layout):
    """Cut into layers or joined, the same file is the same picture."""
    inside = ('<g transform="translate(9 5)"><circle r="80" fill="#888"/></g>'
              '<text x="20" y="90" font-size="60" opacity="0.7">{n}</text>'
              '<rect x="40" y="60" width="90" height="40" fill="#fff" '
              'fill-opacity="0.5"/>')
    scene = {"fields": {"n": "88"}}
    layout.write_text(box("#345", inside))
    with Painter("--layout", layout) as p:
        cut = p.draw(**scene)
    layout.write_text(f'{SVG}<g>{box("#345", inside)[len(SVG):-6]}</g></svg>')
    with Painter("--layout", layout) as p:
        joined = p.draw(**scene)
    # Blending in one place or another rounds differently.
    assert abs(cut.luma.astype(int) - joined.luma).max() <= 2


def test_the_board_shows_what_it_is_told():
    with Painter("--layout", LAYOUTS / "board.svg", width=640,
                 height=360) as p:
        before = p.draw()
        calls = [{"ticket": f"A0{i}", "counter": str(i)} for i in range(5)]
        steps = [{"fields": {"ticket": "A023"}}, {"fields": {"counter": "3"}},
                 {"calls": calls}, {"clock": "10:24"},
                 {"caption": {"text": "请A023号到3号窗口", "from": 1, "to": 5}},
                 {"caption": {"text": "请A023号到3号窗口", "from": 6, "to": 7}}]
        for step in steps:
            after = p.draw(**step)
            assert not after.is_as(before), step
            before = after
        assert p.reports.empty()


def test_the_presenter_has_every_shape():
    with Painter("--layout", LAYOUTS / "presenter.svg", width=640,
                 height=360) as p:
        shapes = {v: p.draw(show={"mouth": v}).data for v in VISEMES}
        assert len(set(shapes.values())) == len(VISEMES)
        blink = p.draw(show={"mouth": "sil"}, blink=True)
        assert blink.data != shapes["sil"]
        assert p.draw(blink=False).data == shapes["sil"]


def test_caption_clock_and_logo_lie_over_all(layout, tmp_path):
    layout.write_text(box("#000"))
    logo = tmp_path / "logo.png"
    logo.write_bytes(png(40, 40))
    with Painter("--layout", layout, "--caption", "yes", "--clock", "yes",
                 "--logo", logo) as p:
        frame = p.draw(caption={"text": "one two", "from": 4, "to": 7},
                       clock="10:24")
        assert (frame.luma[:40, 280:] > 200).sum() > 300
        assert (frame.luma[:40, :120] > 200).any()
        assert (frame.luma[140:] > 200).any()
        none = p.draw(caption={"text": ""}, clock="")
        assert (none.luma[:, :270] == BLACK).all()


def test_what_has_its_place_in_a_layout_is_there_alone(layout):
    """A board with a clock had another one over its title."""
    layout.write_text(box("#000", '<text y="150" font-size="20" '
                          'fill="#fff">{clock} {level}</text>'))
    with Painter("--layout", layout, "--clock", "yes", "--level",
                 "yes") as p:
        frame = p.draw(clock="10:24", level=-3)
        assert (frame.luma[:120] == BLACK).all()
        assert (frame.luma[120:] > 200).any()
        layout.write_text(box("#000"))
        assert (p.frame().luma[:40, :120] > 200).any()


@pytest.mark.parametrize("text", [
    "w" * 10000, "号" * 10000, "שלום עולם " * 1000, "مرحبا", "a\nb\x01c",
    "😀👩‍👩‍👧‍👦" * 50, "{ticket} %{pid} </text>", "é" * 300])
def test_any_caption(layout, text):
    """Ten thousand characters in one word took 2.7 s to draw."""
    layout.write_text(box("#000"))
    with Painter("--layout", layout, "--caption", "yes") as p:
        p.draw(caption={"text": "first"})
        frame = p.draw(caption={"text": text, "from": 0, "to": len(text)})
        assert (frame.luma[90:] > 150).any()
        # Its height is bounded: two lines at the foot.
        assert (frame.luma[:90] == BLACK).all()
        assert frame.ms < 2000


def test_missing_glyphs_are_told_once(layout):
    """Boxes went out on air, and nobody knew what to install."""
    layout.write_text(box("#000", "<text>{a}</text>"))
    with Painter("--layout", layout, "--caption", "yes") as p:
        p.draw(caption={"text": "\U00012000 and \U00012000"})
        assert p.report() == {"glyphs": "U+12000",
                              "package": "fonts-noto-core"}
        p.draw(caption={"text": "\U00012001"}, fields={"a": "\U00012002"})
        p.draw(fields={"a": "\U0001e900"})
        assert p.report()["glyphs"] == "U+1E900"


# ---- what is broken


HOSTILE = {
    "no xml": "this is a text file",
    "cut": box("#fff")[:60],
    "entities": '<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' +
                box("#fff", "<text>&b;</text>"),
    "external entity": '<!DOCTYPE svg [<!ENTITY a SYSTEM "/etc/passwd">]>' +
                       box("#fff", "<text>&a;</text>"),
    "external picture": box("#fff", '<image href="/etc/passwd.png"/>'),
    "picture by http": box("#fff", '<image href="http://127.0.0.1/a.png"/>'),
    "picture above": box("#fff", '<image href="../a.png"/>'),
    "external style": box("#fff", "<style>@import url(/etc/passwd);</style>"),
    "xinclude": box("#fff", '<xi:include xmlns:xi='
                    '"http://www.w3.org/2001/XInclude" href="/etc/passwd"/>'),
    "a million elements": box("#fff", "<g/>" * 400_000),
    "too large": box("#fff", "<!--" + "x" * 3_000_000 + "-->"),
    "1e9 pixels": '<svg xmlns="http://www.w3.org/2000/svg" '
                  'width="1000000000" height="1"/>',
    "deep": box("#fff", "<g>" * 5000 + "</g>" * 5000),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_layout_is_refused(layout, kind):
    """Some of these took librsvg 1.7 GB; they are told of, and the last good
    picture stays."""
    layout.write_text(box("#ffffff"))
    with Painter("--layout", layout) as p:
        good = p.draw()
        put(layout, HOSTILE[kind])
        report = p.report()
        assert report["trouble"] == "layout"
        assert "layout.svg" in report["text"]
        assert p.draw().is_as(good)
        put(layout, box("#000000"))
        assert p.report() == {"mended": "layout"}
        assert (p.frame().luma == BLACK).all()


def test_31623_pixels_square_are_drawn_small(layout):
    layout.write_text('<svg xmlns="http://www.w3.org/2000/svg" width="31623" '
                      'height="31623"><rect width="31623" height="31623" '
                      'fill="#fff"/></svg>')
    with Painter("--layout", layout) as p:
        frame = p.draw()
        assert frame.luma[90, 160] == WHITE and frame.luma[90, 10] == BLACK


@pytest.mark.parametrize("svg", [BLURS, BOMB], ids=["blurs", "use bomb"])
def test_what_takes_long_is_its_parents_to_kill(layout, svg):
    """Nested blurs took librsvg over 20 s. The painter bounds its memory; for
    time its parent kills it, and that leaves nothing."""
    layout.write_text(svg)
    p = Painter("--layout", layout)
    p.send()
    p.process.stdin.close()
    try:
        p.process.wait(1)
    except subprocess.TimeoutExpired:
        with open(f"/proc/{p.process.pid}/status") as f:
            space = [line for line in f if line.startswith("VmSize")]
        if "san" not in PROGRAM:
            assert int(space[0].split()[1]) <= 512 * 1024
        assert not children_of(p.process.pid)
    p.kill()
    assert not exists(p.process.pid)
    assert os.listdir(layout.parent) == ["layout.svg"]
    p.__exit__(None)


def children_of(pid):
    with open(f"/proc/{pid}/task/{pid}/children") as f:
        return f.read().split()


EVIL = ["%{pts}", '"', "'", "</text>", "</svg>", "<![CDATA[", "]]>", "&amp;",
        "&#0;", "\x01\x1b[31m", "😀", "👩🏽‍🚀", "\ufeff\ufffe\u202e", "{ticket}",
        "<!--", "--&gt;", "A" * 700, "号" * 700, "\\", "\u2028"]


def test_evil_fields_draw_texts_and_nothing_else():
    """In every field of the board, one after the other."""
    with Painter("--layout", LAYOUTS / "board.svg") as p:
        for text in EVIL:
            fields = {n: text for n in ("title", "ticket", "counter")}
            p.draw(fields=fields, calls=[fields] * 5, clock=text,
                   caption={"text": text, "from": 0, "to": 1})
        while not p.reports.empty():
            assert "trouble" not in p.report()


@pytest.mark.parametrize("data", [
    b"no picture", png(20000, 2), png(40, 40)[:60], b""],
    ids=["text", "wide", "cut", "empty"])
def test_a_broken_logo(tmp_path, data):
    logo = tmp_path / "logo.png"
    logo.write_bytes(png(40, 40))
    with Painter("--logo", logo) as p:
        good = p.draw()
        put(logo, data)
        report = p.report()
        assert report["trouble"] == "logo" and "logo.png" in report["text"]
        assert p.draw().is_as(good)
        put(logo, png(40, 40, b"\x80\x80\x80"))
        assert p.report() == {"mended": "logo"}
        assert not p.frame().is_as(good)


def test_lines_that_are_no_scene():
    with Painter() as p:
        before = p.draw()
        for line in ("{", '{"id":"x"}', '{"id":1,"clock":"\\u0000"}'):
            p.write(line)
            assert p.report()["trouble"] == "scene"
        assert p.draw().is_as(before)
        assert p.report() == {"mended": "scene"}


# ---- edits on disk


def test_an_edit_is_seen_unasked(layout):
    layout.write_text(box("#ffffff"))
    with Painter("--layout", layout) as p:
        assert (p.draw().luma == WHITE).all()
        layout.write_text(box("#000000"))
        frame = p.frame()
        assert frame.scene == p.id and (frame.luma == BLACK).all()


def test_a_rename_is_seen(layout):
    layout.write_text(box("#ffffff"))
    with Painter("--layout", layout) as p:
        p.draw()
        put(layout, box("#000000"))
        assert (p.frame().luma == BLACK).all()


def test_half_written_then_whole(layout):
    """An editor that writes slowly: trouble once, the last good picture, and
    mended once."""
    layout.write_text(box("#ffffff"))
    whole = box("#000000", "<g>" + "<g/>" * 50 + "</g>")
    with Painter("--layout", layout) as p:
        good = p.draw()
        put(layout, whole[:100])
        assert p.report()["trouble"] == "layout"
        assert p.draw().is_as(good)
        put(layout, whole)
        assert p.report() == {"mended": "layout"}
        assert (p.frame().luma == BLACK).all()
        assert p.reports.empty()


def test_deleted_and_back(layout):
    put(layout, box("#ffffff"))
    with Painter("--layout", layout) as p:
        good = p.draw()
        layout.unlink()
        report = p.report()
        assert report["trouble"] == "layout"
        assert "No such file" in report["text"]
        assert p.draw().is_as(good)
        put(layout, box("#ffffff"))
        assert p.report() == {"mended": "layout"}
        assert p.frame().is_as(good)


def test_a_layout_that_is_not_there_yet(layout):
    with Painter("--layout", layout, "--background", "#ffffff") as p:
        first = p.draw()
        assert first.is_bare and (first.luma == WHITE).all()
        assert p.report()["trouble"] == "layout"
        put(layout, box("#000000"))
        frame = p.frame()
        assert not frame.is_bare and (frame.luma == BLACK).all()


def test_it_tells_at_first_what_is_well(layout, tmp_path):
    """Its parent keeps the trouble that the painter before this one had, until
    that is mended: nobody else can tell that it is."""
    layout.write_text(box("#ffffff"))
    logo = tmp_path / "logo.png"
    logo.write_bytes(png(40, 40))
    with Painter("--layout", layout, "--logo", logo) as p:
        assert not p.draw().is_bare
        wait_until(lambda: p.well >= {"layout", "logo", "drawing"}, "reports")
        assert p.reports.empty()


@pytest.mark.parametrize("args", [
    [], ["--size", "320x180"], ["--size", "321x180", "--fps", "25"],
    ["--size", "99999x2", "--fps", "25"],
    ["--size", "320x180", "--fps", "0"], ["--size", "320x180", "--fps", "61"],
    ["--size", "320x180", "--fps", "25", "--background", "red"],
    ["--size", "320x180", "--fps", "25", "--clock", "maybe"],
    ["--size", "320x180", "--fps", "25", "--level", "1"],
    ["--size", "320x180", "--fps", "25", "--overlay", "--layout", "a.svg"],
    ["--size", "320x180", "--fps", "25", "--overlay", "--image", "a.png"],
    ["--size", "320x180", "--fps", "25", "--image", "a", "--layout", "a"],
    ["--size", "320x180", "--fps", "25", "word"]])
def test_a_wrong_command_line(args):
    done = subprocess.run([PROGRAM, *args], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=PATIENCE_S)
    assert done.returncode == 64 and "usage: painter" in done.stderr
    assert done.stdout == ""


def test_frames_in_memory_that_is_shared(layout):
    """Nothing but their lines goes out on the pipe, and the two places are
    taken in turn."""
    layout.write_text(box("#ffffff"))
    with Painter("--layout", layout) as p:
        plain = p.draw().data
    half = (64 + len(plain) + 63) // 64 * 64
    with shared(2 * half) as (memory, name), painter_into(
            layout, name) as p:
        assert p.stdout.readline().startswith(b"YUV4MPEG2 ")
        for number in (1, 2, 3):
            p.stdin.write(f'{{"id":{number}}}\n'.encode())
            p.stdin.flush()
            line = p.stdout.readline()
            assert line.startswith(b"FRAME Xscene=%d " % number)
            assert line.endswith(b" Xframe=%d\n" % number)
            at = number % 2 * half
            assert memory[at:at + 4] == number.to_bytes(4, sys.byteorder)
            assert memory[at + 64:at + 64 + len(plain)] == plain
        p.stdin.close()
        assert p.wait(PATIENCE_S) == 0 and p.stdout.read() == b""


@pytest.mark.parametrize("size,name", [(64, None), (0, None), (64, "999"),
                                       (64, "x"), (64, "-1")])
def test_memory_that_is_none_of_that_size(layout, size, name):
    layout.write_text(box("#ffffff"))
    with shared(size) as (_, right), painter_into(
            layout, name or right) as p:
        assert p.wait(PATIENCE_S) == 65 and p.stdout.read() == b""


@contextlib.contextmanager
def shared(size):
    fd = os.memfd_create("test")
    try:
        os.truncate(fd, size)
        with (mmap.mmap(fd, size) if size else
              contextlib.nullcontext()) as memory:
            yield memory, str(fd)
    finally:
        os.close(fd)


def painter_into(layout, name):
    fds = [int(name)] if name.isdigit() and name != "999" else []
    return subprocess.Popen(
        [PROGRAM, "--size", "320x180", "--fps", "25", "--layout", layout,
         "--frames-in", name], stdin=subprocess.PIPE, pass_fds=fds,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        env=ENVIRONMENT)
