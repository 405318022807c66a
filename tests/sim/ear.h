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

/* Connects to that channel, mono. `keep`: all samples; otherwise they are
 * counted, and whether one was no silence. */
struct ear *ear_open(struct channel *ch, bool keep);
/* NULL is fine. */
void ear_close(struct ear *e);
struct stream *ear_peer(struct ear *e);
/* It reads no more, or again. */
void ear_attend(struct ear *e, bool on);

/* The whole header arrived, and is that of the channel. */
bool ear_has_header(const struct ear *e);
/* Where in the stream its first sample lies, and how many it has. */
uint64_t ear_first(const struct ear *e);
uint64_t ear_count(const struct ear *e);
/* Heard as silence alone so far. */
bool ear_heard_silence(const struct ear *e);
/* The sample of that place in the stream; 0 for those it has not. */
int16_t ear_sample(const struct ear *e, uint64_t position);
/* The whole sound of a text lies there. */
bool ear_heard(const struct ear *e, const char *text, uint64_t position);
/* The same for samples from..to-1 of it. */
bool ear_heard_part(const struct ear *e, const char *text, uint64_t from,
    uint64_t to, uint64_t position);
/* Only silence from..to-1 of the stream. */
bool ear_heard_nothing(const struct ear *e, uint64_t from, uint64_t to);

#endif
