#include "streamer-supervisor/ffmpeg/reading.h"

#include <string.h>

#include "streamer-supervisor/ffmpeg/tls.h"

void
reading_options(struct argv *a, const struct conf_output *o, const char *url)
{
	if (strncmp(url, "rtsp", 4) == 0)
		argv_options(a, o->address.transport == TRANSPORT_TCP
				    ? "-rtsp_transport tcp"
				    : "-rtsp_transport udp");
	/* ffmpeg finds out by itself that it is FLV, but only from 2,048 bytes:
	 * four seconds of silence. */
	if (strncmp(url, "rtmp", 4) == 0)
		argv_options(a, "-f flv");
	tls_reading_options(a, o, url);
}
