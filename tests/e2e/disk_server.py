"""A file system in user space (FUSE, spoken over /dev/fuse itself) with the
files of one folder, to be read. From SIGUSR1 to SIGUSR2 it is a disk that
hangs: it takes questions and answers none, so who asks cannot even be killed.

    unshare -Urm disk_server.py FOLDER MOUNT_POINT
"""
import ctypes
import errno
import os
import signal
import struct
import sys

LOOKUP, FORGET, GETATTR, OPEN, READ, RELEASE = 1, 2, 3, 14, 15, 18
FLUSH, INIT, OPENDIR, RELEASEDIR, INTERRUPT, BATCH_FORGET = (
    25, 26, 27, 29, 36, 42)
UNANSWERED = (FORGET, INTERRUPT, BATCH_FORGET)
ROOT = 1
DIRECT_IO = 1  # every read is asked for anew
REQUEST_MAX = 1 << 17
VERSION = (7, 31)


def attributes(st, node):
    def ns(t):
        return t % 10 ** 9

    times = (st.st_atime_ns, st.st_mtime_ns, st.st_ctime_ns)
    return struct.pack(
        "<6Q10I", node, st.st_size, st.st_blocks,
        *(t // 10 ** 9 for t in times), *map(ns, times), st.st_mode,
        st.st_nlink, 0, 0, 0, 4096, 0)


class Disk:
    def __init__(self, folder, device):
        self.folder, self.device = folder, device
        self.hangs, self.held = False, []
        self.paths = {ROOT: folder}  # of each node

    def answer(self, operation, node, body):
        if operation == INIT:
            return struct.pack("<4I2H2I2HI28x", *VERSION, 0, 0, 1, 1, 4096, 1,
                               0, 0, 0)
        if operation == LOOKUP:
            path = os.path.join(self.folder, os.fsdecode(body.rstrip(b"\0")))
            st = os.stat(path)
            self.paths[st.st_ino] = path
            return struct.pack("<4Q2I", st.st_ino, 0, 0, 0, 0, 0) + \
                attributes(st, st.st_ino)
        if operation == GETATTR:
            return struct.pack("<Q2I", 0, 0, 0) + attributes(
                os.stat(self.paths[node]), node)
        if operation in (OPEN, OPENDIR):
            fd = os.open(self.paths[node], os.O_RDONLY)
            return struct.pack("<Q2I", fd, DIRECT_IO, 0)
        if operation == READ:
            fd, offset, size = struct.unpack_from("<2QI", body)
            return os.pread(fd, size, offset)
        if operation in (RELEASE, RELEASEDIR):
            os.close(struct.unpack_from("<Q", body)[0])
            return b""
        if operation == FLUSH:
            return b""
        raise OSError(errno.ENOSYS, "not here")

    def reply(self, request):
        _, operation, unique, node = struct.unpack_from("<2I2Q", request)
        error, found = 0, b""
        try:
            found = self.answer(operation, node, request[40:])
        except OSError as e:
            error = -e.errno
        if operation not in UNANSWERED:
            os.write(self.device, struct.pack(
                "<IiQ", 16 + len(found), error, unique) + found)

    def hang(self, *_):
        self.hangs = True

    def go_on(self, *_):
        self.hangs = False
        while self.held:
            self.reply(self.held.pop(0))

    def serve(self):
        while True:
            self.held.append(os.read(self.device, REQUEST_MAX))
            if not self.hangs:
                self.go_on()


def main():
    folder, mount_point = sys.argv[1:]
    device = os.open("/dev/fuse", os.O_RDWR)
    options = f"fd={device},rootmode=40000,user_id=0,group_id=0"
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(b"ttsd", os.fsencode(mount_point), b"fuse", 0,
                  options.encode()):
        sys.exit(f"mount: {os.strerror(ctypes.get_errno())}")
    disk = Disk(folder, device)
    signal.signal(signal.SIGUSR1, disk.hang)
    signal.signal(signal.SIGUSR2, disk.go_on)
    print("mounted", flush=True)
    disk.serve()


main()
