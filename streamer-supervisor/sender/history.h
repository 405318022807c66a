/*
 * Why an address lost its ffmpegs: the last few by name, all of them by
 * number. Pure.
 */
#ifndef STREAMER_SUPERVISOR_SENDER_HISTORY_H
#define STREAMER_SUPERVISOR_SENDER_HISTORY_H

#include <jansson.h>
#include <stdint.h>

/* A reason has at most so many bytes, with its terminator. */
#define REASON_MAX 512
/* The last so many entries are kept. */
#define HISTORY_MAX 10

#define CAUSES(X)                                                             \
	X(EXIT, "exit")          /* ffmpeg ended by itself */                 \
	X(KILLED, "killed")      /* somebody killed it, or it crashed */      \
	X(REFUSED, "refused")    /* its peer or its options: no quick cure */ \
	X(LATE, "start-timeout") /* no sound flowed in time */                \
	X(STALL, "no-progress")  /* it stood still */                         \
	X(UNACKED, "unacknowledged") /* its peer takes nothing */             \
	X(UNSENT, "no-evidence")     /* nothing shows that it sends */        \
	X(LAG, "lag")                /* it does not keep up with ttsd */      \
	X(PROBE, "probe")            /* the stream can't be read back */      \
	X(ADDRESS, "address")        /* its URL or key could not be had */    \
	X(PROGRAM, "program") /* ffmpeg is missing, or lacks something */     \
	X(LEFT, "left")       /* the player of a listener went away */        \
	X(ASKED, "asked")     /* an operator asked */                         \
	X(AGE, "max-age")     /* it was old enough */                         \
	X(PICTURE, "picture") /* its picture came: it is started with it */

enum cause {
#define X(name, text) CAUSE_##name,
	CAUSES(X)
#undef X
	    CAUSE_COUNT
};

extern const char *const cause_names[CAUSE_COUNT];
const char *cause_name(enum cause cause);

struct history_entry {
	int64_t utc_ms; /* when it ended */
	int64_t ran_ms; /* it had been sending for so long; 0: not at all */
	enum cause cause;
	char reason[REASON_MAX];
};

/* The history starts as zeroes. */
struct history {
	struct history_entry entries[HISTORY_MAX];
	uint64_t count; /* of all entries that ever were */
	uint64_t by_cause[CAUSE_COUNT];
};

void history_add(struct history *h, enum cause cause, const char *reason,
    int64_t utc_ms, int64_t ran_ms);

/* As one program hands it to the next version of itself (common/record.h): NULL
 * without memory, and ERR_INVALID. */
json_t *history_save(const struct history *h);
int history_load(struct history *h, const json_t *record);

/* Returns an array of objects (`time`, `cause`, `reason`, `ran_ms`), the newest
 * first; NULL without memory. */
json_t *history_json(const struct history *h);

#endif
