/*
 * Lists of HLS (RFC 8216): the one that ffmpeg writes is read, that of the
 * captions beside it and the list of both are written. Pure.
 */
#ifndef STREAMER_SUPERVISOR_CAPTIONS_PLAYLIST_H
#define STREAMER_SUPERVISOR_CAPTIONS_PLAYLIST_H

#include <stdbool.h>

#include "common/buf.h"

/* A list of more is read up to here, from its end. */
#define PLAYLIST_MAX 128
#define PLAYLIST_NAME_MAX 256
#define PLAYLIST_SEGMENT_SUFFIX ".ts"
#define PLAYLIST_VTT_SUFFIX ".vtt"

struct playlist_segment {
	char name[PLAYLIST_NAME_MAX]; /* "live12.ts" */
	int64_t length_us;
	bool discontinuity; /* it does not go on where the one before ends */
};

struct playlist {
	int64_t target_s;
	int64_t sequence, discontinuity_sequence; /* of the first segment */
	struct playlist_segment segments[PLAYLIST_MAX];
	size_t count;
};

/* Reads a list of segments of MPEG-TS that are beside it or below. ERR_INVALID
 * for any other: names that lead elsewhere, or are no "*.ts". */
int playlist_read(struct playlist *p, const char *text, size_t len);

/* The name of the captions of a segment: "live12.vtt". */
void playlist_vtt(const char *segment, char out[PLAYLIST_NAME_MAX]);

/* Writes the list of the captions of the first `count` segments. Fails as
 * buf_put(). */
int playlist_write_vtt(const struct playlist *p, size_t count, struct buf *out);

/* One of the streams of sound that a player can choose. */
struct playlist_stream {
	const char *list;  /* name of its list */
	int64_t bandwidth; /* bits a second, at most */
};

/* Writes the list that a player is to open: the streams, and the captions in
 * the list `captions`. `codecs` as of RFC 6381; "": not told. Fails as
 * buf_put(). */
int playlist_write_master(const struct playlist_stream *streams, size_t count,
    const char *codecs, const char *captions, struct buf *out);

#endif
