/*
 * Any text as the URL of an output, and what is behind its first newline as the
 * key: whatever becomes of it, a plan or a refusal, nobody sees what is secret.
 */
#include "common/args/words.h"
#include "common/conf/conf.h"
#include "common/err.h"
#include "common/net/redact.h"
#include "common/net/url.h"
#include "streamer-supervisor/ffmpeg/invocation.h"
#include "streamer-supervisor/ffmpeg/plan.h"
#include "streamer-supervisor/ffmpeg/protocol.h"
#include "streamer-supervisor/ffmpeg/secret.h"
#include "tests/fuzz/fuzz.h"

/* A shorter secret may stand elsewhere by chance. */
#define LONG_ENOUGH 8

/* The secrets of the URL that stand nowhere else in it, nor look masked. */
static struct {
	char *values[URL_SECRETS_MAX];
	size_t count;
} hidden;

/* What a URL should look like is said with every mistake, "password" and all.
 */
static bool
is_in_an_example(const char *value)
{
	const struct ffmpeg_protocol *p;

	for (p = protocols; p->scheme; p++)
		if (strstr(p->example, value))
			return true;
	return false;
}

static void
find_hidden(const char *url)
{
	struct url_part parts[URL_SECRETS_MAX];
	struct url u;
	size_t n, i, at = 0;
	char *value;

	url_parse(&u, url, strlen(url));
	n = url_secrets(&u, parts);
	MUST(n <= URL_SECRETS_MAX);
	hidden.count = 0;
	for (i = 0; i < n; i++) {
		MUST(parts[i].at >= at && parts[i].len > 0);
		at = parts[i].at + parts[i].len;
		MUST(at <= strlen(url));
		value = strndup(url + parts[i].at, parts[i].len);
		MUST(value != NULL);
		if (parts[i].len >= LONG_ENOUGH && strchr(value, '*') == NULL &&
		    !is_in_an_example(value) &&
		    strstr(url, value) == url + parts[i].at &&
		    strstr(url + parts[i].at + 1, value) == NULL)
			hidden.values[hidden.count++] = value;
		else
			free(value);
	}
}

static void
must_hide(const char *shown)
{
	size_t i;

	for (i = 0; i < hidden.count; i++)
		MUST(strstr(shown, hidden.values[i]) == NULL);
}

static void
check_masks(const char *url)
{
	struct redact r = { 0 };
	size_t size = 2 * strlen(url) + 1000;
	char *shown = malloc(size), *line = malloc(size);

	MUST(shown && line);
	redact_url(shown, size, url);
	must_hide(shown);
	redact_url(shown, 5, url);
	MUST(strlen(shown) < 5);
	MUST(redact_add_url(&r, url) == 0);
	snprintf(line, size, "cannot open %s: refused", url);
	redact_text(&r, shown, size, line);
	must_hide(shown);
	/* This one is for keys, which have no blanks. */
	redact_words(&r, shown, size, line);
	if (url[strcspn(url, " \t\r\n")] == '\0')
		must_hide(shown);
	redact_done(&r);
	free(shown);
	free(line);
}

/* The command line is seen by every user of the machine. */
static void
check_command(const struct plan *plan, const struct conf_output *o,
    const struct conf_channel *channel, const struct secret *s)
{
	const struct invocation start = {
		.program = "ffmpeg", .socket = "/run/main.sock", .modern = true
	};
	char **argv = invocation_argv(plan, o, channel, s, &start);
	size_t i, j;

	MUST(argv != NULL);
	for (i = 0; argv[i]; i++)
		for (j = 0; s->values[j]; j++)
			MUST(strlen(s->values[j]) < LONG_ENOUGH ||
			     strstr(o->address.url, s->values[j]) ||
			     strstr(argv[i], s->values[j]) == NULL);
	words_free(argv);
}

static void
check_plan(const struct conf *c, const struct conf_output *o, const char *key)
{
	struct conf_error e = { "" };
	struct secret s = { 0 };
	struct plan plan;
	int rc = plan_make(o, "url", &plan, &e);

	MUST(rc == 0 || (rc == ERR_INVALID && e.text[0]));
	must_hide(e.text);
	if (rc < 0)
		return;
	rc = secret_part(&s, plan.protocol->secret, o->address.url, key);
	MUST(rc == 0 || rc == ERR_INVALID || rc == ERR_TOO_LONG);
	if (rc == 0)
		check_command(&plan, o, conf_channel_at(c, 0), &s);
	secret_done(&s);
}

/* A configuration with this URL for an output; false when it has none. */
static bool
make_conf(struct conf *c, const char *url)
{
	size_t size = strlen(url) + sizeof("output.o.url=");
	char *option = malloc(size);
	struct conf_error e = { "" };
	int rc;

	MUST(conf_init(c) == 0 && option != NULL);
	snprintf(option, size, "output.o.url=%s", url);
	rc = conf_set(c, option, &e);
	if (rc == 0)
		rc = conf_finish(c, &e);
	must_hide(e.text);
	free(option);
	return rc == 0 && c->outputs.count == 1;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1), *key;
	struct conf c;

	MUST(text != NULL);
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	key = text + strcspn(text, "\n");
	if (*key)
		*key++ = '\0';
	find_hidden(text);
	check_masks(text);
	if (make_conf(&c, text))
		check_plan(&c, conf_output_at(&c, 0), key);
	conf_done(&c);
	while (hidden.count > 0)
		free(hidden.values[--hidden.count]);
	free(text);
	return 0;
}
