/* Where a text has a pause of its own. Pure. */
#ifndef COMMON_TEXT_CLAUSE_H
#define COMMON_TEXT_CLAUSE_H

#include <stdbool.h>
#include <stddef.h>

/* Is the last that stands in a text, but for blanks, quotes and brackets, a
 * sign that voices pause at? Valid UTF-8. */
bool clause_ends(const char *text, size_t len);

/* How many bytes to take of a text that is to be said in pieces of at most
 * `max`, which is at least 8: all of it where it fits; else up to the last end
 * of a sentence in the second half of `max`, with the blanks behind it; else of
 * a clause, of a word, of a character. Never 0 unless the text is empty. */
size_t clause_cut(const char *text, size_t len, size_t max);

/* How many bytes there are, with the blanks behind them, of sentences that are
 * surely over, in a text that goes on: another has begun behind them. So is a
 * line. A full stop behind a short word may be an abbreviation's, as in "Dr."
 * or "3.", and waits for another end. 0: there is none. */
size_t clause_over(const char *text, size_t len);

#endif
