/*
 * How an output will be sent: protocol and codec, chosen from its
 * configuration. Pure.
 */
#ifndef STREAMER_SUPERVISOR_FFMPEG_PLAN_H
#define STREAMER_SUPERVISOR_FFMPEG_PLAN_H

#include "common/conf/conf.h"
#include "streamer-supervisor/ffmpeg/listing.h"

struct plan {
	const struct ffmpeg_protocol *protocol;
	const struct ffmpeg_codec *codec;
	/* What ffmpeg must have been built with; NULL: nothing special. */
	const char *needs[LISTINGS];
	const char *since; /* the first version that can; NULL: all can */
	bool listens; /* it waits for a player, as `listen` or the URL say */
	/* Its segments are fragmented MP4, with and without the picture. */
	bool fragmented;
};

/* Chooses protocol and codec for the URL of `o`. Fails with ERR_INVALID, `e`
 * filled by conf_blame(), where the two or other keys do not go together.
 * `url_key` is the key that the URL comes from: "url", "backup_url", "url_file"
 * or "url_command". */
int plan_make(const struct conf_output *o, const char *url_key,
    struct plan *out, struct conf_error *e);

/* Is the secret kept apart from the URL? */
bool plan_has_key(const struct conf_output *o);

#endif
