/*
 * Any text as a configuration file, then as -D options (what follows a 0xff
 * byte, one option a line): accepted and whole, or refused with one safe
 * message that names its origin; no leak either way.
 */
#include "tests/fuzz/fuzz.h"

#include "common/args/words.h"
#include "common/conf/conf.h"
#include "common/err.h"
#include "common/utf8.h"

static void
check_error(int rc, const struct conf_error *e)
{
	char clean[CONF_ERROR_MAX];

	MUST(rc == 0 || rc == ERR_INVALID);
	if (rc == 0)
		return;
	MUST(memcmp(e->text, "f.conf:", 7) == 0 ||
	     memcmp(e->text, "-D ", 3) == 0);
	utf8_sanitise(clean, sizeof(clean), e->text, strlen(e->text));
	MUST(strcmp(clean, e->text) == 0);
}

static int
set_options(
    struct conf *c, const uint8_t *data, size_t size, struct conf_error *e)
{
	const uint8_t *end;
	char *option;
	size_t len;
	int rc = 0;

	while (size > 0 && rc == 0) {
		end = memchr(data, '\n', size);
		len = end ? (size_t)(end - data) : size;
		option = malloc(len + 1);
		MUST(option != NULL);
		memcpy(option, data, len);
		option[len] = '\0';
		rc = conf_set(c, option, e);
		check_error(rc, e);
		free(option);
		len += end != NULL;
		data += len;
		size -= len;
	}
	return rc;
}

/* What a daemon relies on once the configuration was accepted. */
static void
check_whole(const struct conf *c)
{
	size_t i;

	MUST(c->channels.count >= 1);
	MUST(c->ttsd.workers >= 1);
	for (i = 0; i < c->channels.count; i++) {
		const struct conf_channel *ch = conf_channel_at(c, i);

		MUST(conf_name_valid(ch->block.name));
		MUST(conf_channel_find(c, ch->block.name) == ch);
		MUST(conf_engine_find(c, ch->engine) != NULL);
		MUST(ch->rate_hz >= 8000 && ch->channels >= 1);
	}
	for (i = 0; i < c->outputs.count; i++) {
		const struct conf_output *o = conf_output_at(c, i);

		MUST(o->address.url[0] || o->address.url_file[0] ||
		     words_count(o->address.url_command) > 0);
		MUST(o->timing.backoff_initial_ns > 0);
		MUST(o->timing.backoff_initial_ns <= o->timing.backoff_max_ns);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *options = size ? memchr(data, 0xff, size) : NULL;
	size_t len = options ? (size_t)(options - data) : size;
	char *text = exact_copy(data, len);
	struct conf_error e = { "" };
	struct conf c;
	int rc;

	MUST(conf_init(&c) == 0);
	rc = conf_parse(&c, "f.conf", text, len, &e);
	check_error(rc, &e);
	if (rc == 0 && options)
		rc = set_options(&c, options + 1, size - len - 1, &e);
	if (rc == 0) {
		rc = conf_finish(&c, &e);
		check_error(rc, &e);
	}
	if (rc == 0)
		check_whole(&c);
	conf_done(&c);
	free(text);
	return 0;
}
