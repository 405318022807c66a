/*
 * What a channel says: its queue, the announcement on air, the one that is
 * made ahead, and the music under it all.
 *
 * The channel asks it for samples and gets exactly as many as it asked for. The
 * head of the queue is made while the announcement before it is still on air,
 * so that the next one begins on the very next sample.
 *
 *   playout.c   requests, and the end of announcements
 *   synthesis.c has announcements made by engines, part after part
 *   shelf.c     those that are made ahead, and kept
 *   render.c    the samples: begins, cuts off, mixes
 *   together.c  when several channels begin at once
 *   notify.c    the events
 *   ends.c      the ends, in the log
 *   playout_list.c
 *               what is on air and waits, as a list
 */
#ifndef TTSD_AIR_PLAYOUT_H
#define TTSD_AIR_PLAYOUT_H

#include "daemon/server.h"
#include "ttsd/air/bed.h"
#include "ttsd/air/boards.h"
#include "ttsd/air/ends.h"
#include "ttsd/air/event.h"
#include "ttsd/air/mixer.h"
#include "ttsd/pool/engine.h"
#include "ttsd/queue/hold.h"
#include "ttsd/queue/queue.h"

/* At most so much sound of one announcement is held ahead of playout; when half
 * of it is gone, an engine that was held up goes on. */
#define PLAYOUT_AHEAD_MS 10000
/* What is said until it is cancelled is kept for its next rounds where it is no
 * longer than this; a longer one is made anew each time. */
#define PLAYOUT_ROUND_MS 60000
/* And its rounds begin no sooner than this after each other. */
#define PLAYOUT_ROUND_MIN_MS 100

struct playout_counters {
	uint64_t outcomes[OUTCOME_COUNT];
	uint64_t preempted;
	uint64_t underruns;       /* times an engine was too slow */
	uint64_t starved_samples; /* silence because of that */
};

struct playout_format {
	uint32_t rate_hz;
	uint32_t channels;
	uint32_t chunk; /* samples that are asked for at a time */
};

struct playout_owner;

/* Who waits, and is yet to be handed over by the program before. */
struct arrivals {
	uint64_t *ids; /* by their turns */
	size_t count, came;
};

struct playout {
	const char *channel; /* name, for events */
	struct server *server;
	struct shelf *shelf; /* what is made ahead (shelf.h); NULL: nothing */
	struct playout_format format;
	size_t sample_bytes;
	struct queue queue;
	struct arrivals arrivals;
	struct hold hold; /* of what an earlier ttsd has left in it */
	struct announcement *current; /* on air; no longer in the queue */
	struct fade fade;             /* of `current`, by pausing */
	struct tail tail;             /* of what was cut off */
	struct bed bed;
	struct boards boards;
	struct noise noise;
	int16_t *scratch; /* as long as a tail */
	bool paused;
	uint64_t position; /* of the next sample, in the stream */
	uint64_t flushed;  /* events before this one were published */
	struct event_queue held;
	struct playout_counters counters;
	struct ends ends;      /* the channel sets it up */
	int64_t doubt_ends_ns; /* the owner's; 0: it has not begun */
	const struct playout_owner *owner;
	void *arg;
};

/* Who keeps the announcements. */
struct playout_owner {
	/* It begins on air, for the first time or from its start again. */
	void (*begun)(void *arg, const struct announcement *a);
	/* The event of its end is about to be told, under that number. */
	void (*telling)(void *arg, uint64_t id, uint64_t number);
	/* It has ended, behind its event. */
	void (*ended)(void *arg, const struct announcement *a,
	    enum outcome outcome, const char *reason);
	/* Will the next ttsd say it, so that it does not end with this one? */
	bool (*outlives)(void *arg, const struct announcement *a);
};

enum playout_state {
	PLAYOUT_IDLE,
	PLAYOUT_SPEAKING,
	PLAYOUT_STARVING,
	PLAYOUT_PAUSED,
};

/* Fails with ERR_NOMEM. The owner is to be set before anything is said. */
int playout_init(struct playout *p, const char *channel, struct server *server,
    const struct playout_format *format, size_t queue_max);
void playout_set_owner(
    struct playout *p, const struct playout_owner *owner, void *arg);
/* Ends all that waits or is on air as cancelled, for `reason`; what outlives us
 * is let go of without an end. */
void playout_end(struct playout *p, const char *reason);
void playout_done(struct playout *p);

/* Takes over `a`, and has it said. Returns its place in the queue, or ERR_FULL
 * (then `a` is still the caller's). */
int playout_say(struct playout *p, struct announcement *a);
/* The same, in place of `old`, which waits; that ends as cancelled. There is
 * room (queue_takes_instead()). */
int playout_say_instead(
    struct playout *p, struct announcement *old, struct announcement *a);
