/*
 * The book of a simulated ttsd: a client that hears of every announcement, and
 * holds the daemon to its word that each ends in exactly one outcome.
 */
#ifndef TESTS_SIM_BOOK_H
#define TESTS_SIM_BOOK_H

#include "tests/sim/station.h"

struct book;

/* Opens a book, before anything is said. */
struct book *book_open(void);
void book_close(struct book *b);
/* Reads the events that wait. Returns NULL, or what is wrong with them. */
const char *book_check(struct book *b);
/* Notes that a reply accepted an announcement. Returns NULL, or what is
 * wrong. */
const char *book_accepted(struct book *b, uint64_t id);
/* The number of the last announcement; 0 when there is none. */
uint64_t book_last(const struct book *b);
/* Has every announcement an outcome? Returns NULL, or what is wrong. */
const char *book_settle(struct book *b);

#endif
