"""What drawing costs: a board of 1280x720 with its caption, beside what an
ffmpeg takes that encodes the same frames meanwhile."""
import subprocess
import time

from instruments import cpu_seconds, percentile, resident_mb
from painter import LAYOUTS, Painter

WIDTH, HEIGHT, FPS = 1280, 720, 25
TEXT = "A023 to counter 3, please; the others have a seat until they are called"
WORD_FRAMES = 8  # about three words a second


def word_at(frame):
    """The caption with the word that is spoken then."""
    words = TEXT.split()
    n = frame // WORD_FRAMES % len(words)
    begin = sum(len(w) + 1 for w in words[:n])
    return {"text": TEXT, "from": begin, "to": begin + len(words[n])}


def encoder():
    return subprocess.Popen(
        ["ffmpeg", "-v", "error", "-f", "yuv4mpegpipe", "-i", "-", "-c:v",
         "libx264", "-preset", "superfast", "-tune", "zerolatency", "-g",
         str(2 * FPS), "-bf", "0", "-f", "null", "-"],
        stdin=subprocess.PIPE)


def scenes_of_words(frame):
    return {"caption": word_at(frame)} if frame % WORD_FRAMES == 0 else None


def scenes_with_meter(frame):
    """The meter has another level at every frame."""
    return {"caption": word_at(frame), "level": -60 + frame * 7 % 60}


def measure(seconds, scene_of, *args):
    """Milliseconds of each scene, shares of a core of painter and encoder, and
    what the painter holds of memory."""
    times = []
    with Painter("--layout", LAYOUTS / "board.svg", *args, width=WIDTH,
                 height=HEIGHT) as p, encoder() as ffmpeg:
        frame = p.draw(fields={"ticket": "A023", "counter": "3"},
                       clock="10:24")
        ffmpeg.stdin.write(p.header)
        begun = [cpu_seconds(p.process.pid), cpu_seconds(ffmpeg.pid)]
        due = time.monotonic()
        for n in range(seconds * FPS):
            scene = scene_of(n)
            if scene:
                frame = p.draw(**scene)
                times.append(frame.ms)
            ffmpeg.stdin.write(b"FRAME\n" + frame.data)
            due += 1 / FPS
            time.sleep(max(0, due - time.monotonic()))
        ended = [cpu_seconds(p.process.pid), cpu_seconds(ffmpeg.pid)]
        memory = resident_mb(p.process.pid)
        ffmpeg.stdin.close()
    shares = [(b - a) * 100 / seconds for a, b in zip(begun, ended)]
    return times, shares, memory


def bench_painting(table, seconds):
    for what, scene_of, args in (
            ("3 scenes/s", scenes_of_words, ()),
            ("25 scenes/s, meter", scenes_with_meter, ("--level", "yes"))):
        times, (share, encoding), memory = measure(seconds, scene_of, *args)
        for p in (50, 99):
            table.add(f"painter, 720p board, {what}: a scene p{p}",
                      percentile(times, p), "ms", 1000 / FPS)
        table.add(f"painter, 720p board, {what}", share, "% core", None,
                  encoding, "ffmpeg superfast")
    table.add("painter, 720p board: memory", memory, "MB")
