/* What the painter may take of the machine. */
#ifndef STREAMER_SUPERVISOR_PAINTER_POSIX_LIMITS_H
#define STREAMER_SUPERVISOR_PAINTER_POSIX_LIMITS_H

/* Bounds the address space, and leaves no core file: a layout can make the
 * library that draws ask for gigabytes. Time is not bounded here; a drawing
 * that takes too long is its parent's to end. Not under a sanitizer, which
 * needs terabytes of addresses. */
void limits_set(void);

#endif
