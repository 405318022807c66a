/* Text and bytes written with other characters: percent-encoding (RFC 3986),
 * Base64 and hexadecimal digits. Pure. */
#ifndef COMMON_NET_ENCODE_H
#define COMMON_NET_ENCODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Each of these returns a new string, which the caller frees, or NULL when
 * there is no memory. */

/* Replaces each escape such as "%41" by its byte. A '%' without two digits
 * behind it stays as it is, and so does "%00", because a NUL would end the
 * string. With `form` set, a '+' becomes a blank, as in a query. */
char *percent_decode(const char *s, size_t len, bool form);
/* Escapes every byte but letters, digits and "-._~". */
char *percent_encode(const char *s);
char *base64_encode(const char *s);
char *base64_encode_bytes(const void *data, size_t len);

/* Writes 2 * len digits, a to f as small letters, and a NUL. */
void hex_write(const uint8_t *data, size_t len, char *out);
/* Reads such digits into at most `size` bytes; returns how many, 0 where they
 * are none, or too many. */
size_t hex_read(const char *text, size_t len, uint8_t *out, size_t size);

#endif
