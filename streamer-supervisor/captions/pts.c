#include "streamer-supervisor/captions/pts.h"

#include <stdbool.h>

#include "common/err.h"
#include "streamer-supervisor/captions/webvtt.h"

/* ISO/IEC 13818-1: 2.4.3.2 the packets, 2.4.3.6 what begins in them. */
#define PACKET 188
#define SYNC 0x47
#define PES_HEAD 14 /* bytes, up to the end of the PTS */

static bool
begins_sound(const uint8_t *p)
{
	return p[0] == 0 && p[1] == 0 && p[2] == 1 && (p[3] & 0xE0) == 0xC0;
}

static int64_t
read_pts(const uint8_t *p)
{
	return (int64_t)(p[0] >> 1 & 7) << 30 | (int64_t)p[1] << 22 |
	       (int64_t)(p[2] >> 1) << 15 | (int64_t)p[3] << 7 | p[4] >> 1;
}

/* Reads the PTS of a packet in which a stream of sound begins something. */
static bool
packet_pts(const uint8_t *packet, int64_t *pts)
{
	bool starts = packet[1] & 0x40, adapted = packet[3] & 0x20;
	size_t at = adapted ? 5 + (size_t)packet[4] : 4;
	const uint8_t *pes = packet + at;

	if (!starts || at + PES_HEAD > PACKET || !begins_sound(pes) ||
	    (pes[7] & 0x80) == 0)
		return false;
	*pts = read_pts(pes + 9);
	return true;
}

int
pts_find(const uint8_t *data, size_t len, int64_t *pts)
{
	size_t at;

	*pts = 0;
	for (at = 0; at + PACKET <= len && data[at] == SYNC; at += PACKET)
		if (packet_pts(data + at, pts))
			return 0;
	return ERR_NOT_FOUND;
}

int64_t
pts_ticks(const struct pts_run *run, int64_t pts, int64_t near)
{
	int64_t ticks = pts - pts_at(run, 0);
	int64_t past = (near - ticks) % PTS_SPAN;

	/* `near` is so much behind the latest of these times before it. */
	if (past < 0)
		past += PTS_SPAN;
	ticks = near - past;
	return past > PTS_SPAN / 2 ? ticks + PTS_SPAN : ticks;
}

int64_t
pts_at(const struct pts_run *run, int64_t ticks)
{
	return run->first + run->delay + ticks;
}
