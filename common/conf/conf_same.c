/* Has a block of the configuration changed? */
#include <string.h>

#include "common/args/words.h"
#include "common/conf/conf_internal.h"

static bool
same_value(const struct schema_key *key, const void *a, const void *b)
{
	const void *left = (const char *)a + key->offset;
	const void *right = (const char *)b + key->offset;

	switch (conf_storage(key)) {
	case STORED_TEXT:
		return strcmp(*(char *const *)left, *(char *const *)right) == 0;
	case STORED_WORDS:
		return words_equal(
		    *(char **const *)left, *(char **const *)right);
	case STORED_SIZE:
		return memcmp(left, right, sizeof(struct conf_size)) == 0;
	case STORED_NUMBER:
		break;
	}
	return *(const int64_t *)left == *(const int64_t *)right;
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

struct comparison {
	const struct conf *other;
	bool is_of_now; /* the blocks that come are */
	void (*fn)(void *arg, const struct conf_block *block, bool kept);
	void *arg;
};

static void
compare_block(void *arg, struct conf_block *block)
{
	const struct comparison *c = arg;
	const void *other =
	    conf_find_block(c->other, schema_find(block->section), block->name);

	if (other == NULL)
		c->fn(c->arg, block, false);
	else if (c->is_of_now && !conf_same(block->section, block, other))
		c->fn(c->arg, block, true);
}

void
conf_each_change(const struct conf *was, const struct conf *now,
    void (*fn)(void *arg, const struct conf_block *block, bool kept), void *arg)
{
	struct comparison c = { was, true, fn, arg };

	conf_each_block((struct conf *)now, compare_block, &c);
	c.other = now;
	c.is_of_now = false;
	conf_each_block((struct conf *)was, compare_block, &c);
}
