#include "ttsd/queue.h"

#include <assert.h>
#include <string.h>

#include "common/err.h"

void
queue_init(struct queue *q, size_t max)
{
	int level;

	*q = (struct queue){ .max = max };
	for (level = 0; level < PRIORITY_COUNT; level++)
		q->end[level] = &q->first[level];
}

int
queue_push(struct queue *q, struct announcement *a)
{
	size_t bytes = strlen(a->speech.text);

	if (q->count >= q->max || q->text_bytes + bytes > QUEUE_TEXT_MAX)
		return ERR_FULL;
	a->next = NULL;
	*q->end[a->priority] = a;
	q->end[a->priority] = &a->next;
	q->count++;
	q->text_bytes += bytes;
	return 0;
}

static struct announcement *
first_below(const struct queue *q, int level)
{
	while (--level >= 0)
		if (q->first[level])
			return q->first[level];
	return NULL;
}

struct announcement *
queue_head(const struct queue *q)
{
	return first_below(q, PRIORITY_COUNT);
}

struct announcement *
queue_after(const struct queue *q, const struct announcement *a)
{
	return a->next ? a->next : first_below(q, (int)a->priority);
}

struct announcement *
queue_find(const struct queue *q, uint64_t id)
{
	struct announcement *a = queue_head(q);

	while (a && a->id != id)
		a = queue_after(q, a);
	return a;
}

size_t
queue_position(const struct queue *q, const struct announcement *a)
{
	const struct announcement *b;
	size_t n = 0;

	for (b = queue_head(q); b != a; b = queue_after(q, b))
		n++;
	return n;
}

void
queue_remove(struct queue *q, struct announcement *a)
{
	struct announcement **at = &q->first[a->priority];

	while (*at && *at != a)
		at = &(*at)->next;
	assert(*at == a);
	*at = a->next;
	if (q->end[a->priority] == &a->next)
		q->end[a->priority] = at;
	a->next = NULL;
	q->count--;
	q->text_bytes -= strlen(a->speech.text);
}
