/*
 * The text that the library is given, and where each character of it lies in
 * the job's text.
 */
#ifndef TTSD_ENGINES_ESPEAK_SPOKEN_H
#define TTSD_ENGINES_ESPEAK_SPOKEN_H

#include <stddef.h>

#include "common/buf.h"

/* Characters of the job's text. */
struct spoken_origin {
	size_t offset, length;
};

struct spoken {
	struct buf text;
	struct spoken_origin *chars; /* one for each character of the text */
	size_t count, cap;
};

void spoken_init(struct spoken *s);
void spoken_done(struct spoken *s);

/* Empties it; what it has allocated stays. */
void spoken_clear(struct spoken *s);

/* Text as it stands in the job, from that character on. ERR_NOMEM,
 * ERR_FULL. */
int spoken_copy(struct spoken *s, const char *text, size_t len, size_t offset);

/* Text whose characters come from these places. Errors as above. */
int spoken_take(struct spoken *s, const char *text, size_t len,
    const struct spoken_origin *origins);

/* Text that is spoken for a part of the job's. Errors as above. */
int spoken_put(struct spoken *s, const char *text, size_t len,
    struct spoken_origin origin);

/* The text, terminated, and its bytes; valid until the next call. NULL: no
 * memory. */
const char *spoken_text(struct spoken *s, size_t *len);

#endif
