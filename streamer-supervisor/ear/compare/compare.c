#include "streamer-supervisor/ear/compare/compare.h"

#include <math.h>

#include "common/err.h"
#include "streamer-supervisor/ear/compare/compare_internal.h"
#include "streamer-supervisor/ear/compare/correlate.h"
#include "streamer-supervisor/ear/compare/sweep.h"

/* So much of what comes is kept: when the delay has changed, it is judged
 * afresh. */
#define HEARD_SPAN_MS 20000
/* So long after the last search comes the next. */
#define SEARCH_SAMPLES TRACK_HZ
/* What comes is looked for where it may be in what was sent; that is known so
 * much later at most, for a resampler holds some of it back, and it is read in
 * another turn (35 ms, measured). */
#define SENT_LATE_SAMPLES BLOCK_SAMPLES
/* What comes is looked at in steps of so much. */
#define STEP_SAMPLES (TRACK_HZ / 4)
/* The delay is the greatest of so many blocks. */
#define DELAY_BLOCKS 100

#define FULL_SCALE 32768.0f
#define LEVEL_MIN_DB -100.0f

/* ---- what is fed ------------------------------------------------------- */

int
compare_init(struct compare *c, int64_t delay_max_ns, unsigned silence_rms)
{
	uint32_t delay_ms = (uint32_t)(delay_max_ns / NS_PER_MS);
	int rc;

	*c = (struct compare){ .delay_max_ns = delay_max_ns, .delay_ns = -1 };
	c->silence =
	    (float)BLOCK_SAMPLES * (float)silence_rms * (float)silence_rms;
	rc = track_init(&c->sent, delay_ms + HEARD_SPAN_MS, silence_rms);
	if (rc == 0)
		rc = track_init(&c->heard, HEARD_SPAN_MS, silence_rms);
	return rc < 0 ? rc : sweep_new(ALIGN_SAMPLES, &c->sweep);
}

void
compare_done(struct compare *c)
{
	track_done(&c->sent);
	track_done(&c->heard);
	sweep_free(c->sweep);
}

static void
block_begin(struct compare *c, int64_t now_ns)
{
	const float *x = track_sound(&c->sent, c->made * BLOCK_SAMPLES);
	struct block *b = blocks_make(&c->blocks, c->made++);

	b->sent = correlate_dot(x, x, BLOCK_SAMPLES);
	b->sent_sounds = b->sent > c->silence;
	b->sent_ns = now_ns;
}

void
compare_sent(
    struct compare *c, const int16_t *samples, size_t n, int64_t now_ns)
{
	size_t part;

	for (; n > 0; samples += part, n -= part) {
		part = BLOCK_SAMPLES - track_end(&c->sent) % BLOCK_SAMPLES;
		part = part < n ? part : n;
		track_add(&c->sent, samples, part, now_ns);
		if (track_end(&c->sent) % BLOCK_SAMPLES == 0)
			block_begin(c, now_ns);
	}
}

void
compare_heard(
    struct compare *c, const int16_t *samples, size_t n, int64_t now_ns)
{
	if (n == 0)
		return;
	if (c->began_ns == 0)
		c->began_ns = now_ns;
	c->came_ns = now_ns;
	track_add(&c->heard, samples, n, now_ns);
}

void
compare_restart(struct compare *c)
{
	track_clear(&c->sent);
	c->blocks = (struct blocks){ 0 };
	drop_outs_restart(&c->drop_outs);
	c->found = false;
	c->next = c->made = 0;
}

void
compare_deaf(struct compare *c)
{
	track_clear(&c->heard);
	drop_outs_break(&c->drop_outs);
	c->found = false;
	c->seen = c->searched = 0;
	c->failed = 0;
	c->began_ns = 0;
	c->lost = true;
}

/* ---- block after block ------------------------------------------------- */

/* Judges a block by what came at its place, unless that was done before with a
 * better end, at another place. */
static void
block_judge(struct compare *c, struct block *b, uint64_t here)
{
	const float *x = track_sound(&c->sent, b->number * BLOCK_SAMPLES);
	const float *y = track_sound(&c->heard, here);
	float both = correlate_dot(x, y, BLOCK_SAMPLES);
	float heard = correlate_dot(y, y, BLOCK_SAMPLES);

	if (!b->is_judged || correlate_match(both, b->sent, heard) >
				 correlate_match(b->both, b->sent, b->heard)) {
		b->both = both;
		b->heard = heard;
		b->heard_sounds = heard > c->silence;
		b->delay_ns =
		    track_came_ns(&c->heard, here + BLOCK_SAMPLES - 1) -
		    b->sent_ns;
	}
	b->is_judged = true;
	drop_outs_take(&c->drop_outs, b);
}

