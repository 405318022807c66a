#include "ttsd/queue/queue.h"

#include <assert.h>

#include "common/err.h"

void
queue_init(struct queue *q, size_t max)
{
	int level;

	*q = (struct queue){ .max = max, .next_expiry_ns = INT64_MAX };
	for (level = 0; level < PRIORITY_COUNT; level++)
		q->end[level] = &q->first[level];
}

/* When the announcement expires: never when it has begun in time, though it was
 * interrupted since. */
static int64_t
expiry_ns(const struct announcement *a)
{
	return announcement_was_on_air(a) ? INT64_MAX : a->asked.expires_ns;
}

static void
count_in(struct queue *q, const struct announcement *a)
{
	q->count++;
	q->counts[a->asked.priority]++;
	q->text_bytes += announcement_text_bytes(a);
	if (expiry_ns(a) < q->next_expiry_ns)
		q->next_expiry_ns = expiry_ns(a);
}

/* Puts `a` in line, at that place of the list of its priority. */
static void
line_put(struct queue *q, struct announcement **at, struct announcement *a)
{
	struct announcement ***end = &q->end[a->asked.priority];

	a->next = *at;
	if (*end == at)
		*end = &a->next;
	*at = a;
	q->in_line[a->asked.priority]++;
}

static void
queue_append(struct queue *q, struct announcement *a)
{
	line_put(q, q->end[a->asked.priority], a);
}

/* Takes `a` out of the line; false when it is not in it. */
static bool
line_take(struct queue *q, struct announcement *a)
{
	struct announcement **at = &q->first[a->asked.priority];
	struct announcement ***end = &q->end[a->asked.priority];

	while (*at && *at != a)
		at = &(*at)->next;
	if (*at == NULL)
		return false;
	*at = a->next;
	if (*end == &a->next)
		*end = at;
	a->next = NULL;
	q->in_line[a->asked.priority]--;
	return true;
}

/* Times often come in their order, so that the end is looked at first: there
 * may be a hundred thousand. */
static void
schedule(struct queue *q, struct announcement *a)
{
	struct announcement **at = &q->scheduled;

	if (q->latest && q->latest->asked.due_ns <= a->asked.due_ns)
		at = &q->latest->next;
	while (*at && (*at)->asked.due_ns <= a->asked.due_ns)
		at = &(*at)->next;
	a->next = *at;
	*at = a;
	if (a->next == NULL)
		q->latest = a;
}

/* Takes `a` out of those that are scheduled; false when it is none. */
static bool
unschedule(struct queue *q, struct announcement *a)
{
	struct announcement **at = &q->scheduled, *before = NULL;

	while (*at && *at != a) {
		before = *at;
		at = &before->next;
	}
	if (*at == NULL)
		return false;
	*at = a->next;
	if (q->latest == a)
		q->latest = before;
	a->next = NULL;
	return true;
}

bool
queue_takes(const struct queue *q, const struct announcement *a)
{
	return q->count < q->max &&
	       q->text_bytes + announcement_text_bytes(a) <= QUEUE_TEXT_MAX;
}

bool
queue_takes_instead(const struct queue *q, const struct announcement *a,
    const struct announcement *old)
{
	return q->text_bytes - announcement_text_bytes(old) +
		   announcement_text_bytes(a) <=
	       QUEUE_TEXT_MAX;
}

int
queue_push(struct queue *q, struct announcement *a, int64_t now_ns)
{
	if (!queue_takes(q, a))
		return ERR_FULL;
	if (a->asked.due_ns > now_ns)
		schedule(q, a);
	else
		queue_append(q, a);
	count_in(q, a);
	return 0;
}

