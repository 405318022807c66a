"""The stream that `picture` keeps alive, held to the standards of Matroska by
a reader that shares nothing with its writer, and by ffprobe."""
import json
import subprocess

import pytest

import ebml
from daemon import PATIENCE_S, wait_until
from picture import NOISE, TICKS, Picture, connect

RATE = 22050  # of which no chunk is a whole number of ticks
WIDTH, HEIGHT, FPS = 64, 48, 30
FRAME_BYTES = WIDTH * HEIGHT * 3 // 2
SECONDS = 2
SOUND, PICTURE = "sound", "picture"
# How far a frame may come behind the sound that it belongs to.
BEHIND = TICKS // 2


def receive(p):
    """So many seconds of it, with a part of a cluster at the end."""
    size = SECONDS * (FPS * FRAME_BYTES + RATE * 2 * 2)
    with connect(p.socket) as s, s.makefile("rb") as f:
        return f.read(size)


def whole(data):
    """Without what is left of the last cluster."""
    return data[:data.rindex(ebml.CLUSTER.to_bytes(4, "big"))]


@pytest.fixture
def received(start, rundir):
    with start(*NOISE, "-D", f"channel.main.rate={RATE}", "-D",
               "channel.main.channels=2") as d, \
            d.listen() as plain, \
            Picture(rundir, width=WIDTH, height=HEIGHT, fps=FPS) as p:
        yield whole(receive(p)), plain


def kinds(stream):
    """The tracks' numbers."""
    return {{1: PICTURE, 2: SOUND}[t["TrackType"]]: n
            for n, t in stream.tracks.items()}


def test_it_is_as_the_standards_say(received):
    stream = ebml.Stream(received[0])
    numbers = kinds(stream)
    assert stream.values["TimestampScale"] * TICKS == 10 ** 9
    video, sound = (stream.tracks[numbers[k]] for k in (PICTURE, SOUND))
    assert video["CodecID"] == "V_UNCOMPRESSED"
    assert video["UncompressedFourCC"] == b"I420"
    assert (video["PixelWidth"], video["PixelHeight"]) == (WIDTH, HEIGHT)
    assert video["FlagInterlaced"] == 2  # progressive
    assert video["DefaultDuration"] == 10 ** 9 // FPS
    # BT.709 is 1 in each of them (ITU-T H.273); limited range.
    assert [video[k] for k in (
        "MatrixCoefficients", "TransferCharacteristics", "Primaries",
        "Range")] == [1, 1, 1, 1]
    assert sound["CodecID"] == "A_PCM/INT/LIT" and sound["BitDepth"] == 16
    assert (sound["SamplingFrequency"], sound["Channels"]) == (RATE, 2)


def test_its_blocks_are_in_order_and_none_is_missing(received):
    data, plain = received
    stream = ebml.Stream(data)
    numbers = kinds(stream)
    sound, frames = ([b for b in stream.blocks if b.track == numbers[k]]
                     for k in (SOUND, PICTURE))
    assert len(frames) > FPS and all(b.is_key for b in stream.blocks)
    assert {len(b.data) for b in frames} == {FRAME_BYTES}
    assert [b.time for b in frames] == [
        pytest.approx(n * TICKS / FPS, abs=1) for n in range(len(frames))]
    samples = 0
    for b in sound:
        assert b.time == pytest.approx(samples * TICKS / RATE, abs=1)
        samples += len(b.data) / 4
    # Each belongs to what came shortly before.
    latest = 0
    for b in stream.blocks:
        latest = max(latest, b.time)
        assert latest - b.time <= BEHIND
    pcm = b"".join(b.data for b in sound)
    wait_until(lambda: pcm in bytes(plain.pcm), "the channel's own sound")


def test_ffprobe_reads_what_is_there(received):
    data, _ = received
    told = subprocess.run(
        ["ffprobe", "-v", "warning", "-show_packets", "-show_streams", "-of",
         "json", "-f", "matroska", "-"], input=data, capture_output=True,
        timeout=PATIENCE_S, check=True)
    assert told.stderr == b""
    told = json.loads(told.stdout)
    stream = ebml.Stream(data)
    for kind, codec in (("video", "rawvideo"), ("audio", "pcm_s16le")):
        s = next(s for s in told["streams"] if s["codec_type"] == kind)
        assert s["codec_name"] == codec
        blocks = [b for b in stream.blocks
                  if b.track == kinds(stream)[
                      {"video": PICTURE, "audio": SOUND}[kind]]]
        packets = [p for p in told["packets"] if p["codec_type"] == kind]
        assert len(packets) == len(blocks)
        for p, b in zip(packets, blocks):
            assert float(p["pts_time"]) * TICKS == pytest.approx(b.time, abs=.6)
            assert int(p["size"]) == len(b.data)
            assert p["flags"].startswith("K")