static void
blocks_judge(struct compare *c)
{
	for (; c->next < c->made; c->next++) {
		int64_t here =
		    (int64_t)(c->next * BLOCK_SAMPLES) - c->align.offset;
		struct block *b = blocks_at(&c->blocks, c->next);

		if (here + BLOCK_SAMPLES > (int64_t)c->seen)
			break;
		if (b && here >= (int64_t)track_first(&c->heard) &&
		    b->number * BLOCK_SAMPLES >= track_first(&c->sent))
			block_judge(c, b, (uint64_t)here);
	}
}

/* The first block that lies in what is kept of both. */
static uint64_t
first_block(const struct compare *c)
{
	int64_t at = (int64_t)track_first(&c->heard) + c->align.offset;
	int64_t first = (int64_t)track_first(&c->sent);

	at = at > first ? at : first;
	return (uint64_t)(at + BLOCK_SAMPLES - 1) / BLOCK_SAMPLES;
}

/* ---- where it lies ----------------------------------------------------- */

struct blocks_sum
compare_recent(const struct compare *c)
{
	return blocks_sum(&c->blocks,
	    c->next > RECENT_BLOCKS ? c->next - RECENT_BLOCKS : 0, c->next);
}

bool
compare_fits(const struct blocks_sum *s)
{
	return correlate_match(s->both, s->sent, s->heard) >= RECENT_MATCH;
}

bool
compare_comes(const struct compare *c)
{
	uint64_t end = c->seen / TRACK_FRAME, at;
	uint64_t frames = ALIGN_SAMPLES / TRACK_FRAME;
	unsigned sounds = 0;

	if (end < track_first(&c->heard) / TRACK_FRAME + frames)
		return false;
	for (at = end - frames; at < end; at++)
		sounds += track_sounds(&c->heard, at * TRACK_FRAME);
	return sounds * TRACK_FRAME >= SOUND_BLOCKS * BLOCK_SAMPLES;
}

/* Is what comes at the place that is known as it should be? */
static bool
is_settled(const struct compare *c)
{
	struct blocks_sum recent = compare_recent(c);

	return recent.judged >= SOUND_BLOCKS &&
	       (recent.sounds < SOUND_BLOCKS || compare_fits(&recent));
}

/* Is there a piece of what came to look for? */
static bool
is_searchable(const struct compare *c)
{
	return c->seen >=
		   track_first(&c->heard) + ALIGN_SAMPLES + SENT_LATE_SAMPLES &&
	       compare_comes(c);
}

static bool
is_to_be_searched(const struct compare *c)
{
	return !(c->found && is_settled(c)) &&
	       c->seen >= c->searched + SEARCH_SAMPLES && is_searchable(c);
}

static void
compare_search(struct compare *c)
{
	uint64_t reach =
	    (uint64_t)(c->delay_max_ns / NS_PER_MS) * (TRACK_HZ / 1000);

	c->searched = c->seen;
	if (!align_find(c->sweep, &c->sent, &c->heard,
		c->seen - SENT_LATE_SAMPLES, reach, &c->align)) {
		c->failed++;
		return;
	}
	c->found = true;
	c->failed = 0;
	drop_outs_begin(&c->drop_outs);
	c->next = first_block(c);
	blocks_judge(c);
}

static void
delay_update(struct compare *c)
{
	struct blocks_sum s = blocks_sum(&c->blocks,
	    c->next > DELAY_BLOCKS ? c->next - DELAY_BLOCKS : 0, c->next);

	if (s.judged > 0)
		c->delay_ns = s.delay_ns;
}

/* Looks at a little more of what came. A server that stood still hands over
 * many seconds at once, in which silence may follow what comes from elsewhere.
 */
static void
compare_step(struct compare *c)
{
	uint64_t first = track_first(&c->heard), end = track_end(&c->heard);
	uint64_t from = c->seen > first ? c->seen : first;

	c->seen = end - from > STEP_SAMPLES ? from + STEP_SAMPLES : end;
	if (c->found)
		blocks_judge(c);
	if (is_to_be_searched(c))
		compare_search(c);
}

void
compare_judge(struct compare *c, int64_t now_ns)
{
	while (c->seen < track_end(&c->heard))
		compare_step(c);
	if (c->found)
		delay_update(c);
	compare_decide(c, now_ns);
}

/* ---- what is told ------------------------------------------------------ */

int64_t
compare_delay_ms(const struct compare *c)
{
	return c->delay_ns < 0 ? -1 : c->delay_ns / NS_PER_MS;
}

float
compare_level_db(const struct compare *c)
{
	uint64_t end = track_end(&c->heard), first = track_first(&c->heard);
	size_t n =
	    end - first < ALIGN_SAMPLES ? (size_t)(end - first) : ALIGN_SAMPLES;
	const float *y = track_sound(&c->heard, end - n);
	float rms = n ? sqrtf(correlate_dot(y, y, n) / (float)n) : 0;
	float db = rms > 0 ? 20 * log10f(rms / FULL_SCALE) : LEVEL_MIN_DB;

	return db > LEVEL_MIN_DB ? db : LEVEL_MIN_DB;
}

uint64_t
compare_drop_outs(const struct compare *c)
{
	return c->drop_outs.count;
}