/* The same of one that an earlier ttsd has accepted: its place is not told. */
int playout_restore(struct playout *p, struct announcement *a);
/* Ends an announcement that never came to be queued. */
void playout_refuse(struct playout *p, struct announcement *a,
    enum outcome outcome, const char *reason);
/* Cancels an announcement; false when there is none of that id (any more). */
bool playout_cancel(struct playout *p, uint64_t id, const char *reason);
/* Changes whose turn comes first (queue_move()); `before` NULL: last. */
bool playout_move(
    struct playout *p, struct announcement *a, struct announcement *before);
/* Ends what is on air. */
void playout_skip(struct playout *p);
/* Cancels all that wait. */
void playout_clear(struct playout *p, const char *reason);
void playout_pause(struct playout *p, bool paused);
/* Ends what is on air, and holds all else, the music too, until it goes on. */
void playout_stop(struct playout *p);
/* Tells at once what a picture is to show; `show` is an object of texts that
 * nobody changes any more. Fails as boards_show(), where the picture shows what
 * it has room for. */
int playout_show(struct playout *p, const char *video, json_t *show);

/* Whose turn is it? NULL: nobody's, or nobody's before the readers are back of
 * what an earlier ttsd has left; who is urgent and new does not wait for them.
 */
struct announcement *playout_next(const struct playout *p);
/* Does `a`, which waits, wait for those readers, too? */
bool playout_is_held(const struct playout *p, const struct announcement *a);
/* How many wait, those too who are yet to arrive. */
size_t playout_waiting(const struct playout *p);
/* Is there anything to say now? */
bool playout_busy(const struct playout *p);
/* When the next announcement that is not due yet will be; INT64_MAX when there
 * is none. */
int64_t playout_next_due_ns(const struct playout *p);
enum playout_state playout_state(const struct playout *p);
const char *playout_state_name(enum playout_state state);

/* Lets time pass: what is due joins the queue, what has waited too long is
 * expired. It is called once before each chunk. */
void playout_advance(struct playout *p, int64_t now_ns);
/* Fills `out` with `count` samples from stream position `position` on. */
void render_fill(
    struct playout *p, int16_t *out, uint64_t count, uint64_t position);
/* Publishes the events of the samples that were filled; it is called once they
 * were sent. */
void playout_flush(struct playout *p);

/* Lists the announcements, the one on air first, then by their turns; at most
 * `limit`. */
json_t *playout_list(const struct playout *p, size_t limit);

/* ---- between the files of the playout --------------------------------- */

uint64_t playout_samples(const struct playout *p, uint64_t ms);
/* Is a sound of the one that of the other? */
bool playout_is_alike(const struct playout *p, const struct playout *other);

/* synthesis.c: goes on making `a` until that has to wait for something. */
void synthesis_continue(struct playout *p, struct announcement *a);
/* Has the head of the queue made, once nothing before it needs the engines, and
 * whose turn it is. */
void synthesis_prepare(struct playout *p);
/* Stops making `a`, unless others play what is made of it. */
void synthesis_stop(struct announcement *a);
/* Tells that some of `a` was played, so that there may be room for more. */
void synthesis_played(struct playout *p, struct announcement *a);

/* Has the work of an earlier ttsd on the present part go on, by `e`; with
 * `trial` nothing is begun. ERR_NOMEM. */
int synthesis_take_over(struct playout *p, struct announcement *a,
    struct engine *e, const json_t *job, bool trial);

/* render.c: takes the announcement on air off it within a few milliseconds, and
 * gives it back to the caller. */
struct announcement *render_cut(struct playout *p);
/* Has the announcement on air, an endless one, end with its present round; at
 * once between two of them. */
void render_end_rounds(struct playout *p);
/* Is it the turn of `a`, which waits, and has enough of it been made? */
bool render_could_begin(const struct announcement *a);

/* together.c: on which sample is `a`, which could begin now, to begin?
 * UINT64_MAX: it waits for others, of which that is not known yet. */
uint64_t together_sample(const struct playout *p, const struct announcement *a);
/* It has begun. */
void together_begun(struct announcement *a);

/* playout.c: ends `a`, which is neither queued nor on air any more. */
void playout_finish(struct playout *p, struct announcement *a,
    enum outcome outcome, const char *reason);

/* playout.c: has its picture show what it asked for. */
void playout_call(struct playout *p, const struct announcement *a);

/* notify.c: the events of an announcement. */
void notify_queued(
    struct playout *p, const struct announcement *a, size_t place);
void notify_started(struct playout *p, const struct announcement *a);
void notify_marks(struct playout *p, struct announcement *a);
/* There was no memory to keep it. */
void notify_mark_lost(struct playout *p, const json_t *mark);
void notify_underrun(struct playout *p, const struct announcement *a);
void notify_preempted(struct playout *p, const struct announcement *a,
    const struct announcement *by);
void notify_finished(struct playout *p, const struct announcement *a,
    enum outcome outcome, const char *reason);
void notify_show(struct playout *p, const char *video, json_t *show);

#endif
