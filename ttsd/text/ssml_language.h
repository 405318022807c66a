/*
 * Which language a document of SSML is in, where nobody says: `language: auto`.
 * Markup is not cut, so it is one for the whole document. Pure.
 */
#ifndef TTSD_TEXT_SSML_LANGUAGE_H
#define TTSD_TEXT_SSML_LANGUAGE_H

#include "common/text/language.h"
#include "common/text/ssml.h"

/* Writes the language of most of the text whose language the document does not
 * name itself; "" where there is none such. `languages` as in script.h.
 * ERR_NOMEM. */
int ssml_language(
    const struct ssml *s, const char *languages, char out[LANGUAGE_MAX + 1]);

#endif
