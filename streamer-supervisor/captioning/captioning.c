#include "streamer-supervisor/captioning/captioning.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/args/words.h"
#include "common/body.h"
#include "common/err.h"
#include "common/lines.h"
#include "common/utf8.h"
#include "daemon/child_process.h"
#include "streamer-supervisor/captioning/captioning_argv.h"
#include "streamer-supervisor/captions/words.h"

#define BACKOFF_FIRST_NS (200 * NS_PER_MS)
#define BACKOFF_MAX_NS (30 * NS_PER_S)
#define GRACE_NS (3 * NS_PER_S)
/* One that hangs in its disk is not let go even when it was killed. */
#define PATIENCE_NS (GRACE_NS + NS_PER_S)
#define WHY_MAX 256

/* It may stand still with its disk: it is not watched. At its end it waits a
 * second for ttsd. */
static const struct child_limits limits = {
	.start_ns = 10 * NS_PER_S,
	.grace_ns = GRACE_NS,
	.healthy_ns = 10 * NS_PER_S,
	.reject_ns = BACKOFF_MAX_NS,
};

struct captioning {
	struct captioning_spec spec;
	char **argv; /* of the next one; NULL: it could not be made */
	struct child_process child;
	struct timer *patience; /* for its end */
	bool given_up;
	struct lines out, err;
	uint64_t segments; /* that have got their captions */
	char why[WHY_MAX]; /* it ended, or does not write */
};

/* ---- what it says ------------------------------------------------------ */

static void
take_word(void *arg, char *line)
{
	struct captioning *c = arg;

	if (strcmp(line, CAPTIONS_READY) == 0) {
		child_process_feed(&c->child, CHILD_READY);
	} else if (strncmp(line, CAPTIONS_WROTE, strlen(CAPTIONS_WROTE)) == 0) {
		c->segments++;
		c->why[0] = '\0';
	}
}

static void
take_complaint(void *arg, char *line)
{
	struct captioning *c = arg;

	utf8_sanitise(c->why, sizeof(c->why), line, strlen(line));
	log_warning("output=%s %s", c->spec.name, c->why);
}

static void
child_out(void *arg, const uint8_t *data, size_t len)
{
	struct captioning *c = arg;

	lines_feed(&c->out, data, len, take_word, c);
}

static void
child_err(void *arg, const uint8_t *data, size_t len)
{
	struct captioning *c = arg;

	lines_feed(&c->err, data, len, take_complaint, c);
}

/* ---- the process ------------------------------------------------------- */

static void
child_gone(void *arg, const struct process_end *end)
{
	struct captioning *c = arg;

	process_describe(end, c->why, sizeof(c->why));
}

static int
child_describe(void *arg, struct process_spec *out)
{
	struct captioning *c = arg;

	c->out = c->err = (struct lines){ .len = 0 };
	out->argv = (const char *const *)c->argv;
	/* As the segments, they are for a web server. */
	out->public_files = true;
	return c->argv ? 0 : ERR_NOMEM;
}

static void
child_failed(void *arg, int err)
{
	struct captioning *c = arg;

	snprintf(c->why, sizeof(c->why), "%s", err_text(err));
}

static void
child_changed(void *arg, enum child_state from)
{
	struct captioning *c = arg;
	enum child_state to = c->child.child.state;

	if (to == CHILD_BACKOFF)
		log_warning("output=%s its captions ended (%s), its sound goes "
			    "on; they are started again in %d ms",
		    c->spec.name, c->why,
		    (int)(c->child.child.wait_ns / NS_PER_MS));
	else
		log_debug("output=%s captions %s->%s", c->spec.name,
		    child_state_name(from), child_state_name(to));
	if (to == CHILD_STOPPED) {
		timer_at(c->patience, INT64_MAX);
		c->spec.over(c->spec.arg);
	}
}

static void
captioning_give_up(void *arg)
{
	struct captioning *c = arg;

	c->given_up = true;
	c->spec.over(c->spec.arg);
}

