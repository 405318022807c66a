#include "gateway/daemons/peer.h"

#include <stdlib.h>
#include <string.h>

#include "common/body.h"
#include "common/buf.h"
#include "common/control/proto.h"
#include "common/err.h"
#include "common/lines.h"
#include "common/list.h"

/* Between two attempts to connect to a daemon that is too busy for it. */
#define RETRY_NS (50 * NS_PER_MS)

struct link {
	struct peer *peer;
	struct stream *stream;
	struct buf in;
	size_t scanned;
	struct question *question; /* NULL: it is free */
	bool used;                 /* it has answered one */
	bool held; /* it is not read from, for another's answer is long */
	struct link *next;
};

struct question {
	struct peer *peer;
	struct buf line; /* what is still to be written of it */
	peer_answer *fn; /* NULL: nobody waits any more */
	void *arg;
	int64_t until_ns;
	struct link *link; /* NULL: it waits for one */
	struct question *next;
};

struct peer {
	struct loop *loop;
	const char *name, *path;
	struct link *links;
	size_t link_count;
	struct link *long_one;      /* whose answer is long; NULL: none */
	struct question *questions; /* in the order in which they came */
	size_t waiting;
	struct timer *timer;
	int64_t retry_ns;      /* the daemon was too busy to be connected to */
	struct loop_task task; /* what waits gets links */
};

/* A long answer is there whole, or will not be: the next one may come. */
static void
link_give_way(struct link *k)
{
	struct peer *p = k->peer;
	struct link *other;

	if (p->long_one != k)
		return;
	p->long_one = NULL;
	for (other = p->links; other; other = other->next)
		if (other->held) {
			other->held = false;
			stream_reading(other->stream, true);
		}
}

/* There is more to come of an answer that is long already. */
static void
link_go_on_alone(struct link *k)
{
	struct peer *p = k->peer;

	if (p->long_one == NULL)
		p->long_one = k;
	if (p->long_one == k)
		return;
	k->held = true;
	stream_reading(k->stream, false);
}

/* There is room for another one, for a question that waits. */
static void
link_close(struct link *k)
{
	struct peer *p = k->peer;

	link_give_way(k);
	LIST_REMOVE(p->links, k);
	p->link_count--;
	stream_close(k->stream);
	buf_done(&k->in);
	free(k);
	loop_defer(p->loop, &p->task);
}

static void
question_free(struct question *q)
{
	LIST_REMOVE(q->peer->questions, q);
	q->peer->waiting -= q->link == NULL;
	buf_done(&q->line);
	free(q);
}

/* Ends a question. `line` lies in its link's buffer. */
static void
question_end(struct question *q, const char *line, size_t len, int err)
{
	peer_answer *fn = q->fn;
	void *arg = q->arg;

	question_free(q);
	if (fn)
		fn(arg, line, len, err);
}

static void
question_fail(struct question *q, int err)
{
	if (q->link)
		link_close(q->link);
	question_end(q, NULL, 0, err);
}

/* ---- a link ----------------------------------------------------------- */

static void
link_write(struct question *q)
{
	int n = stream_write(
	    q->link->stream, buf_data(&q->line), buf_len(&q->line));

	if (n < 0)
		question_fail(q, ERR_CLOSED);
	else
		buf_consume(&q->line, (size_t)n);
}

static void
link_writable(void *arg)
{
	struct link *k = arg;

	if (k->question && buf_len(&k->question->line) > 0)
		link_write(k->question);
}

static void
link_over(struct link *k, int err)
{
	if (k->question)
		question_fail(k->question, err);
	else
		link_close(k);
}

static void
link_ended(void *arg, int err)
{
	(void)err;
	link_over(arg, ERR_CLOSED);
}

static void
link_data(void *arg, const uint8_t *data, size_t len)
{
	struct link *k = arg;
	struct peer *p = k->peer;
	struct question *q = k->question;
	const char *line;
	size_t n;
	int rc = buf_put(&k->in, data, len);

	if (rc < 0 || q == NULL) {
		link_over(k, rc == ERR_FULL ? ERR_TOO_LONG : rc);
		return;
	}
	if (!lines_peek(&k->in, &k->scanned, &line, &n)) {
		if (buf_len(&k->in) > PEER_ANSWER_LONG)
			link_go_on_alone(k);
		return;
	}
	link_give_way(k);
	/* The answer's memory lives on in a buffer of its own, for whoever is
	 * told may ask again, or end all. */
	struct buf answer = k->in;

	buf_init(&k->in, PEER_ANSWER_MAX);
	k->question = NULL;
	k->used = true;
	/* What comes behind it would be taken for the next one's. */
	if (buf_len(&answer) > n + 1)
		link_close(k);
	question_end(q, line, n, 0);
	buf_done(&answer);
	loop_defer(p->loop, &p->task);
}

static const struct stream_events link_events = {
	.data = link_data, .writable = link_writable, .ended = link_ended
};

static int
link_open(struct peer *p, struct link **out)
{
	struct link *k = calloc(1, sizeof(*k));
	int rc;

	if (k == NULL)
		return ERR_NOMEM;
	k->peer = p;
	buf_init(&k->in, PEER_ANSWER_MAX);
	rc = stream_connect(p->loop, p->path, &link_events, k, &k->stream);
	if (rc < 0) {
		free(k);
		return rc;
	}
	k->next = p->links;
	p->links = k;
	p->link_count++;
	*out = k;
	return 0;
}

