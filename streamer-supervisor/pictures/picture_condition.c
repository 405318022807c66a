#include "streamer-supervisor/pictures/picture_condition.h"

#include <stdio.h>
#include <string.h>

static void
copy_text(const json_t *status, const char *field, char *out, size_t size)
{
	const char *text = json_string_value(json_object_get(status, field));

	snprintf(out, size, "%s", text ? text : "");
}

void
picture_condition_read(
    struct picture_condition *c, enum child_state state, const json_t *status)
{
	*c = (struct picture_condition){ .state = state,
		.serving = json_is_true(json_object_get(status, "serving")),
		.source_restarts = (uint64_t)json_integer_value(
		    json_object_get(status, "source_restarts")) };
	copy_text(status, "source", c->source, sizeof(c->source));
	copy_text(status, "trouble", c->trouble, sizeof(c->trouble));
}

bool
picture_condition_lacks_source(const struct picture_condition *c)
{
	return c->source[0] &&
	       strcmp(c->source, child_state_name(CHILD_RUNNING)) != 0;
}

bool
picture_condition_equal(
    const struct picture_condition *a, const struct picture_condition *b)
{
	return a->state == b->state && a->serving == b->serving &&
	       a->source_restarts == b->source_restarts &&
	       strcmp(a->source, b->source) == 0 &&
	       strcmp(a->trouble, b->trouble) == 0;
}
