/*
 * What an engine is asked to say, and how: the contents of one job.
 */
#ifndef TTSD_TEXT_SPEECH_H
#define TTSD_TEXT_SPEECH_H

#include <stdbool.h>
#include <stdint.h>

/* How text is spoken. Strings are owned; NULL and -1 (rate: 0) are the
 * engine's defaults. */
struct speech {
	char *text; /* UTF-8 */
	bool ssml;
	bool loop; /* a clip that goes round until it is cancelled */
	char *voice;
	char *language;
	int64_t rate;   /* words a minute */
	int64_t pitch;  /* 0 to 100 */
	int64_t volume; /* 0 to 200 */
};

void speech_done(struct speech *s);

#endif
