#include "streamer-supervisor/keeper/names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Digits of a number that is believed. */
#define DIGITS_MAX 18

/* A path of Windows begins with its drive. */
static bool
is_separator(const char *path, char c)
{
	return c == '/' || (c == '\\' && path[0] && path[1] == ':');
}

const char *
names_split(const char *path, size_t *folder_len)
{
	const char *name = path + strlen(path);

	while (name > path && !is_separator(path, name[-1]))
		name--;
	*folder_len = (size_t)(name - path);
	if (*folder_len > 1)
		--*folder_len;
	return name;
}

bool
names_number(const char *name, const char *prefix, size_t prefix_len,
    const char *suffix, int64_t *number)
{
	size_t digits;

	if (strncmp(name, prefix, prefix_len) != 0)
		return false;
	name += prefix_len;
	digits = strspn(name, "0123456789");
	if (digits == 0 || digits > DIGITS_MAX ||
	    strcmp(name + digits, suffix) != 0)
		return false;
	*number = strtoll(name, NULL, 10);
	return true;
}

bool
names_parse_number(
    const char *pattern, size_t *prefix_len, int *width, const char **suffix)
{
	const char *at = pattern;
	char *end;

	while ((at = strstr(at, "%0")) != NULL) {
		*prefix_len = (size_t)(at - pattern);
		*width = (int)strtol(at + 2, &end, 10);
		*suffix = end + 1;
		if (*end == 'd' && *width <= DIGITS_MAX)
			return true;
		at += 2;
	}
	return false;
}

bool
names_at(const char *pattern, time_t at, char *out, size_t size)
{
	const struct tm *local = localtime(&at);

	return local && strftime(out, size, pattern, local) > 0;
}

bool
names_aside(const char *path, unsigned n, char *out, size_t size)
{
	size_t folder;
	const char *dot = strrchr(names_split(path, &folder), '.');
	int stem = dot ? (int)(dot - path) : (int)strlen(path);
	int len = snprintf(out, size, "%.*s.%u%s", stem, path, n, path + stem);

	return len > 0 && (size_t)len < size;
}

void
names_in_list(const char *text, size_t len, struct names_listed *out)
{
	const char *line = text, *end = text + len, *newline;
	size_t n;

	*out = (struct names_listed){ .first = NULL };
	for (; line < end; line = newline + 1) {
		newline = memchr(line, '\n', (size_t)(end - line));
		if (newline == NULL)
			return;
		n = (size_t)(newline - line);
		if (n == 0 || line[0] == '#')
			continue;
		if (out->first == NULL) {
			out->first = line;
			out->first_len = n;
		}
		out->last = line;
		out->last_len = n;
	}
}
