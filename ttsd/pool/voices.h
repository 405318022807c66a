/* Which voices an engine has, as its HELLO lists them. Pure. */
#ifndef TTSD_POOL_VOICES_H
#define TTSD_POOL_VOICES_H

#include <jansson.h>
#include <stdbool.h>

/* Is there a voice of that name, identifier or language (with one of the
 * variants after a '+'), and one for that language? Case does not count; NULL
 * asks for nothing. An engine that does not list its voices ("any_voice") has
 * every voice. */
bool voices_have(const json_t *hello, const char *voice, const char *language);

/* Returns the language of a voice, as a tag; NULL where it is not known. */
const char *voices_language(const json_t *hello, const char *voice);

#endif
