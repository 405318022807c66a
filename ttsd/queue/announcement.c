#include "ttsd/queue/announcement.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/log.h"
#include "ttsd/queue/ensemble.h"

const char *const priority_names[] = {
#define X(name, text) [PRIORITY_##name] = text,
	CONF_PRIORITIES(X)
#undef X
	    NULL
};

const char *const preemption_names[] = {
#define X(name, text) [PREEMPTION_##name] = text,
	PREEMPTIONS(X)
#undef X
	    NULL
};

static const char *const outcome_names[OUTCOME_COUNT] = {
#define X(name, text) [OUTCOME_##name] = text,
	OUTCOMES(X)
#undef X
};

static const char *const state_names[ANNOUNCEMENT_STATE_COUNT] = {
#define X(name, text) [ANNOUNCEMENT_##name] = text,
	ANNOUNCEMENT_STATES(X)
#undef X
};

static const char *const making_names[MAKING_COUNT] = {
#define X(name, text) [MAKING_##name] = text,
	MAKINGS(X)
#undef X
};

/* Which states may follow a state: a bit for each. */
#define BIT(state) (1u << (state))

static const unsigned state_follows[ANNOUNCEMENT_STATE_COUNT] = {
	[ANNOUNCEMENT_WAITING] = BIT(ANNOUNCEMENT_ON_AIR),
	[ANNOUNCEMENT_ON_AIR] =
	    BIT(ANNOUNCEMENT_STARVING) | BIT(ANNOUNCEMENT_PREEMPTED),
	[ANNOUNCEMENT_STARVING] =
	    BIT(ANNOUNCEMENT_ON_AIR) | BIT(ANNOUNCEMENT_PREEMPTED),
	[ANNOUNCEMENT_PREEMPTED] = BIT(ANNOUNCEMENT_ON_AIR),
};

static const unsigned making_follows[MAKING_COUNT] = {
	[MAKING_NOT_BEGUN] = BIT(MAKING_UNDER_WAY),
	[MAKING_UNDER_WAY] =
	    BIT(MAKING_DONE) | BIT(MAKING_FAILED) | BIT(MAKING_NOT_BEGUN),
	[MAKING_DONE] = BIT(MAKING_NOT_BEGUN),
	[MAKING_FAILED] = BIT(MAKING_NOT_BEGUN),
};

const char *
outcome_name(enum outcome outcome)
{
	return outcome_names[outcome];
}

/* ---- its states --------------------------------------------------------- */

static void
log_change(const struct announcement *a, const char *from, const char *to,
    bool allowed)
{
	log_write(allowed ? LOG_DEBUG : LOG_ERROR, "id=%" PRIu64 " %s->%s",
	    a->id, from, to);
	if (!allowed)
		abort();
}

void
announcement_set_state(struct announcement *a, enum announcement_state state)
{
	log_change(a, state_names[a->state], state_names[state],
	    state_follows[a->state] & BIT(state));
	a->state = state;
}

void
announcement_set_making(struct announcement *a, enum making making)
{
	enum making from = a->made->making;

	if (from == making)
		return;
	log_change(a, making_names[from], making_names[making],
	    making_follows[from] & BIT(making));
	a->made->making = making;
}

bool
announcement_is_made(const struct announcement *a)
{
	return a->made->making == MAKING_DONE ||
	       a->made->making == MAKING_FAILED;
}

bool
announcement_was_on_air(const struct announcement *a)
{
	return a->state != ANNOUNCEMENT_WAITING;
}

/* ---- what it is made of ----------------------------------------------- */

static void
forget_told(struct announcement *a)
{
	size_t i;

	for (i = 0; i < LEADS_MAX; i++)
		a->told.cursors[i] = (struct lead_cursor){ .lead_ms = -1 };
}

struct announcement *
announcement_new(size_t sample_bytes)
{
	struct announcement *a = calloc(1, sizeof(*a));

	if (a == NULL)
		return NULL;
	a->asked.repeat = 1;
	a->asked.expires_ns = INT64_MAX;
	a->played.last_sample = a->played.first_sample - 1;
	forget_told(a);
	a->asked.saying = saying_new();
	a->made = recording_new(sample_bytes);
	if (a->made)
		recording_join(a->made, a);
	if (a->asked.saying && a->made)
		return a;
	announcement_free(a);
	return NULL;
}

void
announcement_free(struct announcement *a)
{
	if (a == NULL)
		return;
	ensemble_leave(a);
	if (a->made && !recording_leave(a->made, a))
		recording_free(a->made);
	recording_free(a->spare);
	saying_release(a->asked.saying);
	json_decref(a->asked.show);
	origin_done(&a->asked.origin);
	free(a);
}

void
announcement_say_as(struct announcement *a, struct saying *s)
{
	saying_release(a->asked.saying);
	a->asked.saying = saying_hold(s);
}

