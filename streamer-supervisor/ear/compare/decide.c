/* Which state follows from what was judged. */
#include "streamer-supervisor/ear/compare/compare_internal.h"

/* So much later than usual is late. */
#define LATE_NS (2 * NS_PER_S)
/* A fault is told when it has lasted for so long; what is late has. */
#define DOUBT_NS NS_PER_S
/* So many searches in a row find nothing in what is not ours. */
#define SEARCHES_FAILED 2

static const char *const names[] = {
#define NAME(state, name) [state] = name,
	HEARD_STATES(NAME)
#undef NAME
};

const char *
heard_state_name(enum heard_state state)
{
	return names[state];
}

enum heard_state
compare_state(const struct compare *c)
{
	return c->state;
}

/* Is there sound in blocks from `from` on that were sent between the two
 * times? */
static bool
sounds_between(
    const struct compare *c, uint64_t from, int64_t since_ns, int64_t until_ns)
{
	unsigned sounds = 0;
	uint64_t n;

	for (n = from; n < c->made; n++) {
		const struct block *b = blocks_look(&c->blocks, n);

		if (b && b->sent_ns >= since_ns && b->sent_ns <= until_ns)
			sounds += b->sent_sounds;
	}
	return sounds >= SOUND_BLOCKS;
}

static uint64_t
oldest_block(const struct compare *c)
{
	return c->made > BLOCKS_MAX ? c->made - BLOCKS_MAX : 0;
}

/* Has sound not come for two seconds longer than usual? */
static bool
is_late(const struct compare *c, int64_t now_ns)
{
	return c->found &&
	       sounds_between(c, c->next, 0, now_ns - c->delay_ns - LATE_NS);
}

/* The delay is known: is all as it should be at its place? */
static enum heard_state
decide_found(const struct compare *c, int64_t now_ns)
{
	struct blocks_sum s = compare_recent(c);
	bool fits = compare_fits(&s);

	if (is_late(c, now_ns))
		return HEARD_NOT;
	if (s.sent_sounds >= SOUND_BLOCKS && fits)
		return HEARD_WELL;
	if (s.heard_sounds >= SOUND_BLOCKS && !fits)
		return HEARD_FOREIGN;
	return s.sent_sounds >= SOUND_BLOCKS ? HEARD_NOT : HEARD_SILENT;
}

/* Is all that could be heard now known? */
static bool
is_sent_known(const struct compare *c)
{
	return (int64_t)(c->made * BLOCK_MS) * NS_PER_MS >=
	       c->delay_max_ns + RECENT_BLOCKS * BLOCK_MS * NS_PER_MS;
}

/* The delay is not known, or what came was found nowhere. */
static enum heard_state
decide_lost(const struct compare *c, int64_t now_ns)
{
	uint64_t oldest = oldest_block(c);
	int64_t wait_ns =
	    c->delay_ns >= 0 ? c->delay_ns + LATE_NS : c->delay_max_ns;

	if (c->began_ns == 0)
		return HEARD_LISTENING;
	if (compare_comes(c))
		return c->failed >= SEARCHES_FAILED && is_sent_known(c)
			   ? HEARD_FOREIGN
			   : HEARD_LISTENING;
	if (sounds_between(c, oldest, c->began_ns, now_ns - wait_ns))
		return HEARD_NOT;
	return sounds_between(c, oldest, now_ns - c->delay_max_ns, now_ns)
		   ? HEARD_LISTENING
		   : HEARD_SILENT;
}

static bool
is_fault(enum heard_state state)
{
	return state == HEARD_NOT || state == HEARD_FOREIGN;
}

/* What was seen last holds: a fault until sound comes that is ours, however
 * long the silence after it. */
void
compare_decide(struct compare *c, int64_t now_ns)
{
	enum heard_state to =
	    c->found ? decide_found(c, now_ns) : decide_lost(c, now_ns);

	if (is_fault(c->state) && to != HEARD_WELL && !is_fault(to))
		to = c->state;
	if (to != c->doubt) {
		c->doubt = to;
		c->doubt_ns = now_ns;
	}
	if (!is_fault(to) || now_ns - c->doubt_ns >= DOUBT_NS ||
	    is_late(c, now_ns))
		c->state = to;
}
