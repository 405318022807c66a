/*
 * What happens to samples between an announcement and the stream. Pure and
 * exact: at full level samples pass untouched, bit for bit.
 */
#ifndef TTSD_AIR_MIXER_H
#define TTSD_AIR_MIXER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A gain that moves in a straight line between silence and full level, so
 * that nothing ends or begins with a click. */
struct fade {
	uint32_t length; /* samples from full level to silence, > 0 */
	uint32_t at;     /* 0 silent, `length` full */
	bool out;        /* it moves towards silence, else towards full level */
};

#define FADE_MS 20

/* Begins at full level. */
void fade_init(struct fade *f, uint32_t rate_hz);
void fade_out(struct fade *f);
void fade_in(struct fade *f);
void fade_full(struct fade *f);
/* Puts the fade at silence, where it stays. */
void fade_none(struct fade *f);

bool fade_silent(const struct fade *f);

/* How many samples can still be heard: UINT64_MAX unless the fade moves to
 * silence. */
uint64_t fade_audible(const struct fade *f);

/* Applies the fade to `count` samples of `channels` channels each. */
void fade_apply(
    struct fade *f, int16_t *samples, uint64_t count, unsigned channels);

/* Adds one run of samples to another, clipping at full scale. */
void mix_add(int16_t *to, const int16_t *from, size_t values);

/* Scales the samples by gain / 65,536. */
void mix_scale(int16_t *samples, size_t values, uint32_t gain);

/* Gains that move slowly are finer than the 65,536ths that scale samples. */
#define GAIN_SHIFT 24
#define GAIN_FULL (UINT64_C(65536) << GAIN_SHIFT)

/* A level that somebody sets: it moves there in a straight line, within
 * FADE_MS. */
struct level {
	uint32_t length; /* samples from one to another, > 0 */
	uint64_t gain;   /* now, of GAIN_FULL; `to`: then */
	uint64_t to, step;
};

/* Is at `gain`, of 65,536. */
void level_init(struct level *l, uint32_t rate_hz, uint32_t gain);
void level_set(struct level *l, uint32_t gain);
void level_apply(
    struct level *l, int16_t *samples, uint64_t count, unsigned channels);

/* The end of something that was cut off, fading out under what follows. */
struct tail {
	int16_t *samples; /* `length` samples of all channels */
	uint32_t length, left;
	unsigned channels;
};

/* Makes room for a tail of FADE_MS. Fails with ERR_NOMEM. */
int tail_init(struct tail *t, uint32_t rate_hz, unsigned channels);
void tail_done(struct tail *t);
/* Adds `count` samples, which it fades out from the level of `f` to silence at
 * their end, if not before; count is at most t->length. They are heard from the
 * next tail_mix() on. */
void tail_add(struct tail *t, const int16_t *samples, uint64_t count,
    const struct fade *f);
/* Mixes what is left of the tail into `count` samples. */
void tail_mix(struct tail *t, int16_t *out, uint64_t count);

/* A level that gives way while something else speaks: music under speech. */
struct duck {
	uint32_t low;     /* of 65,536 */
	uint32_t attack;  /* samples from full to low, > 0 */
	uint32_t release; /* samples from low to full, > 0 */
	uint64_t gain;    /* now, of GAIN_FULL */
};

void duck_init(struct duck *d, uint32_t low, uint32_t attack, uint32_t release);
void duck_apply(struct duck *d, bool down, int16_t *samples, uint64_t count,
    unsigned channels);

/* White noise for receivers that go to sleep on digital silence. */
struct noise {
	uint32_t state;
	int32_t peak; /* of the sample value; 0: none */
};

/* `level_db` is the RMS level in dB of full scale, below 0; 0: no noise. */
void noise_init(struct noise *n, int level_db);
void noise_add(struct noise *n, int16_t *out, size_t values);

#endif
