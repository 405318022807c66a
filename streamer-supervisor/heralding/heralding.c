#include "streamer-supervisor/heralding/heralding.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/args/words.h"
#include "common/body.h"
#include "common/child/backoff.h"
#include "common/control/fields.h"
#include "common/control/wording.h"
#include "common/err.h"
#include "common/format.h"
#include "common/lines.h"
#include "common/list.h"
#include "common/utf8.h"
#include "streamer-supervisor/ffmpeg/protocol.h"
#include "streamer-supervisor/herald/herald.h"
#include "streamer-supervisor/heralding/heralding_argv.h"

/* The mountpoint is not there at once. */
#define FIRST_NS NS_PER_S
/* Announcements that follow each other have no title between them. */
#define SETTLE_NS (200 * NS_PER_MS)
#define COUNT_NS (15 * NS_PER_S)
#define RETRY_FIRST_NS (2 * NS_PER_S)
#define RETRY_MAX_NS (60 * NS_PER_S)
/* The program gives up before. */
#define PATIENCE_NS (20 * NS_PER_S)
/* What players show of a title is a line. */
#define TITLE_BYTES 256
#define WHY_BYTES 200

/* An announcement; of id 0 there is none. */
struct said {
	uint64_t id;
	char title[TITLE_BYTES];
};

struct heralding {
	struct heralding *next;
	struct heralding_spec spec;
	char **argv;             /* NULL: there is nobody to be told */
	char *access;            /* the lines of TEXT but for the title */
	struct process *process; /* NULL: none */
	struct timer *due, *deadline;
	struct lines out, err;
	struct backoff backoff;
	struct said now, under;    /* on air; that an urgent one interrupted */
	char telling[TITLE_BYTES]; /* the process does */
	bool as_bytes;             /* titles are told so (herald.h) */
	bool told;                 /* the server has the title */
	bool failed;               /* the process did not do all */
	int64_t listeners;         /* -1: not known */
	char why[WHY_BYTES];       /* the title was not taken */
};

static const char *
title_now(const struct heralding *h)
{
	return h->now.id ? h->now.title : h->spec.conf->title;
}

static bool
owes_title(const struct heralding *h)
{
	return h->spec.conf->now_playing && !h->told;
}

/* ---- what the program says ---------------------------------------------- */

static void
take_refusal(struct heralding *h, const char *why)
{
	char said[WHY_BYTES];

	h->failed = true;
	utf8_sanitise(said, sizeof(said), why, strlen(why));
	if (strcmp(said, h->why) != 0)
		log_warning("output=%s its server does not take the title of "
			    "what is on air reason=%s; it is tried again, and "
			    "the sound goes on",
		    h->spec.name, log_quote(said));
	snprintf(h->why, sizeof(h->why), "%s", said);
}

static void
take_told(struct heralding *h)
{
	h->told = strcmp(h->telling, title_now(h)) == 0;
	h->why[0] = '\0';
}

static void
take_word(void *arg, char *line)
{
	struct heralding *h = arg;
	const size_t refused = strlen(HERALD_REFUSED);
	const size_t listeners = strlen(HERALD_LISTENERS);

	if (strcmp(line, HERALD_TOLD) == 0)
		take_told(h);
	else if (strcmp(line, HERALD_AS_BYTES) == 0)
		h->as_bytes = true;
	else if (strncmp(line, HERALD_REFUSED, refused) == 0)
		take_refusal(h, line + refused);
	else if (strncmp(line, HERALD_LISTENERS, listeners) == 0)
		h->listeners = strtoll(line + listeners, NULL, 10);
}

static void
take_complaint(void *arg, char *line)
{
	const struct heralding *h = arg;

	log_warning("output=%s herald: %s", h->spec.name, log_quote(line));
}

static void
herald_out(void *arg, const uint8_t *data, size_t len)
{
	struct heralding *h = arg;

	lines_feed(&h->out, data, len, take_word, h);
}

static void
herald_err(void *arg, const uint8_t *data, size_t len)
{
	struct heralding *h = arg;

	lines_feed(&h->err, data, len, take_complaint, h);
}

/* ---- the process --------------------------------------------------------- */

static void
heralding_end_process(struct heralding *h)
{
	process_free(h->process);
	h->process = NULL;
	timer_at(h->deadline, INT64_MAX);
}

