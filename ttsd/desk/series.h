/*
 * The numbers of one series: which is next, and how a ticket is written. Time
 * is handed in: `day` counts local days since 1970.
 *
 * Numbers begin again with a later day, never with an earlier one: a clock that
 * is set back gives no number twice. One that was wrong by years, and is right
 * again, has its last day stand; series_set() puts that right.
 */
#ifndef TTSD_DESK_SERIES_H
#define TTSD_DESK_SERIES_H

#include <jansson.h>
#include <stdbool.h>

#include "common/conf/conf.h"

/* Bytes of a ticket, with its terminator. */
#define TICKET_BYTES (CONF_SERIES_PREFIX_MAX + CONF_SERIES_DIGITS + 1)

struct series {
	char name[CONF_NAME_MAX + 1];
	int64_t next;   /* number, on that day */
	int64_t day;    /* the latest on which something changed */
	int64_t called; /* numbers, on that day */
	int64_t turn;   /* of its last change (ttsd/desk/desk.h) */
};

/* The number that is next, and how many were called, on that day. */
int64_t series_next(
    const struct series *s, const struct conf_series *conf, int64_t day);
int64_t series_called(const struct series *s, int64_t day);

/* The number behind that one. */
int64_t series_after(const struct conf_series *conf, int64_t number);

/* Takes the next number, to be called or passed over, and returns it. */
int64_t series_take(struct series *s, const struct conf_series *conf,
    int64_t day, int64_t turn, bool called);
/* Takes back that one was called, where it was the last one of that day: it is
 * next again. False: it was not. */
bool series_give_back(struct series *s, const struct conf_series *conf,
    int64_t number, int64_t day, int64_t turn, bool called);
void series_set(struct series *s, int64_t next, int64_t day, int64_t turn);

/* As the ledger and a successor have it; NULL without memory. Reading is of
 * what has a "name". */
json_t *series_tell(const struct series *s);
void series_read(struct series *s, const json_t *told);

/* Writes a number as a ticket, "A023". */
void ticket_write(
    const struct conf_series *conf, int64_t number, char out[TICKET_BYTES]);
/* Reads a ticket of that series, also with full-width letters and digits
 * (Ａ０２３), small letters and fewer zeroes. False: it is none. */
bool ticket_read(
    const struct conf_series *conf, const char *text, int64_t *number);

#endif
