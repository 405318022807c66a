/*
 * What is said on a channel, as ttsd tells it over its control socket, on the
 * clock of one ffmpeg that reads the channel's sound.
 */
#ifndef STREAMER_SUPERVISOR_CAPTIONS_SPEECH_H
#define STREAMER_SUPERVISOR_CAPTIONS_SPEECH_H

#include "platform/platform.h"
#include "streamer-supervisor/captions/cues.h"
#include "streamer-supervisor/captions/timeline.h"

/* ttsd answers in this time, or is not waited for. */
#define SPEECH_PATIENCE_NS NS_PER_S

struct speech;

struct speech_spec {
	const char *control; /* path of ttsd's control socket */
	const char *channel;
	uint32_t rate_hz;
	int64_t pid;          /* of the ffmpeg */
	int64_t first_sample; /* its time 0; -1: ttsd knows its reader */
	/* Comes once after each speech_ask(): all is known that ttsd told, or
	 * it does not answer. */
	void (*answered)(void *arg);
	void *arg;
};

/* Listens for as long as it lives. `spec` is copied, what it points to must
 * outlive it. Fails with ERR_NOMEM, or as timer_new(). */
int speech_new(
    struct loop *l, const struct speech_spec *spec, struct speech **out);
/* NULL is fine. */
void speech_free(struct speech *s);

/* Asks ttsd for what it knows of the ffmpeg by now; what was said until then is
 * told before that. Not while an answer is due. */
void speech_ask(struct speech *s);

/* Is an answer due? */
bool speech_is_asked(const struct speech *s);

/* Has ttsd told where the ffmpeg began? Only then is there a clock. */
bool speech_is_known(const struct speech *s);
/* The time of the channel on that clock, when ttsd last answered. */
int64_t speech_now_ticks(const struct speech *s);
const struct timeline *speech_timeline(const struct speech *s);
struct cues *speech_cues(struct speech *s);

#endif
