/* Who speaks within SSML, where elements name voices and languages. */
#ifndef TTSD_ENGINES_ESPEAK_CHOICE_H
#define TTSD_ENGINES_ESPEAK_CHOICE_H

#include <stdbool.h>

/* The names are those that voice_set() takes. */
struct choice {
	const char *voice, *language;
};

/* Does whom the library is set to, speak for an element with that voice ("":
 * none is named) and language (NULL: none) without a change? */
bool choice_stays(const char *voice, const char *language);

/* Sets the library to whom such an element names, and returns it: the voice,
 * else one for the language, with the variant of who spoke before. Where the
 * library has neither, who spoke before goes on: no choice fails. */
struct choice choice_change(
    struct choice now, const char *voice, const char *language);

#endif