/* Decides when the next one runs. */
static void
heralding_go_on(struct heralding *h)
{
	int64_t wait = COUNT_NS;

	if (h->failed)
		wait = backoff_next(&h->backoff, platform_random());
	else if (owes_title(h))
		wait = SETTLE_NS;
	else
		backoff_reset(&h->backoff);
	timer_at(h->due, clock_awake_ns() + wait);
}

static void
herald_gone(void *arg, const struct process_end *end)
{
	struct heralding *h = arg;
	char how[WHY_BYTES];

	process_describe(end, how, sizeof(how));
	if (end->err || end->signalled || end->code)
		take_refusal(h, how);
	heralding_end_process(h);
	heralding_go_on(h);
}

static void
herald_late(void *arg)
{
	struct heralding *h = arg;

	take_refusal(h, "no answer in time");
	heralding_end_process(h);
	heralding_go_on(h);
}

static const struct process_events herald_events = {
	.gone = herald_gone, .out = herald_out, .err = herald_err
};

static int
heralding_spawn(struct heralding *h)
{
	char *text;
	struct process_spec spec = { .argv = (const char *const *)h->argv };
	int rc = ERR_NOMEM;

	snprintf(h->telling, sizeof(h->telling), "%s", title_now(h));
	text = owes_title(h)
		   ? format_text("%s%s\n%s\n", h->access,
			 h->as_bytes ? HERALD_BYTES : HERALD_UTF8, h->telling)
		   : strdup(h->access);
	spec.text = text;
	if (text)
		rc = process_spawn(
		    h->spec.loop, &spec, &herald_events, h, &h->process);
	free(text);
	return rc;
}

static void
herald_due(void *arg)
{
	struct heralding *h = arg;
	int rc;

	if (h->argv == NULL || h->process)
		return;
	h->failed = false;
	h->listeners = -1;
	h->out = h->err = (struct lines){ .len = 0 };
	rc = heralding_spawn(h);
	if (rc == 0) {
		timer_at(h->deadline, clock_awake_ns() + PATIENCE_NS);
		return;
	}
	take_refusal(h, err_text(rc));
	heralding_go_on(h);
}

/* ---- whom it tells ------------------------------------------------------- */

static void
heralding_begin(struct heralding *h)
{
	h->told = false;
	h->why[0] = '\0';
	backoff_reset(&h->backoff);
	timer_at(h->due, clock_awake_ns() + FIRST_NS);
}

static int
heralding_set_access(
    struct heralding *h, const struct plan *plan, const struct secret *secret)
{
	const struct conf_output *o = h->spec.conf;
	struct secret own = { .url = NULL };
	int rc = 0;

	if (secret == NULL)
		rc = secret_part(
		    &own, plan->protocol->secret, o->address.url, "");
	if (rc == 0)
		h->access = heralding_access(o, secret ? secret : &own);
	secret_done(&own);
	return rc == 0 && h->access == NULL ? ERR_NOMEM : rc;
}

void
heralding_start(
    struct heralding *h, const struct plan *plan, const struct secret *secret)
{
	int rc;

	heralding_stop(h);
	if (h == NULL || plan->protocol == NULL || !plan->protocol->mounts)
		return;
	h->as_bytes = false;
	rc = heralding_set_access(h, plan, secret);
	if (rc == 0)
		h->argv = heralding_argv(plan, h->spec.conf);
	if (h->argv)
		heralding_begin(h);
	else
		log_warning("output=%s its server is not told what is on air "
			    "reason=%s; the sound goes on",
		    h->spec.name, log_quote(err_text(rc < 0 ? rc : ERR_NOMEM)));
}

void
heralding_stop(struct heralding *h)
{
	if (h == NULL)
		return;
	heralding_end_process(h);
	timer_at(h->due, INT64_MAX);
	words_free(h->argv);
	h->argv = NULL;
	free(h->access);
	h->access = NULL;
	h->listeners = -1;
}

/* ---- what is on air ------------------------------------------------------ */

static void
retitle(struct heralding *h)
{
	h->told = false;
	if (h->argv && h->process == NULL && h->spec.conf->now_playing)
		timer_at(h->due, clock_awake_ns() + SETTLE_NS);
}

/* Servers take no blanks at the end. */
static void
write_title(char out[TITLE_BYTES], const char *text)
{
	size_t n;

	utf8_sanitise(out, TITLE_BYTES, text, strlen(text));
	for (n = strlen(out); n > 0 && out[n - 1] == ' '; n--)
		out[n - 1] = '\0';
}

