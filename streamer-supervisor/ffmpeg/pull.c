#include "streamer-supervisor/ffmpeg/pull.h"

#include <stdio.h>
#include <string.h>

#include "common/err.h"
#include "common/net/url.h"
#include "streamer-supervisor/ffmpeg/hidden_input.h"

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

/* How a path ends that is no camera's: a film's, that of a list of HLS or DASH,
 * or of one segment of these. */
static const char *const film_ends[] = { ".m3u8", ".mpd", ".mp4", ".m4v",
	".m4s", ".mov", ".mkv", ".webm", ".ts", ".mts", ".flv", ".avi", ".mpg",
	".mpeg", ".ogv", ".3gp", ".wmv", NULL };

static bool
ends_as_a_film(const char *text, size_t len)
{
	const char *const *end;
	size_t n;

	for (end = film_ends; *end; end++) {
		n = strlen(*end);
		if (len > n && strncmp(text + len - n, *end, n) == 0)
			return true;
	}
	return false;
}

/* A film is read at its own speed. What comes as fast as it is made, as a
 * camera's pictures do, must not be: its clock is another. */
static bool
is_film(const struct conf_video *v)
{
	struct url u;
	size_t end;

	if (v->paced != PACED_AUTO)
		return v->paced == PACED_YES;
	url_parse(&u, v->url, strlen(v->url));
	if (u.kind == URL_ADDRESS && strncmp(v->url, "http", 4) != 0)
		return false;
	end = strcspn(v->url, "?#");
	return ends_as_a_film(v->url, end);
}

/* Nothing is held back to look at it: a camera that is analysed for five
 * seconds is five seconds late for ever. What is sent over HTTP and the like
 * has to be looked at. */
static const struct {
	const char *argv, *list; /* as options, as lines of a list */
} rtsp = { "-rtsp_transport tcp -probesize 32768 -analyzeduration 0",
	"option rtsp_transport tcp\n"
	"option probesize 32768\n"
	"option analyzeduration 0\n" };

static bool
is_rtsp(const struct conf_video *v)
{
	return strncmp(v->url, "rtsp", 4) == 0;
}

bool
pull_is_listed(const struct conf_video *v)
{
	return v->source == SOURCE_URL && hidden_input_is_due(v->url);
}

static void
add_url(struct argv *a, const struct conf_video *v)
{
	add_hwaccel(a, v);
	argv_options(
	    a, is_film(v) ? "-re" : "-fflags nobuffer -flags low_delay");
	if (pull_is_listed(v)) {
		hidden_input_argv(a);
		return;
	}
	if (is_rtsp(v))
		argv_options(a, rtsp.argv);
	argv_options(a, "-i");
	argv_add(a, "%s", v->url);
}

int
pull_list(const struct conf_video *v, char **out)
{
	*out = NULL;
	if (!pull_is_listed(v))
		return 0;
	*out = hidden_input_list(v->url, is_rtsp(v) ? rtsp.list : "");
	return *out ? 0 : ERR_NOMEM;
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

/* A film on disk has to have a frame for each frame's time. Else a frame is
 * passed on when it comes, not when the next one does; of a source that has
 * many more than are shown, those are left out that come too soon. */
static void
put_rate(char *out, size_t size, const struct conf_video *v)
{
	if (v->source == SOURCE_LOOP)
		snprintf(out, size, "fps=%d", (int)v->fps);
	else
		snprintf(out, size,
		    "select='isnan(t)+isnan(prev_selected_t)+"
		    "gte(abs(t-prev_selected_t),0.5/%d)'",
		    (int)v->fps);
}

static void
add_frames(struct argv *a, const struct conf_video *v, bool modern)
{
	int w = (int)v->size.width, h = (int)v->size.height;
	char rate[96], scale[128];

	put_rate(rate, sizeof(rate), v);
	put_scale(scale, sizeof(scale), w, h);
	argv_options(a, "-map 0:v:0 -vf");
	argv_add(a,
	    "%s,%s:out_color_matrix=bt709:out_range=tv,"
	    "pad=%d:%d:-1:-1:color=0x%06x,setsar=1,format=yuv420p",
	    rate, scale, w, h, (unsigned)v->background);
	if (v->source != SOURCE_LOOP)
		argv_options(
		    a, modern ? "-fps_mode passthrough" : "-vsync passthrough");
	argv_options(a, "-f yuv4mpegpipe pipe:1");
}

void
pull_argv(struct argv *a, const struct conf_video *v, const char *program,
    bool modern)
{
	argv_add(a, "%s", program);
	argv_options(
	    a, "-hide_banner -nostdin -nostats -loglevel repeat+level+error");
	if (v->source == SOURCE_IMAGE)
		add_image(a, v);
	else if (v->source == SOURCE_LOOP)
		add_loop(a, v);
	else
		add_url(a, v);
	add_frames(a, v, modern);
}
