#include "ttsd/durable/ledger_process.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/body.h"
#include "common/control/fields.h"
#include "common/err.h"
#include "common/lines.h"
#include "daemon/child_process.h"
#include "ttsd/ledger/ledger.h"

/* So that one that was lost is back before anybody has waited in vain, and one
 * that could not be had soon after its disk has room again, or another ttsd has
 * ended. */
#define BACKOFF_FIRST_NS (50 * NS_PER_MS)
#define BACKOFF_MAX_NS (2 * NS_PER_S)
/* What each of them says anew is logged so often. */
#define REPEAT_NS (30 * NS_PER_S)
/* So much may wait for its pipe; further requests wait with whoever has them.
 */
#define OUT_HIGH (256 * 1024)
#define WHY_MAX 400

/* A big log is worked in at its start. One that keeps us waiting for longer
 * than that while it has something to do is started afresh: it may have been
 * stopped. */
static const struct child_limits limits = {
	.start_ns = 60 * NS_PER_S,
	.stall_ns = 30 * NS_PER_S,
	.grace_ns = 5 * NS_PER_S,
	.healthy_ns = 5 * NS_PER_S,
	.reject_ns = BACKOFF_MAX_NS,
};

struct ledger_process {
	const struct ledger_process_events *events;
	void *arg;
	char program[PLATFORM_PATH_MAX];
	char pid[24]; /* ours */
	const char *argv[6];
	struct child_process child;
	struct buf in, out;
	size_t scanned;  /* bytes of `in` (lines.h) */
	struct buf said; /* its standard error */
	size_t said_scanned;
	bool open;
	bool unheard; /* a line of it was lost, so the rest means nothing */
	bool full;    /* it was asked for more than OUT_HIGH */
	bool stopping;
	uint64_t number;   /* of the last request */
	uint64_t answered; /* up to that one */
	char why[WHY_MAX];
	char logged[WHY_MAX]; /* of its words, the last that were */
	struct log_limit repeats;
};

/* ---- what it answers ---------------------------------------------------- */

/* It is watched while it owes an answer. */
static void
watch(struct ledger_process *p)
{
	child_process_watch(&p->child, p->answered < p->number);
}

static void
take_hello(struct ledger_process *p, const json_t *line)
{
	const struct ledger_hello hello = {
		.next_id = (uint64_t)body_integer(line, "next_id", 1),
		.complete = json_is_true(json_object_get(line, "complete")),
		.told = body_count(line, "told"),
	};

	p->open = true;
	p->why[0] = '\0';
	p->answered = p->number;
	child_process_feed(&p->child, CHILD_READY);
	p->events->opened(p->arg, &hello);
}

static void
take_line(struct ledger_process *p, const json_t *line)
{
	uint64_t kept = body_count(line, "committed");
	uint64_t done = body_count(line, "done");
	const json_t *row = json_object_get(line, "row");

	child_process_feed(&p->child, CHILD_PROGRESS);
	if (json_object_get(line, "ledger"))
		take_hello(p, line);
	else if (row)
		p->events->row(p->arg, body_count(line, "no"), row);
	else if (done)
		p->events->done(p->arg, done, line);
	else if (kept) {
		p->answered = kept;
		p->events->kept(p->arg, kept);
	}
	watch(p);
}

/* An answer that there is no memory for is not passed over: a row would be
 * lost, or somebody wait for ever. The next process is asked again. */
static void
stop_hearing(struct ledger_process *p)
{
	p->unheard = true;
	log_warning("the ledger is started again: there was no memory for what "
		    "it said");
	child_process_feed(&p->child, CHILD_STALL);
}

static void
child_out(void *arg, const uint8_t *data, size_t len)
{
	struct ledger_process *p = arg;
	const char *text;
	json_t *line;
	size_t n;

	if (!p->unheard && buf_put(&p->in, data, len) < 0)
		stop_hearing(p);
	while (!p->unheard && lines_peek(&p->in, &p->scanned, &text, &n)) {
		if (body_parse(text, n, 0, &line, NULL) == 0)
			take_line(p, line);
		else
			stop_hearing(p);
		json_decref(line);
		buf_consume(&p->in, n + 1);
	}
}

