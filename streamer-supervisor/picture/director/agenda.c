#include "streamer-supervisor/picture/director/agenda.h"

#include <string.h>

bool
agenda_is_full(const struct agenda *a)
{
	return a->count == AGENDA_MAX || a->bytes >= AGENDA_BYTES_MAX;
}

void
agenda_add(struct agenda *a, uint64_t sample, const json_t *event)
{
	size_t bytes = json_dumpb(event, NULL, 0, JSON_COMPACT);
	struct agenda_item *item;

	if (a->first + a->count == AGENDA_MAX) {
		memmove(a->items, a->items + a->first,
		    a->count * sizeof(a->items[0]));
		a->first = 0;
	}
	item = a->items + a->first + a->count++;
	for (; item > a->items + a->first && item[-1].sample > sample; item--)
		*item = item[-1];
	*item =
	    (struct agenda_item){ sample, json_incref((json_t *)event), bytes };
	a->bytes += bytes;
}

uint64_t
agenda_due(const struct agenda *a)
{
	return a->count > 0 ? a->items[a->first].sample : UINT64_MAX;
}

json_t *
agenda_take(struct agenda *a)
{
	a->count--;
	a->bytes -= a->items[a->first].bytes;
	return a->items[a->first++].event;
}

void
agenda_drop(struct agenda *a,
    bool (*drops)(const void *arg, const struct agenda_item *item),
    const void *arg)
{
	struct agenda_item *item = a->items + a->first, *end = item + a->count;
	struct agenda_item *kept = item;

	for (; item < end; item++)
		if (drops(arg, item)) {
			json_decref(item->event);
			a->bytes -= item->bytes;
		} else {
			*kept++ = *item;
		}
	a->count = (size_t)(kept - a->items) - a->first;
}

void
agenda_clear(struct agenda *a)
{
	while (a->count > 0)
		json_decref(agenda_take(a));
	a->first = 0;
}
