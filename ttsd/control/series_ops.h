/*
 * The numbers of series at a desk (docs/DESK.md): what they are, and how they
 * are changed other than by a call (ttsd/control/call.h).
 */
#ifndef TTSD_CONTROL_SERIES_OPS_H
#define TTSD_CONTROL_SERIES_OPS_H

#include "ttsd/control/ttsd.h"

/* The local day, counted since 1970. */
int64_t series_today(void);

/* The numbers of a series. NULL with an error in `r`: the ledger has not told
 * yet which one is next. */
struct series *series_numbers(
    struct ttsd *t, const struct conf_series *conf, struct reply *r);

/* The series whose ticket that is, of series whose prefixes begin alike the one
 * with the longer one; the ticket as the series writes it. NULL with an error
 * in `r`: it is none, or of a series that who asks does not reach. */
const struct conf_series *series_of_ticket(const struct ttsd *t,
    const struct session *asks, const char *text, char ticket[TICKET_BYTES],
    struct reply *r);

/* The call or transfer that an earlier request with the key of this one has
 * made, of which who asks may know; NULL: there is none that counts any more.
 * It does while it is not over, and for a while. What others have made with the
 * same key, on channels of their own, is something else. */
const struct desk_call *series_find_key(
    const struct ttsd *t, const struct session *asks, const json_t *body);

/* For the ledger: a call, and what becomes of the numbers; either may be NULL,
 * the first is taken over. NULL without memory. */
json_t *series_told(json_t *call, const struct series *numbers);

/* Adds a call without an announcement, and what becomes of the numbers (NULL:
 * nothing), to what the desk and the ledger know; takes over `call`, which gets
 * an id, as does the reply. False with an error in `r`: nothing is done. */
bool series_note(struct ttsd *t, json_t *call, const struct series *numbers,
    struct reply *r);

/* Tells listeners what is next. */
void series_publish(struct ttsd *t, const struct conf_series *conf);

/* Takes a call back: gives its number back, where that was the last one of its
 * series, or has the ticket wait that it took up, and cancels what is not over
 * of its announcements. Returns how many those are. */
size_t series_uncall(struct ttsd *t, struct desk_call *c, bool *given_back);

extern const struct field skip_number_fields[], set_series_fields[],
    uncall_fields[];
op_run op_series, op_skip_number, op_set_series, op_uncall;

#endif
