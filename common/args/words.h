/* Splits a command line into words by a shell's rules of quoting, without any
 * of a shell's expansions. */
#ifndef COMMON_ARGS_WORDS_H
#define COMMON_ARGS_WORDS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* Blanks separate words; text in '…' is literal; in "…" and in bare text a
 * backslash takes the next character literally. Writes a NULL-terminated
 * array, which the caller releases with words_free(); NULL where it fails:
 * with ERR_INVALID where a quote is not closed or a backslash is last, with
 * ERR_NOMEM. */
int words_split(const char *text, char ***out);
void words_free(char **words);

/* The strings of a list as one text, which words_split() reads as the same
 * words; what is no string as an empty one. The caller frees it; NULL without
 * memory. */
char *words_write(const json_t *list);

/* The number of words; 0 where `words` is NULL. */
size_t words_count(char *const *words);

/* As JSON and back (common/record.h), NULL too: NULL without memory;
 * ERR_INVALID, ERR_NOMEM. */
json_t *words_save(char *const *words);
int words_load(const json_t *list, char ***out);

/* Returns the words with an option behind them, and its value unless that is
 * NULL: a list of the caller's, to be released with free(), of words that are
 * not; NULL without memory. */
const char **words_with(
    const char *const *words, const char *option, const char *value);

/* The same without the first of them that is `option`, and its value behind it;
 * all of them where none is. */
const char **words_without(const char *const *words, const char *option);

/* Are `a` and `b` the same words? NULL is the same as an empty list. */
bool words_equal(char *const *a, char *const *b);

#endif
