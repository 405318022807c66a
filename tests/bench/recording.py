"""What was received of an output with a picture, and what is found in it."""
import contextlib
import signal
import subprocess

import numpy as np

import peers
from daemon import PATIENCE_S, wait_until

FFMPEG = ("ffmpeg", "-v", "error", "-nostdin")
AAC_SAMPLES = 1024  # of a packet: ISO/IEC 14496-3
RATE = 48000        # sound that goes with a picture
HEADER_BYTES = 2000  # of a recording, at most
OTHER_LUMA = 5      # coding alone changes less than one
SILENCE_S = 0.2     # before something begins
SAME_S = 0.4        # a flash that is farther away is not that of the beep


class Recorder(peers.Program):
    """An ffmpeg that keeps what it receives, as it is."""

    def __init__(self, path, url, *options):
        self.path = path
        super().__init__(*FFMPEG, "-y", *options, "-i", url, "-c", "copy",
                         "-flush_packets", 1, "-cluster_time_limit", 200,
                         path)

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(PATIENCE_S)
        self.end()

    def has_begun(self):
        wait_until(lambda: self.process.poll() is not None or (
            self.path.exists() and self.path.stat().st_size > HEADER_BYTES),
            "it receives")
        return self


def times(path, kind):
    out = subprocess.run(
        ["ffprobe", "-v", "error", "-select_streams", kind, "-show_entries",
         "packet=pts_time", "-of", "csv=p=0", path],
        capture_output=True, text=True, check=True).stdout
    return [float(line.strip(",")) for line in out.split()]


def decode(path, *options):
    return subprocess.run([*FFMPEG, "-i", path, *options, "-"],
                          capture_output=True, check=True).stdout


def pictures(path, size, *filters):
    """Each frame's time, and its brightness in an array of that size."""
    raw = np.frombuffer(decode(
        path, "-map", "0:v", "-fps_mode", "passthrough", "-vf", ",".join(
            (*filters, "scale={}:{},format=gray".format(*size))), "-f",
        "rawvideo"), np.uint8).reshape(-1, size[0] * size[1])
    return sorted(times(path, "v"))[-len(raw):], raw


def flashes(path):
    """When the picture becomes another one."""
    at, raw = pictures(path, (2, 2))
    return [at[n] for n in np.flatnonzero(np.diff(raw[:, 0] > 128)) + 1]


def openings(path, mouth):
    """When something appears in that part of the picture which was not there
    at first; `mouth` are parts of its width and height."""
    at, raw = pictures(path, (32, 16), "crop=iw*{}:ih*{}:iw*{}:ih*{}".format(
        *mouth))
    other = np.abs(raw.astype(float) - raw[0]).mean(axis=1) > OTHER_LUMA
    return [at[n] for n in np.flatnonzero(~other[:-1] & other[1:]) + 1]


def packet_times(path):
    """Of the sound. Those of RTMP are whole milliseconds, so each is taken as
    its neighbours have it."""
    at = np.array(times(path, "a"))
    even = np.arange(len(at)) * AAC_SAMPLES / RATE
    return even + [np.median((at - even)[max(0, n - 4):n + 5])
                   for n in range(len(at))]


def onsets(path, part=0.3):
    """When it begins to sound after a silence: at that part of what is the
    loudest."""
    pcm = np.abs(np.frombuffer(decode(
        path, "-map", "0:a", "-f", "s16le", "-ac", "1", "-ar", str(RATE)),
        "<i2").astype(float))
    at = packet_times(path)
    skipped = len(at) * AAC_SAMPLES - len(pcm)  # by the decoder, at first
    loud = np.flatnonzero(pcm > part * pcm.max())
    first = [n for n, gap in zip(loud, np.diff(loud, prepend=-RATE))
             if gap > SILENCE_S * RATE]
    return [float(at[(n + skipped) // AAC_SAMPLES] +
                  (n + skipped) % AAC_SAMPLES / RATE) for n in first]


def errors_ms(seen, heard):
    """How far what is seen is behind what is heard, where it was seen."""
    return [1000 * min((s - h for s in seen), key=abs) for h in heard
            if any(abs(s - h) < SAME_S for s in seen)]
