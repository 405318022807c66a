#include "common/body.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/utf8.h"

static void
drop_unless(bool good, json_t **whole)
{
	if (good)
		return;
	json_decref(*whole);
	*whole = NULL;
}

void
body_put(json_t **object, const char *name, json_t *value)
{
	drop_unless(json_object_set_new(*object, name, value) == 0, object);
}

/* Of the longest text that is not passed on as it is. */
#define SANE_MAX 512

void
body_put_text(json_t **object, const char *name, const char *text)
{
	size_t len = strlen(text);
	char sane[SANE_MAX];

	if (!utf8_valid(text, len)) {
		utf8_sanitise(sane, sizeof(sane), text, len);
		text = sane;
	}
	body_put(object, name, json_string(text));
}

void
body_append(json_t **list, json_t *item)
{
	drop_unless(json_array_append_new(*list, item) == 0, list);
}

void
body_merge(json_t **object, json_t *more)
{
	drop_unless(json_object_update(*object, more) == 0, object);
}

/* ---- as text ------------------------------------------------------------ */

static json_malloc_t usual_malloc;
static json_free_t usual_free;
static bool was_refused;

static void *
watched_malloc(size_t size)
{
	void *memory = usual_malloc(size);

	was_refused = was_refused || memory == NULL;
	return memory;
}

static void
watch(void)
{
	json_get_alloc_funcs(&usual_malloc, &usual_free);
	was_refused = false;
	json_set_alloc_funcs(watched_malloc, usual_free);
}

static void
unwatch(void)
{
	json_set_alloc_funcs(usual_malloc, usual_free);
}

char *
body_text(const json_t *body)
{
	char *text;

	watch();
	text = json_dumps(body, JSON_COMPACT | JSON_REAL_PRECISION(6));
	unwatch();
	if (was_refused) {
		free(text);
		text = NULL;
	}
	return text;
}

int
body_parse(
    const char *text, size_t len, size_t flags, json_t **out, json_error_t *e)
{
	watch();
	*out = json_loadb(text, len, flags, e);
	unwatch();
	drop_unless(!was_refused, out);
	if (was_refused)
		return ERR_NOMEM;
	return *out ? 0 : ERR_INVALID;
}
