#include "streamer-supervisor/hearing/hearing_argv.h"

#include <string.h>

#include "common/args/argv.h"
#include "streamer-supervisor/ffmpeg/reading.h"

/* What comes later than this is taken for lost. Lists of segments come late,
 * and in lumps of a segment: such a stream is not given up before the second.
 */
#define DELAY_MAX_MS 15000
#define LIST_DELAY_MAX_MS 30000
#define LIST_STALL_MS 20000

static bool
is_list(const char *url)
{
	return strstr(url, ".m3u8") || strstr(url, ".mpd");
}

static int64_t
stall_ms(const struct conf_output *o, const char *url)
{
	int64_t ms = o->timing.stall_timeout_ns / 1000000;

	return is_list(url) && ms < LIST_STALL_MS ? LIST_STALL_MS : ms;
}

static void
add_word(struct argv *a, const char *option, const char *value)
{
	argv_add(a, "%s", option);
	argv_add(a, "%s", value);
}

static void
add_reader(struct argv *a, const struct hearing_places *at,
    const struct conf_output *o)
{
	add_word(a, "--reader", at->ffmpeg);
	argv_options(a, "-hide_banner -nostdin -nostats -loglevel error "
			"-fflags nobuffer");
	reading_options(a, o, at->url);
	argv_number(a, "-analyzeduration", READING_LOOK_MS * 1000);
	add_word(a, "-i", at->url);
	argv_options(a, "-map 0:a:0? -f s16le -ac 1 -ar 8000 -flush_packets 1 "
			"pipe:1");
}

char **
hearing_argv(const struct hearing_places *at, const struct conf_output *o,
    const char *channel, bool marked)
{
	struct argv a = { 0 };

	argv_add(&a, "%s/ear", at->programs);
	add_word(&a, "--audio", at->audio);
	add_word(&a, "--control", at->control);
	add_word(&a, "--channel", channel);
	if (marked)
		argv_add(&a, "--marked");
	argv_number(&a, "--delay-max",
	    is_list(at->url) ? LIST_DELAY_MAX_MS : DELAY_MAX_MS);
	argv_number(&a, "--stall", stall_ms(o, at->url));
	add_reader(&a, at, o);
	return argv_take(&a);
}
