#include "streamer-supervisor/hearing/hearing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/args/words.h"
#include "common/body.h"
#include "common/control/fields.h"
#include "common/err.h"
#include "common/lines.h"
#include "common/net/redact.h"
#include "daemon/child_process.h"
#include "streamer-supervisor/ear/words.h"
#include "streamer-supervisor/hearing/hearing_argv.h"

#define BACKOFF_FIRST_NS (200 * NS_PER_MS)
#define BACKOFF_MAX_NS (30 * NS_PER_S)
#define WHY_MAX 256
/* It tells what is heard once a second, also where nothing is; one that says
 * nothing for so long is started again. */
#define STILL_S 10

static const struct child_limits limits = {
	.start_ns = STILL_S * NS_PER_S,
	.stall_ns = STILL_S * NS_PER_S,
	.grace_ns = NS_PER_S,
	.healthy_ns = 10 * NS_PER_S,
	.reject_ns = BACKOFF_MAX_NS,
};

/* What of its states is a fault. */
static const struct {
	const char *state, *why;
} faults[] = {
	{ "unheard", "silence comes where sound is sent" },
	{ "foreign", "another sound comes than is sent" },
};

struct hearing {
	struct hearing_spec spec;
	struct redact redact;
	char **argv; /* of the next one; NULL: it could not be made */
	struct child_process child;
	struct lines out, err;
	json_t *heard;       /* what it said last; NULL: nothing */
	struct timer *blind; /* it has read nothing for too long */
	int64_t patient_ns;  /* it may have, until then */
	bool is_blind;
	bool failed;   /* since the start */
	uint64_t ears; /* that were started so far */
	char why[WHY_MAX];
	char lost[WHY_MAX]; /* how the last one ended, unasked; "": none did */
};

/* ---- what it says ------------------------------------------------------ */

static void
hearing_fail(struct hearing *h, const char *why)
{
	char text[WHY_MAX + 32];

	if (h->failed)
		return;
	h->failed = true;
	snprintf(text, sizeof(text), "%s: %s", h->spec.at.key, why);
	h->spec.failed(h->spec.arg, text);
}

/* Nothing is heard any more. That the ear is lost says nothing of the stream.
 */
static void
hearing_forget(struct hearing *h)
{
	json_decref(h->heard);
	h->heard = NULL;
	h->is_blind = false;
	timer_at(h->blind, INT64_MAX);
}

/* It may be that the server has the stream in a moment. */
static void
hearing_note_blind(struct hearing *h)
{
	bool blind = h->why[0] != '\0';
	int64_t due = clock_awake_ns() + h->spec.conf->timing.stall_timeout_ns;

	if (blind == h->is_blind)
		return;
	h->is_blind = blind;
	if (due < h->patient_ns)
		due = h->patient_ns;
	timer_at(h->blind, blind ? due : INT64_MAX);
}

static void
blind_for_long(void *arg)
{
	struct hearing *h = arg;

	hearing_fail(h, h->why);
}

static void
take_heard(struct hearing *h, json_t *heard)
{
	size_t i;

	json_decref(h->heard);
	h->heard = json_incref(heard);
	redact_text(&h->redact, h->why, sizeof(h->why),
	    body_string_or(heard, "why", ""));
	hearing_note_blind(h);
	for (i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		if (strcmp(body_string_or(heard, "state", ""),
			faults[i].state) == 0)
			hearing_fail(h, faults[i].why);
}

static void
take_object(struct hearing *h, const char *word, const char *text)
{
	json_t *o;
	int rc = body_parse(text, strlen(text), 0, &o, NULL);

	if (rc < 0) {
		log_warning("output=%s a word of its ear is lost: %s",
		    h->spec.name, err_text(rc));
		return;
	}
	if (strcmp(word, EAR_HEARD) == 0)
		take_heard(h, o);
	else
		h->spec.receipt(h->spec.arg, o);
	json_decref(o);
}

static void
take_word(void *arg, char *line)
{
	static const char *const words[] = { EAR_HEARD, EAR_RECEIPT };
	struct hearing *h = arg;
	size_t i, len;

	if (strcmp(line, EAR_READY) == 0)
		child_process_feed(&h->child, CHILD_READY);
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		len = strlen(words[i]);
		if (strncmp(line, words[i], len) != 0)
			continue;
		child_process_feed(&h->child, CHILD_PROGRESS);
		take_object(h, words[i], line + len);
	}
}

