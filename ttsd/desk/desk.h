/*
 * What a desk knows: the numbers of its series, the latest calls, and what it
 * has asked to have said again and again. Pure.
 *
 * A call is an object, as the ledger keeps it (ttsd/ledger/ledger.h) and a
 * client is told of it: `series`, `ticket`, `time`; `counter`, `by` and `key`
 * where there are some; `number` and `day` of one that took the next number of
 * its series; `turn` of the series; `id` and `last_id`, of its announcements,
 * and their `channels`, a list; `state`; `outcome` and `reason`, of the first
 * of them, once there is one.
 *
 * So is a transfer to a series: a ticket that waits to be called there, without
 * an announcement, with an `id` of its own; with a `day` it waits on that day
 * alone. What takes it up, a call or the next transfer, has its id as `waited`.
 */
#ifndef TTSD_DESK_DESK_H
#define TTSD_DESK_DESK_H

#include "ttsd/desk/series.h"

/* So many of the latest calls are known, and so many tickets may wait. */
#define DESK_CALLS_MAX 1000
#define DESK_WAITING_MAX 200
/* So many are said again and again, each of at most so many bytes as JSON: the
 * ledger tells no more than a megabyte of them at once. */
#define DESK_SCHEDULES_MAX 100
#define DESK_SCHEDULE_BYTES 8192

/* What became of a call at the desk. */
#define DESK_STATES(X)                                            \
	X(CALLED, "called")                                       \
	X(SKIPPED, "skipped")         /* a number, passed over */ \
	X(WAITING, "waiting")         /* a ticket, transferred */ \
	X(TRANSFERRED, "transferred") /* the same, taken up */    \
	X(UNCALLED, "uncalled")       /* any, taken back */

enum desk_state {
#define X(name, text) DESK_##name,
	DESK_STATES(X)
#undef X
	    DESK_STATE_COUNT
};

extern const char *const desk_states[];

struct desk_call {
	uint64_t id, last_id;
	enum desk_state state;
	json_t *told; /* owned */
};

struct desk {
	struct series *series; /* that something is known of */
	size_t series_count;
	struct desk_call *calls; /* the latest is the last */
	size_t call_count;
	/* By name: `schedule`, the name again; `entry`, keys of a [schedule];
	 * `turn`. NULL: there is none. */
	json_t *schedules;
	/* The highest of all changes: what is newer holds, from one ttsd to the
	 * next too, for it begins with the time of day. */
	int64_t turn;
	bool known; /* what an earlier ttsd has left is here */
};

/* All zero is a desk that knows nothing. */
void desk_done(struct desk *d);

/* The turn of a change that is to come; `now_ms` is UTC. */
int64_t desk_turn(struct desk *d, int64_t now_ms);

/* The series of that name; NULL: nothing is known of it. Valid until another
 * comes. */
struct series *desk_find_series(const struct desk *d, const char *name);
/* Puts one there, unless what is there is newer. ERR_NOMEM. */
int desk_put_series(struct desk *d, const struct series *s);

/* What is said again and again by that name, as it is kept; NULL: nothing. */
const json_t *desk_find_schedule(const struct desk *d, const char *name);
size_t desk_count_schedules(const struct desk *d);
/* Puts one in place of what was there by its name, or where it has no `entry`
 * takes that away. One that no request can have set is passed over.
 * ERR_NOMEM. */
int desk_put_schedule(struct desk *d, const json_t *row);

/* Adds the latest call; takes over `told`. ERR_NOMEM, also where it is NULL. */
int desk_add_call(struct desk *d, json_t *told);

/* These return the latest call that is meant, or NULL. One that was taken back
 * has no key, and is not called again; a key may be a transfer's. `before`:
 * of those before that one; NULL: of all. */
struct desk_call *desk_find_id(const struct desk *d, uint64_t id);
const struct desk_call *desk_find_key(
    const struct desk *d, const struct desk_call *before, const char *key);
/* NULL stands for any. */
const struct desk_call *desk_find_called(const struct desk *d,
    const struct desk_call *before, const char *series, const char *ticket,
    const char *counter);

/* The ticket that waits for the series for longest, on that day, of those
 * behind `after`; NULL stands for any, and for all. Valid until another call
 * comes. */
struct desk_call *desk_find_waiting(const struct desk *d,
    const struct desk_call *after, const char *series, const char *ticket,
    int64_t day);
size_t desk_count_waiting(
    const struct desk *d, const char *series, int64_t day);
/* Those that wait, each with its `id` and `ticket`, in the order in which they
 * are to be called. NULL without memory. */
json_t *desk_list_waiting(
    const struct desk *d, const char *series, int64_t day);

/* A ticket that waited is taken up; or (not `taken`) what took it up was taken
 * back, and it waits in its old place again. False: nothing has become of it.
 */
bool desk_take_up(struct desk *d, uint64_t waited, bool taken);

/* A call's own state. Without memory for it, `told` says what it was before. */
void desk_set_state(struct desk_call *c, enum desk_state state);
/* An announcement has ended so. Without memory for it that is not known. */
void desk_note_end(
    struct desk *d, uint64_t id, const char *outcome, const char *reason);

/* Is there such a counter? NULL: none is named. Returns the name, which is the
 * only one there is where none is named; NULL: there is none, or it has to be
 * named. *any: it need not be. */
const char *desk_counter(
    const struct conf_series *conf, const char *counter, bool *any);

/* What it knows, as rows of series, of what is said again and again, and of so
 * many of the latest calls and all that wait; NULL without memory. */
json_t *desk_tell(const struct desk *d, size_t calls);
/* Puts such rows before what is known already. ERR_NOMEM: some are missing. */
int desk_recall(struct desk *d, const json_t *rows);

#endif
