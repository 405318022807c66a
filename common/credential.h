/* What stands in a file or variable that holds a key, token or password. Pure.
 */
#ifndef COMMON_CREDENTIAL_H
#define COMMON_CREDENTIAL_H

#include <stdbool.h>
#include <stddef.h>

/* Writes the first line, without its end and without the byte order mark that
 * some editors put before it. Blanks belong to it. ERR_INVALID for one that is
 * empty or has control characters in it, ERR_TOO_LONG for one that does not
 * fit; nothing of it is in `out` then. */
int credential_read(const void *text, size_t len, char *out, size_t size);

/* Does it begin or end with a blank, which nobody sees in an editor? */
bool credential_has_edge_blank(const char *credential);

#endif