static void
take_complaint(void *arg, char *line)
{
	struct hearing *h = arg;

	redact_text(&h->redact, h->why, sizeof(h->why), line);
	log_warning(
	    "output=%s its ear says=%s", h->spec.name, log_quote(h->why));
}

static void
child_out(void *arg, const uint8_t *data, size_t len)
{
	struct hearing *h = arg;

	lines_feed(&h->out, data, len, take_word, h);
}

static void
child_err(void *arg, const uint8_t *data, size_t len)
{
	struct hearing *h = arg;

	lines_feed(&h->err, data, len, take_complaint, h);
}

/* ---- the process ------------------------------------------------------- */

static int
child_describe(void *arg, struct process_spec *out)
{
	struct hearing *h = arg;

	h->out = h->err = (struct lines){ .len = 0 };
	h->ears++;
	/* One that an older program started may say nothing for hours. */
	child_process_watch(&h->child, true);
	out->argv = (const char *const *)h->argv;
	return h->argv ? 0 : ERR_NOMEM;
}

static void
child_failed(void *arg, int err)
{
	struct hearing *h = arg;

	snprintf(h->why, sizeof(h->why), "the ear cannot be started: %s",
	    err_text(err));
}

static void
hearing_lose(struct hearing *h, const char *why)
{
	hearing_forget(h);
	snprintf(h->why, sizeof(h->why), "%s", why);
	memcpy(h->lost, h->why, sizeof(h->lost));
}

/* It stands still, and was killed. */
static void
hearing_lose_still(struct hearing *h)
{
	char why[64];

	snprintf(
	    why, sizeof(why), "the ear gave no sign of life for %d s", STILL_S);
	hearing_lose(h, why);
}

static void
child_gone(void *arg, const struct process_end *end)
{
	struct hearing *h = arg;
	char how[64], why[WHY_MAX];

	process_describe(end, how, sizeof(how));
	snprintf(why, sizeof(why), "the ear ended: %s", how);
	if (h->child.child.state == CHILD_STALLED)
		hearing_lose_still(h);
	else if (h->child.child.state == CHILD_STOPPING)
		hearing_forget(h);
	else
		hearing_lose(h, why);
}

static void
child_changed(void *arg, enum child_state from)
{
	struct hearing *h = arg;
	enum child_state to = h->child.child.state;

	if (to == CHILD_STALLED)
		hearing_lose_still(h);
	if (to == CHILD_BACKOFF)
		log_warning("output=%s %s; its sound goes on, and the ear is "
			    "started again in %d ms",
		    h->spec.name, h->why,
		    (int)(h->child.child.wait_ns / NS_PER_MS));
	else
		log_debug("output=%s ear %s->%s", h->spec.name,
		    child_state_name(from), child_state_name(to));
}

static const struct child_process_events child_events = { .describe =
							      child_describe,
	.failed = child_failed,
	.out = child_out,
	.err = child_err,
	.gone = child_gone,
	.changed = child_changed };

/* ---- what the header promises ------------------------------------------ */

static void
make_argv(struct hearing *h)
{
	char programs[PLATFORM_PATH_MAX];
	const struct hearing_places at = { .programs = programs,
		.ffmpeg = h->spec.program,
		.control = h->spec.control,
		.audio = h->spec.audio,
		.url = h->spec.at.url };

	words_free(h->argv);
	h->argv = path_libexec(programs, sizeof(programs)) < 0
		      ? NULL
		      : hearing_argv(
			    &at, h->spec.conf, h->spec.channel, h->spec.marked);
}

