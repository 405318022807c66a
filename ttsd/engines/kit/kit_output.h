/*
 * Writes what goes out for one job: PCM in the job's format, marks on its time
 * line, in frames, in few writes.
 *
 * The first PCM leaves at once; after that, bytes are gathered into writes
 * that double up to 32 KiB while the engine is fast, and leave at once while
 * it is slow.
 */
#ifndef TTSD_ENGINES_KIT_KIT_OUTPUT_H
#define TTSD_ENGINES_KIT_KIT_OUTPUT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/sound/frame.h"
#include "ttsd/engines/kit/kit_audio.h"

int kit_output_init(void);

/* A job begins: `format` is its own, and the engine's until kit_format(). */
int kit_output_begin(struct kit_audio_format format);

/* The job's last samples. */
int kit_output_finish(void);

/* Sample frames that were made, in the job's rate. */
uint64_t kit_output_total(void);

/* Sends everything held and one JSON frame behind it; takes the reference,
 * NULL is ERR_NOMEM. Works after a cancel. */
int kit_output_json(enum frame_type type, json_t *payload);

/* Whether a copy of the process was killed in the midst of a frame: what came
 * behind it would be taken for the rest. */
bool kit_output_torn(void);

/* Sends bytes as they are: for faults on demand. */
int kit_output_raw(const void *data, size_t len);

#endif