/* ---- what it says ------------------------------------------------------- */

/* Logs what it complains of. One that is refused and tried again says the same
 * each time. */
static void
log_words(struct ledger_process *p, const char *words)
{
	bool now = log_allow(&p->repeats, clock_awake_ns());

	if (strncmp(words, p->logged, WHY_MAX - 1) == 0 && !now)
		return;
	snprintf(p->logged, sizeof(p->logged), "%s", words);
	log_warning("%s", words);
}

/* Passes a line of its log on, and keeps it as the reason of what comes. */
static void
take_words(struct ledger_process *p, const char *text, size_t len)
{
	const char *level, *message;
	char words[LOG_LINE_MAX];
	json_t *line;
	bool grave;

	body_parse(text, len, 0, &line, NULL);
	level = body_string(line, "level");
	message = body_string(line, "message");
	grave = level && strcmp(level, "info") != 0;
	if (message && grave) {
		snprintf(p->why, sizeof(p->why), "%s", message);
		log_words(p, message);
	} else if (message) {
		log_info("%s", message);
	} else {
		snprintf(words, sizeof(words), "the ledger says: %.*s",
		    (int)len, text);
		log_words(p, words);
	}
	json_decref(line);
}

static void
child_err(void *arg, const uint8_t *data, size_t len)
{
	struct ledger_process *p = arg;
	const char *text;
	size_t n;

	if (buf_put(&p->said, data, len) < 0)
		buf_clear(&p->said);
	while (lines_peek(&p->said, &p->said_scanned, &text, &n)) {
		take_words(p, text, n);
		buf_consume(&p->said, n + 1);
	}
}

/* ---- the process -------------------------------------------------------- */

static int
child_describe(void *arg, struct process_spec *out)
{
	struct ledger_process *p = arg;

	out->argv = p->argv;
	out->input = true;
	return 0;
}

static void
child_failed(void *arg, int err)
{
	struct ledger_process *p = arg;

	snprintf(p->why, sizeof(p->why), "the ledger cannot be started: %s",
	    err_text(err));
	p->events->lost(p->arg);
}

static void
child_gone(void *arg, const struct process_end *end)
{
	struct ledger_process *p = arg;
	char how[128];

	process_describe(end, how, sizeof(how));
	/* What it said last is more than how it ended. */
	if (p->why[0] == '\0' && !p->stopping)
		snprintf(
		    p->why, sizeof(p->why), "the ledger has ended: %s", how);
	buf_clear(&p->in);
	buf_clear(&p->out);
	buf_clear(&p->said);
	p->scanned = p->said_scanned = 0;
	p->open = p->full = p->unheard = false;
	p->events->lost(p->arg);
}

static void
child_changed(void *arg, enum child_state from)
{
	struct ledger_process *p = arg;

	log_debug("ledger %s->%s", child_state_name(from),
	    child_state_name(p->child.child.state));
	if (p->child.child.state == CHILD_STALLED) {
		snprintf(p->why, sizeof(p->why),
		    "the ledger gave no answer for %d s, and is started again",
		    (int)(limits.stall_ns / NS_PER_S));
		log_warning("%s; its disk may hang", p->why);
	} else if (p->child.child.state == CHILD_STOPPED) {
		p->events->lost(p->arg);
	}
}

static void
flush(struct ledger_process *p)
{
	int n;

	if (p->child.process == NULL || buf_len(&p->out) == 0)
		return;
	n = process_write(
	    p->child.process, buf_data(&p->out), buf_len(&p->out));
	/* Where it is over, `gone` follows. */
	if (n > 0)
		buf_consume(&p->out, (size_t)n);
}