void
queue_push_first(struct queue *q, struct announcement *a)
{
	line_put(q, &q->first[a->asked.priority], a);
	count_in(q, a);
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
queue_first(const struct queue *q)
{
	struct announcement *head = queue_head(q);

	return head ? head : q->scheduled;
}

/* Is the announcement in the list of those that are not due yet? */
static bool
is_scheduled(const struct queue *q, const struct announcement *a)
{
	const struct announcement *s = q->scheduled;

	while (s && s != a)
		s = s->next;
	return s != NULL;
}

struct announcement *
queue_after(const struct queue *q, const struct announcement *a)
{
	struct announcement *next;

	if (a->next || a == q->latest)
		return a->next;
	next = first_below(q, (int)a->asked.priority);
	return next ? next : q->scheduled;
}

struct announcement *
queue_find(const struct queue *q, uint64_t id)
{
	struct announcement *a = queue_first(q);

	while (a && a->id != id)
		a = queue_after(q, a);
	return a;
}

size_t
queue_position(const struct queue *q, const struct announcement *a)
{
	int level = a->asked.priority;
	const struct announcement *b;
	size_t n = 0;

	if (a == q->latest)
		return q->count - 1;
	/* The last of its priority, as one that was just queued is. */
	if (q->end[level] == &a->next) {
		for (; level < PRIORITY_COUNT; level++)
			n += q->in_line[level];
		return n - 1;
	}
	for (b = queue_first(q); b != a; b = queue_after(q, b))
		n++;
	return n;
}

void
queue_remove(struct queue *q, struct announcement *a)
{
	bool found = line_take(q, a) || unschedule(q, a);

	assert(found);
	q->count--;
	q->counts[a->asked.priority]--;
	q->text_bytes -= announcement_text_bytes(a);
}

void
queue_replace(struct queue *q, struct announcement *old, struct announcement *a,
    int64_t now_ns)
{
	bool in_place = a->asked.priority == old->asked.priority &&
			a->asked.due_ns <= now_ns && !is_scheduled(q, old);

	if (in_place) {
		line_put(q, &old->next, a);
		count_in(q, a);
	}
	queue_remove(q, old);
	if (!in_place)
		queue_push(q, a, now_ns);
}

bool
queue_move(struct queue *q, struct announcement *a, struct announcement *before)
{
	int level = a->asked.priority;
	struct announcement **at = &q->first[level];

	if (is_scheduled(q, a) ||
	    (before && ((int)before->asked.priority != level ||
			   is_scheduled(q, before))))
		return false;
	if (a == before)
		return true;
	line_take(q, a);
	while (*at != before)
		at = &(*at)->next;
	line_put(q, at, a);
	return true;
}

void
queue_advance(struct queue *q, int64_t now_ns)
{
	struct announcement *a;

	while ((a = q->scheduled) != NULL && a->asked.due_ns <= now_ns) {
		q->scheduled = a->next;
		if (q->scheduled == NULL)
			q->latest = NULL;
		queue_append(q, a);
	}
}

static void
move_time(struct queue *q, struct announcement *a, int64_t delta_ns)
{
	a->asked.due_ns += delta_ns;
	if (a->asked.expires_ns != INT64_MAX)
		a->asked.expires_ns += delta_ns;
	if (expiry_ns(a) < q->next_expiry_ns)
		q->next_expiry_ns = expiry_ns(a);
}

size_t
queue_follow_clock(struct queue *q, int64_t delta_ns)
{
	struct announcement *a = q->scheduled, *next;
	size_t moved = 0;

	q->scheduled = q->latest = NULL;
	for (; a; a = next) {
		next = a->next;
		if (a->asked.by_wall) {
			move_time(q, a, delta_ns);
			moved++;
		}
		schedule(q, a);
	}
	return moved;
}

int64_t
queue_next_due_ns(const struct queue *q)
{
	return q->scheduled ? q->scheduled->asked.due_ns : INT64_MAX;
}

struct announcement *
queue_take_expired(struct queue *q, int64_t now_ns)
{
	struct announcement *a, *expired = NULL;
	int64_t next = INT64_MAX;

	if (now_ns < q->next_expiry_ns)
		return NULL;
	for (a = queue_first(q); a; a = queue_after(q, a)) {
		if (!expired && expiry_ns(a) <= now_ns)
			expired = a;
		else if (expiry_ns(a) < next)
			next = expiry_ns(a);
	}
	if (expired)
		queue_remove(q, expired);
	q->next_expiry_ns = next;
	return expired;
}
