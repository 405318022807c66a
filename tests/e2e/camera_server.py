"""A camera, on GStreamer's gst-rtsp-server: a white picture as Motion JPEG at
/camera, and sound alone at /sound. A locked one wants a name and a password:
user, secret.

    camera_server.py PORT WIDTH HEIGHT [locked]
"""
import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402

PICTURE = ("( videotestsrc is-live=true pattern=white ! video/x-raw,format=I420,"
           "width={width},height={height},framerate=25/1 ! jpegenc ! "
           "rtpjpegpay name=pay0 pt=26 )")
SOUND = "( audiotestsrc is-live=true ! rtpL16pay name=pay0 pt=96 )"


def mount(server, path, launch):
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(launch)
    factory.set_shared(True)
    permissions = GstRtspServer.RTSPPermissions()
    permissions.add_role("user")
    for what in (GstRtspServer.RTSP_PERM_MEDIA_FACTORY_ACCESS,
                 GstRtspServer.RTSP_PERM_MEDIA_FACTORY_CONSTRUCT):
        permissions.add_permission_for_role("user", what, True)
    factory.set_permissions(permissions)
    server.get_mount_points().add_factory(path, factory)


def lock(server):
    auth = GstRtspServer.RTSPAuth()
    token = GstRtspServer.RTSPToken()
    token.set_string(GstRtspServer.RTSP_TOKEN_MEDIA_FACTORY_ROLE, "user")
    auth.add_basic(GstRtspServer.RTSPAuth.make_basic("user", "secret"), token)
    server.set_auth(auth)


def main():
    port, width, height = sys.argv[1:4]
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(port)
    if "locked" in sys.argv:
        lock(server)
    mount(server, "/camera", PICTURE.format(width=width, height=height))
    mount(server, "/sound", SOUND)
    server.attach(None)
    GLib.MainLoop().run()


main()
