#include "streamer-supervisor/ffmpeg/args.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/words.h"

/* Room for one word more, and for the NULL behind it. */
static bool
grow(struct args *a)
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
args_add(struct args *a, const char *fmt, ...)
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
args_list(struct args *a, char *const *words)
{
	for (; words && *words; words++)
		args_add(a, "%s", *words);
}

void
args_options(struct args *a, const char *options)
{
	char **words = words_split(options ? options : "");

	if (words == NULL)
		a->failed = true;
	args_list(a, words);
	words_free(words);
}

void
args_number(struct args *a, const char *option, int64_t value)
{
	args_add(a, "%s", option);
	args_add(a, "%" PRId64, value);
}

char **
args_take(struct args *a)
{
	char **words = a->words;

	if (a->failed) {
		words_free(words);
		words = NULL;
	}
	*a = (struct args){ 0 };
	return words;
}
