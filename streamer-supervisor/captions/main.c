/*
 * captions: writes WebVTT beside the HLS of one ffmpeg, from what ttsd tells of
 * the words that it says. A process of its own, for a disk may be full or hang,
 * and nothing but captions is to come to harm by that.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/args/options.h"
#include "common/err.h"
#include "platform/platform.h"
#include "streamer-supervisor/captions/captions.h"
#include "streamer-supervisor/captions/webvtt.h"
#include "streamer-supervisor/captions/words.h"
#include "streamer-supervisor/keeper/names.h"

#define EXIT_USAGE 64
#define EXIT_UNAVAILABLE 69
#define NUMBER_DIGITS 18

static const char usage[] =
    "usage: captions --control PATH --channel NAME --rate HZ --pid PID "
    "[--first-sample N] "
    "--delay TICKS --captions NAME --master NAME [--codecs TEXT] "
    "--list PATH --bandwidth N "
    "[--list PATH --bandwidth N]...\n";

enum {
	CONTROL,
	CHANNEL,
	RATE,
	PID,
	FIRST_SAMPLE,
	DELAY,
	CAPTIONS,
	MASTER,
	CODECS,
	LIST,
	BANDWIDTH
};

static const struct options_row options[] = {
	[CONTROL] = { "control", 0, true },
	[CHANNEL] = { "channel", 0, true },
	[RATE] = { "rate", 0, true },
	[PID] = { "pid", 0, true },
	[FIRST_SAMPLE] = { "first-sample", 0, true },
	[DELAY] = { "delay", 0, true },
	[CAPTIONS] = { "captions", 0, true },
	[MASTER] = { "master", 0, true },
	[CODECS] = { "codecs", 0, true },
	[LIST] = { "list", 0, true },
	[BANDWIDTH] = { "bandwidth", 0, true },
	{ NULL },
};

static bool
read_number(const char *value, int64_t max, int64_t *out)
{
	size_t digits = strspn(value, "0123456789");

	*out = 0;
	if (digits == 0 || digits > NUMBER_DIGITS || value[digits])
		return false;
	*out = strtoll(value, NULL, 10);
	return *out <= max;
}

static bool
read_rate(struct captions_settings *s, const char *value)
{
	int64_t rate;

	if (!read_number(value, INT32_MAX, &rate) || rate == 0)
		return false;
	s->rate_hz = (uint32_t)rate;
	return true;
}

static bool
read_list(struct captions_settings *s, const char *path)
{
	size_t len = strlen(path), folder;

	if (len < sizeof("/a.m3u8") - 1 ||
	    strcmp(path + len - strlen(".m3u8"), ".m3u8") != 0 ||
	    s->stream_count == CAPTIONS_STREAMS_MAX)
		return false;
	if (s->stream_count == 0)
		s->followed = path;
	s->streams[s->stream_count++].list = names_split(path, &folder);
	return true;
}

static bool
read_bandwidth(struct captions_settings *s, const char *value)
{
	return s->stream_count > 0 &&
	       read_number(value, INT64_MAX,
		   &s->streams[s->stream_count - 1].bandwidth);
}

static bool
read_option(struct captions_settings *s, int option, const char *value)
{
	switch (option) {
	case CONTROL:
		s->control = value;
		return true;
	case CHANNEL:
		s->channel = value;
		return true;
	case CAPTIONS:
		s->captions = value;
		return true;
	case MASTER:
		s->master = value;
		return true;
	case CODECS:
		s->codecs = value;
		return true;
	case RATE:
		return read_rate(s, value);
	case PID:
		return read_number(value, INT64_MAX, &s->pid);
	case FIRST_SAMPLE:
		return read_number(value, INT64_MAX, &s->first_sample);
	case DELAY:
		return read_number(value, PTS_HZ, &s->delay);
	case LIST:
		return read_list(s, value);
	case BANDWIDTH:
		return read_bandwidth(s, value);
	}
	return false;
}

static bool
read_command_line(struct captions_settings *s, int argc, char **argv)
{
	struct options o;
	const char *value;
	int option;
	char why[OPTIONS_COMPLAINT_MAX];

	options_begin(&o, options, argc, argv);
	while ((option = options_next(&o, &value)) != OPTIONS_END)
		if (option < 0 || !read_option(s, option, value)) {
			options_complaint(&o, option, value, why, sizeof(why));
			fprintf(stderr, "captions: %s\n", why);
			return false;
		}
	return s->control && s->channel && s->captions && s->master &&
	       s->rate_hz && s->stream_count;
}

static void
signalled(void *arg, enum loop_signal signal)
{
	if (signal == LOOP_TERMINATE)
		captions_finish(arg);
}

static int
captions_run(struct loop *l, const struct captions_settings *settings)
{
	struct captions *c;
	int rc = captions_new(l, settings, &c);

	if (rc < 0) {
		fprintf(
		    stderr, "the captions cannot begin: %s\n", err_text(rc));
		return EXIT_UNAVAILABLE;
	}
	puts(CAPTIONS_READY);
	fflush(stdout);
	loop_on_signal(l, signalled, c);
	loop_run(l);
	captions_free(c);
	return 0;
}

int
main(int argc, char **argv)
{
	struct captions_settings settings = { .codecs = "",
		.first_sample = -1 };
	struct loop *l;
	int rc, status;

	if (!read_command_line(&settings, argc, argv)) {
		fputs(usage, stderr);
		return EXIT_USAGE;
	}
	rc = loop_new(&l);
	if (rc < 0) {
		fprintf(
		    stderr, "the captions cannot begin: %s\n", err_text(rc));
		return EXIT_UNAVAILABLE;
	}
	status = captions_run(l, &settings);
	loop_free(l);
	return status;
}
