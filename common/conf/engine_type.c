#include "common/conf/engine_type.h"

#include "common/conf/schema.h"

#define NS_PER_S INT64_C(1000000000)

static void
add_text(struct argv *a, const char *option, const char *value)
{
	if (value[0] == '\0')
		return;
	argv_add(a, "%s", option);
	argv_add(a, "%s", value);
}

/* Gives engines that wait for a server a time-out that ends a second before the
 * pool's own, so that they can still say why. */
static int64_t
whole_timeout_s(const struct conf_engine *conf)
{
	int64_t whole = conf->timeout_ns / NS_PER_S - 1;

	return whole > 1 ? whole : 1;
}

static void
add_command(struct argv *a, const struct conf_engine *conf,
    const struct conf_ttsd *ttsd)
{
	(void)ttsd;
	if (conf->rate_hz > 0)
		argv_number(a, "--rate", conf->rate_hz);
	argv_number(a, "--channels", conf->channels);
	add_text(a, "--format", schema_pcm_formats[conf->format]);
	/* The pool watches over the program's progress. */
	argv_number(a, "--timeout", 0);
	argv_options(a, "--");
	argv_list(a, conf->command);
}

static void
add_clip(struct argv *a, const struct conf_engine *conf,
    const struct conf_ttsd *ttsd)
{
	(void)conf;
	add_text(a, "--dir", ttsd->clips_dir);
}

/* Adds where the key is, never the key: any user can list arguments. */
static void
add_http(struct argv *a, const struct conf_engine *conf,
    const struct conf_ttsd *ttsd)
{
	/* The tries share the time. */
	int64_t each = (conf->timeout_ns / NS_PER_S - 1) / (conf->retries + 1);

	(void)ttsd;
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
	argv_number(a, "--timeout", whole_timeout_s(conf));
	argv_number(a, "--connect-timeout", each > 1 ? each : 1);
}

static void
add_wyoming(struct argv *a, const struct conf_engine *conf,
    const struct conf_ttsd *ttsd)
{
	(void)ttsd;
	add_text(a, "--address", conf->address);
	add_text(a, "--voice", conf->voice);
	if (conf->format == PCM_RAW)
		add_text(a, "--format", "raw");
	argv_number(a, "--timeout", whole_timeout_s(conf));
}

/* The first is the one that is meant where nobody names a type. */
#define ENGINE_TYPES(ROW)                                                     \
	ROW("espeak", .exists = true, .voice = "en")                          \
	ROW("command", .needs = "command", .needed = "a command",             \
	    .add_options = add_command)                                       \
	ROW("clip", .exists = true, .has_clips = true,                        \
	    .add_options = add_clip)                                          \
	ROW("http", .needs = "url", .needed = "a url",                        \
	    .add_options = add_http)                                          \
	ROW("wyoming", .needs = "address", .needed = "an address, host:port", \
	    .add_options = add_wyoming)                                       \
	ROW("sapi", .exists = false)                                          \
	ROW("tone", .exists = true)

#define AS_ROW(type, ...) { .name = type, __VA_ARGS__ },
#define AS_NAME(type, ...) type,

const struct engine_type engine_types[] = { ENGINE_TYPES(AS_ROW){ NULL } };
const char *const engine_type_names[] = { ENGINE_TYPES(AS_NAME) NULL };
