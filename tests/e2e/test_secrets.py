"""A secret is seen by its server alone: every place where it could show is
searched for it, while everything that can go wrong does."""
import base64
import contextlib
import os
import pathlib
import signal
import socket
import subprocess
import threading
import urllib.parse

import pytest

import daemon
import peers
import receivers
from client import ctl  # noqa: F401
from daemon import wait_until
from supervisor import (  # noqa: F401
    QUICK, nginx, source, supervise, until)

# With everything that a URL must not hold as it is.
SECRET = "pl41n s&cret:%41/wo=rd"
QUOTED = urllib.parse.quote(SECRET, safe="")
KEY = "str34m-s&cret=1"


def basic(user, password):
    return base64.b64encode(f"{user}:{password}".encode()).decode()


class Spy(threading.Thread):
    """Looks at the command lines and environments of a process's children
    for as long as it runs."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.pid = pid
        self.seen = {"cmdline": set(), "environ": set()}
        self.over = threading.Event()
        self.start()

    def look(self, pid):
        for name, texts in self.seen.items():
            with contextlib.suppress(OSError):
                text = pathlib.Path(f"/proc/{pid}/{name}").read_bytes()
                texts.add(text.decode(errors="replace"))

    def run(self):
        while not self.over.wait(0.002):
            with contextlib.suppress(OSError):
                for pid in daemon.children(self.pid):
                    self.look(pid)

    def end(self):
        self.over.set()
        self.join()
        return self.seen


class Server:
    """Where it goes, and what must not be seen of that."""

    def __init__(self, url, keys, forms, kill, env=None, in_argv=False,
                 refusals=None):
        self.url, self.keys, self.forms = url, keys, forms
        self.env, self.kill, self.in_argv = env or {}, kill, in_argv
        self.refusals = refusals


@contextlib.contextmanager
def rtmp(rundir, tls=False):
    with peers.NginxRtmp(rundir) as nginx, contextlib.ExitStack() as stack:
        url, keys = nginx.url(KEY), {}
        if tls:
            proxy = stack.enter_context(peers.TlsProxy(rundir, nginx.port))
            url = f"rtmps://127.0.0.1:{proxy.port}/live/{KEY}"
            keys["ca_file"] = proxy.certificate
        yield Server(url, keys, [KEY], kill=nginx.kill)


@contextlib.contextmanager
def rtmps(rundir):
    with rtmp(rundir, tls=True) as server:
        yield server


@contextlib.contextmanager
def rtmp_key_env(rundir):
    with peers.NginxRtmp(rundir) as nginx:
        yield Server(nginx.url("").rstrip("/"), {"key_env": "STREAM_KEY"},
                     [KEY], env={"STREAM_KEY": KEY}, kill=nginx.kill)


class Again:
    """A listener for one sender that is there again for the next."""

    def __init__(self, is_there, *decoder):
        self.decoder = decoder
        self.over = False
        self.listener = None
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()
        wait_until(is_there, "it listens")

    def run(self):
        while not self.over:
            self.listener = peers.Decoder(*self.decoder)
            self.listener.process.wait()
            self.listener.end()

    def kill(self):
        self.over = True
        while self.thread.is_alive():
            self.listener.process.kill()
            self.thread.join(0.1)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()


@contextlib.contextmanager
def srt(rundir):
    port = receivers.free_udp_port()
    url = f"srt://127.0.0.1:{port}"
    with Again(lambda: receivers.is_bound(port), f"{url}?mode=listener",
               *receivers.PATIENT, "-passphrase", SECRET) as listener:
        yield Server(f"{url}?passphrase={QUOTED}&latency=20000", {},
                     [SECRET, QUOTED], kill=listener.kill)


@contextlib.contextmanager
def icecast(rundir):
    password = receivers.Icecast.password
    quoted = password.replace("-", "%2d")
    with receivers.Icecast() as server:
        yield Server(server.url(password=quoted), {},
                     [password, quoted, basic("source", password)],
                     kill=server.end)


@contextlib.contextmanager
def put(rundir):
    folder = rundir / "media"
    folder.mkdir()
    pair = basic("me", SECRET)
    with receivers.PutServer(folder, f"Basic {pair}") as server:
        yield Server(f"http://me:{QUOTED}@127.0.0.1:{server.port}/a.m3u8",
                     {"segment": "500ms"}, [SECRET, QUOTED, pair],
                     kill=server.kill, refusals=lambda: server.refusals)


@contextlib.contextmanager
def put_key_file(rundir):
    folder = rundir / "media"
    folder.mkdir()
    (rundir / "key").write_text("t0k3n-secret.x\n")
    with receivers.PutServer(folder, "Bearer t0k3n-secret.x") as server:
        yield Server(f"http://127.0.0.1:{server.port}/a.mpd",
                     {"segment": "500ms", "key_file": rundir / "key"},
                     ["t0k3n-secret.x"], kill=server.kill)


@contextlib.contextmanager
def rtsp(rundir):
    port = peers.free_port()
    address = f"127.0.0.1:{port}/stream"
    with Again(lambda: peers.is_listening(port), f"rtsp://{address}",
               "-rtsp_flags", "listen") as listener:
        yield Server(f"rtsp://me:{KEY}@{address}", {}, [KEY],
                     kill=listener.kill, in_argv=True)


def section(name, url, **keys):
    keys = {"url": url, "stall_timeout": "1500ms", **QUICK, **keys}
    return "\n".join([f"[output {name}]"] + [
        f"{key} = {value}" for key, value in keys.items()]) + "\n"


def elsewhere(url):
    """The same, where nobody listens."""
    at = url.index("127.0.0.1:") + 10
    end = at + len(url[at:].split("/")[0].split("?")[0])
    return f"{url[:at]}{peers.free_port()}{url[end:]}"


def everything_fails(s, server, c):
    """All events on the way."""
    events = until(c, "running")
    os.kill(s.output()["pid"], signal.SIGKILL)
    events += until(c, "running")
    os.kill(s.output()["pid"], signal.SIGSTOP)
    events += until(c, "stalled")
    events += until(c, "running")
    server.kill()
    events += until(c, "backoff")
    for name in ("nobody", "option"):
        wait_until(lambda: s.output(name)["last_error"], f"{name} fails")
    return events


def check_config(file):
    return subprocess.run(
        [daemon.binary("streamer-supervisor"), "-c", file, "--check-config"],
        capture_output=True, text=True, timeout=daemon.PATIENCE_S)


@pytest.mark.parametrize("form,kind", [
    ("text", rtmp), ("json", rtmps), ("json", rtmp_key_env), ("text", srt),
    ("json", icecast), ("text", put), ("json", put_key_file),
    ("text", rtsp)])
def test_no_secret_is_seen(
        rundir, supervise, source, ctl, form, kind):  # noqa: F811
    with kind(rundir) as server:
        file = rundir / "ttsd.conf"
        parts = [section("live", server.url, **server.keys),
                 section("nobody", elsewhere(server.url), **server.keys),
                 section("option", server.url, **server.keys,
                         extra_output_args="-no_such_option 1")]
        file.write_text("\n".join(parts))
        s = supervise("-v", "-v", "--log-format", form, "-c", file,
                      env={**os.environ, **server.env})
        spy = Spy(s.pid)
        with s.control() as c:
            c.subscribe("output")
            told = [everything_fails(s, server, c)]
            file.write_text(parts[0].replace("[", "bitrate = 1\n["))
            told.append(c.json({"op": "reload"}))
            file.write_text("\n".join(parts[:2] + [
                parts[2].replace("output option", "output other")]))
            told.append(c.ask("reload"))
            told.append(c.ask("status"))
            told.append(c.json({"op": "add", "name": "live",
                                "url": server.url}))
        for words in (["outputs"], ["--json", "outputs"]):
            told.append(ctl(*words))
        told.append(check_config(file))
        wait_until(lambda: s.outputs()["other"]["last_error"], "it fails")
        seen = spy.end()
        told += [s.logged(), seen["environ"], s.outputs(),
                 pathlib.Path(f"/proc/{s.pid}/environ").read_text()]
    assert any("-i\0unix:" in words for words in seen["cmdline"])
    if server.in_argv:
        assert any(KEY in words for words in seen["cmdline"])
        assert s.logged().count("output=live the secret in its url") == 1
    else:
        told.append(seen["cmdline"])
        assert "the secret in its url" not in s.logged()
    for secret in server.forms:
        for text in told:
            assert secret not in str(text)


WRONG = "wr0ng%20one%25-s3cret"


@contextlib.contextmanager
def closed_rtmp(rundir):
    with peers.NginxRtmp(rundir) as nginx:
        yield Server(nginx.url(KEY, "closed"), {}, [KEY], kill=nginx.kill)


@contextlib.contextmanager
def closed_rtsp(rundir):
    """Asks for a password, and takes none."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve():
        with contextlib.suppress(OSError):
            while True:
                connection = server.accept()[0]
                with connection, contextlib.suppress(OSError):
                    refuse(connection.makefile("rwb"))

    def refuse(stream):
        for line in stream:
            if line.startswith(b"CSeq:"):
                number = line.split()[1]
            elif line.startswith(b"Content-Length:"):
                stream.read(int(line.split()[1]) + 2)
                line = b"\r\n"
            if line == b"\r\n":
                stream.write(b"RTSP/1.0 401 Unauthorized\r\nCSeq: " + number +
                             b"\r\nWWW-Authenticate: Basic realm=x\r\n\r\n")
                stream.flush()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    url = f"rtsp://me:{KEY}@127.0.0.1:{server.getsockname()[1]}/stream"
    yield Server(url, {}, [KEY], kill=None, in_argv=True)
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join(daemon.PATIENCE_S)