/* Finds a free link. Returns ERR_FULL where all are taken. */
static int
link_get(struct peer *p, struct link **out)
{
	struct link *k = p->links;

	while (k && k->question)
		k = k->next;
	*out = k;
	if (k)
		return 0;
	return p->link_count < PEER_LINKS_MAX ? link_open(p, out) : ERR_FULL;
}

/* ---- the line --------------------------------------------------------- */

static struct question *
first_waiting(const struct peer *p)
{
	struct question *q = p->questions;

	while (q && q->link)
		q = q->next;
	return q;
}

/* Begins to ask. A link that an earlier question has left may be dead without
 * that anybody saw it: nothing was asked then, and the question waits on. A new
 * one that takes nothing was refused. */
static void
link_begin(struct link *k, struct question *q)
{
	int n = stream_write(k->stream, buf_data(&q->line), buf_len(&q->line));

	if (n >= 0) {
		buf_consume(&q->line, (size_t)n);
	} else if (!k->used) {
		question_fail(q, ERR_REFUSED);
	} else {
		link_close(k);
		q->link = NULL;
		q->peer->waiting++;
	}
}

static void
peer_arm(struct peer *p)
{
	int64_t due = p->questions ? p->questions->until_ns : INT64_MAX;

	if (p->retry_ns > 0 && p->retry_ns < due)
		due = p->retry_ns;
	timer_at(p->timer, due);
}

static void
give_links(void *arg)
{
	struct peer *p = arg;
	struct question *q;
	struct link *k;
	int rc;

	p->retry_ns = 0;
	while ((q = first_waiting(p)) != NULL) {
		rc = link_get(p, &k);
		if (rc == ERR_AGAIN)
			p->retry_ns = clock_awake_ns() + RETRY_NS;
		if (rc == ERR_AGAIN || rc == ERR_FULL)
			break;
		if (rc < 0) {
			question_fail(q, rc);
			continue;
		}
		q->link = k;
		k->question = q;
		p->waiting--;
		link_begin(k, q);
	}
	peer_arm(p);
}

static void
peer_time(void *arg)
{
	struct peer *p = arg;
	int64_t now = clock_awake_ns();

	/* All have the same patience: the first one came first. */
	while (p->questions && p->questions->until_ns <= now)
		question_fail(p->questions, ERR_TIMEOUT);
	give_links(p);
}

int
peer_ask(struct peer *p, const char *line, size_t len, peer_answer *fn,
    void *arg, struct question **out)
{
	struct question *q;
	int rc;

	if (p->waiting >= PEER_WAITING_MAX)
		return ERR_FULL;
	q = calloc(1, sizeof(*q));
	if (q == NULL)
		return ERR_NOMEM;
	*q = (struct question){ .peer = p,
		.fn = fn,
		.arg = arg,
		.until_ns = clock_awake_ns() + PEER_PATIENCE_NS };
	buf_init(&q->line, len);
	rc = buf_put(&q->line, line, len);
	if (rc < 0) {
		free(q);
		return rc;
	}
	LIST_APPEND(p->questions, q);
	p->waiting++;
	peer_arm(p);
	loop_defer(p->loop, &p->task);
	*out = q;
	return 0;
}

int
peer_ask_body(struct peer *p, const json_t *body, peer_answer *fn, void *arg,
    struct question **out)
{
	size_t len;
	char *line = body_line(body, &len);
	int rc = ERR_NOMEM;

	if (line)
		rc = len > PROTO_LINE_MAX + 1
			 ? ERR_TOO_LONG
			 : peer_ask(p, line, len, fn, arg, out);
	free(line);
	return rc;
}

void
question_drop(struct question *q)
{
	q->fn = NULL;
	/* What was not asked never will be. */
	if (q->link == NULL)
		question_free(q);
}

/* ---- life ------------------------------------------------------------- */

int
peer_new(struct loop *l, const char *name, const char *path, struct peer **out)
{
	struct peer *p = calloc(1, sizeof(*p));
	int rc;

	*out = NULL;
	if (p == NULL)
		return ERR_NOMEM;
	*p = (struct peer){ .loop = l, .name = name, .path = path };
	p->task = (struct loop_task){ .fn = give_links, .arg = p };
	rc = timer_new(l, TIMER_COARSE, peer_time, p, &p->timer);
	if (rc < 0) {
		free(p);
		return rc;
	}
	*out = p;
	return 0;
}

static void
peer_release(void *arg)
{
	free(arg);
}

void
peer_free(struct peer *p)
{
	if (p == NULL)
		return;
	while (p->questions) {
		p->questions->fn = NULL;
		question_fail(p->questions, ERR_CLOSED);
	}
	while (p->links)
		link_close(p->links);
	timer_free(p->timer);
	/* The task may be queued: it finds nothing, and then this is. */
	p->task.fn = peer_release;
	loop_defer(p->loop, &p->task);
}

const char *
peer_name(const struct peer *p)
{
	return p->name;
}

size_t
peer_questions(const struct peer *p)
{
	const struct question *q;
	size_t count = 0;

	for (q = p->questions; q; q = q->next)
		count++;
	return count;
}

size_t
peer_waiting(const struct peer *p)
{
	return p->waiting;
}
