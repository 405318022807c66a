/*
 * The framed protocol between ttsd and its engine programs (docs/ENGINE.md).
 *
 * A frame is a 4-byte little-endian length of the payload, a type byte, and
 * the payload. JSON payloads are UTF-8 objects; PCM is interleaved s16le in
 * the format that the job asked for.
 *
 *   to the engine     JOB    {"job":N,"text":…,"sample_rate":…,"channels":…}
 *                     CANCEL {"job":N} : nobody wants the rest
 *   from the engine   HELLO  {"protocol":1,"engine":…,"voices":[…]}
 *                     PCM    s16le bytes, a whole number of sample frames
 *                     MARK   {"mark":"word"|"phoneme"|"mark","sample":N,…}
 *                     END    {"job":N,"samples":N} : the job is done
 *                     ERROR  {"job":N,"code":…,"message":…} : it failed
 *
 * An engine writes HELLO once, when it is warm; then for each JOB, in order,
 * any number of PCM and MARK frames and one END or ERROR. A cancelled job ends
 * with an early END. End of file on standard input ends the engine.
 */
#ifndef COMMON_SOUND_FRAME_H
#define COMMON_SOUND_FRAME_H

#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"

#define FRAME_PROTOCOL 1
#define FRAME_HEADER_BYTES 5
/* Bytes of payload; a longer frame is a protocol error. */
#define FRAME_MAX (256 * 1024)
/* Bytes of PCM that the kit puts in one frame at most. */
#define FRAME_PCM_MAX (8 * 1024)

#define FRAME_TYPES(X) \
	X(HELLO, 'H')  \
	X(JOB, 'J')    \
	X(CANCEL, 'C') \
	X(PCM, 'P')    \
	X(MARK, 'M')   \
	X(END, 'E')    \
	X(ERROR, 'X')

enum frame_type {
#define X(name, byte) FRAME_##name = byte,
	FRAME_TYPES(X)
#undef X
};

struct frame {
	enum frame_type type;
	const uint8_t *payload; /* points into the bytes that were parsed */
	size_t len;
};

/* Writes the 5 header bytes. */
void frame_header(
    uint8_t out[FRAME_HEADER_BYTES], enum frame_type type, size_t len);

/* Appends one whole frame; errors as buf_put(). */
int frame_put(
    struct buf *b, enum frame_type type, const void *payload, size_t len);

/* Takes one frame from the front of `data`. Returns the bytes it occupied,
 * 0 when it is not complete yet, ERR_INVALID on an unknown type,
 * ERR_TOO_LONG past FRAME_MAX. */
int frame_parse(const uint8_t *data, size_t len, struct frame *out);

#endif
