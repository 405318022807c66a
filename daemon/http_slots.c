#include "daemon/http_slots.h"

void
http_slots_add(struct http_slots *s, struct http_slot *slot, uint64_t source,
    int64_t now_ns)
{
	*slot = (struct http_slot){
		.next = s->first, .source = source, .since_ns = now_ns
	};
	s->first = slot;
}

void
http_slots_remove(struct http_slots *s, struct http_slot *slot)
{
	struct http_slot **at = &s->first;

	while (*at && *at != slot)
		at = &(*at)->next;
	if (*at)
		*at = slot->next;
}

void
http_slot_asked(struct http_slot *slot, int64_t now_ns)
{
	slot->answering = true;
	slot->since_ns = now_ns;
}

void
http_slot_answered(struct http_slot *slot, int64_t now_ns)
{
	slot->answering = false;
	slot->since_ns = now_ns;
}

static int64_t
slot_due_ns(const struct http_slot *slot)
{
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

static size_t
slots_taken(const struct http_slots *s)
{
	const struct http_slot *slot;
	size_t n = 0;

	for (slot = s->first; slot; slot = slot->next)
		n += !slot->cut;
	return n;
}

static size_t
slots_held(const struct http_slots *s, uint64_t source)
{
	const struct http_slot *slot;
	size_t n = 0;

	for (slot = s->first; slot; slot = slot->next)
		n += !slot->cut && slot->source == source;
	return n;
}

/* Is `a` rather than `b` to be closed? */
static bool
goes_before(const struct http_slots *s, const struct http_slot *a,
    const struct http_slot *b)
{
	size_t held_a = slots_held(s, a->source);
	size_t held_b = slots_held(s, b->source);

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

	if (slot == NULL && slots_taken(s) > HTTP_SLOTS_MAX)
		slot = slots_victim(s);
	if (slot)
		slot->cut = true;
	return slot;
}
