/* Text written with other characters: percent-encoding (RFC 3986) and Base64.
 * Pure. */
#ifndef COMMON_NET_ENCODE_H
#define COMMON_NET_ENCODE_H

#include <stdbool.h>
#include <stddef.h>

/* Each function returns a new string, which the caller frees, or NULL when
 * there is no memory. */

/* Replaces each escape such as "%41" by its byte. A '%' without two digits
 * behind it stays as it is, and so does "%00", because a NUL would end the
 * string. With `form` set, a '+' becomes a blank, as in a query. */
char *percent_decode(const char *s, size_t len, bool form);
/* Escapes every byte but letters, digits and "-._~". */
char *percent_encode(const char *s);
char *base64_encode(const char *s);
char *base64_encode_bytes(const void *data, size_t len);

#endif
