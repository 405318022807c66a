"""Far ends of what is neither RTMP nor RTSP, for tests."""
import contextlib
import http.server
import json
import os
import pathlib
import random
import shutil
import socket
import struct
import subprocess
import tempfile
import threading
import urllib.parse
import urllib.request

import numpy as np

import daemon
import peers

# Enough for a decoder that joins MPEG-TS, Ogg or a list in the middle.
PATIENT = ("-probesize", 50000, "-analyzeduration", 1000000)


def free_udp_port():
    """An even one; RTP takes the next one as well. Not of those that the
    system hands out to whoever sends (from 32,768 on)."""
    while True:
        port = random.randrange(10000, 30000, 2)
        with contextlib.suppress(OSError), socket.socket(
                type=socket.SOCK_DGRAM) as a, socket.socket(
                    type=socket.SOCK_DGRAM) as b:
            a.bind(("", port))
            b.bind(("", port + 1))
            return port


def is_bound(port):
    """Does anybody listen on this UDP port?"""
    lines = pathlib.Path("/proc/net/udp").read_text().splitlines()[1:]
    return any(int(line.split()[1].split(":")[1], 16) == port
               for line in lines)


class DatagramListener(peers.Decoder):
    """Waits for one sender of MPEG-TS."""

    def __init__(self, scheme, query="", *options):
        self.port = free_udp_port()
        self.url = f"{scheme}://127.0.0.1:{self.port}"
        there = self.url.replace("127.0.0.1", "@127.0.0.1") \
            if scheme == "rist" else self.url
        super().__init__(there + query, *PATIENT, *options)
        daemon.wait_until(lambda: is_bound(self.port), "it listens")


def multicast(group, port, count):
    """So many samples of L16 that were sent over RTP to a group on the
    loopback interface."""
    here = socket.inet_aton("127.0.0.1")
    samples = np.empty(0, dtype=">i2")
    with socket.socket(type=socket.SOCK_DGRAM) as s:
        s.settimeout(daemon.PATIENCE_S)
        s.bind((group, port))
        s.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP,
                     socket.inet_aton(group) + here)
        last = None
        while len(samples) < count:
            packet = s.recv(65536)
            number, = struct.unpack_from(">H", packet, 2)
            assert last is None or number == (last + 1) % 65536
            last = number
            samples = np.append(
                samples, np.frombuffer(packet[12:], dtype=">i2"))
    return samples


ICECAST_CONF = """
<icecast>
  <limits><sources>4</sources><burst-size>4096</burst-size></limits>
  <authentication>
    <source-password>hackme-please</source-password>
    <admin-user>admin</admin-user><admin-password>x</admin-password>
  </authentication>
  <hostname>localhost</hostname>
  <listen-socket>
    <port>{port}</port><bind-address>127.0.0.1</bind-address>
  </listen-socket>
  {mount}
  <paths>
    <basedir>/usr/share/icecast2</basedir>
    <logdir>{dir}</logdir>
    <webroot>/usr/share/icecast2/web</webroot>
    <adminroot>/usr/share/icecast2/admin</adminroot>
  </paths>
  <logging><accesslog>access.log</accesslog><errorlog>error.log</errorlog>
    <loglevel>2</loglevel></logging>
  <security><chroot>0</chroot>{owner}</security>
</icecast>
"""
OWNER = ("<changeowner><user>nobody</user><group>nogroup</group>"
         "</changeowner>")


class RtspServer(peers.Program):
    """A gst-rtsp-server: what is sent to `url` is played at `play_url`, as
    PCM; sound and picture that are sent to picture_url() stand in `file`. It
    can be killed, and come back at the same place."""

    def __init__(self, port=None, file="/dev/null"):
        self.port = port or peers.free_port()
        self.url = f"rtsp://127.0.0.1:{self.port}/in"
        self.play_url = f"rtsp://127.0.0.1:{self.port}/out"
        # The system's own Python, which has the bindings.
        super().__init__(
            "/usr/bin/python3",
            pathlib.Path(__file__).with_name("rtsp_server.py"), self.port,
            free_udp_port(), peers.RATE, file)
        daemon.wait_until(
            lambda: peers.is_listening(self.port), "the server listens")

    def picture_url(self, codec):
        return f"rtsp://127.0.0.1:{self.port}/{codec}"

    def decode(self):
        return peers.Decoder(self.play_url, "-rtsp_transport", "tcp")


