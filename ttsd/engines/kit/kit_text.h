/* The text of a job, for engines that send it somewhere else. Pure. */
#ifndef TTSD_ENGINES_KIT_KIT_TEXT_H
#define TTSD_ENGINES_KIT_KIT_TEXT_H

#include <stdbool.h>

#include "ttsd/engines/kit/kit.h"

/* The job's text; without its markup where it is SSML: every tag is a blank,
 * comments and declarations are nothing, entities are what they mean. To be
 * released by free(); NULL without memory. */
char *kit_text_plain(const struct kit_job *job);

/* Whether anybody would expect to hear something. */
bool kit_text_has_words(const char *text);

#endif
