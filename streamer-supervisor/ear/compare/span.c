/* What became of a piece that was sent. */
#include "streamer-supervisor/ear/compare/compare_internal.h"
#include "streamer-supervisor/ear/compare/correlate.h"

/* What is so much quieter than the piece, 30 dB, codecs may leave out. */
#define FAINT 0.001f
/* So many blocks in a row may lack: a word has more. */
#define LACKING_RUN 2
/* Of all, one in so many may, and one more. */
#define LACKING_PART 10

struct span {
	uint64_t from, to; /* blocks */
	float faint;
	unsigned sounding, lacking, run, longest, open;
	unsigned leading;      /* of the open ones, those before all others */
	struct blocks_sum sum; /* of those that sound */
};

static float
span_faint(const struct compare *c, const struct span *s)
{
	unsigned sounds = 0;
	float energy = 0;
	uint64_t n;

	for (n = s->from; n < s->to; n++) {
		const struct block *b = blocks_look(&c->blocks, n);

		if (b && b->sent_sounds) {
			energy += b->sent;
			sounds++;
		}
	}
	return sounds ? energy / (float)sounds * FAINT : 0;
}

static void
span_count(struct span *s, const struct block *b)
{
	s->sounding++;
	s->open += !b->is_judged;
	if (s->open == s->sounding) {
		s->leading++;
		s->lacking++;
	} else if (block_matches(b)) {
		s->run = 0;
	} else {
		s->lacking++;
		s->run++;
		s->longest = s->run > s->longest ? s->run : s->longest;
	}
	s->sum.sent += b->sent;
	s->sum.heard += b->heard;
	s->sum.both += b->both;
	s->sum.heard_sounds += b->heard_sounds;
	if (b->delay_ns > s->sum.delay_ns)
		s->sum.delay_ns = b->delay_ns;
}

/* Has later sound come, and so this one too if ever? */
static bool
span_is_passed(const struct compare *c, const struct span *s)
{
	unsigned matching = 0;
	uint64_t n;

	for (n = s->to; n < c->next; n++) {
		const struct block *b = blocks_look(&c->blocks, n);

		matching += b && b->sent_sounds && block_matches(b);
	}
	return matching >= SOUND_BLOCKS;
}

static bool
span_is_late(const struct compare *c, const struct span *s, int64_t now_ns)
{
	const struct block *last = blocks_look(&c->blocks, s->to - 1);

	return last == NULL || now_ns > last->sent_ns + c->delay_max_ns;
}

/* But for the blocks at its beginning that nothing came for. */
static bool
span_came(const struct span *s)
{
	return s->longest <= LACKING_RUN &&
	       s->lacking - s->leading <=
		   (s->sounding - s->leading) / LACKING_PART + 1;
}

/* Did the reader come while it went out, or the first one ever after that?
 * Others may have had all of it. One that comes again, to hear nothing of it,
 * is another matter: nobody could have. */
static bool
span_has_begun_before(const struct compare *c, const struct span *s)
{
	const struct block *last = blocks_look(&c->blocks, s->to - 1);

	if (s->leading < s->sounding)
		return s->leading > 0 && s->leading == s->open && span_came(s);
	return !c->lost && last && c->began_ns > last->sent_ns;
}

static enum span_state
span_decide(const struct compare *c, const struct span *s, int64_t now_ns)
{
	if (s->sounding == 0)
		return SPAN_SILENT;
	if (s->open == 0 && span_came(s))
		return SPAN_HEARD;
	if (span_is_late(c, s, now_ns) ||
	    (s->open == s->leading && s->leading < s->sounding &&
		span_is_passed(c, s)))
		return span_has_begun_before(c, s) ? SPAN_BEFORE : SPAN_MISSED;
	return SPAN_OPEN;
}

struct span_verdict
compare_span(
    const struct compare *c, uint64_t from, uint64_t to, int64_t now_ns)
{
	struct span s = { .from = (from + BLOCK_SAMPLES / 2) / BLOCK_SAMPLES,
		.to = (to + BLOCK_SAMPLES / 2) / BLOCK_SAMPLES };
	uint64_t n;

	if (s.to <= s.from)
		s.to = s.from + 1;
	if (s.to > c->made)
		return (struct span_verdict){ .state = SPAN_OPEN };
	s.faint = span_faint(c, &s);
	for (n = s.from; n < s.to; n++) {
		const struct block *b = blocks_look(&c->blocks, n);

		if (b && b->sent_sounds && b->sent >= s.faint)
			span_count(&s, b);
	}
	return (struct span_verdict){
		.state = span_decide(c, &s, now_ns),
		.confidence =
		    correlate_match(s.sum.both, s.sum.sent, s.sum.heard),
		.delay_ns = s.sum.delay_ns,
		.judged = s.sounding - s.open,
		.lacking = s.lacking,
		.sounding = s.sounding,
		.came = s.sum.heard_sounds > s.lacking / 2,
	};
}
