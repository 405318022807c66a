/*
 * The voices of libespeak-ng, and which of them a name or a language means.
 */
#ifndef TTSD_ENGINES_ESPEAK_VOICE_H
#define TTSD_ENGINES_ESPEAK_VOICE_H

#include <jansson.h>
#include <stdbool.h>

/* Reads the lists, once, after espeak_Initialize(). ERR_NOT_FOUND: there are
 * no voices. */
int voice_init(void);

/* Adds "voices" and "variants" to the hello. */
int voice_hello(json_t *hello);

/* Is the voice that is set one for this language (as people write it), and no
 * other more exactly? */
bool voice_speaks(const char *language);

/* Makes the library speak with `voice` ("NAME", "NAME+VARIANT" or
 * "+VARIANT"); where it names none (NULL, or a variant alone), with the one
 * for `language` (NULL: the default). ERR_NOT_FOUND. */
int voice_set(const char *voice, const char *language);

#endif
