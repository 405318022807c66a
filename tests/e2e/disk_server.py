"""A file system in user space (FUSE, spoken over /dev/fuse itself) with the
files of one folder. From SIGUSR1 to SIGUSR2 it is a disk that hangs: it takes
questions and answers none, so who asks cannot even be killed.

    unshare -Urm disk_server.py FOLDER MOUNT_POINT
"""
import ctypes
import errno
import os
import signal
import struct
import sys

LOOKUP, FORGET, GETATTR, SETATTR, UNLINK, RENAME, OPEN, READ, WRITE = (
    1, 2, 3, 4, 10, 12, 14, 15, 16)
RELEASE, FSYNC, FLUSH, INIT, OPENDIR, RELEASEDIR, FSYNCDIR, CREATE = (
    18, 20, 25, 26, 27, 29, 30, 35)
INTERRUPT, BATCH_FORGET = 36, 42
# Of those that open() takes, what we hand on.
FLAGS = os.O_ACCMODE | os.O_EXCL
UNANSWERED = (FORGET, INTERRUPT, BATCH_FORGET)
ROOT = 1
DIRECT_IO = 1
BIG_WRITES = 1 << 5
BY_HANDLE = 1  # GETATTR names an open file
SIZE = 1 << 3  # SETATTR changes it
REQUEST_MAX = 1 << 18
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

    def path(self, name):
        return os.path.join(self.folder, os.fsdecode(name.split(b"\0")[0]))

    def entry(self, path):
        st = os.stat(path)
        self.paths[st.st_ino] = path
        return struct.pack("<4Q2I", st.st_ino, 0, 0, 0, 0, 0) + \
            attributes(st, st.st_ino)

    @staticmethod
    def facts(file, node):
        return struct.pack("<Q2I", 0, 0, 0) + attributes(os.stat(file), node)

    def answer(self, operation, node, body):
        if operation == INIT:
            return struct.pack("<4I2H2I2HI28x", *VERSION, 0, BIG_WRITES, 1, 1,
                               1 << 17, 1, 0, 0, 0)
        if operation == LOOKUP:
            return self.entry(self.path(body))
        if operation == CREATE:
            flags, mode = struct.unpack_from("<2I", body)
            path = self.path(body[16:])
            fd = os.open(path, flags & FLAGS | os.O_CREAT, mode & 0o777)
            return self.entry(path) + struct.pack("<Q2I", fd, 0, 0)
        if operation == UNLINK:
            os.unlink(self.path(body))
            return b""
        if operation == RENAME:
            old, new = map(self.path, body[8:].split(b"\0")[:2])
            os.rename(old, new)
            self.paths[os.stat(new).st_ino] = new
            return b""
        if operation == GETATTR:
            flags, fd = struct.unpack_from("<I4xQ", body)
            return self.facts(fd if flags & BY_HANDLE else self.paths[node],
                              node)
        if operation == SETATTR:
            changes, _, size = struct.unpack_from("<I4x2Q", body)
            if changes & SIZE:
                os.truncate(self.paths[node], size)
            return self.facts(self.paths[node], node)
        if operation in (OPEN, OPENDIR):
            flags = struct.unpack_from("<I", body)[0] & FLAGS
            fd = os.open(self.paths[node], flags)
            # Who reads has every read asked for anew.
            return struct.pack("<Q2I", fd, 0 if flags else DIRECT_IO, 0)
        if operation == WRITE:
            fd, offset, size = struct.unpack_from("<2QI", body)
            return struct.pack(
                "<I4x", os.pwrite(fd, body[40:40 + size], offset))
        if operation in (FSYNC, FSYNCDIR):
            os.fsync(struct.unpack_from("<Q", body)[0])
            return b""
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
