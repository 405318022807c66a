/* Where a text has a pause of its own. Pure. */
#ifndef COMMON_TEXT_CLAUSE_H
#define COMMON_TEXT_CLAUSE_H

#include <stdbool.h>
#include <stddef.h>

/* Is the last that stands in a text, but for blanks, quotes and brackets, a
 * sign that voices pause at? Valid UTF-8. */
bool clause_ends(const char *text, size_t len);

#endif
