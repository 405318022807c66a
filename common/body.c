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
body_copy(json_t **object, const json_t *from, const char *const *names)
{
	json_t *value;

	for (; *names; names++) {
		value = json_object_get(from, *names);
		if (value)
			body_put(object, *names, json_incref(value));
	}
}

void
body_merge(json_t **object, json_t *more)
{
	drop_unless(json_object_update(*object, more) == 0, object);
}

/* ---- memory that runs out ------------------------------------------------ */

/*
 * jansson 2.14 reads on where it can't keep the rest of a string, and then
 * looks for its end behind what it kept. So nothing is refused to it: once
 * memory has run out it gets this reserve, and its text ends at the next piece.
 * What a piece may ask for is a table of what a whole request has (64 KiB, so
 * 256 KiB), a string's double (128 KiB), and a value for each of its bytes.
 */
#define RESERVE_BYTES ((size_t)512 * 1024)
#define PIECE_BYTES 1024

static union {
	max_align_t align;
	unsigned char bytes[RESERVE_BYTES];
} reserve;
static size_t reserve_taken;
static json_malloc_t usual_malloc;
static json_free_t usual_free;
static bool was_refused;

static void *
reserve_take(size_t size)
{
	size_t whole = (size + sizeof(max_align_t) - 1) / sizeof(max_align_t) *
		       sizeof(max_align_t);
	void *memory = reserve.bytes + reserve_taken;

	if (size > RESERVE_BYTES || whole > RESERVE_BYTES - reserve_taken)
		return NULL;
	reserve_taken += whole;
	return memory;
}

static void *
watched_malloc(size_t size)
{
	void *memory = usual_malloc(size);

	if (memory)
		return memory;
	was_refused = true;
	return reserve_take(size);
}

static void
watched_free(void *memory)
{
	uintptr_t at = (uintptr_t)memory, first = (uintptr_t)reserve.bytes;

	if (at < first || at >= first + RESERVE_BYTES)
		usual_free(memory);
}

static void
watch(void)
{
	json_get_alloc_funcs(&usual_malloc, &usual_free);
	was_refused = false;
	reserve_taken = 0;
	json_set_alloc_funcs(watched_malloc, watched_free);
}

static void
unwatch(void)
{
	json_set_alloc_funcs(usual_malloc, usual_free);
}

/* ---- as text ------------------------------------------------------------ */

char *
body_text(const json_t *body)
{
	char *text;

	watch();
	text = json_dumps(body, JSON_COMPACT | JSON_REAL_PRECISION(6));
	if (was_refused) {
		watched_free(text);
		text = NULL;
	}
	unwatch();
	return text;
}

char *
body_line(const json_t *body, size_t *len)
{
	char *text = body_text(body), *line;
	size_t n = text ? strlen(text) : 0;

	*len = 0;
	line = text ? realloc(text, n + 2) : NULL;
	if (line == NULL) {
		free(text);
		return NULL;
	}
	memcpy(line + n, "\n", 2);
	*len = n + 1;
	return line;
}

struct pieces {
	const char *text;
	size_t left;
};

static size_t
next_piece(void *out, size_t size, void *arg)
{
	struct pieces *p = arg;
	size_t n = p->left < PIECE_BYTES ? p->left : PIECE_BYTES;

	if (was_refused)
		return 0;
	n = n < size ? n : size;
	memcpy(out, p->text, n);
	p->text += n;
	p->left -= n;
	return n;
}

int
body_parse(
    const char *text, size_t len, size_t flags, json_t **out, json_error_t *e)
{
	struct pieces pieces = { text, len };

	watch();
	*out = json_load_callback(next_piece, &pieces, flags, e);
	drop_unless(!was_refused, out);
	unwatch();
	if (was_refused)
		return ERR_NOMEM;
	return *out ? 0 : ERR_INVALID;
}
