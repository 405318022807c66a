#include "gateway/mqtt/carrier.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/body.h"
#include "common/control/fields.h"
#include "common/err.h"
#include "common/lines.h"
#include "daemon/child_process.h"
#include "gateway/courier/courier.h"

#define BACKOFF_FIRST_NS (200 * NS_PER_MS)
#define BACKOFF_MAX_NS (10 * NS_PER_S)
#define WHY_MAX 256

/* It may wait as long as DNS does: it is not watched. */
static const struct child_limits limits = {
	.start_ns = 30 * NS_PER_S,
	.grace_ns = NS_PER_S,
	.healthy_ns = 10 * NS_PER_S,
	.reject_ns = BACKOFF_MAX_NS,
};

struct carrier {
	const struct carrier_events *events;
	void *arg;
	json_t *settings;
	const char *secret;
	char program[PLATFORM_PATH_MAX];
	const char *argv[2];
	struct child_process child;
	struct buf in, out;
	size_t scanned;
	struct lines complaints;
	bool wanted, up;
	bool was_down; /* and the log says so */
	char why[WHY_MAX];
};

/* ---- what it is told -------------------------------------------------- */

static void
write_out(struct carrier *c)
{
	int n;

	if (c->child.process == NULL || buf_len(&c->out) == 0)
		return;
	n = process_write(
	    c->child.process, buf_data(&c->out), buf_len(&c->out));
	if (n > 0)
		buf_consume(&c->out, (size_t)n);
}

/* Takes `order` over. */
static int
tell(struct carrier *c, json_t *order)
{
	size_t len;
	char *line = body_line(order, &len);
	int rc = ERR_NOMEM;

	if (line)
		rc = len > COURIER_LINE_MAX ? ERR_FULL
					    : buf_put(&c->out, line, len);
	free(line);
	json_decref(order);
	if (rc == 0)
		write_out(c);
	return rc;
}

/* What it cannot do without; with no memory for that it begins afresh. */
static void
tell_surely(struct carrier *c, json_t *order)
{
	if (tell(c, order) < 0)
		child_process_feed(&c->child, CHILD_STALL);
}

void
carrier_want(struct carrier *c, bool wanted)
{
	if (c->wanted == wanted)
		return;
	c->wanted = wanted;
	if (c->child.process)
		tell_surely(c, json_pack("{s:b}", "want", (int)wanted));
}

void
carrier_serve(struct carrier *c)
{
	if (c->up)
		tell_surely(c, json_pack("{s:b}", "serve", 1));
}

bool
carrier_is_up(const struct carrier *c)
{
	return c->up;
}

bool
carrier_has_room(const struct carrier *c)
{
	return buf_len(&c->out) < CARRIER_WAITING_MAX / 8;
}

int
carrier_publish(struct carrier *c, const struct carrier_publication *p)
{
	json_t *o;

	if (!c->up)
		return ERR_CLOSED;
	o = json_pack("{s:s, s:i, s:b}", "publish", p->topic, "qos", p->qos,
	    "retain", (int)p->retain);
	body_put_text(&o, "payload", p->payload);
	if (p->number > 0)
		body_put(&o, "number", json_integer((json_int_t)p->number));
	if (p->correlation)
		body_put(&o, "correlation", json_string(p->correlation));
	return tell(c, o);
}

void
carrier_done(struct carrier *c, uint64_t message, bool dealt_with)
{
	tell_surely(c, json_pack("{s:I}", dealt_with ? "done" : "again",
			   (json_int_t)message));
}

/* ---- what it says ----------------------------------------------------- */

static void
link_down(struct carrier *c, const char *why)
{
	bool was_up = c->up;

	c->up = false;
	if (c->wanted && (was_up || !c->was_down)) {
		c->was_down = true;
		log_warning("mqtt=%s no connection to the broker: %s; it is "
			    "tried again",
		    body_string(c->settings, "host"), log_quote(why));
	} else {
		log_debug("mqtt=%s down reason=%s",
		    body_string(c->settings, "host"), log_quote(why));
	}
	if (was_up)
		c->events->down(c->arg);
}

static void
link_up(struct carrier *c, bool known)
{
	c->up = true;
	c->was_down = false;
	c->events->up(c->arg, known);
}

static void
take_word(struct carrier *c, const json_t *word)
{
	const char *text;

	if (json_object_get(word, "message")) {
		if (c->up)
			c->events->message(c->arg, word);
		else
			carrier_done(c, body_count(word, "message"), false);
	} else if (json_object_get(word, "published")) {
		text = body_string(word, "why");
		if (text)
			log_warning("mqtt=%s the broker does not take what is "
				    "published: %s",
			    body_string(c->settings, "host"), log_quote(text));
		c->events->published(c->arg, body_count(word, "published"));
	} else if (json_object_get(word, "up")) {
		link_up(c, json_is_true(json_object_get(word, "known")));
	} else if (json_object_get(word, "mark")) {
		c->events->mark(c->arg, body_id(word, "mark"));
	} else if (json_object_get(word, "serving")) {
		log_info("mqtt=%s connected as=%s",
		    body_string(c->settings, "host"),
		    body_string(c->settings, "id"));
	} else if ((text = body_string(word, "down")) != NULL) {
		link_down(c, text);
	} else if ((text = body_string(word, "complaint")) != NULL) {
		log_warning("mqtt=%s %s", body_string(c->settings, "host"),
		    log_quote(text));
	} else if (json_object_get(word, "ready")) {
		child_process_feed(&c->child, CHILD_READY);
	}
}

