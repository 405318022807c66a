/* What somebody may have meant who mistyped a section or a key. Pure. */
#ifndef COMMON_CONF_CONF_MEANT_H
#define COMMON_CONF_CONF_MEANT_H

#include <stddef.h>

#include "common/conf/schema.h"

/* Each writes " (did you mean 'NAME'?)", or "" where nothing is like it. */
void conf_meant_section(const char *section, char *out, size_t size);
void conf_meant_key(
    const struct schema_section *sec, const char *key, char *out, size_t size);

#endif