static const struct child_process_events child_events = { .describe =
							      child_describe,
	.failed = child_failed,
	.out = child_out,
	.err = child_err,
	.gone = child_gone,
	.changed = child_changed };

/* ---- what the header promises ------------------------------------------ */

int
captioning_new(const struct captioning_spec *spec, struct captioning **out)
{
	struct captioning *c = calloc(1, sizeof(*c));
	int rc;

	*out = NULL;
	if (c == NULL)
		return ERR_NOMEM;
	c->spec = *spec;
	rc = child_process_init(&c->child, spec->loop, &child_events, c);
	if (rc == 0)
		rc = timer_new(spec->loop, TIMER_COARSE, captioning_give_up, c,
		    &c->patience);
	if (rc < 0) {
		captioning_free(c);
		return rc;
	}
	child_init(
	    &c->child.child, &limits, BACKOFF_FIRST_NS, BACKOFF_MAX_NS, false);
	*out = c;
	return 0;
}

void
captioning_free(struct captioning *c)
{
	if (c == NULL)
		return;
	child_process_done(&c->child);
	timer_free(c->patience);
	words_free(c->argv);
	free(c);
}

void
captioning_start(struct captioning *c, const struct plan *plan,
    const struct conf_output *o, int64_t pid, const uint64_t *first_sample)
{
	char programs[PLATFORM_PATH_MAX];
	const struct captioning_places at = { programs,
		c ? c->spec.control : "" };

	if (c == NULL)
		return;
	timer_at(c->patience, INT64_MAX);
	c->given_up = false;
	words_free(c->argv);
	c->argv = path_libexec(programs, sizeof(programs)) < 0
		      ? NULL
		      : captioning_argv(
			    &at, plan, o, c->spec.channel, pid, first_sample);
	child_process_feed(&c->child, CHILD_START);
}

void
captioning_stop(struct captioning *c)
{
	if (c == NULL || c->child.child.state == CHILD_STOPPED)
		return;
	timer_at(c->patience, clock_awake_ns() + PATIENCE_NS);
	child_process_feed(&c->child, CHILD_STOP);
}

bool
captioning_is_over(const struct captioning *c)
{
	return c == NULL || c->given_up ||
	       c->child.child.state == CHILD_STOPPED;
}

json_t *
captioning_status(const struct captioning *c)
{
	if (c == NULL)
		return json_null();
	return json_pack("{s:s, s:I, s:I, s:s}", "state",
	    child_state_name(c->child.child.state), "restarts",
	    (json_int_t)c->child.child.restarts, "segments",
	    (json_int_t)c->segments, "last_error", c->why);
}

/* ---- from one program to its successor ----------------------------------- */

static const struct record_field captioning_fields[] = {
	RECORD_FIELD(RECORD_BOOL, captioning, given_up),
	RECORD_FIELD_PART(captioning, out, lines_fields),
	RECORD_FIELD_PART(captioning, err, lines_fields),
	RECORD_FIELD(RECORD_COUNT, captioning, segments),
	RECORD_FIELD_TEXT(captioning, why),
	RECORD_END,
};

json_t *
captioning_hand_over(const struct captioning *c, struct parcel *parcel)
{
	json_t *o;

	if (c == NULL)
		return json_null();
	o = record_save(captioning_fields, c);
	body_put(&o, "child", child_process_hand_over(&c->child, parcel));
	/* Those of an ffmpeg that runs cannot be made again. */
	body_put(&o, "argv", words_save(c->argv));
	return o;
}

int
captioning_take_over(
    struct captioning *c, struct parcel *parcel, const json_t *word)
{
	int rc;

	if (c == NULL || json_is_null(word))
		return 0;
	rc = record_load(captioning_fields, word, c);
	if (rc == 0)
		rc = words_load(json_object_get(word, "argv"), &c->argv);
	if (rc == 0)
		rc = child_process_take_over(
		    &c->child, parcel, json_object_get(word, "child"));
	if (c->child.child.state == CHILD_STOPPING)
		timer_at(c->patience, clock_awake_ns() + PATIENCE_NS);
	return rc;
}
