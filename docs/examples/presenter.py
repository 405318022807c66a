#!/usr/bin/env python3
"""A face whose mouth moves with what ttsd says (docs/PRESENTER.md).

usage: presenter.py TTSD_CONTROL_SOCKET VIDEO_RAW_SOCKET WIDTHxHEIGHT [CHANNEL]
"""
import json
import socket
import sys
import time

LEAD_MS = 300  # so far ahead we draw, and no further: it cannot be taken back
# How far the mouth opens, of docs/LANGUAGE.md's fifteen shapes.
OPENING = {"sil": 0.05, "PP": 0.0, "FF": 0.15, "TH": 0.25, "DD": 0.3,
           "kk": 0.35, "CH": 0.3, "SS": 0.2, "nn": 0.3, "RR": 0.35, "aa": 1.0,
           "E": 0.6, "ih": 0.4, "oh": 0.75, "ou": 0.5}


def draw(width, height, opening):
    """A frame of I420: a plain face, and a dark ellipse on it."""
    luma = bytearray(b"\xa0" * (width * height))
    half = int(height / 6 * opening)
    for row in range(-half, half + 1):
        reach = int(width / 8 * (1 - (row / (half + 1)) ** 2) ** 0.5)
        middle = (height * 2 // 3 + row) * width + width // 2
        luma[middle - reach:middle + reach] = b"\x20" * (2 * reach)
    return bytes(luma) + b"\x80" * (width * height // 2)


def connect(path):
    s = socket.socket(socket.AF_UNIX)
    s.connect(path)
    return s


def present(control, raw, size, channel=None):
    """Speaks until one of the two ends."""
    width, height = map(int, size.split("x"))
    faces = {name: draw(width, height, o) for name, o in OPENING.items()}
    with connect(raw) as door, connect(control) as ttsd:
        door.sendall(f"YUV4MPEG2 W{width} H{height} F25:1 C420jpeg\n".encode())
        door.sendall(b"FRAME\n" + faces["sil"])
        request = {"op": "subscribe", "lead_ms": LEAD_MS,
                   "events": ["viseme", "preempted", "finished"]}
        if channel:
            request["channel"] = channel
        ttsd.sendall(json.dumps(request).encode() + b"\n")
        for line in ttsd.makefile("rb"):
            event = json.loads(line)
            if "event" in event:
                shape = event.get("name", "sil")
                door.sendall(f"FRAME Xsample={event['sample']}\n".encode() +
                             faces.get(shape, faces["kk"]))


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    while True:
        try:
            present(*sys.argv[1:])
        except OSError as e:
            print(f"presenter: {e}; trying again", file=sys.stderr)
        time.sleep(1)
