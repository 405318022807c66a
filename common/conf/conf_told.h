/*
 * What a configuration says of ttsd, from one program to its successor, so that
 * this knows what is new. Pure.
 */
#ifndef COMMON_CONF_CONF_TOLD_H
#define COMMON_CONF_CONF_TOLD_H

#include <jansson.h>

#include "common/conf/conf.h"

/* All that ttsd goes by, an object of each section's name, as "channel hall",
 * and an object of its keys. NULL without memory. */
json_t *conf_tell(const struct conf *c);
/* The same of sections, whole, by their names (NULL-terminated), whoever goes
 * by them. */
json_t *conf_tell_sections(const struct conf *c, const char *const *sections);
/* What is told of a section; NULL: nothing. */
const json_t *conf_told_of(
    const json_t *told, const char *section, const char *name);
/* What is different in `now`: an object of the lists "added", "removed" and
 * "changed", of names as "[channel hall]"; NULL without memory. An earlier
 * version told no `was`: nothing is different then. */
json_t *conf_told_news(const json_t *was, const json_t *now);
/* Is one of these keys (NULL-terminated) of that section different? Not where
 * it is in one of them alone. */
bool conf_told_differs(const json_t *was, const json_t *now,
    const char *section, const char *name, const char *const *keys);

#endif
