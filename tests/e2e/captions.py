"""The program `captions`, and HLS with captions as a player reads it."""
import contextlib
import html
import re
import signal
import subprocess

import numpy

from daemon import BUILD, PATIENCE_S, wait_until
from sound import match, samples

PROGRAM = str(BUILD / "libexec" / "ttsd" / "captions")
RATE = 24000
PTS_HZ = 90000
PTS_SPAN_S = 2 ** 33 / PTS_HZ
# Samples that an encoder puts before the first one, measured with 5.1.9.
DELAYS = {"aac": 1024, "libmp3lame": 1105}
TIME = re.compile(r"(\d+):(\d\d):(\d\d\.\d{3})")


def seconds(text):
    hours, minutes, rest = TIME.fullmatch(text).groups()
    return int(hours) * 3600 + int(minutes) * 60 + float(rest)


def apart(a, b):
    """Seconds from one time of the media to another; it rolls over."""
    return (a - b + PTS_SPAN_S / 2) % PTS_SPAN_S - PTS_SPAN_S / 2


class Cue:
    """Its times are those of the media, in seconds of the PTS."""

    def __init__(self, start, end, text):
        self.start, self.end, self.markup = start, end, text
        self.text = html.unescape(re.sub(r"</?b>", "", text))
        self.words = [html.unescape(w)
                      for w in re.findall(r"<b>(.*?)</b>", text)]

    def __repr__(self):
        return f"{self.start:.3f}-{self.end:.3f} {self.markup}"


def read_vtt(path):
    """The cues of a segment; it is held to the format on the way."""
    blocks = path.read_text(encoding="utf-8").rstrip("\n").split("\n\n")
    head = re.fullmatch(
        r"WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:(\d+),LOCAL:(\S+)", blocks[0])
    offset = int(head[1]) / PTS_HZ - seconds(head[2])
    cues = []
    for block in blocks[1:]:
        times, text = block.split("\n")
        start, arrow, end = times.split(" ")
        assert arrow == "-->" and "-->" not in text
        cues.append(
            Cue(seconds(start) + offset, seconds(end) + offset, text))
        assert cues[-1].start < cues[-1].end
    return cues


def as_ffmpeg_reads(path):
    """The texts of a segment's cues, by another reader than ours."""
    srt = subprocess.run(
        ["ffmpeg", "-v", "error", "-i", path, "-f", "srt", "-"], check=True,
        stdout=subprocess.PIPE).stdout.decode()
    return [re.sub(r"</?b>", "", block.split("\n", 2)[2])
            for block in srt.rstrip("\n").split("\n\n") if block]


class Entry:
    def __init__(self, length, name, cut):
        self.length, self.name, self.cut = length, name, cut


def read_list(path):
    """The segments of a list; none while it is not there."""
    entries, length, cut = [], None, False
    text = path.read_text() if path.exists() else ""
    for line in text.splitlines():
        if line.startswith("#EXTINF:"):
            length = float(line[len("#EXTINF:"):].rstrip(","))
        elif line == "#EXT-X-DISCONTINUITY":
            cut = True
        elif line and not line.startswith("#"):
            entries.append(Entry(length, line, cut))
            cut = False
    return entries


class Hls:
    """A folder of HLS with captions; the segments that came are kept, whatever
    becomes of them in the folder."""

    def __init__(self, folder, stem="live"):
        self.folder, self.stem = folder, stem
        self.captions = self.path("_vtt")
        self.media, self.vtt, self.cut = {}, {}, set()

    def path(self, suffix=""):
        return self.folder / f"{self.stem}{suffix}.m3u8"

    def look(self):
        """Reads the captions that are listed, and their media. They stand in
        step with those, one for one."""
        media = {e.name: e for e in read_list(self.path())}
        for e in read_list(self.captions):
            assert e.name.endswith(".vtt")
            name = e.name[:-len("vtt")] + "ts"
            if name in self.vtt or name not in media:
                continue
            assert media[name].length == e.length and media[name].cut == e.cut
            with contextlib.suppress(FileNotFoundError):
                data = (self.folder / name).read_bytes()
                self.vtt[name] = read_vtt(self.folder / e.name)
                self.media[name] = data
                if e.cut:
                    self.cut.add(name)
        return self

    def cues(self):
        return [c for cues in self.vtt.values() for c in cues]

    def marked(self):
        """The words in their order, once for each time that they are said."""
        words = [(w, c) for c in self.cues() for w in c.words]
        return [w for i, (w, c) in enumerate(words) if i == 0 or
                words[i - 1][0] != w or c.start > words[i - 1][1].end + 0.001]

    def until(self, condition, what):
        return wait_until(lambda: condition(self.look()), what)

    def until_said(self, *words):
        """Waits for the segment behind that of the last of the words, in which
        its sound may end."""
        self.until(lambda h: set(words) <= set(h.marked()), f"{words}")
        count = len(self.media)
        self.until(lambda h: len(h.media) > count, "one segment more")
        return self

    def runs(self):
        """The segments of each run of ffmpeg."""
        runs = [[]]
        for name in self.media:
            if name in self.cut and runs[-1]:
                runs.append([])
            runs[-1].append(name)
        return runs


