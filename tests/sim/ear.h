/*
 * A subscriber of a simulated ttsd's audio socket, which keeps what it heard:
 * first the header, then samples, all of which it can name by their place in
 * the stream.
 */
#ifndef TESTS_SIM_EAR_H
#define TESTS_SIM_EAR_H

#include "tests/sim/speaker.h"
#include "ttsd/air/channel.h"

struct ear;

/* Connects to that channel, which is mono. With `keep` all samples are kept;
 * otherwise they are counted, and only whether one was no silence is known. */
struct ear *ear_open(struct channel *ch, bool keep);
/* NULL is fine. */
void ear_close(struct ear *e);
struct stream *ear_peer(struct ear *e);
/* Stops reading, or goes on. */
void ear_attend(struct ear *e, bool on);

/* Has the whole header arrived, and is it that of the channel? */
bool ear_has_header(const struct ear *e);
/* Where in the stream the first sample lies that was heard, and how many there
 * are. */
uint64_t ear_first(const struct ear *e);
uint64_t ear_count(const struct ear *e);
/* Was there only silence so far? */
bool ear_heard_silence(const struct ear *e);
/* The sample at that place in the stream; 0 where it was not heard. */
int16_t ear_sample(const struct ear *e, uint64_t position);
/* Does the whole sound of a text lie there? */
bool ear_heard(const struct ear *e, const char *text, uint64_t position);
/* Do samples from..to-1 of that sound? */
bool ear_heard_part(const struct ear *e, const char *text, uint64_t from,
    uint64_t to, uint64_t position);
/* Is there only silence in from..to-1 of the stream? */
bool ear_heard_nothing(const struct ear *e, uint64_t from, uint64_t to);

#endif
