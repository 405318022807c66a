#include "streamer-supervisor/ear/compare/blocks.h"

#include "streamer-supervisor/ear/compare/correlate.h"

const struct block *
blocks_look(const struct blocks *b, uint64_t number)
{
	const struct block *one = &b->all[number % BLOCKS_MAX];

	return one->is_sent && one->number == number ? one : NULL;
}

struct block *
blocks_at(struct blocks *b, uint64_t number)
{
	return blocks_look(b, number) ? &b->all[number % BLOCKS_MAX] : NULL;
}

struct block *
blocks_make(struct blocks *b, uint64_t number)
{
	struct block *one = &b->all[number % BLOCKS_MAX];

	*one = (struct block){ .number = number, .is_sent = true };
	return one;
}

bool
block_matches(const struct block *b)
{
	return b->is_judged &&
	       correlate_match(b->both, b->sent, b->heard) >= BLOCK_MATCH;
}

static void
sum_add(struct blocks_sum *s, const struct block *one)
{
	s->sent += one->sent;
	s->heard += one->heard;
	s->both += one->both;
	s->sent_sounds += one->sent_sounds;
	s->heard_sounds += one->heard_sounds;
	s->sounds += one->sent_sounds || one->heard_sounds;
	s->judged++;
	if (one->delay_ns > s->delay_ns)
		s->delay_ns = one->delay_ns;
}

struct blocks_sum
blocks_sum(const struct blocks *b, uint64_t from, uint64_t to)
{
	struct blocks_sum sum = { 0 };
	uint64_t n;

	for (n = from; n < to; n++) {
		const struct block *one = blocks_look(b, n);

		if (one && one->is_judged)
			sum_add(&sum, one);
	}
	return sum;
}
