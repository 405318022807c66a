#include "daemon/http_slots.h"

/* Two sources may have one number: they then count as one. */
static size_t
source_number(uint64_t source)
{
	return (source * UINT64_C(0x9e3779b97f4a7c15)) >> 56;
}

static void
count_slot(struct http_slots *s, const struct http_slot *slot, int by)
{
	s->taken += (size_t)by;
	s->held[source_number(slot->source)] += (unsigned)by;
}

static unsigned
slots_held(const struct http_slots *s, const struct http_slot *slot)
{
	return s->held[source_number(slot->source)];
}

void
http_slots_add(struct http_slots *s, struct http_slot *slot, uint64_t source,
    int64_t now_ns)
{
	*slot = (struct http_slot){
		.next = s->first, .source = source, .since_ns = now_ns
	};
	s->first = slot;
	count_slot(s, slot, 1);
}

void
http_slots_remove(struct http_slots *s, struct http_slot *slot)
{
	struct http_slot **at = &s->first;

	while (*at && *at != slot)
		at = &(*at)->next;
	if (*at == NULL)
		return;
	*at = slot->next;
	if (!slot->cut)
		count_slot(s, slot, -1);
}

void
http_slot_asked(struct http_slot *slot, int64_t now_ns)
{
	slot->answering = true;
	slot->since_ns = now_ns;
}

void
http_slot_idle(struct http_slot *slot)
{
	slot->idle = true;
}

void
http_slot_sending(struct http_slot *slot, int64_t now_ns)
{
	slot->idle = false;
	slot->since_ns = now_ns;
}

void
http_slot_answered(struct http_slot *slot, int64_t now_ns)
{
	slot->answering = slot->idle = false;
	slot->since_ns = now_ns;
}

static int64_t
slot_due_ns(const struct http_slot *slot)
{
	if (slot->idle)
		return INT64_MAX;
	return slot->since_ns +
	       (slot->answering ? HTTP_SLOT_ANSWERING_NS : HTTP_SLOT_ASKING_NS);
}

int64_t
http_slots_due_ns(const struct http_slots *s)
{
	const struct http_slot *slot;
	int64_t due = INT64_MAX;

	for (slot = s->first; slot; slot = slot->next)
		if (!slot->cut && slot_due_ns(slot) < due)
			due = slot_due_ns(slot);
	return due;
}

/* Is `a` rather than `b` to be closed? */
static bool
goes_before(const struct http_slots *s, const struct http_slot *a,
    const struct http_slot *b)
{
	unsigned held_a = slots_held(s, a);
	unsigned held_b = slots_held(s, b);

	if (a->answering != b->answering)
		return !a->answering;
	if (held_a != held_b)
		return held_a > held_b;
	return a->since_ns <= b->since_ns;
}

/* Chooses whom to close; never the newest, which had no time to ask. */
static struct http_slot *
slots_victim(struct http_slots *s)
{
	struct http_slot *slot, *victim = NULL;

	for (slot = s->first->next; slot; slot = slot->next)
		if (!slot->cut &&
		    (victim == NULL || goes_before(s, slot, victim)))
			victim = slot;
	return victim;
}

static struct http_slot *
slots_overdue(struct http_slots *s, int64_t now_ns)
{
	struct http_slot *slot;

	for (slot = s->first; slot; slot = slot->next)
		if (!slot->cut && slot_due_ns(slot) <= now_ns)
			break;
	return slot;
}

struct http_slot *
http_slots_cut(struct http_slots *s, int64_t now_ns)
{
	struct http_slot *slot = slots_overdue(s, now_ns);

	if (slot == NULL && s->taken > s->max)
		slot = slots_victim(s);
	if (slot == NULL)
		return NULL;
	slot->cut = true;
	count_slot(s, slot, -1);
	return slot;
}
