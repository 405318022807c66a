#include "streamer-supervisor/ffmpeg/packets.h"

#include <stdio.h>

/* Numbers beyond this are no time stamps. */
#define TICKS_MAX 4e15

static bool
take_tick(struct packets *p, const char *line)
{
	unsigned stream;
	int num, den;

	if (sscanf(line, "#tb %1u: %9d/%9d", &stream, &num, &den) != 3)
		return false;
	if (stream < PACKETS_STREAMS && num > 0 && den > 0)
		p->streams[stream].tick_s = (double)num / den;
	return true;
}

/* Adds how far the picture is ahead, once there is some of both. */
static void
add_distance(struct packets *p)
{
	if (!p->streams[PACKETS_PICTURE].seen ||
	    !p->streams[PACKETS_SOUND].seen)
		return;
	p->sum_s += p->streams[PACKETS_PICTURE].newest_s -
		    p->streams[PACKETS_SOUND].newest_s;
	p->sums++;
}

void
packets_take(struct packets *p, const char *line)
{
	unsigned stream;
	double dts, pts, at_s;

	/* "STREAM, DTS, PTS, DURATION, SIZE, CRC" */
	if (take_tick(p, line) ||
	    sscanf(line, "%1u, %lf, %lf,", &stream, &dts, &pts) != 3 ||
	    stream >= PACKETS_STREAMS || !(pts > -TICKS_MAX) ||
	    !(pts < TICKS_MAX) || p->streams[stream].tick_s == 0)
		return;
	at_s = pts * p->streams[stream].tick_s;
	if (!p->streams[stream].seen || at_s > p->streams[stream].newest_s)
		p->streams[stream].newest_s = at_s;
	p->streams[stream].seen = true;
	p->streams[stream].count++;
	add_distance(p);
}

bool
packets_end_span(struct packets *p, double *ahead_s)
{
	if (p->streams[PACKETS_PICTURE].count == 0 ||
	    p->streams[PACKETS_SOUND].count == 0 || p->sums == 0)
		return false;
	*ahead_s = p->sum_s / p->sums;
	p->streams[PACKETS_PICTURE].count = p->streams[PACKETS_SOUND].count = 0;
	p->sum_s = 0;
	p->sums = 0;
	return true;
}

bool
packets_lack_sound(const struct packets *p)
{
	return p->streams[PACKETS_PICTURE].count > 0 &&
	       p->streams[PACKETS_SOUND].count == 0;
}
