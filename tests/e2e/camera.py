"""Cameras, for tests. The one of RTSP (camera_server.py) can be stopped,
killed, and come back at the same place."""
import contextlib
import http.server
import pathlib
import threading

import daemon
import peers


class Camera(peers.Program):
    def __init__(self, port=None, width=64, height=32, locked=False):
        self.port = port or peers.free_port()
        # The system's own Python, which has the bindings.
        super().__init__(
            "/usr/bin/python3",
            pathlib.Path(__file__).with_name("camera_server.py"), self.port,
            width, height, *(["locked"] if locked else []))
        daemon.wait_until(
            lambda: peers.is_listening(self.port), "the camera is on")

    def url(self, mount="camera", login=""):
        return f"rtsp://{login}127.0.0.1:{self.port}/{mount}"


class WebCamera(contextlib.AbstractContextManager):
    """A camera of HTTP: JPEG after JPEG. `picture` is what it shows, None while
    it stands still."""

    def __init__(self, picture, rate=25):
        self.picture, self.over = picture, threading.Event()
        camera = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Type",
                                 "multipart/x-mixed-replace;boundary=--x")
                self.end_headers()
                with contextlib.suppress(OSError):
                    while not camera.over.wait(1 / rate):
                        if camera.picture:
                            self.wfile.write(
                                b"--x\r\nContent-Type: image/jpeg\r\n"
                                b"Content-Length: %d\r\n\r\n%s\r\n" % (
                                    len(camera.picture), camera.picture))

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(
            ("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever,
                         daemon=True).start()

    def __exit__(self, *_):
        self.over.set()
        self.server.shutdown()
        self.server.server_close()
