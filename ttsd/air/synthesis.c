/* Has announcements made by engines, part after part. */
#include <inttypes.h>
#include <stdio.h>

#include "common/err.h"
#include "ttsd/air/playout.h"
#include "ttsd/air/shelf.h"
#include "ttsd/pool/part_maker.h"
#include "ttsd/pool/succession.h"
#include "ttsd/queue/ensemble.h"

/* How far ahead of what was played it may be made. */
static uint64_t
ahead_max(const struct announcement *a)
{
	return a->shelf ? shelf_room(a->shelf, a)
			: playout_samples(a->playout, PLAYOUT_AHEAD_MS);
}

static void
synthesis_end(struct announcement *a, enum making making)
{
	announcement_set_making(a, making);
	if (a->shelf)
		shelf_made(a->shelf);
}

/* Ends the making; what was made so far is still played. */
static void
synthesis_fail(struct announcement *a, const char *reason)
{
	snprintf(a->made->reason, sizeof(a->made->reason), "%s", reason);
	synthesis_end(a, MAKING_FAILED);
}

/* It may be cancelled before it ends as failed, so this is said now. */
static void
synthesis_fail_for_memory(struct announcement *a)
{
	if (a->shelf == NULL)
		log_warning("channel=%s id=%" PRIu64 " is not made to its end: "
			    "out of memory",
		    a->playout->channel, a->id);
	synthesis_fail(a, "out of memory");
}

/* Ends the work of the engine. */
static void
drop_job(struct recording *r)
{
	job_cancel(r->job);
	r->job = NULL;
}

/* As much is made as may be ahead: the rest is made when some of it was played,
 * which of what is kept nobody does. */
static void
hold_up(struct announcement *a)
{
	if (a->shelf) {
		drop_job(a->made);
		synthesis_fail(a, shelf_refuse(a->shelf, a));
	} else if (a->made->job) {
		job_hold(a->made->job, true);
	}
}

static void
pcm_made(void *arg, const uint8_t *data, size_t len)
{
	struct recording *r = arg;
	struct announcement *a = r->readers;

	if (recording_add_pcm(r, data, len) < 0) {
		drop_job(r);
		synthesis_fail_for_memory(a);
	} else if (r->samples - r->part_start >
		   playout_samples(a->playout, PART_MAX_MS)) {
		drop_job(r);
		synthesis_fail(
		    a, "the engine has made an hour of sound and goes on");
	} else if (recording_ahead(r) >= ahead_max(a)) {
		hold_up(a);
	}
}

static void
mark_made(void *arg, json_t *mark)
{
	const struct recording *r = arg;
	struct announcement *a = r->readers;

	if (announcement_add_mark(a, mark) != ERR_NOMEM)
		return;
	for (; a; a = a->next_reader)
		notify_mark_lost(a->playout, mark);
}

static void submit(struct playout *p, struct announcement *a, struct engine *e);

/* Has the part made by the engine's fallback, if none of it was heard yet. */
static bool
fall_back(struct playout *p, struct announcement *a)
{
	const struct part *part = announcement_present_part(a);
	struct engine *second = part_maker_after(part, part->engine);

	if (second == NULL || a->made->fell_back ||
	    a->made->samples > a->made->part_start)
		return false;
	a->made->fell_back = true;
	if (a->shelf == NULL)
		log_warning("channel=%s id=%" PRIu64 " engine '%s' failed; "
			    "engine '%s' speaks instead",
		    p->channel, a->id, engine_name(part->engine),
		    engine_name(second));
	submit(p, a, second);
	return true;
}

/* Tells one of the readers that the making has come to an end, or goes on with
 * the next part. */
static void
reader_goes_on(struct announcement *a)
{
	struct playout *p = a->playout;

	if (a->shelf)
		return;
	/* An announcement that waits and of which nothing was made is over. */
	if (a->made->making == MAKING_FAILED && a != p->current &&
	    announcement_available(a) == 0) {
		queue_remove(&p->queue, a);
		playout_finish(p, a, OUTCOME_FAILED, a->made->reason);
	}
	synthesis_prepare(p);
	playout_flush(p);
}

static void
job_ended(void *arg, const struct failure *failure)
{
	struct recording *r = arg;
	struct announcement *a = r->readers, *next;

	r->job = NULL;
	if (failure && fall_back(a->playout, a))
		return;
	if (failure)
		synthesis_fail(a, failure->text);
	synthesis_continue(a->playout, a);
	/* The recording goes with the last of its readers. */
	for (; a; a = next) {
		next = a->next_reader;
		reader_goes_on(a);
	}
}

static const struct job_events job_events = {
	.pcm = pcm_made, .mark = mark_made, .done = job_ended
};

