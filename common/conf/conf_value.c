#include <stdlib.h>
#include <string.h>

#include "common/args/words.h"
#include "common/conf/conf_internal.h"
#include "common/err.h"
#include "common/format.h"
#include "common/net/credential.h"
#include "common/picture/board.h"
#include "common/picture/colour.h"
#include "common/text/duration.h"
#include "common/utf8.h"

static bool
parse_scaled(const char *text, const char *const *units, const int64_t *scales,
    int64_t *out)
{
	char *end;
	int64_t n;
	size_t i;

	if (*text < '0' || *text > '9' || strlen(text) > 15)
		return false;
	n = strtoll(text, &end, 10);
	for (i = 0; units[i]; i++)
		if (strcmp(end, units[i]) == 0)
			return !__builtin_mul_overflow(n, scales[i], out);
	return false;
}

static bool
parse_integer(const char *text, int64_t *out)
{
	static const char *const units[] = { "", NULL };
	static const int64_t scales[] = { 1 };

	bool negative = text[0] == '-';

	if (!parse_scaled(text + negative, units, scales, out))
		return false;
	if (negative)
		*out = -*out;
	return true;
}

bool
conf_bitrate(const char *text, int64_t *out)
{
	static const char *const units[] = { "", "k", "M", NULL };
	static const int64_t scales[] = { 1, 1000, 1000000 };

	return parse_scaled(text, units, scales, out);
}

static bool
parse_bytes(const char *text, int64_t *out)
{
	static const char *const units[] = { "", "k", "M", "G", NULL };
	static const int64_t scales[] = { 1, 1000, 1000000, 1000000000 };

	return parse_scaled(text, units, scales, out);
}

static bool
parse_boolean(const char *text, int64_t *out)
{
	*out = strcmp(text, "yes") == 0 || strcmp(text, "true") == 0;
	return *out || strcmp(text, "no") == 0 || strcmp(text, "false") == 0;
}

static bool
parse_choice(const char *text, const char *const *choices, int64_t *out)
{
	for (*out = 0; choices[*out]; ++*out)
		if (strcmp(text, choices[*out]) == 0)
			return true;
	return false;
}

static int
store_string(const struct schema_key *key, const char *text, char **slot)
{
	char *copy;

	if (strlen(text) > (size_t)key->max ||
	    (key->type == SCHEMA_SECRET && credential_is_meant(text) &&
		credential_name(text) == NULL))
		return ERR_INVALID;
	copy = strdup(text);
	if (copy == NULL)
		return ERR_NOMEM;
	free(*slot);
	*slot = copy;
	return 0;
}

static int
store_words(const char *text, char ***slot)
{
	char **words;
	int rc = words_split(text, &words);

	if (rc < 0)
		return rc;
	words_free(*slot);
	*slot = words;
	return 0;
}

/* Reads "1280x720". */
static bool
parse_size(const char *text, struct conf_size *out)
{
	char width[8];
	size_t n = strcspn(text, "x");

	if (n >= sizeof(width) || text[n] == '\0')
		return false;
	memcpy(width, text, n);
	width[n] = '\0';
	return parse_integer(width, &out->width) &&
	       parse_integer(text + n + 1, &out->height) &&
	       out->width >= CONF_SIDE_MIN && out->height >= CONF_SIDE_MIN &&
	       out->width <= CONF_WIDTH_MAX && out->height <= CONF_HEIGHT_MAX &&
	       out->width % 2 == 0 && out->height % 2 == 0;
}

/* Reads "#rrggbb", also in quotes. */
static bool
parse_colour(const char *text, int64_t *out)
{
	char quote = *text == '"' || *text == '\'' ? *text++ : '\0';
	uint32_t colour;

	if (!colour_read(text, strlen(text), &colour) ||
	    text[COLOUR_BYTES] != quote || (quote && text[COLOUR_BYTES + 1]))
		return false;
	*out = colour;
	return true;
}

static int
store_size(const char *text, struct conf_size *slot)
{
	struct conf_size size;

	if (!parse_size(text, &size))
		return ERR_INVALID;
	*slot = size;
	return 0;
}

