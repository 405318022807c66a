#include "ttsd/pool/engine_argv.h"

#include "common/argv.h"
#include "common/conf/schema.h"
#include "platform/platform.h"

static void
add_command(struct argv *a, const struct conf_engine *conf)
{
	if (conf->rate_hz > 0)
		argv_number(a, "--rate", conf->rate_hz);
	argv_number(a, "--channels", conf->channels);
	argv_options(a, "--format");
	argv_add(a, "%s", schema_pcm_formats[conf->format]);
	/* The pool watches over the program's progress. */
	argv_number(a, "--timeout", 0);
	argv_options(a, "--");
	argv_list(a, conf->command);
}

static void
add_text(struct argv *a, const char *option, const char *value)
{
	if (value[0] == '\0')
		return;
	argv_add(a, "%s", option);
	argv_add(a, "%s", value);
}

/* Gives engines that wait for a server a time-out that ends a second before the
 * pool's own, so that they can still say why. Their tries share the time. */
static void
add_timeouts(struct argv *a, const struct conf_engine *conf)
{
	int64_t whole = conf->timeout_ns / NS_PER_S - 1;
	int64_t each = whole / (conf->retries + 1);

	argv_number(a, "--timeout", whole > 1 ? whole : 1);
	if (conf->type == ENGINE_HTTP)
		argv_number(a, "--connect-timeout", each > 1 ? each : 1);
}

/* Adds where the key is, never the key: any user can list arguments. */
static void
add_http(struct argv *a, const struct conf_engine *conf)
{
	add_text(a, "--url", conf->url);
	add_text(a, "--model", conf->model);
	add_text(a, "--voice", conf->voice);
	add_text(a, "--key-file", conf->key_file);
	add_text(a, "--key-env", conf->key_env);
	if (conf->format == PCM_RAW)
		add_text(a, "--format", "pcm");
	else if (conf->format == PCM_WAV)
		add_text(a, "--format", "wav");
	if (conf->rate_hz > 0)
		argv_number(a, "--rate", conf->rate_hz);
	argv_number(a, "--retries", conf->retries);
	add_timeouts(a, conf);
}

static void
add_options(struct argv *a, const struct conf_engine *conf,
    const struct conf_ttsd *ttsd)
{
	switch (conf->type) {
	case ENGINE_COMMAND:
		add_command(a, conf);
		break;
	case ENGINE_CLIP:
		add_text(a, "--dir", ttsd->clips_dir);
		break;
	case ENGINE_HTTP:
		add_http(a, conf);
		break;
	case ENGINE_WYOMING:
		add_text(a, "--address", conf->address);
		add_text(a, "--voice", conf->voice);
		if (conf->format == PCM_RAW)
			add_text(a, "--format", "raw");
		add_timeouts(a, conf);
		break;
	default:
		break;
	}
}

char **
engine_argv(const struct conf_engine *conf, const struct conf_ttsd *ttsd)
{
	char dir[PLATFORM_PATH_MAX];
	struct argv a = { 0 };

	if (path_libexec(dir, sizeof(dir)) < 0)
		return NULL;
	argv_add(&a, "%s/%s", dir, schema_engine_types[conf->type]);
	add_options(&a, conf, ttsd);
	return argv_take(&a);
}