int
hearing_new(const struct hearing_spec *spec, struct hearing **out)
{
	struct hearing *h = calloc(1, sizeof(*h));
	int rc;

	*out = NULL;
	if (h == NULL)
		return ERR_NOMEM;
	h->spec = *spec;
	rc = child_process_init(&h->child, spec->loop, &child_events, h);
	if (rc == 0)
		rc = redact_add_url(&h->redact, spec->at.url);
	if (rc == 0)
		rc = timer_new(
		    spec->loop, TIMER_COARSE, blind_for_long, h, &h->blind);
	if (rc < 0) {
		hearing_free(h);
		return rc;
	}
	child_init(
	    &h->child.child, &limits, BACKOFF_FIRST_NS, BACKOFF_MAX_NS, true);
	*out = h;
	return 0;
}

void
hearing_free(struct hearing *h)
{
	if (h == NULL)
		return;
	child_process_done(&h->child);
	timer_free(h->blind);
	words_free(h->argv);
	redact_done(&h->redact);
	json_decref(h->heard);
	free(h);
}

void
hearing_start(struct hearing *h, int64_t patience_ns)
{
	if (h == NULL)
		return;
	h->patient_ns = clock_awake_ns() + patience_ns;
	h->failed = false;
	h->why[0] = '\0';
	make_argv(h);
	child_process_feed(&h->child, CHILD_START);
}

void
hearing_stop(struct hearing *h)
{
	if (h == NULL)
		return;
	h->failed = true;
	h->lost[0] = '\0';
	h->is_blind = false;
	timer_at(h->blind, INT64_MAX);
	child_process_feed(&h->child, CHILD_STOP);
}

uint64_t
hearing_ear(const struct hearing *h)
{
	return h && h->child.child.state == CHILD_RUNNING ? h->ears : 0;
}

const char *
hearing_lost(const struct hearing *h)
{
	return h ? h->lost : "";
}

bool
hearing_facts(const struct hearing *h, struct hearing_facts *out)
{
	*out = (struct hearing_facts){ .delay_ms = -1 };
	if (h == NULL || h->heard == NULL)
		return false;
	out->state = body_string_or(h->heard, "state", "");
	out->delay_ms =
	    json_integer_value(json_object_get(h->heard, "delay_ms"));
	out->drop_outs = (uint64_t)json_integer_value(
	    json_object_get(h->heard, "drop_outs"));
	return true;
}

json_t *
hearing_status(const struct hearing *h)
{
	json_t *o;

	if (h == NULL)
		return json_null();
	o = json_pack("{s:s, s:i, s:f, s:i}", "state", "listening", "delay_ms",
	    -1, "level_db", -100.0, "drop_outs", 0);
	if (h->heard)
		body_merge(&o, h->heard);
	body_put_text(&o, "why", h->why);
	return o;
}

/* ---- from one program to its successor ----------------------------------- */

static const struct record_field hearing_fields[] = {
	RECORD_FIELD_PART(hearing, out, lines_fields),
	RECORD_FIELD_PART(hearing, err, lines_fields),
	RECORD_FIELD(RECORD_COUNT, hearing, ears),
	RECORD_FIELD_TEXT(hearing, lost),
	RECORD_END,
};

json_t *
hearing_hand_over(const struct hearing *h, struct parcel *parcel)
{
	json_t *o;

	if (h == NULL)
		return json_null();
	o = record_save(hearing_fields, h);
	body_put(&o, "child", child_process_hand_over(&h->child, parcel));
	if (h->heard)
		body_put(&o, "heard", json_deep_copy(h->heard));
	return o;
}

int
hearing_take_over(struct hearing *h, struct parcel *parcel, const json_t *word)
{
	json_t *heard = json_object_get(word, "heard");
	int rc;

	if (h == NULL || json_is_null(word))
		return 0;
	rc = record_load(hearing_fields, word, h);
	if (rc < 0)
		return rc;
	h->heard = json_is_object(heard) ? json_incref(heard) : NULL;
	return child_process_take_over(
	    &h->child, parcel, json_object_get(word, "child"));
}