static void
take_start(struct heralding *h, uint64_t id, const json_t *event)
{
	json_t *text = wording_whole(event);
	const char *said = text ? json_string_value(text) : "";

	if (h->now.id != id)
		h->under = h->now;
	h->now.id = id;
	write_title(h->now.title, said);
	json_decref(text);
	retitle(h);
}

static void
take_end(struct heralding *h, uint64_t id)
{
	if (h->under.id == id)
		h->under.id = 0;
	if (h->now.id != id)
		return;
	h->now = h->under;
	h->under.id = 0;
	retitle(h);
}

static void
heralding_hear(struct heralding *h, const json_t *event)
{
	const char *name = body_string_or(event, "event", "");
	uint64_t id = body_count(event, "id");

	if (strcmp(name, "started") == 0)
		take_start(h, id, event);
	else if (strcmp(name, "finished") == 0)
		take_end(h, id);
}

void
heraldings_hear(struct heralding *all, const json_t *event)
{
	const char *channel = body_string_or(event, "channel", "");
	struct heralding *h;

	for (h = all; h; h = h->next)
		if (event == NULL)
			h->now.id = h->under.id = 0;
		else if (strcmp(h->spec.channel, channel) == 0)
			heralding_hear(h, event);
}

/* ---- storage ------------------------------------------------------------- */

int
heralding_new(const struct heralding_spec *spec, struct heralding **out)
{
	struct heralding *h = calloc(1, sizeof(*h));
	int rc;

	*out = NULL;
	if (h == NULL)
		return ERR_NOMEM;
	h->spec = *spec;
	h->listeners = -1;
	h->backoff = (struct backoff){ .initial_ns = RETRY_FIRST_NS,
		.max_ns = RETRY_MAX_NS };
	rc = timer_new(spec->loop, TIMER_COARSE, herald_due, h, &h->due);
	if (rc == 0)
		rc = timer_new(
		    spec->loop, TIMER_COARSE, herald_late, h, &h->deadline);
	if (rc < 0) {
		heralding_free(h);
		return rc;
	}
	LIST_APPEND(*spec->all, h);
	*out = h;
	return 0;
}

void
heralding_free(struct heralding *h)
{
	if (h == NULL)
		return;
	LIST_REMOVE(*h->spec.all, h);
	process_free(h->process);
	timer_free(h->due);
	timer_free(h->deadline);
	words_free(h->argv);
	free(h->access);
	free(h);
}

int64_t
heralding_listeners(const struct heralding *h)
{
	return h && h->argv ? h->listeners : -1;
}

json_t *
heralding_status(const struct heralding *h)
{
	json_t *count;

	if (h == NULL || h->argv == NULL)
		return json_null();
	count = h->listeners < 0 ? json_null()
				 : json_integer((json_int_t)h->listeners);
	return json_pack("{s:o, s:s, s:s}", "listeners", count, "title",
	    h->told ? title_now(h) : "", "last_error", h->why);
}

/* ---- from one program to its successor ----------------------------------- */

static const struct record_field heralding_fields[] = {
	RECORD_FIELD(RECORD_COUNT, heralding, now.id),
	RECORD_FIELD_TEXT(heralding, now.title),
	RECORD_FIELD(RECORD_COUNT, heralding, under.id),
	RECORD_FIELD_TEXT(heralding, under.title),
	RECORD_FIELD(RECORD_BOOL, heralding, as_bytes),
	RECORD_END,
};

json_t *
heralding_hand_over(const struct heralding *h)
{
	json_t *o;

	if (h == NULL)
		return json_null();
	o = record_save(heralding_fields, h);
	if (h->argv) {
		body_put(&o, "argv", words_save(h->argv));
		body_put(
		    &o, "access", record_text(h->access, strlen(h->access)));
	}
	return o;
}

int
heralding_take_over(struct heralding *h, const json_t *word)
{
	int rc;

	if (h == NULL || !json_is_object(word))
		return 0;
	rc = record_load(heralding_fields, word, h);
	if (rc < 0 || json_object_get(word, "argv") == NULL)
		return rc;
	h->access = record_read_text(json_object_get(word, "access"));
	if (h->access == NULL)
		return ERR_NOMEM;
	rc = words_load(json_object_get(word, "argv"), &h->argv);
	if (rc == 0)
		heralding_begin(h);
	return rc;
}
