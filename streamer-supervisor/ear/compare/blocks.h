/*
 * What became of each tenth of a second that was sent: how much sound it has,
 * and how well what came back at its place matches it. Pure.
 */
#ifndef STREAMER_SUPERVISOR_EAR_COMPARE_BLOCKS_H
#define STREAMER_SUPERVISOR_EAR_COMPARE_BLOCKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A block is 100 ms. */
#define BLOCK_SAMPLES 800
#define BLOCK_MS 100
/* So many are remembered: ten minutes. */
#define BLOCKS_MAX 6144
/* From this correlation on a block of sound has come. Of one's own sound no
 * block of 3,000 was under 0.53 after Opus at 32 kbit/s, one of 100 under 0.80;
 * the other codecs keep more (align.h). */
#define BLOCK_MATCH 0.5f

struct block {
	uint64_t number;   /* of the block; it may be an older one's slot */
	float sent, heard; /* energies */
	float both;        /* sum of products */
	int64_t sent_ns;   /* when its last sample was sent */
	int64_t delay_ns;  /* until its last sample had come */
	bool is_sent, is_judged;
	bool sent_sounds, heard_sounds; /* no silence */
};

/* Sums over some blocks. */
struct blocks_sum {
	float sent, heard, both;
	unsigned sent_sounds, heard_sounds; /* blocks that are no silence */
	unsigned sounds;                    /* of either */
	unsigned judged;                    /* all of them */
	int64_t delay_ns;                   /* the greatest of those judged */
};

struct blocks {
	struct block all[BLOCKS_MAX];
};

/* Returns the block; NULL: it is not remembered. */
struct block *blocks_at(struct blocks *b, uint64_t number);
const struct block *blocks_look(const struct blocks *b, uint64_t number);
/* Makes the block, in the place of the oldest. */
struct block *blocks_make(struct blocks *b, uint64_t number);

/* Has the sound of this block come? */
bool block_matches(const struct block *b);

/* Adds up blocks `from` to `to` - 1 that are judged. */
struct blocks_sum blocks_sum(
    const struct blocks *b, uint64_t from, uint64_t to);

#endif