static void
submit(struct playout *p, struct announcement *a, struct engine *e)
{
	struct speech speech = part_speech(announcement_present_part(a), e);
	const struct job_order order = { .speech = &speech,
		.rate_hz = p->format.rate_hz,
		.channels = p->format.channels,
		.rank = a->shelf ? JOB_ASIDE : JOB_ON_AIR };

	if (e != announcement_present_part(a)->engine)
		a->made->makeshift = true;
	if (engine_submit(e, &order, &job_events, a->made, &a->made->job) < 0)
		synthesis_fail_for_memory(a);
}

int
synthesis_take_over(struct playout *p, struct announcement *a, struct engine *e,
    const json_t *job, bool trial)
{
	struct speech speech = part_speech(announcement_present_part(a), e);
	const struct job_order again = { .speech = &speech,
		.rate_hz = p->format.rate_hz,
		.channels = p->format.channels };

	return job_take_over(
	    e, job, trial ? NULL : &again, &job_events, a->made, &a->made->job);
}

static void
begin_part(struct playout *p, struct announcement *a, const struct part *part)
{
	struct engine *e;

	a->made->fell_back = false;
	if (part->engine == NULL) {
		a->made->pause_left = playout_samples(p, part->pause_ms);
		return;
	}
	e = part_maker(part);
	a->made->fell_back = e != part->engine;
	submit(p, a, e);
}

/* Makes a pause, no further ahead than sound is made. */
static bool
make_pause(struct announcement *a)
{
	uint64_t held = recording_ahead(a->made), ahead = ahead_max(a);
	uint64_t n = held < ahead ? ahead - held : 0;

	if (n > a->made->pause_left)
		n = a->made->pause_left;
	if (n > 0 && recording_add_silence(a->made, n) < 0)
		synthesis_fail_for_memory(a);
	a->made->pause_left -= n;
	if (n == 0)
		hold_up(a);
	return n > 0;
}

/* Finds one of the same request that becomes the same sound. */
static struct announcement *
find_fellow(const struct playout *p, const struct announcement *a)
{
	struct announcement *other = a->ensemble ? a->ensemble->members : NULL;

	while (other && !(announcement_could_share(a, other) &&
			    playout_is_alike(other->playout, p)))
		other = other->fellow;
	return other;
}

/* Has it play what is kept, or made for another. */
static bool
synthesis_share(const struct playout *p, struct announcement *a)
{
	struct announcement *other;

	if (a->shelf)
		return false;
	other = shelf_find(p->shelf, a);
	if (other == NULL)
		other = find_fellow(p, a);
	if (other)
		announcement_share(a, other);
	return other != NULL;
}

/* How much of what was played of it is kept. Others of the same request may
 * come to share it. */
static uint64_t
behind(const struct playout *p, const struct announcement *a)
{
	uint64_t most = RECORDING_PCM_MAX / 2 / p->sample_bytes;
	uint64_t round = playout_samples(p, PLAYOUT_ROUND_MS);

	if (a->shelf)
		return RECORDING_ALL;
	if (a->asked.endless)
		return round < most ? round : most;
	return a->ensemble ? ahead_max(a) : 0;
}

/* Begins with the making; false where another's is shared. */
static bool
synthesis_begin(struct playout *p, struct announcement *a)
{
	if (synthesis_share(p, a))
		return false;
	announcement_set_making(a, MAKING_UNDER_WAY);
	a->made->behind = behind(p, a);
	return true;
}

void
synthesis_continue(struct playout *p, struct announcement *a)
{
	const struct part *part;

	if (a->made->making == MAKING_NOT_BEGUN && !synthesis_begin(p, a))
		return;
	while (!announcement_is_made(a) && a->made->job == NULL) {
		if (a->made->pause_left > 0) {
			if (!make_pause(a))
				return;
			continue;
		}
		part = announcement_next_step(a);
		if (part)
			begin_part(p, a, part);
		else
			synthesis_end(a, MAKING_DONE);
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

static void
prepare(struct playout *p, struct announcement *a)
{
	if (a && a->made->making == MAKING_NOT_BEGUN && deserves(p, a))
		synthesis_continue(p, a);
}

/* What is held is made all the same, behind who goes before it. */
void
synthesis_prepare(struct playout *p)
{
	prepare(p, playout_next(p));
	prepare(p, queue_head(&p->queue));
}

void
synthesis_stop(struct announcement *a)
{
	if (announcement_is_alone(a))
		drop_job(a->made);
}

void
synthesis_played(struct playout *p, struct announcement *a)
{
	if (recording_ahead(a->made) >= ahead_max(a) / 2)
		return;
	if (a->made->job)
		job_hold(a->made->job, false);
	else if (!announcement_is_made(a))
		synthesis_continue(p, a);
}
