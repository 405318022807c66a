/*
 * ear: listens to an output where its listeners are. It reads a channel's sound
 * from ttsd and the same stream back from its server, through an ffmpeg, and
 * compares them. A process of its own: what parses a server's answers is no
 * daemon, and its work is nobody else's delay.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/args/options.h"
#include "common/err.h"
#include "platform/platform.h"
#include "streamer-supervisor/ear/ear.h"
#include "streamer-supervisor/ear/words.h"

#define EXIT_USAGE 64
#define EXIT_UNAVAILABLE 69
#define MS_DIGITS 6

static const char usage[] =
    "usage: ear --audio PATH --control PATH --channel NAME [--marked] "
    "--delay-max MS --stall MS --reader PROGRAM [ARGUMENT]...\n";

enum { AUDIO, CONTROL, CHANNEL, MARKED, DELAY_MAX, STALL, READER };

static const struct options_row options[] = {
	[AUDIO] = { "audio", 0, true },
	[CONTROL] = { "control", 0, true },
	[CHANNEL] = { "channel", 0, true },
	[MARKED] = { "marked", 0, false },
	[DELAY_MAX] = { "delay-max", 0, true },
	[STALL] = { "stall", 0, true },
	/* The rest of the command line is the program's. */
	[READER] = { "reader", 0, false },
	{ NULL },
};

static bool
read_ms(const char *value, int64_t *ns)
{
	size_t digits = strspn(value, "0123456789");

	if (digits == 0 || digits > MS_DIGITS || value[digits])
		return false;
	*ns = strtol(value, NULL, 10) * NS_PER_MS;
	return *ns > 0;
}

static bool
read_option(struct ear_settings *s, int option, const char *value)
{
	switch (option) {
	case AUDIO:
		s->audio = value;
		return true;
	case CONTROL:
		s->control = value;
		return true;
	case CHANNEL:
		s->channel = value;
		return true;
	case MARKED:
		s->marked = true;
		return true;
	case DELAY_MAX:
		return read_ms(value, &s->delay_max_ns);
	case STALL:
		return read_ms(value, &s->stall_ns);
	}
	return false;
}

static bool
read_command_line(struct ear_settings *s, int argc, char **argv)
{
	struct options o;
	const char *value;
	int option;
	char why[OPTIONS_COMPLAINT_MAX];

	options_begin(&o, options, argc, argv);
	while ((option = options_next(&o, &value)) != OPTIONS_END &&
	       option != READER)
		if (option < 0 || !read_option(s, option, value)) {
			options_complaint(&o, option, value, why, sizeof(why));
			fprintf(stderr, "ear: %s\n", why);
			return false;
		}
	if (option == READER)
		s->reader = (const char *const *)argv + options_at(&o);
	return s->audio && s->control && s->channel && s->delay_max_ns &&
	       s->stall_ns && s->reader && s->reader[0];
}

static void
signalled(void *arg, enum loop_signal signal)
{
	if (signal == LOOP_TERMINATE)
		loop_stop(arg);
}

static int
ear_run(struct loop *l, const struct ear_settings *settings)
{
	struct ear *e;
	int rc = ear_new(l, settings, &e);

	if (rc < 0) {
		fprintf(stderr, "the ear cannot begin: %s\n", err_text(rc));
		return EXIT_UNAVAILABLE;
	}
	puts(EAR_READY);
	fflush(stdout);
	loop_on_signal(l, signalled, l);
	loop_run(l);
	ear_finish(e);
	ear_free(e);
	return 0;
}

int
main(int argc, char **argv)
{
	struct ear_settings settings = { 0 };
	struct loop *l;
	int rc, status;

	if (!read_command_line(&settings, argc, argv)) {
		fputs(usage, stderr);
		return EXIT_USAGE;
	}
	rc = loop_new(&l);
	if (rc < 0) {
		fprintf(stderr, "the ear cannot begin: %s\n", err_text(rc));
		return EXIT_UNAVAILABLE;
	}
	status = ear_run(l, &settings);
	loop_free(l);
	return status;
}
