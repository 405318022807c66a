/*
 * A job's text without its markup, for engines that know none.
 */
#ifndef TTSD_ENGINES_KIT_KIT_TEXT_H
#define TTSD_ENGINES_KIT_KIT_TEXT_H

#include "ttsd/engines/kit/kit.h"

/* The job's text, as what is spoken of it where it is SSML: entities and
 * CDATA are characters, <sub> is its alias, a pause is a comma. *out is the
 * caller's to free. ERR_NOMEM, or what kit_fail() returns where the SSML is
 * malformed; *out is then NULL. */
int kit_text_plain(const struct kit_job *job, char **out);

/* Whether there is anything in a text that can be spoken. */
bool kit_text_has_words(const char *text);

#endif
