/* Requests to a playout, and the end of announcements. */
#include "ttsd/air/playout.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"

static const char *const state_names[] = {
	[PLAYOUT_IDLE] = "idle",
	[PLAYOUT_SPEAKING] = "speaking",
	[PLAYOUT_STARVING] = "starving",
	[PLAYOUT_PAUSED] = "paused",
};

uint64_t
playout_samples(const struct playout *p, uint64_t ms)
{
	return p->format.rate_hz * ms / 1000;
}

bool
playout_is_alike(const struct playout *p, const struct playout *other)
{
	return p->format.rate_hz == other->format.rate_hz &&
	       p->format.channels == other->format.channels;
}

/* ---- life ------------------------------------------------------------- */

int
playout_init(struct playout *p, const char *channel, struct server *server,
    const struct playout_format *format, size_t queue_max)
{
	int rc;

	*p = (struct playout){ .channel = channel,
		.server = server,
		.format = *format,
		.sample_bytes = sizeof(int16_t) * format->channels };
	queue_init(&p->queue, queue_max);
	fade_init(&p->fade, format->rate_hz);
	rc = boards_init(&p->boards);
	if (rc == 0)
		rc = tail_init(&p->tail, format->rate_hz, format->channels);
	if (rc < 0)
		return rc;
	p->scratch = calloc(p->tail.length, p->sample_bytes);
	return p->scratch ? 0 : ERR_NOMEM;
}

void
playout_set_owner(
    struct playout *p, const struct playout_owner *owner, void *arg)
{
	p->owner = owner;
	p->arg = p->held.arg = arg;
	p->held.telling = owner->telling;
}

static void
end_or_let_go(struct playout *p, struct announcement *a, const char *reason)
{
	if (!p->owner->outlives(p->arg, a)) {
		playout_finish(p, a, OUTCOME_CANCELLED, reason);
		return;
	}
	synthesis_stop(a);
	announcement_free(a);
}

void
playout_end(struct playout *p, const char *reason)
{
	struct announcement *a = p->current;

	p->current = NULL;
	if (a)
		end_or_let_go(p, a, reason);
	while ((a = queue_first(&p->queue)) != NULL) {
		queue_remove(&p->queue, a);
		end_or_let_go(p, a, reason);
	}
	/* The events that are held have no more samples to wait for. */
	event_flush(
	    &p->held, p->server, p->channel, UINT64_MAX, p->format.rate_hz);
}

void
playout_done(struct playout *p)
{
	playout_end(p, "");
	ends_done(&p->ends);
	bed_done(&p->bed);
	boards_done(&p->boards);
	event_queue_done(&p->held);
	tail_done(&p->tail);
	free(p->scratch);
	free(p->arrivals.ids);
	p->scratch = NULL;
	p->arrivals.ids = NULL;
}

/* From its first sample to its last; -1: it had none. */
static int64_t
heard_ms(const struct playout *p, const struct announcement *a)
{
	uint64_t samples = a->played.last_sample - a->played.first_sample + 1;

	return announcement_was_heard(a)
		   ? (int64_t)(samples * 1000 / p->format.rate_hz)
		   : -1;
}

void
playout_finish(struct playout *p, struct announcement *a, enum outcome outcome,
    const char *reason)
{
	synthesis_stop(a);
	ends_note(&p->ends, a, outcome, reason, heard_ms(p, a));
	notify_finished(p, a, outcome, reason);
	p->counters.outcomes[outcome]++;
	p->owner->ended(p->arg, a, outcome, reason);
	announcement_free(a);
}

static void
finish_waiting(struct playout *p, struct announcement *a, enum outcome outcome,
    const char *reason)
{
	queue_remove(&p->queue, a);
	playout_finish(p, a, outcome, reason);
}

/* ---- requests --------------------------------------------------------- */

/* Tells of one that has been queued, and has it made if its turn is near. */
static int
welcome(struct playout *p, struct announcement *a)
{
	size_t place = queue_position(&p->queue, a) + (p->current != NULL);

	notify_queued(p, a, place);
	playout_flush(p);
	synthesis_prepare(p);
	return (int)place;
}

int
playout_say(struct playout *p, struct announcement *a)
{
	int rc;

	a->playout = p;
	rc = queue_push(&p->queue, a, clock_now_ns());
	return rc < 0 ? rc : welcome(p, a);
}

int
playout_say_instead(
    struct playout *p, struct announcement *old, struct announcement *a)
{
	char reason[40];

	a->playout = p;
	queue_replace(&p->queue, old, a, clock_now_ns());
	snprintf(reason, sizeof(reason), "replaced by %" PRIu64, a->id);
	playout_finish(p, old, OUTCOME_CANCELLED, reason);
	return welcome(p, a);
}

int
playout_restore(struct playout *p, struct announcement *a)
{
	int rc;

	a->playout = p;
	rc = queue_push(&p->queue, a, clock_now_ns());
	if (rc < 0)
		return rc;
	notify_queued(p, a, p->queue.count - 1 + (p->current != NULL));
	playout_flush(p);
	synthesis_prepare(p);
	return 0;
}

