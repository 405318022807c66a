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
