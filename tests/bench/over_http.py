"""What ttsd-gateway adds, and what those cost who listen to events over it."""
import json
import os
import pathlib
import re
import time

from instruments import percentile, resident_mb
import browser
import console
from daemon import Ttsd, runtime_dir
from desk import TONE
from gateway import Gateway

TEXT = "ms=10 x"


def cpu_s(pid):
    times = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")")[1]
    return sum(map(int, times.split()[11:13])) / os.sysconf("SC_CLK_TCK")


def timed_ms(ask):
    begun = time.monotonic()
    ask()
    return (time.monotonic() - begun) * 1000


def bench_say(table, g, control, times):
    """The same, one after the other, so that the machine's noise is in both."""
    http = g.connect()
    body = json.dumps({"text": TEXT})

    def over_http():
        http.request("POST", "/v1/say", body,
                     {"Content-Type": "application/json"})
        assert http.getresponse().read().startswith(b'{"ok":true')

    def over_socket():
        control.ask("say", text=TEXT)

    took = {over_http: [], over_socket: []}
    for _ in range(times):
        for way, values in took.items():
            values.append(timed_ms(way))
            time.sleep(0.005)
    p50, p99 = ([percentile(took[way], p) for way in (over_http, over_socket)]
                for p in (50, 99))
    table.add("say over HTTP, p50", p50[0], "ms", None, p50[1], "the socket")
    table.add("say over HTTP, p99", p99[0], "ms", None, p99[1], "the socket")
    table.add("say over HTTP, added, p50", p50[0] - p50[1], "ms", 2)
    http.close()


def bench_listeners(table, g, control, count, seconds):
    """A word a second for so many who listen."""
    listeners = [g.events("events=word") for _ in range(count)]
    for events in listeners:
        events.next()
    control.ask("say", text="ms=1000 " + "x " * (seconds + 3))
    for events in listeners:
        events.until("word")
    before, begun = cpu_s(g.pid), time.monotonic()
    for _ in range(seconds):
        for events in listeners:
            events.until("word")
    table.add(f"CPU of the gateway, {count} hear a word a second",
              100 * (cpu_s(g.pid) - before) / (time.monotonic() - begun),
              "%", 5)
    table.add(f"resident of the gateway, {count} hear events",
              resident_mb(g.pid), "MB", 12)
    for events in listeners:
        events.close()


def fetched(g):
    """All that a browser gets of the console, in one language."""
    left, sizes = ["/", "/console/words.en.json"], {}
    while left:
        path = left.pop()
        if path in sizes:
            continue
        status, headers, body = g.request("GET", path)
        assert status == 200, path
        sizes[path] = len(body)
        text = body.decode()
        left += re.findall(r'(?:href|src)="(/console/[\w.]+)"', text)
        left += [f"/console/{name}" for name in
                 re.findall(r'from "\./([\w.]+)"', text)]
        left += re.findall(r"""["'(](/console/[\w]+\.(?:js|svg))["')]""", text)
    return sizes


def bench_page(table, g, where, times=3):
    table.add("weight of the console", sum(fetched(g).values()) / 1000, "kB",
              150)
    if browser.PROGRAM is None:
        return
    ready = []
    for n in range(times):
        with console.page(g, "/", where, profile=f"profile{n}") as p:
            ready.append(int(p.value(
                "document.documentElement.dataset.ready")))
    table.add("the console is usable in Chromium, p50", percentile(ready, 50),
              "ms", 1000)


def bench_over_http(table, times=300, count=500, seconds=20):
    with runtime_dir() as where, Ttsd(where, *TONE) as ttsd, \
            Gateway(where) as g, ttsd.control() as control:
        g.ask("status")
        table.add("resident of the gateway", resident_mb(g.pid), "MB", 12)
        bench_say(table, g, control, times)
        control.ask("clear")
        bench_listeners(table, g, control, count, seconds)
        bench_page(table, g, where)
