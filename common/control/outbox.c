#include "common/control/outbox.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"

/* Entries that are kept when the outbox runs empty. */
#define KEEP_ENTRIES 64

struct shared_line {
	struct outbox_sum *sum;
	size_t references;
	size_t len;
	char text[];
};

struct outbox_entry {
	struct shared_line *line;
	size_t own_before; /* bytes of `own` between the line before and it */
};

/* ---- the line --------------------------------------------------------- */

const char *
shared_line_text(const struct shared_line *line, size_t *len)
{
	*len = line->len;
	return line->text;
}

size_t
shared_line_size(const struct shared_line *line)
{
	return sizeof(*line) + line->len;
}

struct shared_line *
shared_line_new(struct outbox_sum *sum, const char *text)
{
	size_t len = strlen(text) + 1;
	struct shared_line *line = malloc(sizeof(*line) + len);

	if (line == NULL)
		return NULL;
	*line = (struct shared_line){ .sum = sum, .references = 1, .len = len };
	memcpy(line->text, text, len - 1);
	line->text[len - 1] = '\n';
	sum->bytes += shared_line_size(line);
	return line;
}

struct shared_line *
shared_line_keep(struct shared_line *line)
{
	line->references++;
	return line;
}

void
shared_line_release(struct shared_line *line)
{
	if (line == NULL || --line->references > 0)
		return;
	line->sum->bytes -= shared_line_size(line);
	free(line);
}

/* ---- the ring --------------------------------------------------------- */

static struct outbox_entry *
outbox_entry(const struct outbox *o, size_t index)
{
	return &o->entries[(o->first + index) % o->cap];
}

static bool
outbox_grow(struct outbox *o)
{
	size_t cap = o->cap ? o->cap * 2 : 16, i;
	struct outbox_entry *entries;

	if (o->count < o->cap)
		return true;
	entries = malloc(cap * sizeof(*entries));
	if (entries == NULL)
		return false;
	for (i = 0; i < o->count; i++)
		entries[i] = *outbox_entry(o, i);
	free(o->entries);
	o->entries = entries;
	o->cap = cap;
	o->first = 0;
	return true;
}

/* Drops entries from the back until `count` are left. */
static void
outbox_drop_lines(struct outbox *o, size_t count)
{
	const struct outbox_entry *e;

	while (o->count > count) {
		e = outbox_entry(o, --o->count);
		o->between -= e->own_before;
		o->line_bytes -= e->line->len - (o->count == 0 ? o->read : 0);
		shared_line_release(e->line);
	}
	if (o->count == 0)
		o->read = 0;
}

/* The first line was read. */
static void
outbox_shift(struct outbox *o)
{
	shared_line_release(outbox_entry(o, 0)->line);
	o->first = (o->first + 1) % o->cap;
	o->count--;
	o->read = 0;
	if (o->count == 0 && o->cap > KEEP_ENTRIES) {
		free(o->entries);
		o->entries = NULL;
		o->first = o->cap = 0;
	}
}

/* ---- the outbox ------------------------------------------------------- */

void
outbox_init(struct outbox *o, size_t max, struct outbox_sum *sum)
{
	*o = (struct outbox){ .sum = sum };
	buf_init(&o->own, max);
}

void
outbox_done(struct outbox *o)
{
	outbox_drop_lines(o, 0);
	buf_done(&o->own);
	free(o->entries);
	o->sum->bytes -= o->counted;
	*o = (struct outbox){ .sum = o->sum };
}

size_t
outbox_len(const struct outbox *o)
{
	return buf_len(&o->own) + o->line_bytes;
}

void
outbox_settle(struct outbox *o)
{
	size_t now = buf_len(&o->own) + o->cap * sizeof(*o->entries);

	o->sum->bytes += now - o->counted;
	o->counted = now;
}

int
outbox_share(struct outbox *o, struct shared_line *line)
{
	if (outbox_len(o) + line->len > o->own.max)
		return ERR_FULL;
	if (!outbox_grow(o))
		return ERR_NOMEM;
	*outbox_entry(o, o->count++) =
	    (struct outbox_entry){ .line = shared_line_keep(line),
		    .own_before = buf_len(&o->own) - o->between };
	o->between = buf_len(&o->own);
	o->line_bytes += line->len;
	outbox_settle(o);
	return 0;
}

size_t
outbox_peek(const struct outbox *o, const uint8_t **data)
{
	const struct outbox_entry *e = o->count ? outbox_entry(o, 0) : NULL;

	*data = buf_data(&o->own);
	if (e == NULL)
		return buf_len(&o->own);
	if (e->own_before > 0)
		return e->own_before;
	*data = (const uint8_t *)e->line->text + o->read;
	return e->line->len - o->read;
}

void
outbox_consume(struct outbox *o, size_t len)
{
	struct outbox_entry *e = o->count ? outbox_entry(o, 0) : NULL;
	const uint8_t *data;

	if (len == 0)
		return;
	assert(len <= outbox_peek(o, &data));
	o->within = data[len - 1] != '\n';
	if (e && e->own_before == 0) {
		o->line_bytes -= len;
		o->read += len;
		if (o->read == e->line->len)
			outbox_shift(o);
	} else {
		buf_consume(&o->own, len);
		if (e) {
			e->own_before -= len;
			o->between -= len;
		}
	}
	outbox_settle(o);
}

void
outbox_cut(struct outbox *o)
{
	const uint8_t *own = buf_data(&o->own), *end = NULL;

	if (o->within && o->read > 0) {
		outbox_drop_lines(o, 1);
		buf_clear(&o->own);
		outbox_settle(o);
		return;
	}
	if (o->within)
		end = memchr(own, '\n', buf_len(&o->own));
	outbox_drop_lines(o, 0);
	buf_truncate(&o->own, end ? (size_t)(end - own) + 1 : 0);
	outbox_settle(o);
}

void
outbox_clear(struct outbox *o)
{
	outbox_drop_lines(o, 0);
	buf_clear(&o->own);
	o->within = false;
	outbox_settle(o);
}

int
outbox_copy(const struct outbox *o, struct buf *out)
{
	const uint8_t *own = buf_data(&o->own);
	const struct outbox_entry *e;
	size_t i, at = 0, read;
	int rc = 0;

	for (i = 0; i < o->count && rc == 0; i++) {
		e = outbox_entry(o, i);
		read = i == 0 ? o->read : 0;
		if (e->own_before > 0)
			rc = buf_put(out, own + at, e->own_before);
		at += e->own_before;
		if (rc == 0)
			rc = buf_put(
			    out, e->line->text + read, e->line->len - read);
	}
	if (rc == 0 && at < buf_len(&o->own))
		rc = buf_put(out, own + at, buf_len(&o->own) - at);
	return rc;
}

int
outbox_refill(struct outbox *o, const void *data, size_t len, bool within)
{
	int rc = len > 0 ? buf_put(&o->own, data, len) : 0;

	o->within = within;
	outbox_settle(o);
	return rc;
}
