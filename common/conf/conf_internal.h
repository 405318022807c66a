/* What the files of the configuration reader share; for them alone. */
#ifndef COMMON_CONF_CONF_INTERNAL_H
#define COMMON_CONF_CONF_INTERNAL_H

#include "common/conf/conf.h"
#include "common/conf/schema.h"

/* Where a setting comes from, for messages. */
struct conf_origin {
	const char *file; /* NULL: a -D argument */
	unsigned line;
	const char *option;
};

/* Fills `e` with the origin and the message; returns ERR_INVALID. */
int conf_complain(struct conf_error *e, const struct conf_origin *at,
    const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* Fills `e`; returns ERR_NOMEM. */
int conf_want_memory(struct conf_error *e);

/* What a name may be, for a message: of a text that somebody took for one the
 * beginning that could be, were letters of all scripts allowed. Whatever is an
 * address, and so may hold a secret, ends with its scheme. */
#define CONF_SHOWN_MAX 40
struct conf_shown {
	char text[CONF_SHOWN_MAX + 1];
};
struct conf_shown conf_show(const char *text);

/* Stores the value that `text` writes. Fails with ERR_INVALID and
 * ERR_NOMEM. */
int conf_store(const struct schema_key *key, const char *text, void *block);

/* The same for one field of a SCHEMA_FIELDS, in place of an earlier one of that
 * name; and is there one? */
int conf_store_field(const struct schema_key *key, const char *name,
    const char *text, void *block);
bool conf_has_field(
    const struct schema_key *key, const char *name, const void *block);

/* Is a key whose value is text or words empty in that block? */
bool conf_is_empty(const struct conf_block *block, const char *key);

/* The block of that name, or NULL. */
void *conf_find_block(
    const struct conf *c, const struct schema_section *sec, const char *name);
/* Adds a block at its defaults, which moves the others of its kind. NULL when
 * there are too many, or there is no memory. */
void *conf_add_block(
    struct conf *c, const struct schema_section *sec, const char *name);
/* Calls `what` with each block that there is. */
void conf_each_block(struct conf *c,
    void (*what)(void *arg, struct conf_block *block), void *arg);

/* Is each of the names that of a channel or a zone? */
int conf_check_targets(const struct conf *c, const struct conf_block *block,
    char *const *names, struct conf_error *e);

/* The checks of conf_finish() that are in conf_desk.c and conf_schedule.c. */
int conf_check_message(
    const struct conf *c, const void *block, struct conf_error *e);
int conf_check_series(
    const struct conf *c, const void *block, struct conf_error *e);
int conf_check_schedule(
    const struct conf *c, const void *block, struct conf_error *e);

/* Gives each series without a prefix its name as one. ERR_NOMEM. */
int conf_set_prefixes(struct conf *c);

/* Where a key of that block was set: a line, CONF_BY_OPTION, or 0. */
unsigned conf_set_at(const struct conf_block *block, const char *key);

/* As what a value lies in its structure. */
enum conf_storage {
	STORED_TEXT,  /* char * */
	STORED_WORDS, /* char **, NULL-terminated */
	STORED_SIZE,  /* struct conf_size */
	STORED_NUMBER /* int64_t */
};
enum conf_storage conf_storage(const struct schema_key *key);

#endif
