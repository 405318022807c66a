/* What the files of the configuration reader share; for them alone. */
#ifndef COMMON_CONF_CONF_INTERNAL_H
#define COMMON_CONF_CONF_INTERNAL_H

#include "common/conf/conf.h"
#include "common/conf/schema.h"

/* Where a setting comes from, for messages. */
struct origin {
	const char *file; /* NULL: a -D argument */
	unsigned line;
	const char *option;
};

/* Fills `e` with the origin and the message; returns ERR_INVALID. */
int conf_complain(struct conf_error *e, const struct origin *at,
    const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Stores the value that `text` writes; false when it is not valid. */
bool conf_store(const struct schema_key *key, const char *text, void *block);

/* The block of that name, or NULL. */
void *conf_find_block(
    const struct conf *c, const struct schema_section *sec, const char *name);
/* A new one at its defaults; NULL when there are too many. Moves the others
 * of its kind. */
void *conf_add_block(
    struct conf *c, const struct schema_section *sec, const char *name);

/* Where a key of that block was set: a line, CONF_BY_OPTION, or 0. */
unsigned conf_set_at(
    const char *section, const struct conf_block *block, const char *key);

const struct schema_section *schema_find(const char *name);

#endif
