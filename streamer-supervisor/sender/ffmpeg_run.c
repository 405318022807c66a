#include "streamer-supervisor/sender/ffmpeg_run.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/body.h"
#include "common/err.h"
#include "streamer-supervisor/ffmpeg/tee.h"

/* Of ffmpeg's lines a burst and then so many a second are looked at
 * (ATTENTION), and of those again a burst and so many are logged (CHATTER). The
 * rest of a flood costs no more than finding its line ends. */
#define ATTENTION_BURST 1000
#define ATTENTION_NS (10 * NS_PER_MS)
/* The pipe for progress holds so many bytes, which ffmpeg can write while the
 * supervisor is stopped. ffmpeg 5.1.9 writes some 700 a second, measured; with
 * the customary 64 KiB it would be held up after a minute and a half. */
#define PROGRESS_BYTES (1024 * 1024)
#define CHATTER_BURST 20
#define CHATTER_NS NS_PER_S

static void
heard_progress(void *arg, char *line)
{
	struct ffmpeg_run *r = arg;

	if (r->events->line)
		r->events->line(r->arg, line);
	if (progress_take(&r->progress, line, clock_awake_ns()))
		r->events->advanced(r->arg);
}

static void
log_line(struct ffmpeg_run *r, const struct message *m)
{
	char safe[LINES_MAX + 1];

	redact_text(r->redact, safe, sizeof(safe), m->text);
	log_write(m->kind >= MESSAGE_VAGUE && !r->folded ? LOG_INFO : LOG_DEBUG,
	    "output=%s ffmpeg says=%s", r->name, log_quote(safe));
}

/* Keeps the message that explains the end best: the first refusal; else of
 * those that say most, the last. */
static void
keep_complaint(struct ffmpeg_run *r, const struct message *m)
{
	if (m->kind < r->worst || r->worst == MESSAGE_REFUSAL)
		return;
	r->worst = m->kind;
	memcpy(r->complaint, m->text, strlen(m->text) + 1);
}

static void
heard_line(void *arg, char *line)
{
	struct ffmpeg_run *r = arg;
	int64_t now = clock_awake_ns();
	char why[REASON_MAX], safe[REASON_MAX];
	struct message m;
	unsigned index;

	if (!log_allow(&r->attention, now))
		return;
	m = messages_classify(line, r->sense);
	if (m.kind == MESSAGE_NOISE)
		return;
	if (log_allow(&r->chatter, now))
		log_line(r, &m);
	if (m.kind >= MESSAGE_VAGUE) {
		r->complained_ns = now;
		if (m.code != MESSAGE_OTHER)
			r->code = m.code;
		keep_complaint(r, &m);
	}
	if (r->events->lost && tee_lost(m.text, &index, why, sizeof(why))) {
		redact_text(r->redact, safe, sizeof(safe), why);
		r->events->lost(r->arg, index, safe);
	} else if (m.kind == MESSAGE_REFUSAL) {
		r->events->refused(r->arg);
	} else if (m.kind == MESSAGE_VAIN && r->events->doomed) {
		redact_text(r->redact, safe, sizeof(safe), m.text);
		r->events->doomed(r->arg, safe);
	}
}

/* Logs how many lines were left out since the last time. */
static void
log_rest(struct ffmpeg_run *r)
{
	uint64_t lines = r->chatter.dropped + r->attention.dropped;

	if (lines > 0)
		log_write(r->folded ? LOG_DEBUG : LOG_INFO,
		    "output=%s %" PRIu64 " more lines of ffmpeg are not shown",
		    r->name, lines);
	r->chatter.dropped = r->attention.dropped = 0;
}

static void
process_out(void *arg, const uint8_t *data, size_t len)
{
	struct ffmpeg_run *r = arg;

	lines_feed(&r->out, data, len, heard_progress, r);
}

static void
process_err(void *arg, const uint8_t *data, size_t len)
{
	struct ffmpeg_run *r = arg;

	lines_feed(&r->err, data, len, heard_line, r);
}

/* Says why the run ended. What ffmpeg said goes before its exit code, which
 * lies: it is 0 when its input ends. */
static void
explain(struct ffmpeg_run *r, const struct process_end *end)
{
	if (end->err || end->signalled)
		snprintf(r->why, sizeof(r->why), "%s", r->exit);
	else if (r->worst >= MESSAGE_VAGUE)
		ffmpeg_run_complaint(r, r->why, sizeof(r->why));
	else if (end->code == 0)
		snprintf(r->why, sizeof(r->why), "the audio ended");
	else
		snprintf(r->why, sizeof(r->why),
		    "%s, and ffmpeg did not say why", r->exit);
}

static void
process_gone(void *arg, const struct process_end *end)
{
	struct ffmpeg_run *r = arg;

	lines_end(&r->err, heard_line, r);
	process_free(r->process);
	r->process = NULL;
	log_rest(r);
	process_describe(end, r->exit, sizeof(r->exit));
	r->killed = end->signalled;
	explain(r, end);
	r->events->gone(r->arg, end->err != 0);
}

static const struct process_events process_events = {
	.gone = process_gone, .out = process_out, .err = process_err
};

void
ffmpeg_run_init(struct ffmpeg_run *r)
{
	r->attention = (struct log_limit){ .every_ns = ATTENTION_NS,
		.burst = ATTENTION_BURST };
	r->chatter = (struct log_limit){ .every_ns = CHATTER_NS,
		.burst = CHATTER_BURST };
}