static void
child_out(void *arg, const uint8_t *data, size_t len)
{
	struct carrier *c = arg;
	const char *line;
	json_t *word;

	if (buf_put(&c->in, data, len) < 0) {
		child_process_feed(&c->child, CHILD_STALL);
		return;
	}
	while (lines_peek(&c->in, &c->scanned, &line, &len)) {
		word = json_loadb(line, len, 0, NULL);
		buf_consume(&c->in, len + 1);
		if (word)
			take_word(c, word);
		json_decref(word);
	}
}

static void
take_complaint(void *arg, char *line)
{
	struct carrier *c = arg;

	log_warning("mqtt=%s courier says %s", body_string(c->settings, "host"),
	    log_quote(line));
}

static void
child_err(void *arg, const uint8_t *data, size_t len)
{
	struct carrier *c = arg;

	lines_feed(&c->complaints, data, len, take_complaint, c);
}

/* ---- the process ------------------------------------------------------ */

static int
child_describe(void *arg, struct process_spec *out)
{
	struct carrier *c = arg;

	buf_clear(&c->in);
	buf_clear(&c->out);
	c->scanned = 0;
	c->complaints = (struct lines){ .len = 0 };
	out->argv = c->argv;
	out->input = true;
	out->reserved = c->secret[0] ? c->secret : NULL;
	return 0;
}

static void
child_begun(void *arg)
{
	struct carrier *c = arg;

	tell_surely(c, json_incref(c->settings));
	if (c->wanted)
		tell_surely(c, json_pack("{s:b}", "want", 1));
}

static void
child_failed(void *arg, int err)
{
	struct carrier *c = arg;

	snprintf(c->why, sizeof(c->why), "%s", err_text(err));
}

static void
child_gone(void *arg, const struct process_end *end)
{
	struct carrier *c = arg;

	process_describe(end, c->why, sizeof(c->why));
	if (c->up)
		link_down(c, c->why);
	c->events->gone(c->arg);
}

static void
child_writable(void *arg)
{
	struct carrier *c = arg;

	write_out(c);
	if (c->up && carrier_has_room(c))
		c->events->room(c->arg);
}

static void
child_changed(void *arg, enum child_state from)
{
	struct carrier *c = arg;

	if (c->child.child.state == CHILD_BACKOFF)
		log_warning("mqtt=%s courier ended (%s); it is started again "
			    "in %d ms",
		    body_string(c->settings, "host"), c->why,
		    (int)(c->child.child.wait_ns / NS_PER_MS));
	else
		log_debug("courier %s->%s", child_state_name(from),
		    child_state_name(c->child.child.state));
}

static const struct child_process_events child_events = {
	.describe = child_describe,
	.begun = child_begun,
	.failed = child_failed,
	.out = child_out,
	.err = child_err,
	.writable = child_writable,
	.gone = child_gone,
	.changed = child_changed,
};

/* ---- life ------------------------------------------------------------- */

static int
find_program(struct carrier *c)
{
	char folder[PLATFORM_PATH_MAX];
	int rc = path_libexec(folder, sizeof(folder)), n;

	if (rc < 0)
		return rc;
	n = snprintf(c->program, sizeof(c->program), "%s/courier", folder);
	if (n >= (int)sizeof(c->program))
		return ERR_TOO_LONG;
	c->argv[0] = c->program;
	return process_check_program(c->program);
}

int
carrier_new(struct loop *l, json_t *settings, const char *secret,
    const struct carrier_events *events, void *arg, struct carrier **out)
{
	struct carrier *c = calloc(1, sizeof(*c));
	int rc = ERR_NOMEM;

	*out = c;
	if (c == NULL || settings == NULL) {
		json_decref(settings);
		return ERR_NOMEM;
	}
	*c = (struct carrier){ .events = events,
		.arg = arg,
		.settings = settings,
		.secret = secret };
	buf_init(&c->in, COURIER_LINE_MAX + STREAM_READ_MAX);
	buf_init(&c->out, CARRIER_WAITING_MAX);
	rc = find_program(c);
	if (rc == 0 && secret[0])
		rc = process_reserve(secret);
	if (rc == 0)
		rc = child_process_init(&c->child, l, &child_events, c);
	if (rc < 0)
		return rc;
	child_init(
	    &c->child.child, &limits, BACKOFF_FIRST_NS, BACKOFF_MAX_NS, false);
	child_process_feed(&c->child, CHILD_START);
	return 0;
}

void
carrier_free(struct carrier *c)
{
	if (c == NULL)
		return;
	if (c->child.loop)
		child_process_done(&c->child);
	buf_done(&c->in);
	buf_done(&c->out);
	json_decref(c->settings);
	free(c);
}
