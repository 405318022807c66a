/*
 * The book of a simulated ttsd: a client that hears of every announcement, and
 * holds the daemon to its word that each ends in exactly one outcome.
 */
#ifndef TESTS_SIM_BOOK_H
#define TESTS_SIM_BOOK_H

#include "tests/sim/station.h"

struct book;

/* Opens it, before anything is said. */
struct book *book_open(void);
void book_close(struct book *b);
/* Reads what there is to read. NULL, or what is wrong with it. */
const char *book_check(struct book *b);
/* A reply said that this one was accepted. */
const char *book_accepted(struct book *b, uint64_t id);
/* The number of the last one; 0: there is none. */
uint64_t book_last(const struct book *b);
/* Nothing is left that has no outcome; NULL, or what is wrong. */
const char *book_settle(struct book *b);

#endif
