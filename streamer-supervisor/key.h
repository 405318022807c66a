/*
 * The stream key of an output, kept out of every command line: ffmpeg reads
 * it, as a preset, from its standard input. It is fetched afresh at each
 * start, so that a key may be replaced while everything runs.
 */
#ifndef STREAMER_KEY_H
#define STREAMER_KEY_H

#include "common/conf.h"
#include "common/redact.h"

/* Bytes of a key: of a preset's line ffmpeg reads 999. */
#define KEY_MAX 512
/* Bytes of a preset, with its terminator. */
#define KEY_PRESET_MAX 3072

/* Writes the preset of `o`; "" where it has no key of its own. The key is
 * from then on among the secrets of `r`. Errors have `why` filled, without
 * secrets. */
int key_preset(const struct conf_output *o, struct redact *r, char *out,
    size_t size, char *why, size_t why_size);

#endif