class Icecast(peers.Program):
    """A private icecast2; it refuses to run as root."""

    password = "hackme-please"

    def __init__(self, charset=None):
        self.port = peers.free_port()
        mount = (f'<mount type="default"><charset>{charset}</charset></mount>'
                 if charset else "")
        self.folder = folder = pathlib.Path(
            tempfile.mkdtemp(prefix="icecast-"))
        root = os.getuid() == 0
        if root:
            shutil.chown(folder, "nobody", "nogroup")
        (folder / "icecast.xml").write_text(ICECAST_CONF.format(
            port=self.port, dir=folder, mount=mount,
            owner=OWNER if root else ""))
        super().__init__(
            "icecast2", "-c", folder / "icecast.xml",
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        daemon.wait_until(
            lambda: peers.is_listening(self.port), "icecast listens")

    def end(self, *how):
        super().end(*how)
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, mount="live", password=None):
        return (f"icecast://source:{password or self.password}"
                f"@127.0.0.1:{self.port}/{mount}")

    def decode(self, mount="live"):
        return peers.Decoder(
            f"http://127.0.0.1:{self.port}/{mount}", *PATIENT)

    def page(self):
        with urllib.request.urlopen(
                f"http://127.0.0.1:{self.port}/status-json.xsl") as reply:
            return reply.read()

    def source(self):
        """What its page says of the only source."""
        return json.loads(self.page())["icestats"]["source"]

    def is_taken(self):
        """Some source sends. While one comes the page may be no JSON."""
        return b'"source":' in self.page()


class PutServer:
    """Keeps in a folder what it is sent by PUT, and serves it. Without the
    `authorization` that it wants it takes nothing. From PUT number `first` on
    it answers `status` to a client that waits for the answer: at once
    ("answered"), after it has said that it may go on ("waved through"), or
    after all of the file ("ignored")."""

    def __init__(self, folder, authorization=None, status=None, first=1,
                 expects="answered"):
        self.refusals = 0
        self.puts = 0
        self.status = status
        put_server = self

        class Handler(http.server.SimpleHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def __init__(self, *args):
                super().__init__(*args, directory=str(folder))

            def log_message(self, *_):
                pass

            def path_of(self):
                name = urllib.parse.urlsplit(self.path).path
                return pathlib.Path(folder) / pathlib.Path(name).name

            def body(self):
                """None where the client has gone without an end of it."""
                if "chunked" not in self.headers["Transfer-Encoding"]:
                    return self.rfile.read(
                        int(self.headers["Content-Length"]))
                data = b""
                while (line := self.rfile.readline()) and (
                        size := int(line, 16)):
                    data += self.rfile.read(size)
                    self.rfile.readline()
                return data if self.rfile.readline() else None

            def answer(self):
                self.send_response(201)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def may_write(self):
                given = self.headers["Authorization"]
                if authorization in (None, given):
                    return True
                put_server.refusals += 1
                self.send_error(401)
                return False

            def handle_expect_100(self):
                if expects == "ignored":
                    return True
                if expects == "waved through" or not self.is_refused():
                    return super().handle_expect_100()
                self.send_error(put_server.status)
                return False

            def is_refused(self):
                put_server.puts += self.command == "PUT"
                return (put_server.status is not None and
                        put_server.puts >= first)

            def do_PUT(self):
                if not self.may_write():
                    return
                if expects == "waved through" and self.is_refused():
                    self.send_error(put_server.status)
                    return
                body = self.body()
                if body is None:
                    self.close_connection = True
                    return
                part = self.path_of().with_suffix(".part")
                part.write_bytes(body)
                part.rename(self.path_of())
                self.answer()

            def do_DELETE(self):
                if not self.may_write():
                    return
                self.path_of().unlink(missing_ok=True)
                self.answer()

        self.server = http.server.ThreadingHTTPServer(
            ("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(
            target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def kill(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(daemon.PATIENCE_S)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.thread.is_alive():
            self.kill()


class Fountain:
    """Serves over HTTP, to each who asks, the endless output of a command, or
    what a function writes to a file; ends those with itself."""

    def __init__(self, source):
        fountain = self
        self.programs = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def do_GET(self):
                self.send_response(200)
                self.end_headers()
                with contextlib.suppress(OSError):
                    if callable(source):
                        source(self.wfile)
                    else:
                        fountain.pour(source, self.connection)

        self.server = http.server.ThreadingHTTPServer(
            ("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/live"
        self.thread = threading.Thread(
            target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def pour(self, command, connection):
        program = peers.Program(*command, stdout=connection.fileno())
        self.programs.append(program)
        program.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(daemon.PATIENCE_S)
        for program in self.programs:
            program.end()
