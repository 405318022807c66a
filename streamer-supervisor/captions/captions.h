/*
 * The captions of one ffmpeg that writes HLS: WebVTT beside each of its
 * segments, a list of these, and the list that a player is to open. What was
 * written stays when this program ends.
 */
#ifndef STREAMER_SUPERVISOR_CAPTIONS_CAPTIONS_H
#define STREAMER_SUPERVISOR_CAPTIONS_CAPTIONS_H

#include "platform/platform.h"
#include "streamer-supervisor/captions/playlist.h"

#define CAPTIONS_STREAMS_MAX 16

struct captions_settings {
	const char *control, *channel;
	uint32_t rate_hz;     /* of the channel */
	int64_t pid;          /* of the ffmpeg */
	int64_t first_sample; /* its time 0; -1: ttsd knows its reader */
	int64_t delay; /* of its encoder, in ticks of PTS_HZ (webvtt.h) */
	/* Names of the lists that are written: of the captions, and of these
	 * and the streams. */
	const char *captions, *master;
	const char *codecs; /* of a stream, as of RFC 6381; "": not told */
	/* Path of the list that the captions follow, and all the lists in its
	 * folder that a player may choose from. */
	const char *followed;
	struct playlist_stream streams[CAPTIONS_STREAMS_MAX];
	size_t stream_count;
};

struct captions;

/* Begins to look. `settings` must outlive it. Fails with ERR_NOMEM,
 * ERR_TOO_LONG, or as timer_new(). */
int captions_new(struct loop *l, const struct captions_settings *settings,
    struct captions **out);
/* NULL is fine. */
void captions_free(struct captions *c);

/* The ffmpeg is gone: looks once more, then stops the loop. */
void captions_finish(struct captions *c);

#endif
