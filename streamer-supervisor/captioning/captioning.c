#include "streamer-supervisor/captioning/captioning.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/args/words.h"
#include "common/child/child.h"
#include "common/err.h"
#include "common/lines.h"
#include "common/utf8.h"
#include "streamer-supervisor/captioning/captioning_argv.h"
#include "streamer-supervisor/captions/words.h"

#define BACKOFF_FIRST_NS (200 * NS_PER_MS)
#define BACKOFF_MAX_NS (30 * NS_PER_S)
#define WHY_MAX 256

/* It may stand still with its disk: it is not watched. At its end it waits a
 * second for ttsd. */
static const struct child_limits limits = {
	.start_ns = 10 * NS_PER_S,
	.grace_ns = 3 * NS_PER_S,
	.healthy_ns = 10 * NS_PER_S,
	.reject_ns = BACKOFF_MAX_NS,
};

struct captioning {
	struct captioning_spec spec;
	char **argv; /* of the next one; NULL: it could not be made */
	struct child child;
	struct timer *timer;
	struct process *process; /* NULL: none */
	struct lines out, err;
	uint64_t segments; /* that have got their captions */
	char why[WHY_MAX]; /* it ended, or does not write */
};

static void captioning_feed(struct captioning *c, enum child_event event);

/* ---- what it says ------------------------------------------------------ */

static void
take_word(void *arg, char *line)
{
	struct captioning *c = arg;

	if (strcmp(line, CAPTIONS_READY) == 0) {
		captioning_feed(c, CHILD_READY);
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
process_out(void *arg, const uint8_t *data, size_t len)
{
	struct captioning *c = arg;

	lines_feed(&c->out, data, len, take_word, c);
}

static void
process_err(void *arg, const uint8_t *data, size_t len)
{
	struct captioning *c = arg;

	lines_feed(&c->err, data, len, take_complaint, c);
}

/* ---- the process ------------------------------------------------------- */

static void
process_gone(void *arg, const struct process_end *end)
{
	struct captioning *c = arg;

	process_free(c->process);
	c->process = NULL;
	process_describe(end, c->why, sizeof(c->why));
	captioning_feed(c, CHILD_GONE);
}

static const struct process_events process_events = {
	.gone = process_gone, .out = process_out, .err = process_err
};

static void
captioning_spawn(struct captioning *c)
{
	/* As the segments, they are for a web server. */
	const struct process_spec spec = { .argv = (const char *const *)c->argv,
		.public_files = true };
	int rc = c->argv ? process_spawn(c->spec.loop, &spec, &process_events,
			       c, &c->process)
			 : ERR_NOMEM;

	c->out = c->err = (struct lines){ .len = 0 };
	if (rc == 0)
		return;
	snprintf(c->why, sizeof(c->why), "%s", err_text(rc));
	captioning_feed(c, CHILD_FAILED);
}

static void
captioning_act(struct captioning *c, enum child_action action)
{
	switch (action) {
	case CHILD_NOTHING:
		break;
	case CHILD_SPAWN:
		captioning_spawn(c);
		break;
	case CHILD_INTERRUPT:
		process_interrupt(c->process);
		break;
	case CHILD_KILL:
		process_kill(c->process);
		break;
	}
}

static void
log_state(const struct captioning *c, enum child_state from)
{
	enum child_state to = c->child.state;

	if (to == CHILD_BACKOFF)
		log_warning("output=%s its captions ended (%s), its sound goes "
			    "on; they are started again in %d ms",
		    c->spec.name, c->why, (int)(c->child.wait_ns / NS_PER_MS));
	else
		log_debug("output=%s captions %s->%s", c->spec.name,
		    child_state_name(from), child_state_name(to));
}

static void
captioning_feed(struct captioning *c, enum child_event event)
{
	enum child_state from = c->child.state;
	enum child_action action =
	    child_feed(&c->child, event, clock_awake_ns(), platform_random());

	timer_at(c->timer, c->child.deadline_ns);
	if (c->child.state != from)
		log_state(c, from);
	captioning_act(c, action);
}

static void
captioning_deadline(void *arg)
{
	captioning_feed(arg, CHILD_DEADLINE);
}

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
	rc = timer_new(
	    spec->loop, TIMER_COARSE, captioning_deadline, c, &c->timer);
	if (rc < 0) {
		free(c);
		return rc;
	}
	child_init(&c->child, &limits, BACKOFF_FIRST_NS, BACKOFF_MAX_NS, false);
	*out = c;
	return 0;
}

void
captioning_free(struct captioning *c)
{
	if (c == NULL)
		return;
	process_free(c->process);
	timer_free(c->timer);
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
	words_free(c->argv);
	c->argv = path_libexec(programs, sizeof(programs)) < 0
		      ? NULL
		      : captioning_argv(
			    &at, plan, o, c->spec.channel, pid, first_sample);
	captioning_feed(c, CHILD_START);
}

void
captioning_stop(struct captioning *c)
{
	if (c)
		captioning_feed(c, CHILD_STOP);
}

json_t *
captioning_status(const struct captioning *c)
{
	if (c == NULL)
		return json_null();
	return json_pack("{s:s, s:I, s:I, s:s}", "state",
	    child_state_name(c->child.state), "restarts",
	    (json_int_t)c->child.restarts, "segments", (json_int_t)c->segments,
	    "last_error", c->why);
}
