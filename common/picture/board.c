#include "common/picture/board.h"

#include <string.h>

#include "common/body.h"
#include "common/err.h"

int
board_init(struct board *b)
{
	*b = (struct board){ .fields = json_object(), .calls = json_array() };
	return b->fields && b->calls ? 0 : ERR_NOMEM;
}

void
board_done(struct board *b)
{
	json_decref(b->fields);
	json_decref(b->calls);
	*b = (struct board){ 0 };
}

int
board_copy(struct board *to, const struct board *from)
{
	size_t i;

	*to = *from;
	to->fields = json_object();
	to->calls = json_array();
	body_merge(&to->fields, from->fields);
	for (i = 0; i < json_array_size(from->calls); i++)
		body_append(
		    &to->calls, json_incref(json_array_get(from->calls, i)));
	return to->fields && to->calls ? 0 : ERR_NOMEM;
}

/* ---- fields ------------------------------------------------------------ */

int
board_set(struct board *b, const char *name, json_t *text)
{
	const json_t *before = json_object_get(b->fields, name);

	if (!json_is_string(text) || (before && json_equal(before, text)))
		return 0;
	if (before == NULL && json_object_size(b->fields) >= BOARD_KEPT_MAX)
		return ERR_FULL;
	return json_object_set(b->fields, name, text) == 0 ? 1 : ERR_NOMEM;
}

int
board_set_all(struct board *b, const json_t *show)
{
	const char *name;
	json_t *text;
	int rc = 0, one;

	json_object_foreach((json_t *)show, name, text)
	{
		one = board_set(b, name, text);
		if (one < 0)
			rc = one;
	}
	return rc;
}

/* ---- calls ------------------------------------------------------------- */

static bool
id_is_new(struct board *b, json_int_t id)
{
	size_t i;

	for (i = 0; i < BOARD_CALLS_MAX; i++)
		if (b->called[i] == id)
			return false;
	memmove(b->called + 1, b->called, sizeof(b->called) - sizeof(id));
	b->called[0] = id;
	return true;
}

static int
put_first(struct board *b, const json_t *show)
{
	size_t i = json_array_size(b->calls), bytes;

	while (i-- > 0)
		if (json_equal(json_array_get(b->calls, i), show))
			json_array_remove(b->calls, i);
	if (json_array_insert(b->calls, 0, (json_t *)show) < 0)
		return ERR_NOMEM;
	while ((i = json_array_size(b->calls)) > 0) {
		bytes = json_dumpb(b->calls, NULL, 0, JSON_COMPACT);
		if (bytes == 0)
			return ERR_NOMEM;
		if (i <= BOARD_CALLS_MAX && bytes <= BOARD_CALLS_BYTES)
			break;
		json_array_remove(b->calls, i - 1);
	}
	return 1;
}

int
board_call(struct board *b, json_int_t id, const json_t *show)
{
	return id_is_new(b, id) ? put_first(b, show) : 0;
}

void
board_forget_ids(struct board *b)
{
	memset(b->called, 0, sizeof(b->called));
}

/* ---- from one program to another --------------------------------------- */

json_t *
board_tell(const struct board *b)
{
	json_t *told = json_object();

	body_put(&told, "fields", json_incref(b->fields));
	body_put(&told, "calls", json_incref(b->calls));
	return told;
}

int
board_take(struct board *b, const json_t *told)
{
	const json_t *calls = json_object_get(told, "calls"), *call;
	size_t i = json_array_size(calls);
	int rc = board_set_all(b, json_object_get(told, "fields"));

	while (i-- > 0) {
		call = json_array_get(calls, i);
		if (json_object_size(call) > 0 && put_first(b, call) < 0)
			rc = ERR_NOMEM;
	}
	return rc;
}
