/*
 * One announcement: the parts it is made of, and the sound and marks of them
 * that have been made so far.
 *
 * Pure: it neither runs engines nor knows time. A sample here is one point in
 * time, of all sound channels together. The parts are made one after the
 * other, as often as the announcement repeats, into one run of samples;
 * `step` counts them, pauses between repetitions included. What is said until
 * it is cancelled is made once, and played round after round: the pauses
 * between them are none of its samples.
 */
#ifndef TTSD_QUEUE_ANNOUNCEMENT_H
#define TTSD_QUEUE_ANNOUNCEMENT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/conf/conf.h"
#include "ttsd/queue/origin.h"
#include "ttsd/queue/recording.h"
#include "ttsd/queue/saying.h"

enum priority {
#define X(name, text) PRIORITY_##name,
	CONF_PRIORITIES(X)
#undef X
	    PRIORITY_COUNT
};

/* NULL-terminated. */
extern const char *const priority_names[];

#define OUTCOMES(X)               \
	X(SPOKEN, "spoken")       \
	X(CANCELLED, "cancelled") \
	X(EXPIRED, "expired")     \
	X(FAILED, "failed")

enum outcome {
#define X(name, text) OUTCOME_##name,
	OUTCOMES(X)
#undef X
	    OUTCOME_COUNT
};

const char *outcome_name(enum outcome outcome);

/* What becomes of an announcement that an urgent one takes off the air. */
#define PREEMPTIONS(X)                                       \
	X(REPLAY, "replay") /* from its start, afterwards */ \
	X(RESUME, "resume") /* from where it was */          \
	X(DROP, "drop")     /* it ends as cancelled */

enum preemption {
#define X(name, text) PREEMPTION_##name,
	PREEMPTIONS(X)
#undef X
	    PREEMPTION_COUNT
};

extern const char *const preemption_names[];

/* Listeners may want marks ahead of their time; so many different leads at
 * once are served. */
#define LEADS_MAX 16

/* How far the marks were told to listeners of one lead. */
struct lead_cursor {
	int64_t lead_ms; /* -1: unused */
	size_t next;     /* mark */
};

/* Where an announcement is. */
#define ANNOUNCEMENT_STATES(X)                                         \
	X(WAITING, "waiting") /* for its turn */                       \
	X(ON_AIR, "on-air")                                            \
	X(STARVING, "starving") /* on air, and its engine is behind */ \
	X(PREEMPTED, "preempted")

enum announcement_state {
#define X(name, text) ANNOUNCEMENT_##name,
	ANNOUNCEMENT_STATES(X)
#undef X
	    ANNOUNCEMENT_STATE_COUNT
};

/* What is asked for: filled in by whoever composes the announcement, and not
 * changed afterwards, but for a time of day, which follows the wall clock. */
struct announcement_request {
	enum priority priority;
	enum preemption on_preempt;
	int64_t due_ns;     /* it is not said before; 0: at once */
	bool by_wall;       /* `due_ns` stands for a time of day */
	int64_t expires_ns; /* it must have begun by then; INT64_MAX: never */
	struct saying *saying; /* never NULL */
	json_t *show;          /* fields of the board; NULL: none */
	size_t show_bytes;     /* of its names and texts */
	bool keyed;            /* a retry of it is known by its key */
	bool restored;         /* an earlier ttsd has accepted it */
	bool doubtful;         /* and may have begun it without a note */
	unsigned repeat;       /* how often it is said, from 1 */
	bool endless;          /* until it is cancelled; `repeat` is 1 */
	struct part gap;       /* the pause between repetitions */
	struct origin origin;
};

/* What was played of it, in stream positions; the renderer's business. */
struct announcement_air {
	uint64_t samples; /* played, of the present round */
	uint64_t rounds;  /* said to their ends, of an endless one */
	uint64_t rest;    /* samples of the pause before the present round */
	/* `origin` is where the announcement's sample 0 lies, or would lie: an
	 * interruption moves it back by its length. `last_sample` is the
	 * position of the last sample that was played, or first_sample - 1
	 * before there is one. */
	uint64_t first_sample, last_sample;
	int64_t origin;
	bool last_round; /* of an endless one: no other is to follow */
};