void
playout_refuse(struct playout *p, struct announcement *a, enum outcome outcome,
    const char *reason)
{
	a->playout = p;
	playout_finish(p, a, outcome, reason);
	playout_flush(p);
}

bool
playout_cancel(struct playout *p, uint64_t id, const char *reason)
{
	struct announcement *a;

	if (p->current && p->current->id == id) {
		playout_finish(p, render_cut(p), OUTCOME_CANCELLED, reason);
	} else {
		a = queue_find(&p->queue, id);
		if (a == NULL)
			return false;
		finish_waiting(p, a, OUTCOME_CANCELLED, reason);
	}
	synthesis_prepare(p);
	playout_flush(p);
	return true;
}

bool
playout_move(
    struct playout *p, struct announcement *a, struct announcement *before)
{
	if (!queue_move(&p->queue, a, before))
		return false;
	/* Another one may be next now. */
	synthesis_prepare(p);
	playout_flush(p);
	return true;
}

void
playout_skip(struct playout *p)
{
	if (p->current)
		playout_cancel(p, p->current->id, "skipped");
}

void
playout_clear(struct playout *p, const char *reason)
{
	struct announcement *a;

	while ((a = queue_first(&p->queue)) != NULL)
		finish_waiting(p, a, OUTCOME_CANCELLED, reason);
	playout_flush(p);
}

void
playout_pause(struct playout *p, bool paused)
{
	p->paused = paused;
	if (paused)
		fade_out(&p->fade);
	else if (p->current == NULL)
		fade_full(&p->fade);
	else
		fade_in(&p->fade);
	p->bed.hushed = p->bed.hushed && paused;
}

void
playout_stop(struct playout *p)
{
	if (p->current)
		playout_cancel(p, p->current->id, "stopped");
	p->bed.hushed = true;
	playout_pause(p, true);
}

static void
note_shown(const struct playout *p, int rc)
{
	if (rc == ERR_FULL)
		log_warning("channel=%s a picture shows %d fields at most; "
			    "what it is told of others is left out",
		    p->channel, BOARD_KEPT_MAX);
	else if (rc < 0)
		log_warning("channel=%s a picture that begins anew will not "
			    "show all that was told: %s",
		    p->channel, err_text(rc));
}

void
playout_call(struct playout *p, const struct announcement *a)
{
	note_shown(
	    p, boards_call(&p->boards, (json_int_t)a->id, a->asked.show));
}

int
playout_show(struct playout *p, const char *video, json_t *show)
{
	int rc = boards_show(&p->boards, video, show);

	note_shown(p, rc);
	notify_show(p, video, show);
	playout_flush(p);
	return rc;
}

/* ---- time ------------------------------------------------------------- */

/* What is said until it is cancelled begins no round after its time. */
static bool
has_outlived(const struct announcement *a, int64_t now_ns)
{
	return a && a->asked.endless && a->asked.expires_ns <= now_ns;
}

void
playout_advance(struct playout *p, int64_t now_ns)
{
	struct announcement *a;

	queue_advance(&p->queue, now_ns);
	while ((a = queue_take_expired(&p->queue, now_ns)) != NULL)
		playout_finish(p, a, OUTCOME_EXPIRED, "waited too long");
	if (has_outlived(p->current, now_ns))
		render_end_rounds(p);
	synthesis_prepare(p);
	bed_advance(&p->bed, now_ns);
}

void
playout_flush(struct playout *p)
{
	event_flush(
	    &p->held, p->server, p->channel, p->position, p->format.rate_hz);
	p->flushed = p->position;
}

/* ---- what is known ---------------------------------------------------- */

bool
playout_is_held(const struct playout *p, const struct announcement *a)
{
	return hold_is_on(&p->hold) &&
	       (a->asked.restored || a->asked.priority < PRIORITY_URGENT);
}

/* Those that are urgent come first. */
struct announcement *
playout_next(const struct playout *p)
{
	struct announcement *a = queue_head(&p->queue);

	while (
	    a && a->asked.priority == PRIORITY_URGENT && playout_is_held(p, a))
		a = a->next;
	return a && playout_is_held(p, a) ? NULL : a;
}

size_t
playout_waiting(const struct playout *p)
{
	return p->queue.count + p->arrivals.count - p->arrivals.came;
}

bool
playout_busy(const struct playout *p)
{
	return p->current != NULL || queue_head(&p->queue) != NULL ||
	       p->tail.left > 0 || p->held.count > 0;
}

int64_t
playout_next_due_ns(const struct playout *p)
{
	int64_t due = queue_next_due_ns(&p->queue);

	return due < p->queue.next_expiry_ns ? due : p->queue.next_expiry_ns;
}

enum playout_state
playout_state(const struct playout *p)
{
	if (p->paused)
		return PLAYOUT_PAUSED;
	if (p->current == NULL)
		return PLAYOUT_IDLE;
	return p->current->state == ANNOUNCEMENT_STARVING ? PLAYOUT_STARVING
							  : PLAYOUT_SPEAKING;
}

const char *
playout_state_name(enum playout_state state)
{
	return state_names[state];
}