enum conf_storage
conf_storage(const struct schema_key *key)
{
	switch (key->type) {
	case SCHEMA_STRING:
	case SCHEMA_SECRET:
		return STORED_TEXT;
	case SCHEMA_WORDS:
	case SCHEMA_FIELDS:
		return STORED_WORDS;
	case SCHEMA_SIZE:
		return STORED_SIZE;
	case SCHEMA_INTEGER:
	case SCHEMA_INTEGER_OR_WORD:
	case SCHEMA_DURATION:
	case SCHEMA_BITRATE:
	case SCHEMA_BYTES:
	case SCHEMA_BOOLEAN:
	case SCHEMA_CHOICE:
	case SCHEMA_COLOUR:
		break;
	}
	return STORED_NUMBER;
}

int
conf_store(const struct schema_key *key, const char *text, void *block)
{
	void *slot = (char *)block + key->offset;
	int64_t n = 0;
	bool good = false;

	switch (key->type) {
	case SCHEMA_STRING:
	case SCHEMA_SECRET:
		return store_string(key, text, slot);
	case SCHEMA_WORDS:
	case SCHEMA_FIELDS: /* as a whole: the default, which is none */
		return store_words(text, slot);
	case SCHEMA_SIZE:
		return store_size(text, slot);
	case SCHEMA_COLOUR:
		good = parse_colour(text, &n);
		break;
	case SCHEMA_INTEGER:
		good = parse_integer(text, &n);
		break;
	case SCHEMA_INTEGER_OR_WORD:
		if (strcmp(text, key->choices[0]) == 0) {
			*(int64_t *)slot = 0;
			return 0;
		}
		good = parse_integer(text, &n);
		break;
	case SCHEMA_DURATION:
		good = duration_parse(text, &n);
		break;
	case SCHEMA_BITRATE:
		good = conf_bitrate(text, &n);
		break;
	case SCHEMA_BYTES:
		good = parse_bytes(text, &n);
		break;
	case SCHEMA_BOOLEAN:
		good = parse_boolean(text, &n);
		break;
	case SCHEMA_CHOICE:
		good = parse_choice(text, key->choices, &n);
		break;
	}
	if (!good ||
	    (key->type != SCHEMA_CHOICE && (n < key->min || n > key->max)))
		return ERR_INVALID;
	*(int64_t *)slot = n;
	return 0;
}

bool
conf_is_empty(const struct conf_block *block, const char *name)
{
	const struct schema_key *key =
	    schema_find_key(schema_find(block->section), name);
	const void *slot = (const char *)block + key->offset;

	if (conf_storage(key) == STORED_WORDS)
		return words_count(*(char *const *const *)slot) == 0;
	return **(char *const *)slot == '\0';
}

/* Returns the place of "NAME=...", or that of the end. */
static size_t
find_field(char *const *fields, const char *name)
{
	size_t n = strlen(name), i = 0;

	while (fields && fields[i] &&
	       (strncmp(fields[i], name, n) != 0 || fields[i][n] != '='))
		i++;
	return i;
}

bool
conf_has_field(
    const struct schema_key *key, const char *name, const void *block)
{
	char *const *fields =
	    *(char *const *const *)((const char *)block + key->offset);

	return find_field(fields, name) < words_count(fields);
}

int
conf_store_field(const struct schema_key *key, const char *name,
    const char *text, void *block)
{
	char ***slot = (char ***)((char *)block + key->offset), **grown, *word;
	size_t count = words_count(*slot), at = find_field(*slot, name);

	if (!conf_name_valid(name) ||
	    utf8_length(text, strlen(text)) > (size_t)key->max ||
	    at >= BOARD_FIELDS_MAX)
		return ERR_INVALID;
	word = format_text("%s=%s", name, text);
	if (word == NULL)
		return ERR_NOMEM;
	if (at < count) {
		free((*slot)[at]);
		(*slot)[at] = word;
		return 0;
	}
	grown = realloc(*slot, (count + 2) * sizeof(*grown));
	if (grown == NULL) {
		free(word);
		return ERR_NOMEM;
	}
	grown[count] = word;
	grown[count + 1] = NULL;
	*slot = grown;
	return 0;
}
