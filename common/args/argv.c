#include "common/args/argv.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/args/words.h"

/* Makes room for one more word and the NULL behind it. */
static bool
grow(struct argv *a)
{
	size_t room = a->room ? 2 * a->room : 64;
	char **words;

	if (a->failed || a->count + 1 < a->room)
		return !a->failed;
	words = realloc(a->words, room * sizeof(*words));
	if (words == NULL) {
		a->failed = true;
		return false;
	}
	a->words = words;
	a->room = room;
	return true;
}

void
argv_add(struct argv *a, const char *fmt, ...)
{
	va_list ap;
	char *word = NULL;

	if (!grow(a))
		return;
	va_start(ap, fmt);
	if (vasprintf(&word, fmt, ap) < 0)
		a->failed = true;
	else
		a->words[a->count++] = word;
	va_end(ap);
	a->words[a->count] = NULL;
}

void
argv_list(struct argv *a, char *const *words)
{
	for (; words && *words; words++)
		argv_add(a, "%s", *words);
}

void
argv_options(struct argv *a, const char *options)
{
	char **words;

	if (words_split(options ? options : "", &words) < 0)
		a->failed = true;
	argv_list(a, words);
	words_free(words);
}

void
argv_number(struct argv *a, const char *option, int64_t value)
{
	argv_add(a, "%s", option);
	argv_add(a, "%" PRId64, value);
}

char **
argv_take(struct argv *a)
{
	char **words = a->words;

	if (a->failed) {
		words_free(words);
		words = NULL;
	}
	*a = (struct argv){ 0 };
	return words;
}
