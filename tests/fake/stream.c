/*
 * A connection is two ends, and each holds what the other wrote and it has not
 * read yet. The test's ends are of the same kind, without a loop.
 */
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "tests/fake/world.h"

#define ROOM (64 * 1024)

struct bytes {
	uint8_t *mem;
	size_t start, len, cap;
};

struct stream {
	struct stream *next, **at; /* in the list of all ends */
	struct loop *loop;         /* NULL: the test's */
	struct stream *other;      /* NULL: it was closed */
	const struct stream_events *events;
	void *arg;
	struct bytes in; /* arrived, not read */
	size_t room;     /* of `in`, for what a daemon writes */
	size_t bite;     /* most that arrives at once; 0: no bound */
	int64_t pid;     /* of who holds this end */
	int err;         /* that broke it; 0: whole */
	bool reading;
	bool at_end;  /* the other end's last was told */
	bool over;    /* closed or broken: no more events */
	bool shut;    /* this end writes no more */
	bool waiting; /* for room at the other end */
	struct loop_task ready, release;
};

static struct stream *streams;
static size_t daemon_count;

void
stream_begin(void)
{
	streams = NULL;
	daemon_count = 0;
}

/* Bytes that the kernel holds are no memory of the daemon's. */
static void
bytes_put(struct bytes *b, const void *data, size_t len)
{
	bool before;

	if (len == 0)
		return;
	before = world_enter(false);
	if (b->start > 0 && b->start + b->len + len > b->cap) {
		memmove(b->mem, b->mem + b->start, b->len);
		b->start = 0;
	}
	if (b->len + len > b->cap) {
		b->cap = 2 * (b->len + len);
		b->mem = realloc(b->mem, b->cap);
	}
	memcpy(b->mem + b->start + b->len, data, len);
	b->len += len;
	world_leave(before);
}

static void
bytes_take(struct bytes *b, size_t len)
{
	b->start += len;
	b->len -= len;
	if (b->len == 0)
		b->start = 0;
}

/* ---- what the owner of an end is told --------------------------------- */

static bool
has_room(const struct stream *s)
{
	return s->other == NULL || s->other->in.len < s->other->room;
}

static bool
has_news(const struct stream *s)
{
	if (s->over)
		return false;
	if (s->waiting && has_room(s))
		return true;
	return s->reading && s->events->data && !s->at_end &&
	       (s->in.len > 0 || s->err || !s->other || s->other->shut);
}

static void
stream_poke(struct stream *s)
{
	if (has_news(s))
		world_ready(&s->ready);
}

static void
consume(struct stream *s, size_t len)
{
	bytes_take(&s->in, len);
	if (s->other)
		stream_poke(s->other);
}

static void
stream_end(struct stream *s, int err)
{
	s->over = true;
	if (s->events->ended)
		s->events->ended(s->arg, err);
}

static void
tell_data(struct stream *s)
{
	static uint8_t read_buf[STREAM_READ_MAX];
	size_t n = s->in.len < sizeof(read_buf) ? s->in.len : sizeof(read_buf);

	memcpy(read_buf, s->in.mem + s->in.start, n);
	consume(s, n);
	s->events->data(s->arg, read_buf, n);
}

static void
tell_end(struct stream *s)
{
	s->at_end = true;
	if (s->err || s->other == NULL || s->events->finished == NULL)
		stream_end(s, s->err ? s->err : ERR_CLOSED);
	else
		s->events->finished(s->arg);
}

/* One event; the owner may close the stream in it. */
static void
stream_serve(void *arg)
{
	struct stream *s = arg;
	bool before = world_enter(s->loop != NULL);

	/* Should there be more to tell, it is told in its turn. */
	if (has_news(s))
		world_ready(&s->ready);
	if (s->over) {
	} else if (s->waiting && has_room(s)) {
		s->waiting = false;
		if (s->events->writable)
			s->events->writable(s->arg);
	} else if (!has_news(s)) {
	} else if (s->in.len > 0) {
		tell_data(s);
	} else {
		tell_end(s);
	}
	world_leave(before);
}

/* ---- life ------------------------------------------------------------- */

static const struct stream_events nobody;

static struct stream *
stream_new(struct loop *l)
{
	struct stream *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	*s = (struct stream){ .loop = l,
		.events = &nobody,
		.room = ROOM,
		.next = streams,
		.at = &streams };
	s->ready = (struct loop_task){ .fn = stream_serve, .arg = s };
	if (streams)
		streams->at = &s->next;
	streams = s;
	daemon_count += l != NULL;
	return s;
}

int
stream_pair(struct loop *a, struct loop *b, struct stream **out_a,
    struct stream **out_b)
{
	bool before;

