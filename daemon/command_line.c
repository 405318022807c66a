#include "daemon/command_line.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/args/options.h"
#include "common/err.h"

enum {
	FILE_NAME,
	DEFINE,
	VERBOSE,
	LOG_FORMAT,
	CHECK_CONFIG,
	TRY_UPGRADE,
	RELOAD,
	VERSION,
	HELP
};

static const struct options_row rows[] = {
	[FILE_NAME] = { "config", 'c', true },
	[DEFINE] = { "define", 'D', true },
	[VERBOSE] = { "verbose", 'v', false },
	[LOG_FORMAT] = { "log-format", 0, true },
	[CHECK_CONFIG] = { "check-config", 0, false },
	[TRY_UPGRADE] = { "try-upgrade", 0, false },
	[RELOAD] = { "reload", 0, true },
	[VERSION] = { "version", 0, false },
	[HELP] = { "help", 'h', false },
	{ .name = NULL },
};

static void
take_define(struct command_line *c, const char *value)
{
	if (c->define_count == COMMAND_LINE_DEFINES_MAX)
		snprintf(c->error, sizeof(c->error), "too many -D options");
	else
		c->defines[c->define_count++] = value;
}

static void
take_log_format(struct command_line *c, const char *value)
{
	c->json_log = strcmp(value, "json") == 0;
	if (!c->json_log && strcmp(value, "text") != 0)
		snprintf(c->error, sizeof(c->error),
		    "--log-format is text or json, not '%.40s'", value);
}

static void
take_reload(struct command_line *c, const char *value)
{
	char *end;

	c->reload = strtoll(value, &end, 10);
	if (c->reload <= 1 || c->reload > INT32_MAX || *end)
		snprintf(c->error, sizeof(c->error),
		    "--reload takes the id of a process, not '%.40s'", value);
}

static void
take_option(struct command_line *c, int row, const char *value)
{
	switch (row) {
	case FILE_NAME:
		c->file = value;
		break;
	case DEFINE:
		take_define(c, value);
		break;
	case VERBOSE:
		c->verbosity++;
		break;
	case LOG_FORMAT:
		take_log_format(c, value);
		break;
	case CHECK_CONFIG:
		c->check_config = true;
		break;
	case TRY_UPGRADE:
		c->try_upgrade = true;
		break;
	case RELOAD:
		take_reload(c, value);
		break;
	case VERSION:
		c->version = true;
		break;
	case HELP:
		c->help = true;
		break;
	}
}

/* Complains of the word at which the reading ended, unless an option was
 * complained of already. */
static void
take_end(
    struct command_line *c, const struct options *o, int end, const char *word)
{
	char meant[80];

	if (end == OPTIONS_END && options_at(o) < o->argc)
		word = o->argv[options_at(o)];
	if (c->error[0])
		return;
	if (end == OPTIONS_UNVALUED) {
		snprintf(
		    c->error, sizeof(c->error), "%s needs a value", o->name);
	} else if (end == OPTIONS_OVERVALUED) {
		snprintf(
		    c->error, sizeof(c->error), "%s takes no value", o->name);
	} else if (end == OPTIONS_UNKNOWN) {
		options_meant(o, meant, sizeof(meant));
		snprintf(c->error, sizeof(c->error),
		    "unknown argument '%.60s'%s", o->name, meant);
	} else if (word) {
		snprintf(c->error, sizeof(c->error), "unknown argument '%.60s'",
		    word);
	}
}

int
command_line_parse(int argc, char **argv, struct command_line *out)
{
	struct options o;
	const char *value;
	int row;

	*out = (struct command_line){ 0 };
	out->defines = calloc((size_t)argc + 1, sizeof(*out->defines));
	if (out->defines == NULL)
		return ERR_NOMEM;
	options_begin(&o, rows, argc, argv);
	while ((row = options_next(&o, &value)) >= 0 && out->error[0] == '\0')
		take_option(out, row, value);
	take_end(out, &o, row, value);
	return out->error[0] ? ERR_INVALID : 0;
}

void
command_line_done(struct command_line *c)
{
	free(c->defines);
	c->defines = NULL;
}