/* What listeners were told of it. */
struct announcement_told {
	struct lead_cursor cursors[LEADS_MAX];
};

struct announcement {
	struct announcement *next; /* in the queue's list */
	uint64_t id;
	enum announcement_state state; /* by announcement_set_state() */
	struct playout *playout;       /* whose it is */
	struct shelf *shelf; /* where it is kept, and not said; NULL: it is */
	struct ensemble *ensemble;   /* with whom it begins; NULL: alone */
	struct announcement *fellow; /* in the list of that */
	struct announcement_request asked;
	struct recording *made;  /* never NULL; perhaps shared */
	struct recording *spare; /* none of it made; see announcement_part() */
	struct announcement *next_reader; /* of `made` */
	struct announcement_air played;
	struct announcement_told told;
};

/* Makes an empty announcement; NULL without memory. */
struct announcement *announcement_new(size_t sample_bytes);
void announcement_free(struct announcement *a);

/* Changes the state. No other place does; a change is logged, and one that may
 * not follow aborts. */
void announcement_set_state(
    struct announcement *a, enum announcement_state state);
/* Changes how far the announcement is made, in the same way. What is made of it
 * is made of all that share its recording. */
void announcement_set_making(struct announcement *a, enum making making);
/* Is there nothing more to be made? */
bool announcement_is_made(const struct announcement *a);
/* Was the announcement on air, at least once? */
bool announcement_was_on_air(const struct announcement *a);

/* Has `a`, which has no texts nor parts, say what others say. */
void announcement_say_as(struct announcement *a, struct saying *s);
/* The first text, by which people know the announcement; "" without texts. */
const char *announcement_title(const struct announcement *a);
/* Has the board changed while the announcement is on air: `show` is an object
 * of texts, and stays the caller's; nobody changes it any more. */
void announcement_set_show(struct announcement *a, json_t *show);

/* How many bytes all texts have together, those for the board too. */
size_t announcement_text_bytes(const struct announcement *a);

/* Takes the next step: returns what is to be made, a part or (engine NULL) a
 * pause; NULL when there is no more. */
const struct part *announcement_next_step(struct announcement *a);
/* The part that is being made, or was last. */
const struct part *announcement_present_part(const struct announcement *a);

/* Has it played from its first sample again: what is made of it is forgotten,
 * and made anew, unless all of it is kept. Others keep it that share it. */
void announcement_rewind(struct announcement *a);
/* Has it made again from the first part for this one alone, which goes on where
 * it is. It shares a recording. */
void announcement_part(struct announcement *a);

/* Adds a mark {"mark":…,"sample":N,…} of the present part, in order; the
 * caller changes it no more. ERR_FULL, ERR_NOMEM: it is left out. */
int announcement_add_mark(struct announcement *a, json_t *mark);

/* Would both become the same sound, in the same format? */
bool announcement_says_same(
    const struct announcement *a, const struct announcement *b);
/* Does nobody else play from its recording? */
bool announcement_is_alone(const struct announcement *a);
/* Could `a`, of which nothing is made yet, play from the recording of `other`?
 * Both are to have the same format. They must say the same, and what `a` has
 * not played must be there. */
bool announcement_could_share(
    const struct announcement *a, const struct announcement *other);
void announcement_share(struct announcement *a, struct announcement *other);

/* How many samples could be played now. */
uint64_t announcement_available(const struct announcement *a);

/* Moves at most `count` samples to `out`; returns how many. */
uint64_t announcement_take(
    struct announcement *a, int16_t *out, uint64_t count);

/* Did any of its samples go out? What is said again from its start keeps those
 * of the last time until it begins. */
bool announcement_was_heard(const struct announcement *a);

/* Does `a`, rather than wait for `other`, take the air from it? */
bool announcement_overrides(
    const struct announcement *a, const struct announcement *other);

/* Has everything been played that there is to hear? */
bool announcement_over(const struct announcement *a);

#endif