	*out_b = NULL;
	*out_a = stream_new(a);
	if (*out_a == NULL)
		return ERR_NOMEM;
	before = world_enter(false);
	*out_b = stream_new(b);
	world_leave(before);
	(*out_a)->other = *out_b;
	(*out_b)->other = *out_a;
	return 0;
}

static void
stream_release(struct stream *s)
{
	world_forget(&s->ready);
	if (s->other) {
		s->other->other = NULL;
		stream_poke(s->other);
	}
	s->other = NULL;
	s->over = true;
	*s->at = s->next;
	if (s->next)
		s->next->at = s->at;
	daemon_count -= s->loop != NULL;
	free(s->in.mem);
	s->in = (struct bytes){ 0 };
}

size_t
fake_streams(void)
{
	return daemon_count;
}

void
stream_move(struct stream *s, struct loop *l)
{
	s->loop = l;
	s->events = &nobody;
	s->reading = false;
}

void
stream_end_all(void)
{
	while (streams)
		peer_close(streams);
}

/* ---- platform.h ------------------------------------------------------- */

void
stream_set_owner(
    struct stream *s, const struct stream_events *events, void *arg)
{
	s->events = events;
	s->arg = arg;
	stream_reading(s, true);
}

int
stream_connect(struct loop *l, const char *path,
    const struct stream_events *events, void *arg, struct stream **out)
{
	int rc = listener_connect(path, l, out);

	if (rc == 0)
		stream_set_owner(*out, events, arg);
	return rc;
}

int
stream_write(struct stream *s, const void *data, size_t len)
{
	struct stream *to = s->other;
	size_t n = len, room;

	if (s->over || s->err || to == NULL) {
		s->over = true;
		return ERR_CLOSED;
	}
	room = to->in.len < to->room ? to->room - to->in.len : 0;
	if (n > room)
		n = room;
	if (to->bite > 0 && n > to->bite)
		n = to->bite;
	bytes_put(&to->in, data, n);
	stream_poke(to);
	if (n < len) {
		s->waiting = true;
		stream_poke(s);
	}
	return (int)n;
}

void
stream_reading(struct stream *s, bool on)
{
	s->reading = on;
	stream_poke(s);
}

void
stream_close(struct stream *s)
{
	if (s == NULL)
		return;
	stream_release(s);
	s->release = (struct loop_task){ .fn = free, .arg = s };
	loop_defer(s->loop, &s->release);
}

size_t
stream_unread(const struct stream *s)
{
	return s->other ? s->other->in.len : 0;
}

void
stream_set_buffer(struct stream *s, size_t bytes)
{
	if (s->other)
		s->other->room = bytes;
}

int64_t
stream_peer_pid(const struct stream *s)
{
	return s->other ? s->other->pid : 0;
}

int64_t
stream_peer_uid(const struct stream *s)
{
	(void)s;
	return -1;
}

/* ---- the test's ends -------------------------------------------------- */

void
peer_write(struct stream *peer, const void *data, size_t len)
{
	if (peer->other == NULL)
		return;
	bytes_put(&peer->other->in, data, len);
	stream_poke(peer->other);
}

void
peer_puts(struct stream *peer, const char *text)
{
	peer_write(peer, text, strlen(text));
}

const uint8_t *
peer_data(const struct stream *peer)
{
	return peer->in.mem ? peer->in.mem + peer->in.start : NULL;
}

size_t
peer_len(const struct stream *peer)
{
	return peer->in.len;
}

void
peer_take(struct stream *peer, size_t len)
{
	if (len > peer->in.len)
		world_fail("a peer takes more than there is");
	consume(peer, len);
}

void
peer_set_room(struct stream *peer, size_t bytes)
{
	peer->room = bytes;
	if (peer->other)
		stream_poke(peer->other);
}

void
peer_set_bite(struct stream *peer, size_t bytes)
{
	peer->bite = bytes;
}

void
peer_set_pid(struct stream *peer, int64_t pid)
{
	peer->pid = pid;
}

void
peer_shut(struct stream *peer)
{
	peer->shut = true;
	if (peer->other)
		stream_poke(peer->other);
}

void
peer_break(struct stream *peer, int err)
{
	struct stream *s = peer->other;

	if (s == NULL)
		return;
	bytes_take(&s->in, s->in.len);
	s->err = err;
	stream_poke(s);
}

bool
peer_ended(const struct stream *peer)
{
	return peer->other == NULL;
}

bool
peer_is_held_up(const struct stream *peer)
{
	return peer->other && !peer->other->reading;
}

/* The peer's own events may close it, so its memory is looked at no more. */
void
peer_close(struct stream *peer)
{
	if (peer == NULL)
		return;
	stream_release(peer);
	free(peer);
}
