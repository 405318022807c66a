/*
 * A section of the configuration that a request makes: the keys of the schema
 * are its fields, and what they hold becomes settings as -D takes them.
 */
#ifndef DAEMON_SECTION_H
#define DAEMON_SECTION_H

#include "common/conf/conf.h"
#include "common/control/fields.h"

/* `name`, the section's keys, and what an operation has beside. */
#define SECTION_FIELDS_MAX (CONF_KEYS_MAX + 3)

/* Fills `out`: `name`, which is required, and then the section's keys. A value
 * is what the file says, a string; a number or true and false where the key is
 * such; and of words also a list, each one a word as it is. Returns how many
 * those are, behind which the caller may have more, and an end. */
size_t section_fields(
    const char *section, struct field out[SECTION_FIELDS_MAX]);

/* What `body` says of these keys: "section.name.key=value", NULL-terminated, to
 * be released with words_free(). NULL without memory. */
char **section_settings(
    const char *section, const char *name, const json_t *body);

#endif
