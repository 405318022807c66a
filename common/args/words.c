#include "common/args/words.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/body.h"
#include "common/err.h"
#include "common/record.h"

/* Copies the word at `p` to `out`. Returns the character behind it, or NULL
 * where its quotes or backslashes are wrong. */
static const char *
take_word(const char *p, char *out)
{
	char quote = '\0';

	for (; *p && (quote || (*p != ' ' && *p != '\t')); p++) {
		if (quote == '\0' && (*p == '\'' || *p == '"')) {
			quote = *p;
		} else if (quote && *p == quote) {
			quote = '\0';
		} else if (*p == '\\' && quote != '\'') {
			if (*++p == '\0')
				return NULL;
			*out++ = *p;
		} else {
			*out++ = *p;
		}
	}
	*out = '\0';
	return quote ? NULL : p;
}

int
words_split(const char *text, char ***out)
{
	/* A word needs a blank before it, so half the length is enough. */
	char **words = calloc(strlen(text) / 2 + 2, sizeof(*words));
	char *word = malloc(strlen(text) + 1);
	size_t n = 0;
	int rc = words && word ? 0 : ERR_NOMEM;

	while (rc == 0 && *(text += strspn(text, " \t"))) {
		text = take_word(text, word);
		if (text == NULL)
			rc = ERR_INVALID;
		else if ((words[n++] = strdup(word)) == NULL)
			rc = ERR_NOMEM;
	}
	free(word);
	if (rc < 0)
		words_free(words);
	*out = rc < 0 ? NULL : words;
	return rc;
}

void
words_free(char **words)
{
	size_t i;

	for (i = 0; words && words[i]; i++)
		free(words[i]);
	free(words);
}

/* Writes a word in quotes, and a blank. Returns what is behind. */
static char *
write_word(char *out, const char *word)
{
	*out++ = '"';
	for (; word && *word; word++) {
		if (*word == '"' || *word == '\\')
			*out++ = '\\';
		*out++ = *word;
	}
	*out++ = '"';
	*out++ = ' ';
	return out;
}

char *
words_write(const json_t *list)
{
	const json_t *one;
	size_t i, size = 1;
	char *text, *end;

	json_array_foreach(list, i, one)
	{
		size += 2 * json_string_length(one) + 3;
	}
	text = end = malloc(size);
	if (text == NULL)
		return NULL;
	json_array_foreach(list, i, one)
	{
		end = write_word(end, json_string_value(one));
	}
	*end = '\0';
	return text;
}

size_t
words_count(char *const *words)
{
	size_t n = 0;

	while (words && words[n])
		n++;
	return n;
}

const char **
words_with(const char *const *words, const char *option, const char *value)
{
	size_t n = words_count((char *const *)words);
	const char **more = calloc(n + 3, sizeof(*more));

	if (more == NULL)
		return NULL;
	memcpy(more, words, n * sizeof(*more));
	more[n] = option;
	more[n + 1] = value;
	return more;
}

const char **
words_without(const char *const *words, const char *option)
{
	size_t n = words_count((char *const *)words), i, at = n;
	const char **fewer = calloc(n + 1, sizeof(*fewer));

	for (i = 0; fewer && i < n; i++) {
		if (at == n && strcmp(words[i], option) == 0)
			at = i++;
		else
			fewer[at < n ? i - 2 : i] = words[i];
	}
	return fewer;
}

bool
words_equal(char *const *a, char *const *b)
{
	size_t n = words_count(a), i;

	if (n != words_count(b))
		return false;
	for (i = 0; i < n; i++)
		if (strcmp(a[i], b[i]) != 0)
			return false;
	return true;
}

json_t *
words_save(char *const *words)
{
	json_t *list = words ? json_array() : json_null();

	for (; words && *words; words++)
		body_append(&list, record_text(*words, strlen(*words)));
	return list;
}

int
words_load(const json_t *list, char ***out)
{
	size_t n = json_array_size(list), i;
	char **words;

	*out = NULL;
	if (json_is_null(list))
		return 0;
	words = json_is_array(list) ? calloc(n + 1, sizeof(*words)) : NULL;
	if (words == NULL)
		return json_is_array(list) ? ERR_NOMEM : ERR_INVALID;
	for (i = 0; i < n; i++) {
		words[i] = record_read_text(json_array_get(list, i));
		if (words[i] == NULL) {
			words_free(words);
			return ERR_INVALID;
		}
	}
	*out = words;
	return 0;
}
