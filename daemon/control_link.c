#include "daemon/control_link.h"

#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/lines.h"

struct control_link {
	struct loop *loop;
	const char *path, *hello;
	const struct control_link_events *events;
	void *arg;
	struct stream *stream; /* NULL: not connected */
	struct buf in;
	size_t scanned; /* bytes of `in` (lines.h) */
	struct timer *retry;
	int64_t next_ns; /* when to try again */
};

static void
try_later(struct control_link *k)
{
	int64_t now = clock_awake_ns();

	k->next_ns += CONTROL_LINK_RETRY_NS;
	if (k->next_ns < now)
		k->next_ns = now + CONTROL_LINK_RETRY_NS;
	timer_at(k->retry, k->next_ns);
}

static void
lose(struct control_link *k, int err)
{
	stream_close(k->stream);
	k->stream = NULL;
	buf_clear(&k->in);
	k->scanned = 0;
	try_later(k);
	k->events->absent(k->arg, err);
}

static void
stream_data(void *arg, const uint8_t *data, size_t len)
{
	struct control_link *k = arg;
	const char *line;
	size_t n;
	int rc = buf_put(&k->in, data, len);

	if (rc < 0) {
		lose(k, rc);
		return;
	}
	while (lines_peek(&k->in, &k->scanned, &line, &n)) {
		k->events->line(k->arg, line, n);
		if (k->stream == NULL)
			return;
		buf_consume(&k->in, n + 1);
	}
}

static void
stream_ended(void *arg, int err)
{
	lose(arg, err);
}

static const struct stream_events stream_events = { .data = stream_data,
	.ended = stream_ended };

static void
try_now(void *arg)
{
	struct control_link *k = arg;
	int rc =
	    stream_connect(k->loop, k->path, &stream_events, k, &k->stream);

	if (rc < 0)
		lose(k, rc);
	else
		control_link_send(k, k->hello, strlen(k->hello));
}

int
control_link_new(struct loop *l, const char *path, const char *hello,
    const struct control_link_events *events, void *arg,
    struct control_link **out)
{
	struct control_link *k = calloc(1, sizeof(*k));
	int rc;

	*out = NULL;
	if (k == NULL)
		return ERR_NOMEM;
	*k = (struct control_link){ .loop = l,
		.path = path,
		.hello = hello,
		.events = events,
		.arg = arg,
		.next_ns = clock_awake_ns() };
	buf_init(&k->in, CONTROL_LINK_LINE_MAX);
	rc = timer_new(l, TIMER_COARSE, try_now, k, &k->retry);
	if (rc < 0) {
		free(k);
		return rc;
	}
	timer_at(k->retry, k->next_ns);
	*out = k;
	return 0;
}

void
control_link_free(struct control_link *k)
{
	if (k == NULL)
		return;
	stream_close(k->stream);
	timer_free(k->retry);
	buf_done(&k->in);
	free(k);
}

void
control_link_send(struct control_link *k, const char *line, size_t len)
{
	if (k->stream && stream_write(k->stream, line, len) != (int)len)
		lose(k, ERR_CLOSED);
}
