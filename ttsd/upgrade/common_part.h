/*
 * What several announcements have in common, from one program to the next: each
 * is told once, and known by its number afterwards. It is told in parts: a word
 * of the document has those that were not told before.
 */
#ifndef TTSD_UPGRADE_COMMON_PART_H
#define TTSD_UPGRADE_COMMON_PART_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct common_part {
	const char *name; /* in the document */
	const void **items;
	size_t count, cap;
	size_t *slots; /* numbers, from 1, by the address of the item */
	json_t *words; /* not told yet; or all that were heard */
};

void common_part_init(struct common_part *c, const char *name);
/* The items are not its own. */
void common_part_done(struct common_part *c);

/* Returns the number of an item, and whether it is a new one, whose word is to
 * be added to c->words. ERR_NOMEM. */
int common_part_number(struct common_part *c, const void *item, bool *fresh);
/* Puts the words into `word` that were not told yet. */
void common_part_tell(struct common_part *c, json_t **word);

/* Takes what is told in `word`; their items are NULL at first. ERR_NOMEM. */
int common_part_hear(struct common_part *c, const json_t *word);
/* What was heard of the one with that number, and the place of its item; NULL:
 * it is no number of one. */
const void **common_part_place(
    const struct common_part *c, const json_t *number, const json_t **word);

#endif
