/*
 * The channel's sound, read from ttsd's audio socket.
 *
 * Where ttsd tells the events of its channel, it also tells at which sample
 * this reader of its sound begins (the event `subscriber`, state `joined`);
 * the sound waits for that word for SOUND_PATIENCE_NS, which is longer than it
 * takes to ask again a ttsd that did not answer (daemon/control_link.h).
 * Without it the samples are counted from 0, and no event can be placed.
 */
#ifndef STREAMER_SUPERVISOR_CHANNEL_SOUND_H
#define STREAMER_SUPERVISOR_CHANNEL_SOUND_H

#include <stdbool.h>

#include "common/sound/wav.h"
#include "platform/platform.h"

#define SOUND_RETRY_NS (200 * NS_PER_MS)
#define SOUND_PATIENCE_NS (500 * NS_PER_MS)

struct sound;

struct sound_events {
	/* The sound flows, or its clock is another. The next sample is that one
	 * of the channel's clock; of one that counts from 0 if not `told`. */
	void (*begun)(
	    void *arg, const struct wav_format *f, uint64_t sample, bool told);
	/* Whole samples of all channels: s16le. */
	void (*samples)(void *arg, const uint8_t *data, size_t len);
	/* It flows no more; it is tried again for as long as this lives. */
	void (*ended)(void *arg);
};

/* Makes a reader of the socket at `path`, which stays the caller's. It begins
 * with sound_expect_word() or sound_go(). */
int sound_new(struct loop *l, const char *path,
    const struct sound_events *events, void *arg, struct sound **out);
/* NULL is fine. */
void sound_free(struct sound *s);

/* ttsd tells its events: connects, afresh where the sample is not known. */
void sound_expect_word(struct sound *s);
/* Nobody tells events: connects all the same, if it is not connected. */
void sound_go(struct sound *s);
/* ttsd has told the first sample of the newest reader of this process. */
void sound_told(struct sound *s, uint64_t first_sample);
/* ttsd has left samples out for this reader: connects afresh. */
void sound_again(struct sound *s);

#endif
