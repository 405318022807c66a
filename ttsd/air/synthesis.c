/* Has announcements made by engines, part after part. */
#include <inttypes.h>
#include <stdio.h>

#include "common/err.h"
#include "ttsd/air/playout.h"

static size_t
ahead_bytes(const struct playout *p)
{
	return playout_samples(p, PLAYOUT_AHEAD_MS) * p->sample_bytes;
}

/* Ends the making; what was made so far is still played. */
static void
synthesis_fail(struct announcement *a, const char *reason)
{
	announcement_set_making(a, MAKING_FAILED);
	snprintf(a->made.reason, sizeof(a->made.reason), "%s", reason);
}

/* It may be cancelled before it ends as failed, so this is said now. */
static void
synthesis_fail_for_memory(struct announcement *a)
{
	log_warning("channel=%s id=%" PRIu64 " is not made to its end: out of "
		    "memory",
	    a->playout->channel, a->id);
	synthesis_fail(a, "out of memory");
}

/* A part that is longer than this comes from a program that never ends. */
#define PART_MAX_MS 3600000

static void
pcm_made(void *arg, const uint8_t *data, size_t len)
{
	struct announcement *a = arg;

	if (announcement_add_pcm(a, data, len) < 0) {
		synthesis_stop(a);
		synthesis_fail_for_memory(a);
	} else if (a->made.samples - a->made.part_start >
		   playout_samples(a->playout, PART_MAX_MS)) {
		synthesis_stop(a);
		synthesis_fail(
		    a, "the engine has made an hour of sound and goes on");
	} else if (buf_len(&a->made.pcm) >= ahead_bytes(a->playout)) {
		job_hold(a->made.job, true);
	}
}

static void
mark_made(void *arg, json_t *mark)
{
	struct announcement *a = arg;

	if (announcement_add_mark(a, mark) == ERR_NOMEM)
		notify_mark_lost(a->playout, mark);
}

static void submit(struct playout *p, struct announcement *a, struct engine *e);

/* Has the part made by the engine's fallback, if none of it was heard yet. */
static bool
fall_back(struct playout *p, struct announcement *a)
{
	const struct part *part = announcement_present_part(a);
	struct engine *second = engine_fallback(part->engine);

	if (second == NULL || a->made.fell_back ||
	    a->made.samples > a->made.part_start)
		return false;
	a->made.fell_back = true;
	log_warning("channel=%s id=%" PRIu64 " engine '%s' failed; engine '%s' "
		    "speaks instead",
	    p->channel, a->id, engine_name(part->engine), engine_name(second));
	submit(p, a, second);
	return true;
}

static void
job_ended(void *arg, const struct failure *failure)
{
	struct announcement *a = arg;
	struct playout *p = a->playout;

	a->made.job = NULL;
	if (failure && fall_back(p, a))
		return;
	if (failure)
		synthesis_fail(a, failure->text);
	synthesis_continue(p, a);
	/* An announcement that waits and of which nothing was made is over. */
	if (a->made.making == MAKING_FAILED && a != p->current &&
	    announcement_available(a) == 0) {
		queue_remove(&p->queue, a);
		playout_finish(p, a, OUTCOME_FAILED, a->made.reason);
	}
	synthesis_prepare(p);
	playout_flush(p);
}

static const struct job_events job_events = {
	.pcm = pcm_made, .mark = mark_made, .done = job_ended
};

/* Submits the part to `e`. A fallback knows other voices than the engine that
 * was asked for, so it gets only the language. */
static void
submit(struct playout *p, struct announcement *a, struct engine *e)
{
	const struct part *part = announcement_present_part(a);
	struct speech speech = part->speech;

	if (e != part->engine)
		speech.parameters.voice = NULL;
	if (engine_submit(e, &speech, p->format.rate_hz, p->format.channels,
		&job_events, a, &a->made.job) < 0)
		synthesis_fail_for_memory(a);
}

static void
begin_part(struct playout *p, struct announcement *a, const struct part *part)
{
	struct engine *second;

	a->made.fell_back = false;
	if (part->engine == NULL) {
		a->made.pause_left = playout_samples(p, part->pause_ms);
		return;
	}
	second = engine_fallback(part->engine);
	if (second && engine_is_ailing(part->engine)) {
		a->made.fell_back = true;
		submit(p, a, second);
	} else {
		submit(p, a, part->engine);
	}
}

/* Makes a pause, no further ahead than sound is made. */
static bool
make_pause(struct playout *p, struct announcement *a)
{
	size_t held = buf_len(&a->made.pcm), ahead = ahead_bytes(p);
	uint64_t n = held < ahead ? (ahead - held) / p->sample_bytes : 0;

	if (n > a->made.pause_left)
		n = a->made.pause_left;
	if (n > 0 && announcement_add_silence(a, n) < 0)
		synthesis_fail_for_memory(a);
	a->made.pause_left -= n;
	return n > 0;
}

void
synthesis_continue(struct playout *p, struct announcement *a)
{
	const struct part *part;

	if (a->made.making == MAKING_NOT_BEGUN)
		announcement_set_making(a, MAKING_UNDER_WAY);
	while (!announcement_is_made(a) && a->made.job == NULL) {
		if (a->made.pause_left > 0) {
			if (!make_pause(p, a))
				return;
			continue;
		}
		part = announcement_next_step(a);
		if (part)
			begin_part(p, a, part);
		else
			announcement_set_making(a, MAKING_DONE);
	}
}

/* Should the head of the queue be made now? It should when nothing before it
 * keeps an engine, or when it is not going to wait. */
static bool
deserves(const struct playout *p, const struct announcement *a)
{
	return p->current == NULL || announcement_is_made(p->current) ||
	       announcement_overrides(a, p->current);
}

void
synthesis_prepare(struct playout *p)
{
	struct announcement *a = queue_head(&p->queue);

	if (a && a->made.making == MAKING_NOT_BEGUN && deserves(p, a))
		synthesis_continue(p, a);
}

void
synthesis_stop(struct announcement *a)
{
	job_cancel(a->made.job);
	a->made.job = NULL;
}

void
synthesis_played(struct playout *p, struct announcement *a)
{
	if (buf_len(&a->made.pcm) >= ahead_bytes(p) / 2)
		return;
	if (a->made.job)
		job_hold(a->made.job, false);
	else if (!announcement_is_made(a))
		synthesis_continue(p, a);
}
