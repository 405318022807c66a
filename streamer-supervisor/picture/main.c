/*
 * picture: keeps one endless Matroska stream alive on a local socket: a
 * channel's sound, bit for bit, and a picture, as raw I420, with time stamps of
 * the channel's samples. It is to video what ttsd's audio socket is to sound:
 * many readers, none of which harms another, and it waits for nobody.
 */
#include <stdio.h>
#include <string.h>

#include "common/args/options.h"
#include "common/err.h"
#include "common/picture/shape.h"
#include "platform/platform.h"
#include "streamer-supervisor/picture/picture.h"

#define EXIT_USAGE 64
#define EXIT_UNAVAILABLE 69
#define EXIT_MEMORY 71
#define LAG_MAX_MS_MAX 60000
#define LAG_MAX_NS (500 * NS_PER_MS)

static const char usage[] =
    "usage: picture --socket PATH --audio PATH --control PATH --channel NAME "
    "--size WIDTHxHEIGHT --fps N [--background '#rrggbb'] [--lag-max MS] "
    "[--raw PATH] [--video NAME [--field NAME=TEXT]... [--overlay] "
    "--painter PROGRAM [ARGUMENT]... ;] "
    "[[--paced] [--list FILE] --frames-from PROGRAM [ARGUMENT]...]\n";

enum {
	SOCKET,
	AUDIO,
	CONTROL,
	CHANNEL,
	SIZE,
	FPS,
	BACKGROUND,
	LAG_MAX,
	RAW,
	OVERLAY,
	PAINTER,
	VIDEO,
	FIELD,
	PACED,
	LIST,
	FRAMES_FROM
};

static const struct options_row options[] = {
	[SOCKET] = { "socket", 0, true },
	[AUDIO] = { "audio", 0, true },
	[CONTROL] = { "control", 0, true },
	[CHANNEL] = { "channel", 0, true },
	[SIZE] = { "size", 0, true },
	[FPS] = { "fps", 0, true },
	[BACKGROUND] = { "background", 0, true },
	[LAG_MAX] = { "lag-max", 0, true },
	[RAW] = { "raw", 0, true },
	[OVERLAY] = { "overlay", 0, false },
	/* What follows, up to a word ";", is the painter's command line. */
	[PAINTER] = { "painter", 0, false },
	[VIDEO] = { "video", 0, true },
	[FIELD] = { "field", 0, true },
	[PACED] = { "paced", 0, false },
	/* The program is given a copy of that file. */
	[LIST] = { "list", 0, true },
	/* The rest of the command line is the program's. */
	[FRAMES_FROM] = { "frames-from", 0, false },
	{ NULL },
};

static bool
read_lag(struct picture_settings *s, const char *value)
{
	unsigned ms;
	char end;

	if (sscanf(value, "%5u%c", &ms, &end) != 1 || ms < 1 ||
	    ms > LAG_MAX_MS_MAX)
		return false;
	s->lag_max_ns = ms * NS_PER_MS;
	return true;
}

static bool
read_field(struct picture_settings *s, const char *value)
{
	size_t n = 0;

	while (s->fields[n])
		n++;
	if (n == PICTURE_FIELDS_MAX || strchr(value, '=') == NULL)
		return false;
	s->fields[n] = value;
	return true;
}

/* Reads a file that may be there for us alone, and once. */
static bool
read_list(struct picture_settings *s, const char *path)
{
	FILE *f = fopen(path, "r");
	size_t n = 0;

	if (f) {
		n = fread(s->list, 1, PROCESS_TEXT_MAX, f);
		fclose(f);
	}
	s->list[n] = '\0';
	return n > 0;
}

static bool
read_option(struct picture_settings *s, int option, const char *value)
{
	switch (option) {
	case SOCKET:
		s->socket = value;
		return true;
	case AUDIO:
		s->audio = value;
		return true;
	case CONTROL:
		s->control = value;
		return true;
	case CHANNEL:
		s->channel = value;
		return true;
	case RAW:
		s->raw = value;
		return true;
	case OVERLAY:
		s->overlay = true;
		return true;
	case VIDEO:
		s->video = value;
		return true;
	case FIELD:
		return read_field(s, value);
	case PACED:
		s->paced = true;
		return true;
	case LIST:
		return read_list(s, value);
	case SIZE:
		return shape_read_size(value, &s->width, &s->height);
	case FPS:
		return shape_read_fps(value, &s->fps);
	case LAG_MAX:
		return read_lag(s, value);
	case BACKGROUND:
		return shape_read_colour(value, &s->background);
	}
	return false;
}

static bool
is_complete(const struct picture_settings *s)
{
	return s->socket && s->audio && s->control && s->channel &&
	       s->width > 0 && s->fps > 0 &&
	       (!s->painter || (s->video && s->painter[0])) &&
	       (!s->frames_from || s->frames_from[0]);
}

/* Takes a command line off argv, up to the word ";", and leaves that word, in
 * argv[0]'s place, for what follows. Returns how many words it was; 0: there is
 * no end of it. */
static int
take_command(char **argv, const char *const **out)
{
	int n = 0;

	while (argv[n] && strcmp(argv[n], ";") != 0)
		n++;
	if (argv[n] == NULL)
		return 0;
	argv[n] = NULL;
	*out = (const char *const *)argv;
	return n;
}

/* The program reads the list by the name that every child's own text has; where
 * the system has no such name, that of ours was put in its place. */
static void
rename_list(char **argv, const char *path)
{
	for (; path && *argv; argv++)
		if (strcmp(*argv, path) == 0)
			*argv = PROCESS_TEXT;
}

static bool
read_command_line(struct picture_settings *s, int argc, char **argv)
{
	struct options o;
	const char *value, *list = NULL;
	int option, at;
	char why[OPTIONS_COMPLAINT_MAX];

	options_begin(&o, options, argc, argv);
	while ((option = options_next(&o, &value)) != OPTIONS_END) {
		at = options_at(&o);
		if (option == LIST)
			list = value;
		if (option == FRAMES_FROM) {
			rename_list(argv + at, list);
			s->frames_from = (const char *const *)argv + at;
			return is_complete(s);
		}
		if (option == PAINTER) {
			at += take_command(argv + at, &s->painter);
			argv += at;
			argc -= at;
			options_begin(&o, options, argc, argv);
		} else if (option < 0 || !read_option(s, option, value)) {
			options_complaint(&o, option, value, why, sizeof(why));
			fprintf(stderr, "picture: %s\n", why);
			return false;
		}
	}
	return is_complete(s);
}

static void
signalled(void *arg, enum loop_signal signal)
{
	if (signal == LOOP_TERMINATE)
		loop_stop(arg);
}

static int
picture_run(struct loop *l, const struct picture_settings *settings)
{
	struct picture *p;
	int rc = picture_new(l, settings, &p);

	if (rc < 0)
		return rc == ERR_NOMEM ? EXIT_MEMORY : EXIT_UNAVAILABLE;
	loop_on_signal(l, signalled, l);
	loop_run(l);
	picture_free(p);
	return 0;
}

int
main(int argc, char **argv)
{
	struct picture_settings settings = { .lag_max_ns = LAG_MAX_NS };
	struct loop *l;
	int status;

	if (!read_command_line(&settings, argc, argv)) {
		fputs(usage, stderr);
		return EXIT_USAGE;
	}
	service_log_init("picture", LOG_JSON, LOG_INFO);
	if (loop_new(&l) < 0) {
		fputs("picture: out of memory\n", stderr);
		return EXIT_MEMORY;
	}
	clock_be_punctual();
	status = picture_run(l, &settings);
	loop_free(l);
	return status;
}
