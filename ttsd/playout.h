/*
 * What a channel says: its queue, the announcement on air, and the work of
 * the engines for both.
 *
 * It is asked for samples and gives exactly as many as are asked for. The
 * head of the queue is made ahead while the announcement before it is still
 * on air, so that the next one begins on the very next sample.
 */
#ifndef TTSD_PLAYOUT_H
#define TTSD_PLAYOUT_H

#include "platform/server.h"
#include "ttsd/engine.h"
#include "ttsd/event.h"
#include "ttsd/mixer.h"
#include "ttsd/queue.h"

/* Sound of one announcement held ahead of playout at most; when half of it
 * is gone, an engine that was held up goes on. */
#define PLAYOUT_AHEAD_MS 10000

struct playout_counters {
	uint64_t outcomes[OUTCOME_COUNT];
	uint64_t underruns;       /* times an engine was too slow */
	uint64_t starved_samples; /* silence because of that */
};

struct playout_format {
	uint32_t rate_hz;
	uint32_t channels;
	uint32_t chunk; /* samples that are asked for at a time */
};

struct playout {
	const char *channel; /* name, for events */
	struct server *server;
	struct playout_format format;
	size_t sample_bytes;
	struct queue queue;
	struct announcement *current; /* on air; no longer in the queue */
	struct fade fade;
	bool paused;
	uint64_t position; /* of the next sample, in the stream */
	struct event_queue held;
	struct playout_counters counters;
};

enum playout_state {
	PLAYOUT_IDLE,
	PLAYOUT_SPEAKING,
	PLAYOUT_STARVING,
	PLAYOUT_PAUSED,
};

void playout_init(struct playout *p, const char *channel, struct server *server,
    const struct playout_format *format, size_t queue_max);
/* Everything that waits or is on air ends as cancelled, for `reason`. */
void playout_end(struct playout *p, const char *reason);
void playout_done(struct playout *p);

/* Takes over `a`; its speech is made by `engine`. Returns its place in the
 * queue; ERR_FULL (then `a` is still the caller's). */
int playout_say(
    struct playout *p, struct announcement *a, struct engine *engine);
/* False: there is no such announcement (any more). */
bool playout_cancel(struct playout *p, uint64_t id, const char *reason);
/* Ends what is on air; its id, or 0. */
uint64_t playout_skip(struct playout *p);
/* Cancels all that wait; returns how many. */
size_t playout_clear(struct playout *p, const char *reason);
void playout_pause(struct playout *p, bool paused);

/* Anything to say, now or later? */
bool playout_busy(const struct playout *p);
enum playout_state playout_state(const struct playout *p);
const char *playout_state_name(enum playout_state state);

/* Fills `out` with `count` samples from stream position `position` on. */
void playout_fill(
    struct playout *p, int16_t *out, uint64_t count, uint64_t position);
/* Publishes what happened in them; to be called once they were sent. */
void playout_flush(struct playout *p);

/* The items, the one on air first. */
json_t *playout_list(const struct playout *p);

#endif
