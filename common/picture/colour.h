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

/* The luma and the two chromas of a colour 0xrrggbb, of 8 bits and limited
 * range (16 to 235 and 240). Source: ITU-R BT.709-6, items 3 and 4. */
void colour_to_yuv(uint32_t rgb, uint8_t yuv[3]);

#endif
