/* The samples of a channel: begins announcements, cuts them off, mixes. */
#include <inttypes.h>
#include <string.h>

#include "ttsd/air/playout.h"

/* How far ahead the slowest of the announcement's engines wants to be. */
static uint64_t
prebuffer_ms(const struct announcement *a)
{
	uint64_t most = 0, ms;
	size_t i;

	for (i = 0; i < a->asked.saying->part_count; i++) {
		if (a->asked.saying->parts[i].engine == NULL)
			continue;
		ms = engine_prebuffer_ms(a->asked.saying->parts[i].engine);
		if (ms > most)
			most = ms;
	}
	return most;
}

/* Has so much of `a` been made that it may begin? */
static bool
is_ready(const struct playout *p, const struct announcement *a)
{
	uint64_t needed = playout_samples(p, prebuffer_ms(a));

	if (needed < p->format.chunk)
		needed = p->format.chunk;
	return announcement_is_made(a) || announcement_available(a) >= needed;
}

static void
render_begin(struct playout *p, struct announcement *a)
{
	queue_remove(&p->queue, a);
	p->current = a;
	announcement_set_state(a, ANNOUNCEMENT_ON_AIR);
	together_begun(a);
	a->played.origin = (int64_t)(p->position + a->played.rest) -
			   (int64_t)a->played.samples;
	if (a->played.samples > 0 || a->played.rest > 0) {
		/* It is resumed in the midst of a sound, or between two rounds,
		 * and keeps its first sample. */
		fade_none(&p->fade);
		fade_in(&p->fade);
	} else {
		fade_full(&p->fade);
		a->played.first_sample = p->position;
		a->played.last_sample = p->position - 1;
		playout_call(p, a);
		notify_started(p, a);
		p->owner->begun(p->arg, a);
	}
	synthesis_prepare(p);
}

struct announcement *
render_cut(struct playout *p)
{
	int16_t *end = p->scratch;
	struct announcement *a = p->current;
	bool silent = fade_silent(&p->fade) || a->played.rest > 0;
	uint64_t n = silent ? 0 : p->tail.length;

	n = announcement_take(a, end, n);
	if (n > 0) {
		tail_add(&p->tail, end, n, &p->fade);
		a->played.last_sample = p->position + n - 1;
		notify_marks(p, a);
	}
	p->current = NULL;
	if (!p->paused)
		fade_full(&p->fade);
	return a;
}

/* Takes what is on air off it for an urgent announcement that is ready. */
static void
preempt(struct playout *p, const struct announcement *by)
{
	struct announcement *a = render_cut(p);

	p->counters.preempted++;
	notify_preempted(p, a, by);
	switch (a->asked.on_preempt) {
	case PREEMPTION_DROP:
		playout_finish(p, a, OUTCOME_CANCELLED, "preempted");
		return;
	case PREEMPTION_REPLAY:
		/* Between two rounds there is nothing to say again. */
		if (a->played.rest > 0)
			break;
		synthesis_stop(a);
		announcement_rewind(a);
		break;
	case PREEMPTION_RESUME:
	case PREEMPTION_COUNT:
		break;
	}
	announcement_set_state(a, ANNOUNCEMENT_PREEMPTED);
	queue_push_first(&p->queue, a);
}

bool
render_could_begin(const struct announcement *a)
{
	const struct playout *p = a->playout;

	return a == playout_next(p) && !p->paused && is_ready(p, a) &&
	       (p->current == NULL || announcement_overrides(a, p->current));
}

/* Begins what is next, if it is time. Returns for how many samples, of the
 * `count` that are to be made, what is on air now stays there: where that is
 * less, the next one is to begin then. */
static uint64_t
begin_next(struct playout *p, uint64_t count)
{
	struct announcement *a = playout_next(p);
	uint64_t sample;

	if (a == NULL || !render_could_begin(a))
		return count;
	sample = together_sample(p, a);
	if (sample > p->position)
		return sample - p->position < count ? sample - p->position
						    : count;
	if (p->current)
		preempt(p, a);
	render_begin(p, a);
	return count;
}

static void
finish_current(struct playout *p, enum outcome outcome, const char *reason)
{
	struct announcement *a = p->current;

	p->current = NULL;
	playout_finish(p, a, outcome, reason);
	if (!p->paused)
		fade_full(&p->fade);
}

static const char rounds_over[] = "its time to live is over";

void
render_end_rounds(struct playout *p)
{
	p->current->played.last_round = true;
	if (p->current->played.rest > 0)
		finish_current(p, OUTCOME_SPOKEN, rounds_over);
}

