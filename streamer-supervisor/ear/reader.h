/*
 * The stream as a listener gets it: an ffmpeg that writes it as s16le of 8 kHz
 * mono to its standard output, kept alive.
 */
#ifndef STREAMER_SUPERVISOR_EAR_READER_H
#define STREAMER_SUPERVISOR_EAR_READER_H

#include "platform/platform.h"

struct reader;

struct reader_events {
	void (*samples)(void *arg, const int16_t *samples, size_t n);
	/* The samples that follow, if any do, follow none: it ended. */
	void (*lost)(void *arg);
};

/* Begins to read with this command line. One that writes nothing for
 * `stall_ns` is started again. What is handed in must outlive it. Fails with
 * ERR_NOMEM or as timer_new(). */
int reader_new(struct loop *l, const char *const *argv, int64_t stall_ns,
    const struct reader_events *events, void *arg, struct reader **out);
/* NULL is fine. */
void reader_free(struct reader *r);

/* Returns why nothing is read; "" while something is, or nothing was tried. */
const char *reader_why(const struct reader *r);

#endif