@pytest.mark.parametrize("kind,told", [
    (closed_rtmp, ""), (closed_rtsp, "401"), (icecast, "401"),
    (srt, "srt://127.0.0.1"), (put, None)])
def test_a_wrong_secret_is_not_told_either(
        rundir, supervise, source, kind, told):  # noqa: F811
    with kind(rundir) as server:
        file = rundir / "ttsd.conf"
        right = next(form for form in server.forms if form in server.url)
        file.write_text(section(
            "live", server.url.replace(right, WRONG), **server.keys))
        s = supervise("-v", "-c", file)
        spy = Spy(s.pid)
        if told is None:
            # ffmpeg does not look at what is answered to a PUT.
            wait_until(lambda: server.refusals() > 2, "it is refused")
        else:
            wait_until(lambda: s.output()["last_error"], "it is refused")
            assert told in s.output()["last_error"]
        seen = spy.end()
        assert any("wr0ng" in words
                   for words in seen["cmdline"]) == server.in_argv
        for text in (seen["environ"], s.logged(), s.outputs()):
            assert "wr0ng" not in str(text)


@pytest.mark.parametrize("line", [
    "\ufeffrtmp://ingest.example/live2/{}", '"rtmp://ingest.example/live2/{}"',
    "RTMP://ingest.example/live2/{}", "ingest.example/live2/{}", "{}",
    '{{"url":"rtmp://ingest.example/live2/{}"}}',
    "rtmp:/ingest.example/live2/{}", "//ingest.example/live2/{}",
    "http://ingest.example/live2/{}"])
