"""A server on GStreamer's gst-rtsp-server, as a program: what is published at
/in (RECORD, over TCP or UDP) is decoded and played at /out as L16; sound and
picture that are published at /h264 (with AAC) or /h265 (with Opus) are written
to a file, Matroska, as they come.

    rtsp_server.py PORT RELAY_PORT RATE FILE

The decoded sound goes from the one to the other over a UDP port, which keeps
either going without the other.
"""
import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402

# What server and publisher may do at a mount.
RECORD = GstRtspServer.RTSPTransportMode.RECORD
RTP = ("application/x-rtp,media=audio,encoding-name=L16,clock-rate={rate},"
       "channels=1,payload=96")
IN = ("( decodebin name=depay0 ! audioconvert ! audioresample ! "
      "audio/x-raw,rate={rate},channels=1 ! rtpL16pay ! "
      "udpsink host=127.0.0.1 port={relay} sync=false )")
OUT = ("( udpsrc address=127.0.0.1 port={relay} caps=" + RTP + " ! "
       "rtpL16depay ! rtpL16pay name=pay0 pt=96 )")
FILE = ("( {video} ! queue ! m.video_0 {audio} ! queue ! m.audio_0 "
        "matroskamux name=m streamable=true ! filesink location={file} "
        "buffer-mode=unbuffered sync=false )")
H264 = {"video": "rtph264depay name=depay0 ! h264parse",
        "audio": "rtpmp4gdepay name=depay1 ! aacparse"}
H265 = {"video": "rtph265depay name=depay0 ! h265parse",
        "audio": "rtpopusdepay name=depay1 ! opusparse"}


def mount(server, path, launch, record=False):
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(launch)
    factory.set_shared(True)
    if record:
        factory.set_transport_mode(RECORD)
    server.get_mount_points().add_factory(path, factory)


def main():
    port, relay, rate, file = sys.argv[1:5]
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(port)
    # A player that waits for sound must not keep the publisher waiting.
    server.get_thread_pool().set_max_threads(8)
    mount(server, "/in", IN.format(relay=relay, rate=rate), record=True)
    mount(server, "/out", OUT.format(relay=relay, rate=rate))
    mount(server, "/h264", FILE.format(file=file, **H264), record=True)
    mount(server, "/h265", FILE.format(file=file, **H265), record=True)
    server.attach(None)
    GLib.MainLoop().run()


main()
