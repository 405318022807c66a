"""Runs a command, passes on what it writes, and writes down when it came: to a
file, a record for each piece of its time (monotonic, ns) and length, and the
piece. A length of 0 is the beginning of another stream.

    stamp.py FILE COMMAND...
"""
import ctypes
import os
import signal
import struct
import subprocess
import sys
import time

PR_SET_PDEATHSIG = 1


def ends_with_us():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


with open(sys.argv[1], "ab", buffering=0) as log, subprocess.Popen(
        sys.argv[2:], stdout=subprocess.PIPE,
        preexec_fn=ends_with_us) as program:
    log.write(struct.pack("<QI", time.monotonic_ns(), 0))
    source = program.stdout.fileno()
    while piece := os.read(source, 65536):
        log.write(struct.pack("<QI", time.monotonic_ns(), len(piece)) + piece)
        os.write(1, piece)