def test_an_address_that_is_not_understood_is_not_shown(
        rundir, supervise, source, ctl, line):  # noqa: F811
    """What nothing could be sent to was shown whole, stream key and all."""
    (rundir / "address").write_text(line.format(KEY) + "\n")
    s = supervise("-v", "-v", "-D", f"output.live.url_file={rundir}/address")
    wait_until(lambda: s.output()["state"] == "rejected", "it is refused")
    assert "not understood" in s.output()["url"]
    with s.control() as c:
        told = [c.ask("status"), c.json({"op": "add", "name": "more",
                                         "url": line.format(KEY)})]
    for text in (*told, ctl("outputs"), ctl("--json", "outputs"), s.logged()):
        assert KEY not in str(text)


def test_what_url_command_says_is_masked(rundir, supervise, source):
    """Its complaint became last_error as it stood, URL and all."""
    program = rundir / "asked"
    program.write_text(f"#!/bin/sh\necho no rtmp://a.example/b/{KEY}, sorry "
                       ">&2; exit 1\n")
    program.chmod(0o755)
    s = supervise("-D", f"output.live.url_command={program}")
    wait_until(lambda: "sorry" in s.output()["last_error"], "it is told")
    assert KEY not in s.output()["last_error"] + s.logged()


def test_a_key_as_notepad_writes_it(
        rundir, supervise, nginx, source):  # noqa: F811
    """The byte order mark was sent as part of the key; a blank at its end
    too, and the server's 401 was all there was to see."""
    (rundir / "key").write_bytes(b"\xef\xbb\xbfkey15\r\n")
    s = supervise("-D", f"output.live.url={nginx.url('').rstrip('/')}",
                  "-D", f"output.live.key_file={rundir}/key",
                  "-D", "output.radio.url=icecast://source@127.0.0.1:1/live",
                  "-D", f"output.radio.key_file={rundir}/password")
    with nginx.decode("key15") as far:
        peers.heard_noise(far.samples(2 * peers.RATE))
    (rundir / "password").write_bytes(b"pw \n")
    with s.control() as c:
        c.ask("restart", name="radio")
    wait_until(lambda: "output=radio key_file: the key begins or ends with a "
               "blank" in s.logged(), "it is warned of")
