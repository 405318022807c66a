/*
 * When announcements begin that are to begin together: the ones that could wait
 * for those that cannot yet, for so long, and then all agree on an instant that
 * no channel has passed.
 */
#include "ttsd/air/playout.h"
#include "ttsd/queue/ensemble.h"

/* Who could begin waits no longer than so for the others. */
#define WAIT_MAX_MS 30000
/* It is looked at the others so often at most; there may be a thousand. */
#define ASK_EVERY_MS 10
/* On multiples of this all usual rates, 11,025 Hz too, have a whole sample. */
#define GRID_MS 40

static int64_t
stream_ms(const struct playout *p, uint64_t position)
{
	return (int64_t)(position * 1000 / p->format.rate_hz);
}

/* A channel with a pause holds up nobody: it may last for ever. */
static bool
all_could_begin(const struct ensemble *e)
{
	const struct announcement *a;

	for (a = e->members; a; a = a->fellow)
		if (!announcement_was_on_air(a) && !a->playout->paused &&
		    !render_could_begin(a))
			return false;
	return true;
}

/* Chooses an instant that lies before none of the streams, one of which may be
 * in the midst of a chunk, or has leapt over a standstill that others have yet
 * to notice. */
static void
ensemble_agree(struct ensemble *e)
{
	const struct announcement *a;
	int64_t most = 0, end;

	for (a = e->members; a; a = a->fellow) {
		if (announcement_was_on_air(a))
			continue;
		end = stream_ms(a->playout,
		    a->playout->position + a->playout->format.chunk);
		if (end > most)
			most = end;
	}
	e->begin_ms = (most / GRID_MS + 1) * GRID_MS;
}

/* Returns the sample that was agreed on, or for who is late the next one;
 * UINT64_MAX: none was yet, or nobody began then, for all stood still. */
static uint64_t
agreed_sample(const struct ensemble *e, const struct playout *p)
{
	uint64_t sample;

	if (e->begin_ms < 0)
		return UINT64_MAX;
	/* Another may have begun already, whose chunks are shorter. */
	sample = (uint64_t)e->begin_ms * p->format.rate_hz / 1000;
	if (sample >= p->position)
		return sample;
	return e->begun ? p->position : UINT64_MAX;
}

static bool
is_time_to_agree(struct ensemble *e, int64_t now_ms)
{
	if (e->since_ms < 0)
		e->since_ms = now_ms;
	if (e->asked_ms >= 0 && now_ms < e->asked_ms + ASK_EVERY_MS)
		return false;
	e->asked_ms = now_ms;
	return now_ms >= e->since_ms + WAIT_MAX_MS ||
	       (!e->held && all_could_begin(e));
}

uint64_t
together_sample(const struct playout *p, const struct announcement *a)
{
	struct ensemble *e = a->ensemble;
	uint64_t sample;

	if (e == NULL || !e->together)
		return p->position;
	sample = agreed_sample(e, p);
	if (sample < UINT64_MAX ||
	    !is_time_to_agree(e, stream_ms(p, p->position)))
		return sample;
	ensemble_agree(e);
	return agreed_sample(e, p);
}

void
together_begun(struct announcement *a)
{
	if (a->ensemble)
		a->ensemble->begun = true;
}
