/*
 * Standard input and output of a program that has no loop and may wait.
 * standard.c in each system's folder.
 */
#ifndef PLATFORM_STANDARD_H
#define PLATFORM_STANDARD_H

#include <stddef.h>

/* Makes both carry bytes as they are, a reader that is gone an error, and the
 * end of the input what ends the program: it is deaf to SIGINT. */
void standard_open(void);

/* Waits for input, then takes what is there, at most `size` bytes. Returns how
 * many; 0 at the end of the input. ERR_IO and its like. */
long standard_read(void *data, size_t size);

/* Writes all of it, however long the reader takes. ERR_CLOSED when there is no
 * reader any more. */
int standard_write(const void *data, size_t len);

#endif
