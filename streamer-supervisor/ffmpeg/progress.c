#include "streamer-supervisor/ffmpeg/progress.h"

#include <stdlib.h>
#include <string.h>

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

bool
progress_take(struct progress *p, const char *line)
{
	const char *value;
	bool advanced;

	if ((value = value_of(line, "out_time_us")) != NULL)
		p->coming_us = strtoll(value, NULL, 10);
	else if ((value = value_of(line, "bitrate")) != NULL)
		p->bitrate_kbps = progress_number(value);
	else if ((value = value_of(line, "speed")) != NULL)
		p->speed = progress_number(value);
	value = value_of(line, "progress");
	if (value == NULL)
		return false;
	advanced = p->coming_us > p->out_time_us;
	if (advanced)
		p->out_time_us = p->coming_us;
	p->coming_us = 0;
	return advanced && strcmp(value, "continue") == 0;
}
