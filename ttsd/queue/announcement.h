/*
 * One announcement: the parts it is made of, and the sound and marks of them
 * that have been made so far.
 *
 * Pure: it neither runs engines nor knows time. A sample here is one point in
 * time, of all sound channels together. The parts are made one after the
 * other, as often as the announcement repeats, into one run of samples;
 * `step` counts them, pauses between repetitions included.
 */
#ifndef TTSD_QUEUE_ANNOUNCEMENT_H
#define TTSD_QUEUE_ANNOUNCEMENT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "ttsd/text/segment.h"
#include "ttsd/text/speech.h"

#define PRIORITIES(X)               \
	X(BACKGROUND, "background") \
	X(NORMAL, "normal")         \
	X(HIGH, "high")             \
	X(URGENT, "urgent")

enum priority {
#define X(name, text) PRIORITY_##name,
	PRIORITIES(X)
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

struct engine;

/* Something that is said, or a pause. */
struct part {
	struct engine *engine; /* NULL: a pause */
	struct speech speech;
	uint64_t pause_ms;
	unsigned source;        /* of which text of the announcement... */
	struct segment segment; /* ...which segment; its text is in `speech` */
};

void part_done(struct part *part);

/* Of one announcement, repetitions not counted. */
#define PARTS_MAX 64
#define REPEAT_MAX 20

struct announcement_mark {
	uint64_t sample; /* from the start of the announcement */
	json_t *body;    /* as the engine sent it */
	const struct part *part;
};

/* Marks one announcement may hold at a time; further ones are left out. */
#define ANNOUNCEMENT_MARKS_MAX 100000

/* Listeners may want marks ahead of their time; so many different leads at
 * once are served. */
#define LEADS_MAX 4

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

/* How far its sound is made. */
#define MAKINGS(X)                \
	X(NOT_BEGUN, "not-begun") \
	X(UNDER_WAY, "under-way") \
	X(DONE, "done")           \
	X(FAILED, "failed") /* what was made before is played still */

enum making {
#define X(name, text) MAKING_##name,
	MAKINGS(X)
#undef X
	    MAKING_COUNT
};

/* What is asked for. Who composes it fills it in; then it stays. */
struct announcement_request {
	enum priority priority;
	enum preemption on_preempt;
	int64_t due_ns;     /* not before; 0: at once */
	int64_t expires_ns; /* unless it has begun by then; INT64_MAX: never */
	char **texts; /* as they were asked for, by the number of the source */
	size_t text_count;
	struct part *parts;
	size_t part_count;
	unsigned repeat; /* times it is said, from 1 */
	struct part gap; /* the pause between repetitions */
};

/* What was made of it so far, and not yet played; the synthesis' business. */
struct announcement_sound {
	enum making making;
	size_t step;         /* how many parts and gaps were begun */
	uint64_t pause_left; /* samples of the pause that is being made */
	uint64_t samples;    /* made so far */
	uint64_t part_start; /* `samples` when the present part began */
	struct buf pcm;      /* made, not yet played */
	size_t sample_bytes; /* of one sample of all channels */
	struct announcement_mark *marks;
	size_t mark_count, mark_cap;
	struct job *job;  /* the engine's work on the present part */
	bool fell_back;   /* the present part is made by the second choice */
	char reason[200]; /* of having failed */
};

/* What was played of it, in stream positions; the renderer's business. */
struct announcement_air {
	uint64_t samples; /* played */
	/* `origin` is where its sample 0 lies, or would lie: later than it was
	 * by what interrupted it. `last_sample` is that of the last sample
	 * that was played, first_sample - 1 before there is one. */
	uint64_t first_sample, last_sample;
	int64_t origin;
};

/* What listeners were told of it. */
struct announcement_told {
	struct lead_cursor cursors[LEADS_MAX];
};

struct announcement {
	struct announcement *next; /* the queue's */
	uint64_t id;
	enum announcement_state state; /* by announcement_set_state() */
	struct playout *playout;       /* whose it is */
	struct announcement_request asked;
	struct announcement_sound made;
	struct announcement_air played;
	struct announcement_told told;
};

/* An empty one; NULL without memory. */
struct announcement *announcement_new(size_t sample_bytes);
void announcement_free(struct announcement *a);

/* The one place where its state changes: logs it, and aborts on a change that
 * makes no sense. */
void announcement_set_state(
    struct announcement *a, enum announcement_state state);
/* Likewise how far it is made. */
void announcement_set_making(struct announcement *a, enum making making);
/* Nothing more is to be made. */
bool announcement_is_made(const struct announcement *a);
/* It was on air, at least once. */
bool announcement_was_on_air(const struct announcement *a);

/* Takes over `text`; returns its number as a source, or ERR_NOMEM. */
int announcement_add_text(struct announcement *a, char *text);
/* Takes over what `part` holds, also when it fails: ERR_NOMEM, ERR_FULL. */
int announcement_add_part(struct announcement *a, struct part *part);

/* Its first text, "" where it has none: for people to tell it by. */
const char *announcement_title(const struct announcement *a);
/* Bytes of all its texts. */
size_t announcement_text_bytes(const struct announcement *a);

/* The next thing to be made: a part, or (engine NULL) a pause; NULL when
 * there is no more. The step is taken. */
const struct part *announcement_next_step(struct announcement *a);
/* The part that is being made, or was last. */
const struct part *announcement_present_part(const struct announcement *a);

/* Forgets all that was made: it begins from its first part again. */
void announcement_rewind(struct announcement *a);

/* Bytes of sound that one announcement ever holds: a last resort, for who
 * makes the sound is held up long before. */
#define ANNOUNCEMENT_PCM_MAX (64 * 1024 * 1024)

/* Adds sound; ERR_FULL, ERR_NOMEM. */
int announcement_add_pcm(
    struct announcement *a, const uint8_t *data, size_t len);
int announcement_add_silence(struct announcement *a, uint64_t samples);
/* Adds a mark {"mark":…,"sample":N,…} of the present part, in order. */
void announcement_add_mark(struct announcement *a, const json_t *mark);

/* Samples that could be played now. */
uint64_t announcement_available(const struct announcement *a);

/* Moves at most `count` samples to `out`; returns how many. */
uint64_t announcement_take(
    struct announcement *a, int16_t *out, uint64_t count);

/* It does not wait for `other`, but takes the air from it. */
bool announcement_overrides(
    const struct announcement *a, const struct announcement *other);

/* Everything that there is to hear has been played. */
bool announcement_over(const struct announcement *a);

#endif
