/*
 * Writes one endless Matroska stream of PCM sound and raw I420 frames.
 *
 * A stream is matroska_header(), and then one cluster for each block: what
 * matroska_block() writes, followed by the block's bytes. A reader may
 * therefore begin or skip at any block, and tracks need not be in step: each
 * block has its own time.
 *
 * Source: RFC 8794 (EBML) and RFC 9559 (Matroska). Segment of unknown size, as
 * section 6.2 of RFC 8794 allows; ffmpeg 5.1.9 reads it from a socket.
 */
#ifndef COMMON_PICTURE_MATROSKA_H
#define COMMON_PICTURE_MATROSKA_H

#include <stddef.h>
#include <stdint.h>

/* Time stamps count units of so many nanoseconds. Frames of 10 ms and 25
 * pictures a second are whole numbers of it; others are rounded to it. */
#define MATROSKA_TICK_NS 100000

#define MATROSKA_HEADER_MAX 512
#define MATROSKA_BLOCK_BYTES 27 /* what matroska_block() writes */
/* A block has at most so many bytes. */
#define MATROSKA_PAYLOAD_MAX 0x0fffff00

enum matroska_track { MATROSKA_SOUND = 1, MATROSKA_PICTURE = 2 };

struct matroska_format {
	uint32_t rate_hz;
	uint16_t channels; /* of s16le */
	uint16_t width;    /* of I420 with BT.709, limited range; even */
	uint16_t height;
	uint16_t fps;
};

/* Returns the number of bytes written. */
size_t matroska_header(
    uint8_t out[MATROSKA_HEADER_MAX], const struct matroska_format *f);

/* Writes what precedes a block of `len` bytes at the time of `sample`, which is
 * counted from the stream's beginning. */
void matroska_block(uint8_t out[MATROSKA_BLOCK_BYTES],
    enum matroska_track track, uint64_t sample, uint32_t rate_hz, size_t len);

#endif
