/* Splitting a command line into words as a shell quotes them, without any of
 * a shell's expansions. */
#ifndef COMMON_WORDS_H
#define COMMON_WORDS_H

#include <stdbool.h>
#include <stddef.h>

/* Words are parted by blanks; '…' is literal, "…" and bare text know the
 * backslash. Returns a NULL-terminated array to be released by words_free(),
 * or NULL on an open quote, a trailing backslash, or no memory. */
char **words_split(const char *text);
void words_free(char **words);

/* NULL: none. */
size_t words_count(char *const *words);

/* Are they the same words? NULL is none. */
bool words_equal(char *const *a, char *const *b);

#endif
