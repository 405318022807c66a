/*
 * A text that ttsd speaks for the doctor, on no channel: its speech.sock
 * (docs/PROTOCOL.md).
 */
#ifndef TTSCTL_DOCTOR_SPEAK_H
#define TTSCTL_DOCTOR_SPEAK_H

#include <jansson.h>

#include "platform/platform.h"

struct spoken {
	char why[512]; /* "": it came whole */
	int64_t channels;
	json_t *marks;  /* in their order, as they came */
	struct buf pcm; /* signed, 16 bits, little-endian */
	/* Of one that is under way. */
	struct loop *loop;
	struct stream *stream;
	struct buf in;
	bool replied, over;
};

/* Asks for it in the runtime directory `dir` and waits for its end, some time
 * at most. Takes over `request`. spoken_done() is due. */
void speak(
    struct loop *l, const char *dir, json_t *request, struct spoken *out);
void spoken_done(struct spoken *s);

#endif
