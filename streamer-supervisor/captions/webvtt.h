/*
 * One segment of WebVTT (W3C; RFC 8216, 3.5). Pure.
 */
#ifndef STREAMER_SUPERVISOR_CAPTIONS_WEBVTT_H
#define STREAMER_SUPERVISOR_CAPTIONS_WEBVTT_H

#include "common/buf.h"

/* A PTS counts 90,000 a second, in 33 bits. */
#define PTS_HZ 90000
#define PTS_PER_MS 90
#define PTS_SPAN (INT64_C(1) << 33)

/* A cue's text with its escapes has at most so many bytes for each of the
 * line's, and the tags of the mark. */
#define WEBVTT_ESCAPED 5
#define WEBVTT_MARK_BYTES 8

/* Writes the header: the PTS `pts`, of any size, is heard at `local_ms` of the
 * cues' clock. Fails as buf_put(). */
int webvtt_begin(struct buf *out, int64_t pts, int64_t local_ms);

/* Makes the text of a cue of one line, bytes `mark_from` to `mark_to` of which
 * are marked as the word that is heard; none where they are equal. Any valid
 * UTF-8 is fine. Fails as buf_put(). */
int webvtt_text(struct buf *out, const char *line, size_t len, size_t mark_from,
    size_t mark_to);

/* Writes a cue with a text of webvtt_text(). Fails as buf_put(). */
int webvtt_cue(
    struct buf *out, int64_t from_ms, int64_t to_ms, const char *text);

#endif