void
announcement_set_show(struct announcement *a, json_t *show)
{
	const char *name;
	json_t *text;

	json_decref(a->asked.show);
	a->asked.show = json_incref(show);
	a->asked.show_bytes = 0;
	json_object_foreach(show, name, text) a->asked.show_bytes +=
	    strlen(name) + json_string_length(text);
}

const char *
announcement_title(const struct announcement *a)
{
	return a->asked.saying->text_count > 0 ? a->asked.saying->texts[0].asked
					       : "";
}

size_t
announcement_text_bytes(const struct announcement *a)
{
	size_t i, bytes = a->asked.show_bytes;

	for (i = 0; i < a->asked.saying->text_count; i++)
		bytes += strlen(a->asked.saying->texts[i].asked);
	return bytes;
}

/* ---- making it -------------------------------------------------------- */

const struct part *
announcement_next_step(struct announcement *a)
{
	/* A gap follows each repetition but the last. */
	size_t round = a->asked.saying->part_count + 1;
	size_t at = a->made->step % round;

	if (a->made->step >= a->asked.repeat * round - 1)
		return NULL;
	a->made->step++;
	a->made->part_start = a->made->samples;
	return at == a->asked.saying->part_count ? &a->asked.gap
						 : &a->asked.saying->parts[at];
}

static size_t
present_part(const struct announcement *a)
{
	return (a->made->step - 1) % (a->asked.saying->part_count + 1);
}

const struct part *
announcement_present_part(const struct announcement *a)
{
	return &a->asked.saying->parts[present_part(a)];
}

int
announcement_add_mark(struct announcement *a, json_t *mark)
{
	return recording_add_mark(a->made, mark, present_part(a));
}

/* Of those that share a recording all but one have a spare, at least. */
static struct recording *
take_spare(struct announcement *a)
{
	struct announcement *holder = a;
	struct recording *spare;

	if (a->spare == NULL)
		for (holder = a->made->readers; holder->spare == NULL;
		     holder = holder->next_reader)
			;
	spare = holder->spare;
	holder->spare = NULL;
	return spare;
}

void
announcement_part(struct announcement *a)
{
	struct recording *spare = take_spare(a);

	recording_leave(a->made, a);
	a->made = spare;
	recording_join(spare, a);
}

void
announcement_rewind(struct announcement *a)
{
	a->played.samples = 0;
	forget_told(a);
	if (recording_is_whole(a->made))
		return;
	if (!announcement_is_alone(a)) {
		announcement_part(a);
		return;
	}
	announcement_set_making(a, MAKING_NOT_BEGUN);
	recording_clear(a->made);
}

/* ---- sharing what is made ----------------------------------------------- */

bool
announcement_is_alone(const struct announcement *a)
{
	return a->made->readers == a && a->next_reader == NULL;
}

bool
announcement_says_same(
    const struct announcement *a, const struct announcement *b)
{
	return a->asked.repeat == b->asked.repeat &&
	       (a->asked.repeat == 1 ||
		   part_is_same(&a->asked.gap, &b->asked.gap)) &&
	       saying_is_same(a->asked.saying, b->asked.saying);
}

bool
announcement_could_share(
    const struct announcement *a, const struct announcement *other)
{
	const struct recording *r = other->made;

	return (r->making == MAKING_UNDER_WAY || r->making == MAKING_DONE) &&
	       r->dropped <= a->played.samples && r != a->made &&
	       announcement_says_same(a, other);
}

void
announcement_share(struct announcement *a, struct announcement *other)
{
	recording_leave(a->made, a);
	recording_clear(a->made);
	if (a->spare)
		recording_free(a->made);
	else
		a->spare = a->made;
	a->made = other->made;
	recording_join(a->made, a);
}

/* ---- playing it ------------------------------------------------------- */

uint64_t
announcement_available(const struct announcement *a)
{
	/* What is made again for it alone it has played already, at first. */
	return a->made->samples > a->played.samples
		   ? a->made->samples - a->played.samples
		   : 0;
}

uint64_t
announcement_take(struct announcement *a, int16_t *out, uint64_t count)
{
	uint64_t n = announcement_available(a), from = a->played.samples;

	if (n > count)
		n = count;
	if (n == 0)
		return 0;
	a->played.samples += n;
	recording_play(a->made, from, out, n);
	return n;
}

bool
announcement_over(const struct announcement *a)
{
	return announcement_is_made(a) && announcement_available(a) == 0;
}

bool
announcement_was_heard(const struct announcement *a)
{
	return a->played.last_sample + 1 > a->played.first_sample;
}

bool
announcement_overrides(
    const struct announcement *a, const struct announcement *other)
{
	return a->asked.priority == PRIORITY_URGENT &&
	       other->asked.priority < PRIORITY_URGENT;
}
