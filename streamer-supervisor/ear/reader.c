#include "streamer-supervisor/ear/reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/le.h"
#include "common/lines.h"
#include "common/utf8.h"
#include "daemon/child_process.h"

#define BACKOFF_FIRST_NS (200 * NS_PER_MS)
#define BACKOFF_MAX_NS (5 * NS_PER_S)
#define WHY_MAX 256
/* Samples at a time. */
#define BLOCK 1024

struct reader {
	const char *const *argv;
	const struct reader_events *events;
	void *arg;
	struct child_process child;
	struct lines said;
	uint8_t half; /* of a sample */
	bool has_half;
	char last[WHY_MAX]; /* what this ffmpeg said last */
	char why[WHY_MAX];
};

/* ---- what it writes ---------------------------------------------------- */

/* Passes on whole samples; returns how many bytes it took. */
static size_t
pass_samples(struct reader *r, const uint8_t *data, size_t len)
{
	int16_t block[BLOCK];
	size_t n = len / 2 < BLOCK ? len / 2 : BLOCK, i;

	for (i = 0; i < n; i++)
		block[i] = (int16_t)le16_get(data + 2 * i);
	r->events->samples(r->arg, block, n);
	return 2 * n;
}

static void
child_out(void *arg, const uint8_t *data, size_t len)
{
	struct reader *r = arg;
	size_t used;

	r->why[0] = '\0';
	child_process_feed(&r->child, CHILD_READY);
	child_process_feed(&r->child, CHILD_PROGRESS);
	if (r->has_half && len > 0) {
		const uint8_t whole[2] = { r->half, *data };

		pass_samples(r, whole, 2);
		r->has_half = false;
		data++;
		len--;
	}
	for (; len >= 2; data += used, len -= used)
		used = pass_samples(r, data, len);
	r->has_half = len == 1;
	if (r->has_half)
		r->half = *data;
}

static void
take_line(void *arg, char *line)
{
	struct reader *r = arg;

	utf8_sanitise(r->last, sizeof(r->last), line, strlen(line));
}

static void
child_err(void *arg, const uint8_t *data, size_t len)
{
	struct reader *r = arg;

	lines_feed(&r->said, data, len, take_line, r);
}

/* ---- the process ------------------------------------------------------- */

static int
child_describe(void *arg, struct process_spec *out)
{
	struct reader *r = arg;

	r->said.len = 0;
	r->last[0] = '\0';
	r->has_half = false;
	out->argv = r->argv;
	return 0;
}

static void
child_failed(void *arg, int err)
{
	struct reader *r = arg;

	snprintf(
	    r->why, sizeof(r->why), "it cannot be started: %s", err_text(err));
}

/* What ffmpeg does not speak of is no mistake to it: where it read to an end,
 * it was the server that made one. */
static void
describe_end(const struct process_end *end, char *out, size_t size)
{
	char how[64];

	process_describe(end, how, sizeof(how));
	if (!process_ended_well(end))
		snprintf(out, size, "its ffmpeg ended: %s", how);
	else
		snprintf(out, size, "the server ended the stream");
}

static void
child_gone(void *arg, const struct process_end *end)
{
	struct reader *r = arg;

	lines_end(&r->said, take_line, r);
	if (r->last[0])
		memcpy(r->why, r->last, sizeof(r->why));
	else if (r->why[0] == '\0')
		describe_end(end, r->why, sizeof(r->why));
	r->events->lost(r->arg);
}

static void
child_changed(void *arg, enum child_state from)
{
	struct reader *r = arg;

	(void)from;
	if (r->child.child.state == CHILD_STALLED)
		snprintf(r->why, sizeof(r->why), "nothing came in time");
}

static const struct child_process_events child_events = { .describe =
							      child_describe,
	.failed = child_failed,
	.out = child_out,
	.err = child_err,
	.gone = child_gone,
	.changed = child_changed };

int
reader_new(struct loop *l, const char *const *argv, int64_t stall_ns,
    const struct reader_events *events, void *arg, struct reader **out)
{
	const struct child_limits limits = { .start_ns = stall_ns,
		.stall_ns = stall_ns,
		.grace_ns = NS_PER_S,
		.healthy_ns = BACKOFF_MAX_NS,
		.reject_ns = BACKOFF_MAX_NS };
	struct reader *r = calloc(1, sizeof(*r));
	int rc;

	*out = NULL;
	if (r == NULL)
		return ERR_NOMEM;
	*r = (struct reader){ .argv = argv, .events = events, .arg = arg };
	rc = child_process_init(&r->child, l, &child_events, r);
	if (rc < 0) {
		free(r);
		return rc;
	}
	child_init(
	    &r->child.child, &limits, BACKOFF_FIRST_NS, BACKOFF_MAX_NS, true);
	child_process_feed(&r->child, CHILD_START);
	*out = r;
	return 0;
}

void
reader_free(struct reader *r)
{
	if (r == NULL)
		return;
	child_process_done(&r->child);
	free(r);
}

const char *
reader_why(const struct reader *r)
{
	return r->why;
}
