#include "ttsd/pool/engine_argv.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/conf/schema.h"
#include "common/words.h"
#include "platform/platform.h"

/* Arguments that we add to those of the configuration. */
#define OWN_ARGS_MAX 32

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
	add(line, schema_pcm_formats[conf->format]);
	/* We watch over its progress ourselves. */
	add_number(line, "--timeout", 0);
	add(line, "--");
	for (i = 0; conf->command[i]; i++)
		add(line, conf->command[i]);
}

static void
add_text(struct command_line *line, const char *option, const char *value)
{
	if (value[0] == '\0')
		return;
	add(line, option);
	add(line, value);
}

/* They give up before we do, so that they can say why; their tries share the
 * time. */
static void
add_timeouts(struct command_line *line, const struct conf_engine *conf)
{
	int64_t whole = conf->timeout_ns / NS_PER_S - 1;
	int64_t each = whole / (conf->retries + 1);

	add_number(line, "--timeout", whole > 1 ? whole : 1);
	if (conf->type == ENGINE_HTTP)
		add_number(line, "--connect-timeout", each > 1 ? each : 1);
}

/* The key itself never is an argument: any user can list those. */
static void
add_http(struct command_line *line, const struct conf_engine *conf)
{
	add_text(line, "--url", conf->url);
	add_text(line, "--model", conf->model);
	add_text(line, "--voice", conf->voice);
	add_text(line, "--key-file", conf->key_file);
	add_text(line, "--key-env", conf->key_env);
	if (conf->format == PCM_RAW)
		add_text(line, "--format", "pcm");
	else if (conf->format == PCM_WAV)
		add_text(line, "--format", "wav");
	if (conf->rate_hz > 0)
		add_number(line, "--rate", conf->rate_hz);
	add_number(line, "--retries", conf->retries);
	add_timeouts(line, conf);
}

static void
add_options(struct command_line *line, const struct conf_engine *conf,
    const struct conf_ttsd *ttsd)
{
	switch (conf->type) {
	case ENGINE_COMMAND:
		add_command(line, conf);
		break;
	case ENGINE_CLIP:
		add_text(line, "--dir", ttsd->clips_dir);
		break;
	case ENGINE_HTTP:
		add_http(line, conf);
		break;
	case ENGINE_WYOMING:
		add_text(line, "--address", conf->address);
		add_text(line, "--voice", conf->voice);
		add_timeouts(line, conf);
		break;
	default:
		break;
	}
}

char **
engine_argv(const struct conf_engine *conf, const struct conf_ttsd *ttsd)
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
	snprintf(
	    path, sizeof(path), "%s/%s", dir, schema_engine_types[conf->type]);
	add(&line, path);
	add_options(&line, conf, ttsd);
	if (!line.failed)
		return line.argv;
	words_free(line.argv);
	return NULL;
}
