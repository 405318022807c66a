/* What the painter may take of the machine. */
#ifndef STREAMER_SUPERVISOR_PAINTER_POSIX_LIMITS_H
#define STREAMER_SUPERVISOR_PAINTER_POSIX_LIMITS_H

/* Bounds the address space, and leaves no core file: a layout can make the
 * library that draws ask for gigabytes. Not under a sanitizer, which needs
 * terabytes of addresses. */
void limits_set(void);

/* From limits_hurry() to limits_rest() is a second more than the painter's
 * parent gives a drawing, or the process ends by SIGALRM. A scene is the
 * parent's to wait for, which knows more to say; what is drawn because a file
 * has changed nobody waits for, and it would take a core for ever. */
void limits_hurry(void);
void limits_rest(void);

#endif
