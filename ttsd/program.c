#include "ttsd/program.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/words.h"
#include "platform/platform.h"

/* Arguments that we add to those of the configuration. */
#define OWN_ARGS_MAX 12

static const char *const programs[] = {
	[ENGINE_ESPEAK] = "espeak",
	[ENGINE_COMMAND] = "command",
	[ENGINE_TONE] = "tone",
};
static const char *const formats[] = {
	[PCM_AUTO] = "auto",
	[PCM_WAV] = "wav",
	[PCM_RAW] = "raw",
};

const char *
program_name(enum conf_engine_type type)
{
	return programs[type];
}

struct command_line {
	char **argv;
	size_t count;
	bool failed;
};

static void
add(struct command_line *line, const char *word)
{
	char *copy = line->failed ? NULL : strdup(word);

	line->failed = copy == NULL;
	if (copy)
		line->argv[line->count++] = copy;
}

static void
add_number(struct command_line *line, const char *option, int64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRId64, value);
	add(line, option);
	add(line, text);
}

static void
add_command(struct command_line *line, const struct conf_engine *conf)
{
	size_t i;

	if (conf->rate_hz > 0)
		add_number(line, "--rate", conf->rate_hz);
	add_number(line, "--channels", conf->channels);
	add(line, "--format");
	add(line, formats[conf->format]);
	/* We watch over its progress ourselves. */
	add_number(line, "--timeout", 0);
	add(line, "--");
	for (i = 0; conf->command[i]; i++)
		add(line, conf->command[i]);
}

char **
program_argv(const struct conf_engine *conf)
{
	char dir[PLATFORM_PATH_MAX], path[PLATFORM_PATH_MAX + 16];
	struct command_line line = { 0 };
	size_t words = 0;

	if (path_libexec(dir, sizeof(dir)) < 0)
		return NULL;
	while (conf->command && conf->command[words])
		words++;
	line.argv = calloc(words + OWN_ARGS_MAX, sizeof(*line.argv));
	if (line.argv == NULL)
		return NULL;
	snprintf(path, sizeof(path), "%s/%s", dir, programs[conf->type]);
	add(&line, path);
	if (conf->type == ENGINE_COMMAND)
		add_command(&line, conf);
	if (!line.failed)
		return line.argv;
	words_free(line.argv);
	return NULL;
}
