/*
 * The products of a piece of sound with all that it may lie on in a longer one,
 * at once: by fast Fourier transforms (kissfft), some of the places at a time
 * (overlap and save), so that it needs the same memory for any length. Pure.
 */
#ifndef STREAMER_SUPERVISOR_EAR_COMPARE_SWEEP_H
#define STREAMER_SUPERVISOR_EAR_COMPARE_SWEEP_H

#include <stddef.h>

/* So much of the longer sound is looked at in one step. */
#define SWEEP_SAMPLES 32768

struct sweep;

/* For pieces of `piece` samples, fewer than SWEEP_SAMPLES. ERR_NOMEM. */
int sweep_new(size_t piece, struct sweep **out);
/* NULL is fine. */
void sweep_free(struct sweep *s);

/* Takes the piece. */
void sweep_begin(struct sweep *s, const float *piece);
/* Lays it on each place of `sound`, `n` samples, from `piece` to SWEEP_SAMPLES.
 * Returns the sums of products, n - piece + 1 of them, valid until the next
 * call. */
const float *sweep_step(struct sweep *s, const float *sound, size_t n);

#endif
