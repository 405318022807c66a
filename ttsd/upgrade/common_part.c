#include "ttsd/upgrade/common_part.h"

#include <stdint.h>
#include <stdlib.h>

#include "common/body.h"
#include "common/err.h"

/* There is a slot more than twice for each item. */
#define SLOTS_OF(cap) ((cap)*4)

void
common_part_init(struct common_part *c, const char *name)
{
	*c = (struct common_part){ .name = name, .words = json_array() };
}

void
common_part_done(struct common_part *c)
{
	free(c->items);
	free(c->slots);
	json_decref(c->words);
	*c = (struct common_part){ .name = c->name };
}

/* The slot of an item, or the one that it is to have. `cap` is a power of two.
 */
static size_t *
find_slot(const struct common_part *c, const void *item)
{
	size_t most = SLOTS_OF(c->cap) - 1;
	size_t at = (size_t)((uintptr_t)item / 16 * 0x9e3779b1u) & most;

	while (c->slots[at] && c->items[c->slots[at] - 1] != item)
		at = (at + 1) & most;
	return &c->slots[at];
}

/* Makes room for so many. */
static int
common_part_reserve(struct common_part *c, size_t count)
{
	size_t cap = c->cap ? c->cap : 8;
	const void **items;

	if (count <= c->cap)
		return 0;
	while (cap < count)
		cap *= 2;
	items = realloc(c->items, cap * sizeof(*items));
	if (items == NULL)
		return ERR_NOMEM;
	c->items = items;
	c->cap = cap;
	free(c->slots);
	c->slots = NULL;
	return 0;
}

/* The slots of all items, where there are none or too few. */
static int
make_slots(struct common_part *c)
{
	size_t i;

	if (c->slots)
		return 0;
	c->slots = calloc(SLOTS_OF(c->cap), sizeof(*c->slots));
	if (c->slots == NULL)
		return ERR_NOMEM;
	for (i = 0; i < c->count; i++)
		*find_slot(c, c->items[i]) = i + 1;
	return 0;
}

int
common_part_number(struct common_part *c, const void *item, bool *fresh)
{
	int rc = common_part_reserve(c, c->count + 1);
	size_t *slot;

	*fresh = false;
	if (rc == 0)
		rc = make_slots(c);
	if (rc < 0)
		return rc;
	slot = find_slot(c, item);
	if (*slot)
		return (int)*slot - 1;
	*fresh = true;
	c->items[c->count++] = item;
	*slot = c->count;
	return (int)c->count - 1;
}

void
common_part_tell(struct common_part *c, json_t **word)
{
	if (c->words && json_array_size(c->words) == 0)
		return;
	body_put(word, c->name, c->words);
	c->words = json_array();
}

int
common_part_hear(struct common_part *c, const json_t *word)
{
	json_t *list = json_object_get(word, c->name);
	int rc = common_part_reserve(c, c->count + json_array_size(list));

	if (rc < 0 || json_array_extend(c->words, list) < 0)
		return list ? ERR_NOMEM : rc;
	while (c->count < json_array_size(c->words))
		c->items[c->count++] = NULL;
	return 0;
}

const void **
common_part_place(
    const struct common_part *c, const json_t *number, const json_t **word)
{
	json_int_t n =
	    json_is_integer(number) ? json_integer_value(number) : -1;

	*word = NULL;
	if (n < 0 || (uint64_t)n >= c->count)
		return NULL;
	*word = json_array_get(c->words, (size_t)n);
	return &c->items[n];
}