static void
child_writable(void *arg)
{
	struct ledger_process *p = arg;

	flush(p);
	if (p->full && buf_len(&p->out) < OUT_HIGH) {
		p->full = false;
		p->events->writable(p->arg);
	}
}

static const struct child_process_events child_events = { .describe =
							      child_describe,
	.failed = child_failed,
	.out = child_out,
	.err = child_err,
	.writable = child_writable,
	.gone = child_gone,
	.changed = child_changed };

/* ---- what the header promises ------------------------------------------- */

static int
set_argv(struct ledger_process *p, const char *dir)
{
	char folder[PLATFORM_PATH_MAX];
	int rc = path_libexec(folder, sizeof(folder)), n;

	if (rc < 0)
		return rc;
	n = snprintf(p->program, sizeof(p->program), "%s/ledger", folder);
	if (n < 0 || (size_t)n >= sizeof(p->program))
		return ERR_TOO_LONG;
	snprintf(p->pid, sizeof(p->pid), "%" PRId64, process_own_pid());
	p->argv[0] = p->program;
	p->argv[1] = "--ttsd";
	p->argv[2] = p->pid;
	if (dir[0]) {
		p->argv[3] = "--dir";
		p->argv[4] = dir;
	}
	return 0;
}

int
ledger_process_new(struct loop *l, const char *dir,
    const struct ledger_process_events *events, void *arg,
    struct ledger_process **out)
{
	struct ledger_process *p = calloc(1, sizeof(*p));
	int rc = p ? set_argv(p, dir) : ERR_NOMEM;

	*out = NULL;
	if (rc == 0)
		rc = child_process_init(&p->child, l, &child_events, p);
	if (rc < 0) {
		free(p);
		return rc;
	}
	p->events = events;
	p->arg = arg;
	p->repeats = (struct log_limit){ .every_ns = REPEAT_NS, .burst = 1 };
	buf_init(&p->in, LEDGER_LINE_MAX + STREAM_READ_MAX);
	buf_init(&p->out, OUT_HIGH + LEDGER_LINE_MAX);
	buf_init(&p->said, 4 * LOG_LINE_MAX + STREAM_READ_MAX);
	child_init(
	    &p->child.child, &limits, BACKOFF_FIRST_NS, BACKOFF_MAX_NS, false);
	*out = p;
	child_process_feed(&p->child, CHILD_START);
	return 0;
}

void
ledger_process_free(struct ledger_process *p)
{
	if (p == NULL)
		return;
	child_process_done(&p->child);
	buf_done(&p->in);
	buf_done(&p->out);
	buf_done(&p->said);
	free(p);
}

void
ledger_process_hurry(struct ledger_process *p)
{
	child_process_feed(&p->child, CHILD_WAKE);
}

uint64_t
ledger_process_ask(struct ledger_process *p, const char *request)
{
	if (!p->open || p->stopping)
		return 0;
	if (buf_len(&p->out) >= OUT_HIGH) {
		p->full = true;
		return 0;
	}
	if (buf_putf(&p->out, "{\"no\":%" PRIu64 ",%s\n", p->number + 1,
		request + 1) < 0)
		return 0;
	p->number++;
	flush(p);
	watch(p);
	return p->number;
}

void
ledger_process_stop(struct ledger_process *p, bool complete)
{
	if (p->stopping)
		return;
	if (complete)
		ledger_process_ask(p, "{\"do\":\"end\"}");
	p->stopping = true;
	if (p->child.process)
		process_close_input(p->child.process);
	child_process_feed(&p->child, CHILD_STOP);
}

bool
ledger_process_is_stopped(const struct ledger_process *p)
{
	return p->child.child.state == CHILD_STOPPED;
}

const char *
ledger_process_why(const struct ledger_process *p)
{
	return p->why;
}

uint64_t
ledger_process_restarts(const struct ledger_process *p)
{
	return p->child.child.restarts;
}