void
ffmpeg_run_done(struct ffmpeg_run *r)
{
	process_free(r->process);
	r->process = NULL;
}

int
ffmpeg_run_start(struct ffmpeg_run *r, char *const *argv, const char *text)
{
	struct process_spec spec = { .argv = (const char *const *)argv,
		.text = text[0] ? text : NULL,
		.out_bytes = PROGRESS_BYTES,
		/* Those of HLS are for a web server, which is another user. */
		.public_files = true };

	r->out = r->err = (struct lines){ .len = 0 };
	r->progress = (struct progress){ .pictured = r->pictured };
	r->worst = MESSAGE_NOISE;
	r->code = MESSAGE_OTHER;
	r->complained_ns = 0;
	r->started_ns = clock_now_ns();
	return process_spawn(r->loop, &spec, &process_events, r, &r->process);
}

void
ffmpeg_run_interrupt(struct ffmpeg_run *r)
{
	if (r->process)
		process_interrupt(r->process);
}

void
ffmpeg_run_kill(struct ffmpeg_run *r)
{
	if (r->process)
		process_kill(r->process);
}

bool
ffmpeg_run_alive(const struct ffmpeg_run *r)
{
	return r->process != NULL;
}

int64_t
ffmpeg_run_pid(const struct ffmpeg_run *r)
{
	return r->process ? process_pid(r->process) : 0;
}

void
ffmpeg_run_complaint(const struct ffmpeg_run *r, char *out, size_t size)
{
	out[0] = '\0';
	if (r->worst >= MESSAGE_VAGUE)
		redact_text(r->redact, out, size, r->complaint);
}

static void
add_stuck(void *arg, const struct connection *c)
{
	uint64_t *bytes = arg;

	if (c->stuck)
		*bytes += c->unacknowledged;
}

uint64_t
ffmpeg_run_stuck_bytes(const struct ffmpeg_run *r)
{
	uint64_t bytes = 0;

	if (r->process)
		process_connections(r->process, add_stuck, &bytes);
	return bytes;
}

struct acknowledged {
	unsigned connections;
	uint64_t yes, no;
};

static void
add_acknowledged(void *arg, const struct connection *c)
{
	struct acknowledged *sum = arg;

	sum->connections++;
	sum->yes += c->acknowledged;
	sum->no += c->unacknowledged;
}

unsigned
ffmpeg_run_acknowledged(const struct ffmpeg_run *r, uint64_t *yes, uint64_t *no)
{
	struct acknowledged sum = { 0 };

	if (r->process)
		process_connections(r->process, add_acknowledged, &sum);
	*yes = sum.yes;
	*no = sum.no;
	return sum.connections;
}

bool
ffmpeg_run_cut(const struct ffmpeg_run *r, int receive_bytes)
{
	return r->process && process_cut(r->process, receive_bytes);
}

bool
ffmpeg_run_has_socket(const struct ffmpeg_run *r)
{
	return r->process == NULL || process_sockets(r->process) != 0;
}

/* ---- from one program to its successor ----------------------------------- */

static const char *const kinds[] = {
	[MESSAGE_NOISE] = "noise",
	[MESSAGE_NOTE] = "note",
	[MESSAGE_VAGUE] = "vague",
	[MESSAGE_ERROR] = "error",
	[MESSAGE_CAUSE] = "cause",
	[MESSAGE_VAIN] = "vain",
	[MESSAGE_REFUSAL] = "refusal",
};

static const char *const codes[] = {
	[MESSAGE_OTHER] = "other", [MESSAGE_IO] = "io"
};

static const struct record_field run_fields[] = {
	RECORD_FIELD(RECORD_BOOL, ffmpeg_run, pictured),
	RECORD_FIELD_PART(ffmpeg_run, out, lines_fields),
	RECORD_FIELD_PART(ffmpeg_run, err, lines_fields),
	RECORD_FIELD_PART(ffmpeg_run, progress, progress_fields),
	RECORD_FIELD_CHOICE(ffmpeg_run, worst, kinds),
	RECORD_FIELD_CHOICE(ffmpeg_run, code, codes),
	RECORD_FIELD_TEXT(ffmpeg_run, complaint),
	RECORD_FIELD(RECORD_INTEGER, ffmpeg_run, complained_ns),
	RECORD_FIELD(RECORD_INTEGER, ffmpeg_run, started_ns),
	RECORD_FIELD_TEXT(ffmpeg_run, why),
	RECORD_FIELD_TEXT(ffmpeg_run, exit),
	RECORD_FIELD(RECORD_BOOL, ffmpeg_run, killed),
	RECORD_END,
};

json_t *
ffmpeg_run_hand_over(const struct ffmpeg_run *r, struct parcel *parcel)
{
	json_t *o = record_save(run_fields, r);

	if (r->process)
		body_put(&o, "process", process_hand_over(r->process, parcel));
	return o;
}

int
ffmpeg_run_take_over(
    struct ffmpeg_run *r, struct parcel *parcel, const json_t *word)
{
	const json_t *process = json_object_get(word, "process");
	int rc = record_load(run_fields, word, r);

	if (rc == 0 && process)
		process_take_over(
		    r->loop, parcel, process, &process_events, r, &r->process);
	return rc;
}
