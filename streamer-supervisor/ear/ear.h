/*
 * Listens to one output where its listeners are, beside the channel that it
 * carries, and says what is heard and what became of each announcement, in
 * lines on standard output (words.h).
 */
#ifndef STREAMER_SUPERVISOR_EAR_EAR_H
#define STREAMER_SUPERVISOR_EAR_EAR_H

#include "platform/platform.h"

struct ear_settings {
	const char *audio;   /* the channel's audio socket */
	const char *control; /* path of ttsd's control socket */
	const char *channel;
	bool marked;          /* its silence is (`watermark`) */
	int64_t delay_max_ns; /* what comes later is not ours */
	int64_t stall_ns;     /* a reader that gets nothing is started again */
	const char *const *reader; /* the command line of an ffmpeg */
};

struct ear;

/* `settings` must outlive it. Fails with ERR_NOMEM, or as timer_new(). */
int ear_new(
    struct loop *l, const struct ear_settings *settings, struct ear **out);
/* It listens no more: tells what is not known by now. */
void ear_finish(struct ear *e);
/* NULL is fine. */
void ear_free(struct ear *e);

#endif
