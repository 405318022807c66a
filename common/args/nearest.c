#include "common/args/nearest.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define NAME_MAX_BYTES 64

static size_t
lesser(size_t a, size_t b)
{
	return a < b ? a : b;
}

static int
lower(char c)
{
	return tolower((unsigned char)c);
}

/* How many characters have to be put in, left out, changed or swapped with the
 * next one (optimal string alignment); that of case is no change. */
static size_t
distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
	size_t rows[3][NAME_MAX_BYTES + 1], *above = rows[0], *row = rows[1],
					    *free_row = rows[2], *first, i, j;

	for (j = 0; j <= b_len; j++)
		row[j] = j;
	for (i = 1; i <= a_len; i++) {
		first = above;
		above = row;
		row = free_row;
		row[0] = i;
		for (j = 1; j <= b_len; j++) {
			row[j] =
			    above[j - 1] + (lower(a[i - 1]) != lower(b[j - 1]));
			row[j] = lesser(row[j], above[j] + 1);
			row[j] = lesser(row[j], row[j - 1] + 1);
			if (i > 1 && j > 1 &&
			    lower(a[i - 1]) == lower(b[j - 2]) &&
			    lower(a[i - 2]) == lower(b[j - 1]))
				row[j] = lesser(row[j], first[j - 2] + 1);
		}
		free_row = first;
	}
	return row[b_len];
}

/* A word of three to five letters may have one mistake, a longer one two. */
static size_t
mistakes_allowed(size_t len)
{
	return len < 3 ? 0 : len < 6 ? 1 : 2;
}

void
nearest_begin(struct nearest *n, const char *word)
{
	*n = (struct nearest){ .word = word,
		.distance = mistakes_allowed(strlen(word)) + 1 };
}

void
nearest_offer(struct nearest *n, const char *name)
{
	size_t word_len = strlen(n->word), len = strlen(name), d;

	if (word_len > NAME_MAX_BYTES || len > NAME_MAX_BYTES)
		return;
	d = distance(n->word, word_len, name, len);
	if (d < n->distance) {
		n->best = name;
		n->distance = d;
	}
}

void
nearest_ask(const struct nearest *n, const char *prefix, char *out, size_t size)
{
	if (n->best)
		snprintf(out, size, " (did you mean '%s%s'?)", prefix, n->best);
	else
		snprintf(out, size, "%s", "");
}
