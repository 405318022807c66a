/* Reads a key, token or password out of the text of the file or variable that
 * holds it. Pure. */
#ifndef COMMON_NET_CREDENTIAL_H
#define COMMON_NET_CREDENTIAL_H

#include <stdbool.h>
#include <stddef.h>

/* Writes the first line of `text` to `out`, without its newline and without the
 * byte order mark that some editors put before it. Blanks are part of the
 * credential. Fails with ERR_INVALID where the line is empty or holds control
 * characters, with ERR_TOO_LONG where it does not fit; `out` is "" then. */
int credential_read(const void *text, size_t len, char *out, size_t size);

/* Does the credential begin or end with a blank, which nobody sees in an
 * editor? */
bool credential_has_edge_blank(const char *credential);

#endif
