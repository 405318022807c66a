/*
 * What the ledger is to write down and has not yet told to be on the disk, in
 * order. It is handed over again when the ledger is started afresh: nothing is
 * lost with the program, and what it hears twice it keeps once. Pure.
 */
#ifndef TTSD_DURABLE_JOURNAL_H
#define TTSD_DURABLE_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum journal_kind {
	JOURNAL_NOTE,       /* nobody waits for it */
	JOURNAL_CHANGE,     /* who asked for it may */
	JOURNAL_ACCEPTANCE, /* likewise: of an announcement */
};

struct journal_entry {
	struct journal_entry *next;
	uint64_t number; /* under which it was handed over; 0: it was not */
	uint64_t id;     /* of the announcement */
	enum journal_kind kind;
	int64_t added_ns;
	size_t bytes;
	char text[]; /* a request without its number, as JSON */
};

struct journal {
	struct journal_entry *first, *last;
	struct journal_entry *next; /* to be handed over; NULL: all were */
	size_t count;
	uint64_t added; /* ever */
	size_t bytes, bytes_max;
};

void journal_init(struct journal *j, size_t bytes_max);
void journal_done(struct journal *j);

/* Copies `text`. Fails with ERR_FULL past the bound, and with ERR_NOMEM. */
int journal_add(struct journal *j, uint64_t id, enum journal_kind kind,
    const char *text, int64_t now_ns);

/* What is to be handed over next was, under that number; numbers grow. */
void journal_handed_over(struct journal *j, uint64_t number);
/* All of it is to be handed over again. */
void journal_again(struct journal *j);
/* What was handed over, up to that number, is kept. */
void journal_kept(struct journal *j, uint64_t number);

/* The first one of that kind or of a later one; NULL: there is none. Of
 * acceptances ids grow, so those behind the first are not kept either. */
const struct journal_entry *journal_first(
    const struct journal *j, enum journal_kind kind);

#endif
