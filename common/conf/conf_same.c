/* Has a block of the configuration changed? */
#include <string.h>

#include "common/args/words.h"
#include "common/conf/conf_internal.h"

static bool
same_value(const struct schema_key *key, const void *a, const void *b)
{
	const void *left = (const char *)a + key->offset;
	const void *right = (const char *)b + key->offset;

	switch (key->type) {
	case SCHEMA_STRING:
		return strcmp(*(char *const *)left, *(char *const *)right) == 0;
	case SCHEMA_WORDS:
	case SCHEMA_FIELDS:
		return words_equal(
		    *(char **const *)left, *(char **const *)right);
	case SCHEMA_SIZE:
		return memcmp(left, right, sizeof(struct conf_size)) == 0;
	default:
		return *(const int64_t *)left == *(const int64_t *)right;
	}
}

bool
conf_same(const char *section, const void *a, const void *b)
{
	const struct schema_key *key = schema_find(section)->keys;

	for (; key->name; key++)
		if (!same_value(key, a, b))
			return false;
	return true;
}