def first_pts(data):
    out = subprocess.run(
        ["ffprobe", "-v", "quiet", "-show_entries", "packet=pts", "-of",
         "csv=p=0", "-select_streams", "a", "-"], input=data,
        stdout=subprocess.PIPE).stdout
    return int(out.split()[0].rstrip(b","))


class Sound:
    """What is heard of some segments, at the channel's rate."""

    def __init__(self, data):
        self.start = first_pts(data) / PTS_HZ
        pcm = subprocess.run(
            ["ffmpeg", "-v", "quiet", "-i", "-", "-f", "s16le", "-ac", "1",
             "-ar", str(RATE), "-"], input=data,
            stdout=subprocess.PIPE).stdout
        self.samples = samples(pcm)

    def find(self, needle):
        """When that sound is heard, in seconds of the PTS."""
        score, at = match(needle, self.samples)
        assert score > 0.8, score
        return self.start + at / RATE


class Captions(contextlib.AbstractContextManager):
    """The program, started by hand."""

    def __init__(self, rundir, pid, path, *args, codec="aac", rate=RATE):
        self.log_path = rundir / "captions.log"
        self.master = path.parent / "live_captions.m3u8"
        self.before = self.written()
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                [PROGRAM, "--control", rundir / "control.sock", "--channel",
                 "main", "--rate", str(RATE), "--pid", str(pid), "--delay",
                 str(DELAYS[codec] * PTS_HZ // rate), "--captions",
                 "live_vtt.m3u8", "--master", "live_captions.m3u8", "--list",
                 path, "--bandwidth", "70000", *args],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.pid = self.process.pid

    def written(self):
        """When the list was that it writes."""
        return self.master.exists() and self.master.stat().st_mtime_ns

    def listens(self):
        """It writes its first list once ttsd has answered."""
        wait_until(lambda: self.written() != self.before, "it listens")
        return self

    def logged(self):
        return self.log_path.read_text(errors="replace")

    def kill(self):
        self.process.kill()
        self.process.wait(PATIENCE_S)

    def __exit__(self, kind, *_):
        killed = self.process.poll() == -signal.SIGKILL
        if self.process.poll() is None:
            self.process.terminate()
        code = self.process.wait(PATIENCE_S)
        log = self.logged()
        assert "Sanitizer" not in log and "runtime error" not in log, log
        if kind is None and not killed:
            assert code == 0, f"exit {code}\n{log}"


class Ffmpeg(contextlib.AbstractContextManager):
    """One that writes HLS, as the supervisor starts it; with more segments in
    the list, so that a slow test finds them there."""

    def __init__(self, rundir, path, *args, codec="aac", size=30):
        self.process = subprocess.Popen(
            ["ffmpeg", "-v", "error", "-nostdin", "-f", "s16le", "-ar",
             str(RATE), "-ac", "1", "-skip_initial_bytes", "44", "-probesize",
             "32", "-analyzeduration", "0", "-fflags", "nobuffer",
             "-nofind_stream_info", "-i", f"unix:{rundir}/main.sock", "-c:a",
             codec, "-b:a", "64000", *args, "-flush_packets", "1", "-f",
             "hls", "-hls_time", "1", "-hls_list_size", str(size), "-hls_flags",
             "delete_segments+append_list+omit_endlist+temp_file", "-y",
             path], stdin=subprocess.DEVNULL)
        self.pid = self.process.pid

    def end(self):
        self.process.send_signal(signal.SIGINT)
        self.process.wait(PATIENCE_S)

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.end()


def pcm_at(listener, first, sample, length_s=0.4):
    """What a subscriber heard from a sample on."""
    begin = sample - first
    count = int(length_s * RATE)
    return numpy.frombuffer(listener.until(begin + count), "<i2")[
        begin:begin + count]


def first_sample(d, pid):
    """Where a subscriber of the channel `main` began."""
    def find():
        return [s["first_sample"] for s in d.status()["channels"][0][
            "subscribers"] if s["pid"] == pid]
    return wait_until(find, "it reads")[0]
