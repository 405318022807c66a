/*
 * The sound of a job on its way to the kit, and where in it an event of the
 * library lies. A job is spoken in stretches of text. Of the silence that the
 * library puts around them, a pause of ours leaves nothing, and so it is as
 * long as it was asked for, to the sample.
 */
#ifndef TTSD_ENGINES_ESPEAK_TIMELINE_H
#define TTSD_ENGINES_ESPEAK_TIMELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Begins a job. `in_stretches`: it may have more than one. */
void timeline_start(unsigned rate_hz, bool in_stretches);

/* Takes the rate of a voice that has its own, before the first sample. Errors
 * as kit_format(). */
int timeline_rate(unsigned rate_hz);

/* Begins a stretch. `joined`: the silence that the one before ended with goes.
 * Errors as kit_pcm(). */
int timeline_begin(bool joined);

/* Takes sound that the library has made, for the next piece. ERR_NOMEM. */
int timeline_take(const int16_t *samples, size_t count);

/* Is the piece as long as one may be? */
bool timeline_is_full(void);

/* Ends the piece; timeline_hand() hands it over, once its events are told. */
void timeline_made(void);

/* Is it known where a sample of the stretch (as the library counts them) lies
 * in the job? Not in the silence that the last piece ends with. */
bool timeline_knows(int sample);

/* Returns where it lies in the job. One that is not known is moved up to the
 * end of what is: at the end of a stretch, its silence may go. (The library's
 * samples are exact, except where it speeds speech up afterwards, from 450
 * words a minute on: there they may lie behind the sound.) */
uint64_t timeline_sample(int sample);

/* Hands over what was made, but for silence that may go. Errors as kit_pcm().
 */
int timeline_hand(void);

/* Returns the sample at which what was handed over ends. */
uint64_t timeline_end(void);

/* Makes a pause between two stretches, or at either end of the job. Errors as
 * kit_pcm(). */
int timeline_pause(unsigned ms);

/* Ends a job with the silence that its last stretch ended with. Errors as
 * kit_pcm(). */
int timeline_finish(void);

#endif
