#include "ttsd/upgrade/estate.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/body.h"
#include "common/err.h"

void
estate_init(struct estate *e, struct parcel *p)
{
	*e = (struct estate){ .parcel = p,
		.sayings = { .saved = json_array() },
		.recordings = { .saved = json_array() },
		.ensembles = { .saved = json_array() } };
}

static void
common_done(struct common_part *c)
{
	free(c->items);
	json_decref(c->saved);
	*c = (struct common_part){ .saved = NULL };
}

void
estate_done(struct estate *e)
{
	common_done(&e->sayings);
	common_done(&e->recordings);
	common_done(&e->ensembles);
}

static void
common_seal(struct estate *e, struct common_part *c, const char *name)
{
	body_put(&e->parcel->document, name, c->saved);
	c->saved = NULL;
}

void
estate_seal(struct estate *e)
{
	common_seal(e, &e->sayings, "sayings");
	common_seal(e, &e->recordings, "recordings");
	common_seal(e, &e->ensembles, "ensembles");
}

static int
common_open(struct estate *e, struct common_part *c, const char *name)
{
	json_decref(c->saved);
	c->saved = json_incref(json_object_get(e->parcel->document, name));
	c->count = json_array_size(c->saved);
	c->items = calloc(c->count + 1, sizeof(*c->items));
	return c->items ? 0 : ERR_NOMEM;
}

int
estate_open(struct estate *e)
{
	int rc = common_open(e, &e->sayings, "sayings");

	if (rc == 0)
		rc = common_open(e, &e->recordings, "recordings");
	return rc == 0 ? common_open(e, &e->ensembles, "ensembles") : rc;
}

int
estate_blame(struct estate *e, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	if (e->fault[0] == '\0')
		vsnprintf(e->fault, sizeof(e->fault), fmt, ap);
	va_end(ap);
	return ERR_INVALID;
}

void
word_put_number(json_t **word, const char *name, int64_t value, int64_t usual)
{
	if (value != usual)
		body_put(word, name, json_integer(value));
}

void
word_put_flag(json_t **word, const char *name, bool is)
{
	if (is)
		body_put(word, name, json_true());
}

int
common_number(struct common_part *c, const void *item, bool *fresh)
{
	size_t i, cap = c->cap ? c->cap * 2 : 8;
	const void **items;

	*fresh = false;
	for (i = 0; i < c->count; i++)
		if (c->items[i] == item)
			return (int)i;
	if (c->count == c->cap) {
		items = realloc(c->items, cap * sizeof(*items));
		if (items == NULL)
			return ERR_NOMEM;
		c->items = items;
		c->cap = cap;
	}
	*fresh = true;
	c->items[c->count] = item;
	return (int)c->count++;
}
