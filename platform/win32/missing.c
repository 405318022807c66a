#include <stdlib.h>
#include <string.h>

char *
strndup(const char *text, size_t len)
{
	size_t n = strnlen(text, len);
	char *copy = malloc(n + 1);

	if (copy) {
		memcpy(copy, text, n);
		copy[n] = '\0';
	}
	return copy;
}

char *
strcasestr(const char *text, const char *part)
{
	size_t len = strlen(part);

	for (;; text++) {
		if (_strnicmp(text, part, len) == 0)
			return (char *)text;
		if (*text == '\0')
			return NULL;
	}
}
