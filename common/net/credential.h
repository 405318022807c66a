/* Reads a key, token or password out of the text of the file or variable that
 * holds it; and what the service manager passes as a credential, which a
 * configuration names "credential:NAME" in place of a file's path. Pure. */
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

/* The variable that names the folder of the credentials. */
#define CREDENTIAL_FOLDER "CREDENTIALS_DIRECTORY"

/* Does the value of a key begin with "credential:"? */
bool credential_is_meant(const char *value);
/* Returns NAME of "credential:NAME", which is the name of a file; else NULL. */
const char *credential_name(const char *value);
/* Does the path lead into the folder (NULL: there is none)? */
bool credential_is_in(const char *path, const char *folder);

/* Says why a secret's file could not be read, `rc` telling: of a credential
 * that was not passed, what passes it. The text is good until the next call.
 */
const char *credential_why(const char *path, const char *folder, int rc);

#endif
