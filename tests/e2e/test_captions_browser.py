"""Captions as a page shows them: hls.js in Chromium."""
import contextlib
import functools
import http.server
import os
import shutil
import signal
import threading

import pytest

import browser
from daemon import wait_until
from supervisor import supervise  # noqa: F401
from test_captions import TOLERANCE_S, VIDEO, folder, on_air, say  # noqa: F401

# Where scripts/browser/fetch has put it.
HLS_JS = os.environ.get("HLS_JS")
# The page notes, hundreds of times a second, how loud it is and which words are
# marked.
PAGE = """<!DOCTYPE html><meta charset="utf-8"><title>captions</title>
<video id="v"></video>
<script src="hls.min.js"></script>
<script>
const v = document.querySelector('#v'), seen = [], errors = [];
const audio = new AudioContext(), meter = audio.createAnalyser();
audio.createMediaElementSource(v).connect(meter).connect(audio.destination);
meter.fftSize = 256;
const wave = new Float32Array(meter.fftSize);
const hls = new Hls({liveSyncDurationCount: 2});
hls.on(Hls.Events.ERROR, (_, e) => { if (e.fatal) errors.push(e.details); });
hls.on(Hls.Events.SUBTITLE_TRACKS_UPDATED, () => { hls.subtitleTrack = 0; });
hls.on(Hls.Events.MANIFEST_PARSED, () => { v.play(); });
hls.loadSource('live_captions.m3u8');
hls.attachMedia(v);
function words() {
  const found = [];
  for (const track of v.textTracks)
    for (const cue of track.activeCues || [])
      found.push(cue.text);
  return found.join('|');
}
setInterval(() => {
  meter.getFloatTimeDomainData(wave);
  const loud = Math.max(...wave.map(Math.abs)) > 0.02, shown = words();
  const last = seen[seen.length - 1];
  if (!last || last.loud !== loud || last.shown !== shown)
    seen.push({at: performance.now() / 1000, loud, shown});
}, 4);
</script>
"""


class Web(contextlib.AbstractContextManager):
    """Serves a folder over HTTP."""

    def __init__(self, directory):
        handler = functools.partial(Quiet, directory=str(directory))
        self.server = http.server.ThreadingHTTPServer(
            ("127.0.0.1", 0), handler)
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def url(self, path=""):
        return f"http://127.0.0.1:{self.server.server_port}/{path}"

    def __exit__(self, *_):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


def onsets(seen, what):
    """When something began, after half a second without it."""
    found, ended = [], seen[0]["at"] if seen else 0
    for before, now in zip(seen, seen[1:]):
        if now[what] and not before[what] and now["at"] - ended > 0.5:
            found.append(now["at"])
        if before[what]:
            ended = now["at"]
    return found


@pytest.mark.skipif(browser.PROGRAM is None or HLS_JS is None,
                    reason="`make browser` has it run")
@pytest.mark.parametrize("more", [
    {}, {"codec": "mp3"}, {"video": "v"}])
def test_a_word_is_shown_while_it_is_heard(
        on_air, rundir, folder, more):  # noqa: F811
    """Three times, and three times more after a restart of ffmpeg."""
    d, s = on_air(*VIDEO, **more)
    shutil.copy(HLS_JS, folder)
    (folder / "page.html").write_text(PAGE)
    wait_until((folder / "live_captions.m3u8").exists, "there are captions")
    with Web(folder) as web, d.control() as c, browser.Page(
            web.url("page.html"), rundir / "profile") as page:
        c.subscribe("word", "finished")
        wait_until(lambda: page.value("v.currentTime") > 1, "it plays")

        def begun(what):
            return onsets(page.value("seen"), what)

        def say_thrice():
            count = len(begun("loud"))
            for number in range(count + 1, count + 4):
                say(c, "three")
                wait_until(lambda: len(begun("loud")) == number and
                           len(begun("shown")) == number,
                           "it is heard and shown")

        say_thrice()
        pid = s.output()["pid"]
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: s.output()["pid"] not in (0, pid) and
                   s.output()["state"] == "running", "another ffmpeg")
        say_thrice()
        late = [b - a for a, b in zip(begun("loud"), begun("shown"))]
        assert len(late) == 6 and max(map(abs, late)) < TOLERANCE_S, late
        assert page.value("errors") == [] and page.exceptions == []
