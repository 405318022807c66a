#include "streamer-supervisor/ffmpeg/progress.h"

#include <stdlib.h>
#include <string.h>

const struct record_field progress_fields[] = {
	RECORD_FIELD(RECORD_BOOL, progress, pictured),
	RECORD_FIELD(RECORD_INTEGER, progress, out_time_us),
	RECORD_FIELD(RECORD_INTEGER, progress, sure_us),
	RECORD_FIELD(RECORD_NUMBER, progress, bitrate_kbps),
	RECORD_FIELD(RECORD_NUMBER, progress, speed),
	RECORD_FIELD(RECORD_INTEGER, progress, frames),
	RECORD_FIELD(RECORD_INTEGER, progress, duplicated),
	RECORD_FIELD(RECORD_INTEGER, progress, dropped),
	RECORD_FIELD(RECORD_INTEGER, progress, time_ns),
	RECORD_FIELD(RECORD_INTEGER, progress, frames_ns),
	RECORD_FIELD(RECORD_INTEGER, progress, coming_us),
	RECORD_FIELD(RECORD_INTEGER, progress, coming_frames),
	RECORD_FIELD(RECORD_BOOL, progress, time_moved),
	RECORD_FIELD(RECORD_BOOL, progress, frames_moved),
	RECORD_END,
};

/* Returns the value of a line "key=  value", or NULL. */
static const char *
value_of(const char *line, const char *key)
{
	size_t n = strlen(key);

	if (strncmp(line, key, n) != 0 || line[n] != '=')
		return NULL;
	line += n + 1;
	return line + strspn(line, " ");
}

/* Reads a number; anything but a sensible one ("N/A") is 0. */
static double
progress_number(const char *text)
{
	double value = strtod(text, NULL);

	return value > 0 && value < 1e12 ? value : 0;
}

/* What a line may tell of. */
static void
take_value(struct progress *p, const char *line)
{
	const char *value;

	if ((value = value_of(line, "out_time_us")) != NULL)
		p->coming_us = strtoll(value, NULL, 10);
	else if ((value = value_of(line, "frame")) != NULL)
		p->coming_frames = (int64_t)progress_number(value);
	else if ((value = value_of(line, "dup_frames")) != NULL)
		p->duplicated = (int64_t)progress_number(value);
	else if ((value = value_of(line, "drop_frames")) != NULL)
		p->dropped = (int64_t)progress_number(value);
	else if ((value = value_of(line, "bitrate")) != NULL)
		p->bitrate_kbps = progress_number(value);
	else if ((value = value_of(line, "speed")) != NULL)
		p->speed = progress_number(value);
}

/* Takes the higher of two numbers; where that is the new one, notes so. */
static void
rise(int64_t *highest, int64_t *coming, bool *moved, int64_t *when_ns,
    int64_t now_ns)
{
	if (*coming > *highest) {
		*highest = *coming;
		*moved = true;
		*when_ns = now_ns;
	}
	*coming = 0;
}

bool
progress_take(struct progress *p, const char *line, int64_t now_ns)
{
	const char *end = value_of(line, "progress");
	bool goes_on;

	take_value(p, line);
	if (end == NULL)
		return false;
	rise(&p->out_time_us, &p->coming_us, &p->time_moved, &p->time_ns,
	    now_ns);
	rise(&p->frames, &p->coming_frames, &p->frames_moved, &p->frames_ns,
	    now_ns);
	goes_on = strcmp(end, "continue") == 0;
	if (goes_on)
		p->sure_us = p->out_time_us;
	if (!p->time_moved || (p->pictured && !p->frames_moved))
		return false;
	p->time_moved = p->frames_moved = false;
	return goes_on;
}

bool
progress_lacks_frames(const struct progress *p)
{
	return p->pictured && p->time_moved && !p->frames_moved;
}
