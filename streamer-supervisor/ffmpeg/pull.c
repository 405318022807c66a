#include "streamer-supervisor/ffmpeg/pull.h"

#include <stdio.h>
#include <string.h>

/* How often a picture on disk is read again. */
#define LOOKS_PER_S 2

static void
add_hwaccel(struct argv *a, const struct conf_video *v)
{
	if (v->hwaccel == HWACCEL_AUTO)
		argv_options(a, "-hwaccel auto");
}

/* It is read again for every frame, so that one that was replaced is seen. */
static void
add_image(struct argv *a, const struct conf_video *v)
{
	argv_options(a, "-re -f image2 -pattern_type none -loop 1");
	argv_number(a, "-framerate", LOOKS_PER_S);
	argv_options(a, "-i");
	argv_add(a, "%s", v->path);
}

static void
add_loop(struct argv *a, const struct conf_video *v)
{
	add_hwaccel(a, v);
	argv_options(a, "-stream_loop -1 -i");
	argv_add(a, "file:%s", v->path);
}

/* Nothing is held back to look at it: a camera that is analysed for five
 * seconds is five seconds late for ever. What is sent over HTTP and the like
 * has to be looked at. */
static void
add_camera(struct argv *a, const struct conf_video *v)
{
	add_hwaccel(a, v);
	argv_options(a, "-fflags nobuffer -flags low_delay");
	if (strncmp(v->url, "rtsp", 4) == 0)
		argv_options(a,
		    "-rtsp_transport tcp -probesize 32768 -analyzeduration 0");
	argv_options(a, "-i");
	argv_add(a, "%s", v->url);
}

/* The largest even size within the video's that keeps the shape of what comes;
 * written out, as an ffmpeg before 4.4 has no word for even. */
static void
put_scale(char *out, size_t size, int w, int h)
{
	snprintf(out, size,
	    "scale='max(2,2*round(min(%d,%d*a)/2))':"
	    "'max(2,2*round(min(%d,%d/a)/2))'",
	    w, h, h, w);
}

static void
add_frames(struct argv *a, const struct conf_video *v)
{
	int w = (int)v->size.width, h = (int)v->size.height;
	char scale[128];

	put_scale(scale, sizeof(scale), w, h);
	argv_options(a, "-map 0:v:0 -vf");
	argv_add(a,
	    "fps=%d,%s:out_color_matrix=bt709:out_range=tv,"
	    "pad=%d:%d:-1:-1:color=0x%06x,setsar=1,format=yuv420p",
	    (int)v->fps, scale, w, h, (unsigned)v->background);
	argv_options(a, "-f yuv4mpegpipe pipe:1");
}

void
pull_argv(struct argv *a, const struct conf_video *v, const char *program)
{
	argv_add(a, "%s", program);
	argv_options(
	    a, "-hide_banner -nostdin -nostats -loglevel repeat+level+error");
	if (v->source == SOURCE_IMAGE)
		add_image(a, v);
	else if (v->source == SOURCE_LOOP)
		add_loop(a, v);
	else
		add_camera(a, v);
	add_frames(a, v);
}