/* Has what is said until it is cancelled go on with its next round. */
static void
begin_round(struct playout *p)
{
	struct announcement *a = p->current;
	uint64_t rest = playout_samples(p, a->asked.gap.pause_ms);
	uint64_t least = playout_samples(p, PLAYOUT_ROUND_MIN_MS);

	if (a->made->samples + rest < least)
		rest = least - a->made->samples;
	announcement_rewind(a);
	a->played.rest = rest;
	a->played.origin = (int64_t)(p->position + rest);
	synthesis_continue(p, a);
}

/* All that was to be said has been. */
static void
end_of_sound(struct playout *p)
{
	struct announcement *a = p->current;

	a->played.rounds += a->made->making == MAKING_DONE;
	if (a->made->making == MAKING_FAILED)
		finish_current(p, OUTCOME_FAILED, a->made->reason);
	else if (!a->asked.endless)
		finish_current(p, OUTCOME_SPOKEN, "");
	else if (a->made->samples == 0)
		finish_current(p, OUTCOME_FAILED,
		    "it has no sound that could be said again");
	else if (a->played.last_round)
		finish_current(p, OUTCOME_SPOKEN, rounds_over);
	else
		begin_round(p);
}

static void
starve(struct playout *p, uint64_t samples)
{
	struct announcement *a = p->current;

	p->counters.starved_samples += samples;
	if (a->state == ANNOUNCEMENT_STARVING)
		return;
	announcement_set_state(a, ANNOUNCEMENT_STARVING);
	p->counters.underruns++;
	log_warning("channel=%s id=%" PRIu64 " underrun: the engine is slower "
		    "than real time, and silence goes out meanwhile; give it "
		    "more of the machine, or set its prebuffer",
	    p->channel, a->id);
	notify_underrun(p, a);
}

/* What is on air has nothing to be heard: its engine is late, or the channel
 * paused. */
static void
wait_for_sound(struct playout *p, uint64_t samples)
{
	p->current->played.origin += (int64_t)samples;
	if (!fade_silent(&p->fade))
		starve(p, samples);
}

static uint64_t
play_sound(struct playout *p, int16_t *out, uint64_t count)
{
	struct announcement *a = p->current;
	uint64_t n = announcement_take(a, out, count);

	if (n > 0) {
		if (a->state == ANNOUNCEMENT_STARVING)
			announcement_set_state(a, ANNOUNCEMENT_ON_AIR);
		a->played.last_sample = p->position + n - 1;
	}
	return n;
}

/* Lets the pause before the present round pass. */
static uint64_t
play_rest(struct playout *p, uint64_t count)
{
	struct announcement_air *played = &p->current->played;
	uint64_t n = played->rest < count ? played->rest : count;

	played->origin = (int64_t)(p->position + played->rest);
	played->rest -= n;
	return n;
}

/* Plays some of what is on air; returns how many samples. */
static uint64_t
render_play(struct playout *p, int16_t *out, uint64_t count)
{
	struct announcement *a = p->current;
	uint64_t audible = fade_audible(&p->fade), n;

	if (count > audible)
		count = audible;
	n = a->played.rest > 0 ? play_rest(p, count)
			       : play_sound(p, out, count);
	fade_apply(&p->fade, out, n, p->format.channels);
	p->position += n;
	synthesis_played(p, a);
	notify_marks(p, a);
	return n;
}

/* Fills `out`, which is silent, with speech. */
static void
render_speak(struct playout *p, int16_t *out, uint64_t count)
{
	uint64_t at = 0, next, n;

	while (at < count) {
		next = at + begin_next(p, count - at);
		n = 0;
		if (p->current)
			n = render_play(
			    p, out + at * p->format.channels, next - at);
		at += n;
		if (p->current && announcement_over(p->current)) {
			end_of_sound(p);
			continue;
		}
		/* Behind a pause its sound may follow at once. */
		if (n > 0)
			continue;
		if (p->current)
			wait_for_sound(p, next - at);
		p->position += next - at;
		at = next;
	}
}

void
render_fill(struct playout *p, int16_t *out, uint64_t count, uint64_t position)
{
	size_t values = count * p->format.channels;

	memset(out, 0, count * p->sample_bytes);
	p->position = position;
	render_speak(p, out, count);
	p->position = position + count;
	tail_mix(&p->tail, out, count);
	bed_mix(&p->bed, out, count, p->current != NULL && !p->paused);
	noise_add(&p->noise, out, values);
}
