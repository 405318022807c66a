/*
 * The keeper (keeper.h) of what one ffmpeg writes to this machine's disk, seen
 * from the supervisor: it prepares the place, then tells whether files grow. It
 * lives as long as the ffmpeg.
 */
#ifndef STREAMER_SUPERVISOR_SENDER_KEEPING_H
#define STREAMER_SUPERVISOR_SENDER_KEEPING_H

#include "platform/succession.h"
#include "streamer-supervisor/ffmpeg/plan.h"

/* A place that is not ready in this time hangs; enough for a slow one. */
#define KEEPING_PATIENCE_NS (5 * NS_PER_S)

struct keeping;

enum keeping_result {
	KEEPING_READY,
	KEEPING_FAILED,  /* it may be better after a while */
	KEEPING_REFUSED, /* somebody has to do something */
};

struct keeping_events {
	/* Comes once after a keeping_start() that returned 0, unless it is
	 * stopped before. */
	void (*done)(void *arg, enum keeping_result result);
	/* The files have grown. */
	void (*grown)(void *arg);
};

/* `name` is the output's, for the log. ERR_NOMEM. */
int keeping_new(struct loop *l, const char *name,
    const struct keeping_events *events, void *arg, struct keeping **out);
/* NULL is fine. */
void keeping_free(struct keeping *k);

/* Is there anything to keep of such an output? */
bool keeping_is_due(const struct plan *plan);

/* Begins to prepare the place of an output's URL, which has failed if it is not
 * ready in `patience_ns`. Errors are those of path_self() and process_spawn().
 */
int keeping_start(struct keeping *k, const struct plan *plan,
    const struct conf_output *o, int64_t patience_ns);
/* The ffmpeg is gone, or was not started. Returns false when it was not being
 * prepared. NULL is fine. */
bool keeping_stop(struct keeping *k);

/* Returns what the program's successor needs to keep it, as one that is ready;
 * NULL without memory. */
json_t *keeping_hand_over(const struct keeping *k, struct parcel *parcel);
/* Goes on with it. Without a process it is as good as lost. ERR_INVALID. */
int keeping_take_over(
    struct keeping *k, struct parcel *parcel, const json_t *word);

/* The number that the first file is to have. */
int64_t keeping_number(const struct keeping *k);
/* Why it is not ready. */
const char *keeping_why(const struct keeping *k);
/* The keeper was lost: nobody looks whether files grow. */
bool keeping_is_blind(const struct keeping *k);

#endif
