#include "ttsd/air/ends.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Room for what stands in a line beside its quoted texts. */
#define FIELDS_MAX 128

/* An operator should look at what failed. */
static enum log_level
outcome_level(enum outcome outcome)
{
	return outcome == OUTCOME_FAILED ? LOG_WARNING : LOG_INFO;
}

static void
fold_tell(const struct ends *e, enum outcome outcome, struct ends_fold *f)
{
	bool why = f->reason[0] != '\0';

	if (f->count > 0)
		log_write(outcome_level(outcome),
		    "channel=%s ended outcome=%s count=%" PRIu64
		    " first_id=%" PRIu64 " last_id=%" PRIu64 "%s%s",
		    e->channel, outcome_name(outcome), f->count, f->first,
		    f->last, why ? " reason=" : "",
		    why ? log_quote(f->reason) : "");
	*f = (struct ends_fold){ 0 };
}

static void
tell_folds(void *arg)
{
	struct ends *e = arg;
	int i;

	for (i = 0; i < OUTCOME_COUNT; i++)
		fold_tell(e, (enum outcome)i, &e->folds[i]);
}

int
ends_init(struct ends *e, struct loop *l, const char *channel)
{
	e->channel = channel;
	return timer_new(l, TIMER_COARSE, tell_folds, e, &e->timer);
}

void
ends_done(struct ends *e)
{
	tell_folds(e);
	timer_free(e->timer);
	e->timer = NULL;
}

static void
fold_add(struct ends_fold *f, uint64_t id, const char *reason)
{
	char cut[sizeof(f->reason)];

	snprintf(cut, sizeof(cut), "%s", reason);
	if (f->count++ == 0) {
		f->first = id;
		memcpy(f->reason, cut, sizeof(cut));
	} else if (strcmp(f->reason, cut) != 0) {
		f->reason[0] = '\0';
	}
	f->last = id;
}

static void
tell_one(const struct ends *e, const struct announcement *a,
    enum outcome outcome, const char *reason, int64_t heard_ms)
{
	const char *text = e->with_text ? announcement_title(a) : "";
	char heard[FIELDS_MAX] = "";

	if (heard_ms >= 0)
		snprintf(
		    heard, sizeof(heard), " duration_ms=%" PRId64, heard_ms);
	log_write(outcome_level(outcome),
	    "channel=%s id=%" PRIu64 " ended outcome=%s%s%s%s%s%s", e->channel,
	    a->id, outcome_name(outcome), heard, reason[0] ? " reason=" : "",
	    reason[0] ? log_quote(reason) : "", text[0] ? " text=" : "",
	    text[0] ? log_quote(text) : "");
}

/* Is there a line for one more? */
static bool
has_room(struct ends *e, int64_t now_ns)
{
	if (e->told == 0 || now_ns - e->since_ns >= NS_PER_S) {
		e->since_ns = now_ns;
		e->told = 0;
	}
	return e->told < ENDS_BURST;
}

void
ends_note(struct ends *e, const struct announcement *a, enum outcome outcome,
    const char *reason, int64_t heard_ms)
{
	if (e->timer == NULL)
		return;
	if (has_room(e, clock_now_ns())) {
		e->told++;
		tell_one(e, a, outcome, reason, heard_ms);
		return;
	}
	fold_add(&e->folds[outcome], a->id, reason);
	timer_at(e->timer, e->since_ns + NS_PER_S);
}
