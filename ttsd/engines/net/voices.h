/* The voices of a Wyoming server, as a hello lists them. Pure. */
#ifndef TTSD_ENGINES_NET_VOICES_H
#define TTSD_ENGINES_NET_VOICES_H

#include <jansson.h>

/* Appends to `voices` what the data of an "info" event lists, a speaker being
 * a voice "NAME#SPEAKER"; what is too long or too much is left out. */
void voices_add(json_t *voices, const json_t *info);

/* The name of the first voice of a language, or of its like ("en" for
 * "en-gb"). NULL: there is none. */
const char *voices_find(const json_t *voices, const char *language);

#endif
