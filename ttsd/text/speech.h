/*
 * What an engine is asked to say, and how: the contents of one job.
 */
#ifndef TTSD_TEXT_SPEECH_H
#define TTSD_TEXT_SPEECH_H

#include <stdbool.h>

#include "common/sound/speech_parameters.h"

/* The strings belong to the structure. */
struct speech {
	char *text; /* UTF-8 */
	bool ssml;
	bool loop; /* a clip that goes round until it is cancelled */
	struct speech_parameters parameters;
};

void speech_done(struct speech *s);

/* Would an engine make the same sound of both? */
bool speech_is_same(const struct speech *a, const struct speech *b);

#endif
