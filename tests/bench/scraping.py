"""What it costs to be watched: scrapes of many channels, and the frames that
leave meanwhile."""
import socket
import threading
import time

from desk import connect, cpu_while, drain
from instruments import percentile
from daemon import Ttsd, runtime_dir

CHANNELS = 200
LATE = "0.002"


def scrape(path):
    """Milliseconds, and the text."""
    start = time.monotonic()
    with socket.socket(socket.AF_UNIX) as s:
        s.connect(str(path))
        s.sendall(b"GET /metrics HTTP/1.0\r\n\r\n")
        parts = list(iter(lambda: s.recv(1 << 20), b""))
    return (time.monotonic() - start) * 1000, b"".join(parts).decode()


def scrape_often(path, times, seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        times.append(scrape(path)[0])
        time.sleep(0.1)


def frames(text):
    """All that left, and those that were on time, by what ttsd says."""
    on_time = total = 0
    for line in text.splitlines():
        if line.startswith("ttsd_channel_lateness_seconds_bucket"):
            on_time += f'le="{LATE}"' in line and int(line.split()[-1])
            total += 'le="+Inf"' in line and int(line.split()[-1])
    return total, on_time


def late_share(before, after):
    (t0, n0), (t1, n1) = frames(before), frames(after)
    return 100 * (1 - (n1 - n0) / (t1 - t0))


def bench_scraping(table, seconds):
    args = [w for i in range(CHANNELS)
            for w in ("-D", f"channel.c{i}.rate=24000")]
    with runtime_dir() as where, \
            Ttsd(where, "-D", f"ttsd.metrics={where}/m.sock", *args) as ttsd:
        path = where / "m.sock"
        sockets = [connect(where / f"c{i}.sock") for i in range(CHANNELS)]
        stop = threading.Event()
        reader = threading.Thread(
            target=drain, args=(sockets, lambda data: None, stop), daemon=True)
        reader.start()
        time.sleep(1)
        before = scrape(path)[1]
        idle = cpu_while(ttsd, seconds)
        middle = scrape(path)[1]
        times = []
        thread = threading.Thread(
            target=scrape_often, args=(path, times, seconds))
        thread.start()
        busy = cpu_while(ttsd, seconds)
        thread.join()
        after = scrape(path)[1]
        stop.set()
        reader.join()
        for s in sockets:
            s.close()
    table.add(f"one scrape of {CHANNELS} channels p50",
              percentile(times, 50), "ms")
    table.add("its text", len(after) / 1000, "kB")
    table.add("its processor time",
              (busy - idle) * seconds / len(times) / 1000, "ms")
    table.add("frames later than 2 ms, scraped all the time",
              late_share(middle, after), "%", None,
              late_share(before, middle), "no scrapes")
