/* Bytes of any kind as text. Pure. */
#ifndef GATEWAY_COURIER_HEX_H
#define GATEWAY_COURIER_HEX_H

#include <stddef.h>
#include <stdint.h>

/* Writes 2 * len digits and a NUL. */
void hex_write(const uint8_t *data, size_t len, char *out);
/* Reads digits into at most `size` bytes; returns how many, 0 where it is not
 * hexadecimal or too long. */
size_t hex_read(const char *text, uint8_t *out, size_t size);

#endif
