/*
 * The promise that what was accepted is not lost: it is handed to the ledger,
 * and its client is answered once that is on the disk. Nothing here waits. A
 * disk that hangs or is full costs durability, not sound: after
 * DURABLE_PATIENCE_NS those who wait are told that it is not kept (yet), and it
 * is handed over when the ledger is back.
 */
#ifndef TTSD_DURABLE_DURABLE_H
#define TTSD_DURABLE_DURABLE_H

#include <jansson.h>

#include "common/parcel.h"
#include "platform/platform.h"

#define DURABLE_PATIENCE_NS (500 * NS_PER_MS)

struct durable;

struct durable_events {
	/* Who was told to wait may ask again. */
	void (*settled)(void *arg);
	/* It keeps what is accepted from now on, or not, and why not. */
	void (*changed)(void *arg, bool keeps, const char *why);
	/* An earlier ttsd may have told events up to that number. */
	void (*told)(void *arg, uint64_t number);
	/* What an earlier ttsd left, with ids below `first_id`, can be asked
	 * for; durable_restored() is to follow. Comes again for the rest of it
	 * when the ledger was lost meanwhile. */
	void (*restore)(void *arg, uint64_t first_id);
};

/* What becomes of a request of durable_query(): rows, then the end, where
 * `answer` is NULL if the ledger is lost before. */
struct durable_answer {
	void (*row)(void *arg, const json_t *row);
	void (*done)(void *arg, const json_t *answer);
	void *arg;
};

/* Starts the ledger in the state directory `dir` ("": its own choice). All that
 * is handed in must outlive it. Errors as timer_new(). */
int durable_new(struct loop *l, const char *dir,
    const struct durable_events *events, void *arg, struct durable **out);
/* Ends what was asked, without an answer. NULL is fine. */
void durable_free(struct durable *d);

/* May an announcement be accepted now? Not while the ledger is opened and what
 * it holds restored; `settled` follows in time. */
bool durable_is_ready(const struct durable *d);

/* Is the ledger still opened, and nobody told that it does not? `settled`
 * follows in time. */
bool durable_is_opening(const struct durable *d);

/* The id that the next announcement gets. Taken by durable_accept(). */
uint64_t durable_next_id(struct durable *d);

/* Takes the next id, and hands the announcement over; takes over `body`, the
 * fields of an acceptance (ttsd/ledger/ledger.h) without its id and its
 * `request`, which is JSON; NULL: there was no memory for it. */
void durable_accept(
    struct durable *d, uint64_t id, json_t *body, const char *request);
/* Tells what became of it; takes over `body`, fields without the id. */
void durable_started(struct durable *d, uint64_t id, json_t *body);
void durable_ended(struct durable *d, uint64_t id, json_t *body);
/* The number of the event that tells its end. */
void durable_numbered(struct durable *d, uint64_t id, json_t *body);
void durable_receipt(struct durable *d, uint64_t id, json_t *body);

/* A number was passed over; takes the next id, as durable_accept(). */
void durable_skipped(struct durable *d, uint64_t id, json_t *body);
/* A call was taken back. */
void durable_uncalled(struct durable *d, uint64_t id, json_t *body);
/* The numbers of a series are others. */
void durable_series(struct durable *d, json_t *body);
/* Something is said again and again, or not any more. */
void durable_schedule(struct durable *d, json_t *body);

/* Events were told up to that number; it is to be called about once a second,
 * for the ledger knows of so many more that may be told. */
void durable_events_told(struct durable *d, uint64_t number);

enum durable_word {
	DURABLE_YES,  /* it is on the disk */
	DURABLE_WAIT, /* `settled` follows in time */
	DURABLE_NO,   /* not yet, if ever */
};

/* Is that announcement, once accepted, kept? */
enum durable_word durable_is_kept(const struct durable *d, uint64_t id);

/* Asks the ledger something: an object's text. False: it is not open. */
bool durable_query(struct durable *d, const char *request,
    const struct durable_answer *answer);

/* May an earlier ttsd have begun more than it could write down, as one that was
 * killed, or whose power failed? */
bool durable_is_in_doubt(const struct durable *d);

/* How much was told so far; and is all of that on the disk? What a client is to
 * be told of rests on it. */
uint64_t durable_told(const struct durable *d);
enum durable_word durable_is_written(const struct durable *d, uint64_t told);

/* Was all handed over that has been told to it, so that its answer to what is
 * asked now knows of that? */
bool durable_has_handed_over(const struct durable *d);

/* All that an earlier ttsd left was restored. */
void durable_restored(struct durable *d);

/* From one ttsd to its successor: what is not on the disk yet. NULL without
 * memory. Not while what an earlier ttsd left is restored. Restoring fails with
 * ERR_NOMEM, or ERR_INVALID. */
bool durable_is_restoring(const struct durable *d);
json_t *durable_save(const struct durable *d, struct parcel *p);
int durable_take_over(
    struct durable *d, const struct parcel *p, const json_t *word);

/* Lets the ledger write down what it has been handed, and end; true once it
 * has, or when that would take too long. It may be asked again and again;
 * `settled` comes when the answer changes. */
bool durable_stop(struct durable *d);

/* Does it keep what is accepted? If not, why tells. */
bool durable_keeps(const struct durable *d);
const char *durable_why(const struct durable *d);

struct durable_counters {
	uint64_t restarts; /* of the ledger */
	size_t waiting;    /* to be written down */
};
struct durable_counters durable_count(const struct durable *d);

#endif
