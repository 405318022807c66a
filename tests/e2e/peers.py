"""The far ends of a stream, and a stand-in for ttsd, for tests.

Everything listens on free ports or in a folder that the test gives, ends
what it started by its own process id, and leaves nothing behind.
"""
import contextlib
import functools
import http.client
import json
import pathlib
import signal
import socket
import ssl
import struct
import subprocess
import threading
import time
import xml.etree.ElementTree

import numpy as np

import daemon
import sound

RATE = 24000


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def is_listening(port, pid="self"):
    """Without connecting: an RTSP listener takes one connection only. On the
    host of that process."""
    table = pathlib.Path(f"/proc/{pid}/net/tcp")
    for line in table.read_text().splitlines()[1:]:
        _, local, _, state = line.split()[:4]
        if state == "0A" and int(local.split(":")[1], 16) == port:
            return True
    return False


class Program:
    """A child process in the foreground of a test."""

    def __init__(self, *argv, **kw):
        kw.setdefault("stdin", subprocess.DEVNULL)
        self.process = subprocess.Popen(list(map(str, argv)), **kw)

    def end(self, how=signal.SIGKILL):
        if self.process.poll() is None:
            self.process.send_signal(how)
        self.process.wait(daemon.PATIENCE_S)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()


class Decoder(Program):
    """An ffmpeg that decodes a URL to mono samples as they arrive."""

    def __init__(self, url, *options, rate=RATE):
        super().__init__(
            "ffmpeg", "-hide_banner", "-nostdin", "-loglevel", "error",
            "-fflags", "nobuffer", "-probesize", 32, "-analyzeduration", 0,
            *options, "-i", url, "-f", "s16le", "-ar", rate, "-ac", 1,
            "-flush_packets", 1, "pipe:1",
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.pcm = bytearray()
        self.complaints = b""
        self.ended = False
        self.grown = threading.Condition()
        self.threads = [
            threading.Thread(target=target, daemon=True)
            for target in (self._read, self._read_errors)]
        for thread in self.threads:
            thread.start()

    def _read(self):
        while True:
            part = self.process.stdout.read1(65536)
            with self.grown:
                self.pcm += part
                self.ended = not part
                self.grown.notify_all()
            if not part:
                return

    def _read_errors(self):
        self.complaints = self.process.stderr.read()

    def samples(self, count):
        """All that has come, at least `count` samples."""
        with self.grown:
            self.grown.wait_for(
                lambda: len(self.pcm) >= count * 2 or self.ended,
                daemon.PATIENCE_S)
            assert len(self.pcm) >= count * 2, (
                f"{len(self.pcm) // 2} samples came; {self.complaints}")
            return np.frombuffer(
                bytes(self.pcm[:len(self.pcm) // 2 * 2]), dtype="<i2")

    def end(self, how=signal.SIGKILL):
        super().end(how)
        for thread in self.threads:
            thread.join(daemon.PATIENCE_S)
        self.process.stdout.close()
        self.process.stderr.close()


class RtspListener(Decoder):
    """An RTSP server for one publisher; ends when that one leaves."""

    def __init__(self, port=None, *options):
        self.port = port or free_port()
        self.url = f"rtsp://127.0.0.1:{self.port}/stream"
        super().__init__(self.url, "-rtsp_flags", "listen", *options)
        daemon.wait_until(
            lambda: is_listening(self.port), "the RTSP listener listens")


# What nginx writes on its way lies in a folder, too; of an `http` block.
NGINX_HTTP = """\
    access_log off;
    client_body_temp_path {dir}/body;
    proxy_temp_path {dir}/proxy;
    fastcgi_temp_path {dir}/fastcgi;
    uwsgi_temp_path {dir}/uwsgi;
    scgi_temp_path {dir}/scgi;
"""

NGINX_CONF = """
load_module /usr/lib/nginx/modules/ngx_rtmp_module.so;
daemon off;
master_process off;
pid {dir}/nginx.pid;
error_log {dir}/error.log info;
events {{ worker_connections 512; }}
rtmp {{
    access_log off;
    server {{
        listen {address}:{port};
        application live {{ live on; }}
        application closed {{ live on; deny publish all; }}
    }}
}}
http {{
""" + NGINX_HTTP + """    server {{
        listen {address}:{http_port};
        location / {{ rtmp_stat all; }}
    }}
}}
"""


class NginxRtmp:
    """A private nginx with its RTMP module; can be killed and come back.
    With `prefix` it runs on a host that has this address."""

    def __init__(self, directory, start=True, address="127.0.0.1",
                 prefix=()):
        self.address = address
        self.prefix = prefix
        self.directory = pathlib.Path(directory) / "nginx"
        self.directory.mkdir()
        self.port = free_port()
        self.http_port = free_port()
        self.program = None
        (self.directory / "nginx.conf").write_text(NGINX_CONF.format(
            dir=self.directory, port=self.port, http_port=self.http_port,
            address=address))
        if start:
            self.start()

    def start(self):
        self.program = Program(
            *self.prefix, "nginx", "-p", self.directory, "-c", "nginx.conf",
            "-e", self.directory / "error.log")
        pid = self.program.process.pid
        daemon.wait_until(
            lambda: all(is_listening(port, pid)
                        for port in (self.port, self.http_port)),
            "nginx listens")

    def kill(self):
        if self.program:
            self.program.end()
        self.program = None

    def url(self, key="stream", application="live"):
        return f"rtmp://{self.address}:{self.port}/{application}/{key}"

    def decode(self, key="stream"):
        return Decoder(self.url(key))

    def bytes_in(self, key="stream"):
        """What the server has received of a stream; 0 without it."""
        c = http.client.HTTPConnection(
            self.address, self.http_port, timeout=daemon.PATIENCE_S)
        with contextlib.closing(c):
            c.request("GET", "/")
            root = xml.etree.ElementTree.fromstring(
                c.getresponse().read())
        for stream in root.iter("stream"):
            if stream.findtext("name") == key:
                return int(stream.findtext("bytes_in"))
        return 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()


class TlsProxy:
    """Takes TLS on a free port and passes it on in clear. Its certificate, for
    localhost and 127.0.0.1 unless `name` says otherwise, it signs itself, or
    an `authority` of its own does that nobody knows."""

    def __init__(self, directory, port, name="DNS:localhost,IP:127.0.0.1",
                 authority=False):
        def make(what, *args):
            key, certificate = (pathlib.Path(directory) / f"{what}.{kind}"
                                for kind in ("key", "certificate"))
            subprocess.run(
                ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes",
                 "-keyout", key, "-out", certificate, "-days", "2", *args],
                check=True, stderr=subprocess.DEVNULL)
            return key, certificate

        signer = []
        if authority:
            ca_key, ca = make("authority", "-subj", "/CN=authority")
            signer = ["-CA", ca, "-CAkey", ca_key, "-addext",
                      "basicConstraints=critical,CA:FALSE"]
        key, certificate = make(
            port, "-subj", "/CN=localhost", "-addext",
            f"subjectAltName={name}", *signer)
        self.certificate = certificate
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate, key)
        self.to = port
        self.sockets = [socket.create_server(("127.0.0.1", 0))]
        self.port = self.sockets[0].getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                plain = self.sockets[0].accept()[0]
                try:
                    client = self.context.wrap_socket(plain, server_side=True)
                except ssl.SSLError:  # who does not trust it hangs up
                    continue
                server = socket.create_connection(("127.0.0.1", self.to))
                self.sockets += [client, server]
                for ends in ((client, server), (server, client)):
                    threading.Thread(
                        target=self._pass, args=ends, daemon=True).start()

    @staticmethod
    def _pass(source, target):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
        for s in (source, target):
            with contextlib.suppress(OSError):
                s.shutdown(socket.SHUT_RDWR)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for s in self.sockets:
            with contextlib.suppress(OSError):
                s.shutdown(socket.SHUT_RDWR)
            s.close()


@functools.lru_cache(maxsize=1)
def noise():
    """Twenty seconds that correlate with nothing but themselves, in the
    band that every codec keeps."""
    random = np.random.default_rng(1)
    spectrum = np.fft.rfft(random.standard_normal(20 * RATE))
    hertz = np.fft.rfftfreq(20 * RATE, 1 / RATE)
    spectrum[(hertz < 200) | (hertz > 3400)] = 0
    wave = np.fft.irfft(spectrum)
    return np.clip(wave / wave.std() * 4000, -32000, 32000).astype("<i2")


def heard_noise(samples, least=0.9):
    """Fails unless a second of the samples is the noise."""
    score, _ = sound.match(
        samples[-RATE:], np.concatenate([noise(), noise()[:2 * RATE]]))
    assert score > least, f"correlation {score:.3f}"


class UnixServer:
    """Accepts on a unix socket; each connection gets a thread."""

    def __init__(self, path, serve):
        self.path = pathlib.Path(path)
        self.serve = serve
        self.connections = []
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.bind(str(path))
        self.socket.listen(64)
        self.thread = threading.Thread(target=self._accept, daemon=True)
        self.thread.start()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                c, _ = self.socket.accept()
                self.connections.append(c)
                threading.Thread(
                    target=self._run, args=(c,), daemon=True).start()

    def _run(self, connection):
        with contextlib.suppress(OSError):
            self.serve(connection)

    def close(self):
        for s in [self.socket, *self.connections]:
            with contextlib.suppress(OSError):
                s.shutdown(socket.SHUT_RDWR)
        self.thread.join(daemon.PATIENCE_S)
        for s in [self.socket, *self.connections]:
            s.close()
        self.path.unlink()


class FakeSource:
    """What the supervisor sees of ttsd: a control socket that takes
    subscriptions, and noise at real-time pace on the audio socket."""

    def __init__(self, directory, control=True, start=True):
        self.directory = pathlib.Path(directory)
        self.control = control
        self.servers = []
        self.epoch = time.monotonic()
        self.stopped = threading.Event()
        if start:
            self.start()

    def start(self):
        self.stopped.clear()
        self.servers.append(
            UnixServer(self.directory / "main.sock", self._stream))
        if self.control:
            self.servers.append(
                UnixServer(self.directory / "control.sock", self._answer))

    def _answer(self, connection):
        for line in connection.makefile():
            json.loads(line)
            connection.sendall(b'{"ok":true}\n')

    def event(self, **fields):
        for c in self.servers[1].connections:
            c.sendall(json.dumps(fields).encode() + b"\n")

    def _stream(self, connection):
        connection.sendall(
            b"RIFF\xff\xff\xff\xffWAVEfmt " + struct.pack(
                "<IHHIIHH", 16, 1, 1, RATE, RATE * 2, 2, 16) +
            b"data\xff\xff\xff\xff")
        wave = noise()
        sent = int((time.monotonic() - self.epoch) * RATE)
        while not self.stopped.wait(0.01):
            due = int((time.monotonic() - self.epoch) * RATE)
            connection.sendall(
                wave.take(range(sent, due), mode="wrap").tobytes())
            sent = due

    def stop(self):
        self.stopped.set()
        for server in self.servers:
            server.close()
        self.servers = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
