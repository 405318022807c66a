/* A colour, written "#rrggbb" as in HTML. */
#ifndef COMMON_PICTURE_COLOUR_H
#define COMMON_PICTURE_COLOUR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define COLOUR_BYTES 7 /* as it is written */

/* Does `text`, of `len` bytes, begin with a colour? Then `*out` is 0xrrggbb;
 * what follows it is the caller's to judge. */
bool colour_read(const char *text, size_t len, uint32_t *out);

#endif
