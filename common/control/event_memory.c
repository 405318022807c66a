#include "common/control/event_memory.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"

struct event_memory_entry {
	uint64_t number;
	unsigned event;
	char channel[SESSION_CHANNEL_MAX + 1]; /* "": of none */
	struct shared_line *line;
};

void
event_memory_init(struct event_memory *m, size_t bytes_max, uint64_t number)
{
	*m = (struct event_memory){
		.bytes_max = bytes_max, .number = number, .from = number + 1
	};
}

static struct event_memory_entry *
memory_entry(const struct event_memory *m, size_t index)
{
	return &m->entries[(m->first + index) % m->cap];
}

static size_t
entry_bytes(const struct event_memory_entry *e)
{
	return sizeof(*e) + shared_line_size(e->line);
}

static void
forget_first(struct event_memory *m)
{
	struct event_memory_entry *e = memory_entry(m, 0);

	m->bytes -= entry_bytes(e);
	m->from = e->number + 1;
	shared_line_release(e->line);
	m->first = (m->first + 1) % m->cap;
	m->count--;
}

static void
forget_all(struct event_memory *m)
{
	while (m->count > 0)
		forget_first(m);
	m->from = m->number + 1;
}

void
event_memory_done(struct event_memory *m)
{
	forget_all(m);
	free(m->entries);
	m->entries = NULL;
	m->cap = 0;
}

void
event_memory_leap(struct event_memory *m, uint64_t number)
{
	if (number <= m->number)
		return;
	m->number = number;
	forget_all(m);
}

static bool
memory_grow(struct event_memory *m)
{
	size_t cap = m->cap ? 2 * m->cap : 64, i;
	struct event_memory_entry *entries;

	if (m->count < m->cap)
		return true;
	entries = malloc(cap * sizeof(*entries));
	if (entries == NULL)
		return false;
	for (i = 0; i < m->count; i++)
		entries[i] = *memory_entry(m, i);
	free(m->entries);
	m->entries = entries;
	m->first = 0;
	m->cap = cap;
	return true;
}

static void
make_room(struct event_memory *m)
{
	while (m->bytes > m->bytes_max)
		forget_first(m);
}

void
event_memory_add(struct event_memory *m, unsigned event, const char *channel,
    struct shared_line *line)
{
	struct event_memory_entry *e;

	if (line == NULL || !memory_grow(m)) {
		forget_all(m);
		return;
	}
	e = memory_entry(m, m->count++);
	*e = (struct event_memory_entry){ .number = m->number,
		.event = event,
		.line = shared_line_keep(line) };
	snprintf(e->channel, sizeof(e->channel), "%s", channel ? channel : "");
	m->bytes += entry_bytes(e);
	make_room(m);
}

void
event_memory_tell(
    const struct event_memory *m, struct session *s, uint64_t since)
{
	const struct event_memory_entry *e;
	size_t i;

	for (i = 0; i < m->count; i++) {
		e = memory_entry(m, i);
		if (e->number > since && session_wants(s, e->event,
					     e->channel[0] ? e->channel : NULL))
			session_event(s, e->line);
	}
}

/* ---- from one program to its successor -------------------------------- */

/* "NUMBER EVENT CHANNEL LINE", where "-" is no channel. */
int
event_memory_copy(
    const struct event_memory *m, const char *const *names, struct buf *out)
{
	const struct event_memory_entry *e;
	const char *text;
	size_t i, len;
	int rc = 0;

	for (i = 0; i < m->count && rc == 0; i++) {
		e = memory_entry(m, i);
		text = shared_line_text(e->line, &len);
		rc = buf_putf(out, "%" PRIu64 " %s %s ", e->number,
		    names[e->event], e->channel[0] ? e->channel : "-");
		if (rc == 0)
			rc = buf_put(out, text, len);
	}
	return rc;
}

/* Takes one line, which is terminated. */
static int
refill_one(struct event_memory *m, const char *const *names,
    struct outbox_sum *sum, const char *line)
{
	char name[33], channel[SESSION_CHANNEL_MAX + 1];
	struct shared_line *shared;
	uint64_t number;
	int event, at;

	if (sscanf(line, "%" SCNu64 " %32s %32s %n", &number, name, channel,
		&at) != 3)
		return ERR_INVALID;
	event = word_index(names, name);
	if (event < 0)
		return ERR_INVALID;
	shared = shared_line_new(sum, line + at);
	if (shared == NULL)
		return ERR_NOMEM;
	m->number = number;
	event_memory_add(m, (unsigned)event,
	    strcmp(channel, "-") == 0 ? NULL : channel, shared);
	shared_line_release(shared);
	return 0;
}

int
event_memory_refill(struct event_memory *m, const char *const *names,
    struct outbox_sum *sum, const char *lines, size_t len)
{
	const char *end;
	char *line;
	size_t n;
	int rc = 0;

	for (; len > 0 && rc == 0; lines += n, len -= n) {
		end = memchr(lines, '\n', len);
		n = end ? (size_t)(end - lines) + 1 : len;
		line = strndup(lines, n - (end != NULL));
		rc = line ? refill_one(m, names, sum, line) : ERR_NOMEM;
		free(line);
	}
	return rc;
}

void
event_memory_put_before(struct event_memory *m, struct event_memory *older)
{
	size_t i, before = older->count;

	for (i = 0; i < m->count && memory_grow(older); i++)
		*memory_entry(older, older->count++) = *memory_entry(m, i);
	if (i < m->count || before == 0) {
		older->count = before;
		event_memory_done(older);
		return;
	}
	older->bytes += m->bytes;
	older->number = m->number;
	free(m->entries);
	*m = *older;
	*older = (struct event_memory){ .bytes_max = m->bytes_max };
	make_room(m);
}
