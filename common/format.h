/* Texts that are made as printf() makes them. */
#ifndef COMMON_FORMAT_H
#define COMMON_FORMAT_H

/* Returns the text, which the caller frees; NULL where there is no memory for
 * it. (asprintf() leaves its result undefined then.) */
char *format_text(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
