"""Writes a channel's sound to standard output, exactly so many seconds late.

    late.py SOCKET SECONDS
"""
import collections
import os
import select
import socket
import sys
import time

from instruments import be_punctual

HEADER_BYTES = 44


def main():
    channel = socket.socket(socket.AF_UNIX)
    channel.connect(sys.argv[1])
    late = float(sys.argv[2])
    channel.recv(HEADER_BYTES, socket.MSG_WAITALL)
    be_punctual()
    held = collections.deque()
    while True:
        wait = max(held[0][0] - time.monotonic(), 0) if held else None
        if select.select([channel], [], [], wait)[0]:
            piece = channel.recv(65536)
            if not piece:
                return
            held.append((time.monotonic() + late, piece))
        while held and held[0][0] <= time.monotonic():
            os.write(1, held.popleft()[1])


main()
