/* Text in other clothes: percent-encoding (RFC 3986) and Base64. Pure. */
#ifndef COMMON_ENCODE_H
#define COMMON_ENCODE_H

#include <stdbool.h>
#include <stddef.h>

/* All return a new string, or NULL: out of memory. */

/* What is no "%41" stays as it is, and so does a NUL ("%00"). `form`: a '+'
 * is a blank, as in a query. */
char *percent_decode(const char *s, size_t len, bool form);
/* All but letters, digits and "-._~". */
char *percent_encode(const char *s);
char *base64_encode(const char *s);

#endif
