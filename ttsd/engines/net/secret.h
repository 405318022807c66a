/*
 * A key that nobody should see: read from a file or the environment, and
 * masked in what others say.
 */
#ifndef TTSD_ENGINES_NET_SECRET_H
#define TTSD_ENGINES_NET_SECRET_H

#include <stddef.h>

/* Bytes of a key. */
#define SECRET_MAX 4096

/* The first line of a file, without blanks around it. ERR_INVALID for one
 * that is empty, too long, or not printable ASCII without blanks. */
int secret_from_file(const char *path);
int secret_from_env(const char *name);

/* "" where there is none. */
const char *secret_get(void);

/* Copies `src` with our key masked (redact_words()). Cuts what does not fit. */
void secret_mask(char *dst, size_t size, const char *src);

#endif
