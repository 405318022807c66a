#include "ttsd/engines/net/secret.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/credential.h"
#include "common/err.h"

#define MASK "***"
/* So many bytes of the key in a row are no accident. Servers quote keys with
 * the middle left out. */
#define PART 6
/* What keys of OpenAI and its kin begin with. */
#define USUAL "sk-"

static char kept[SECRET_MAX + 1];

static int
secret_keep(const char *s, size_t len)
{
	char line[SECRET_MAX + 1];
	size_t from, n, i;
	int rc = credential_read(s, len, line, sizeof(line));

	from = strspn(line, " ");
	n = strlen(line + from);
	while (n > 0 && line[from + n - 1] == ' ')
		n--;
	if (rc < 0 || n == 0)
		return ERR_INVALID;
	for (i = 0; i < n; i++) {
		if (line[from + i] <= ' ' || line[from + i] > '~')
			return ERR_INVALID;
	}
	memcpy(kept, line + from, n);
	kept[n] = '\0';
	memset(line, 0, sizeof(line));
	return 0;
}

int
secret_from_file(const char *path)
{
	char line[SECRET_MAX + 64];
	FILE *f = fopen(path, "r");
	size_t n;
	int rc;

	if (f == NULL)
		return ERR_NOT_FOUND;
	n = fread(line, 1, sizeof(line), f);
	rc = ferror(f) ? ERR_IO : 0;
	fclose(f);
	if (rc == 0)
		rc = secret_keep(line, n);
	memset(line, 0, sizeof(line));
	return rc;
}

int
secret_from_env(const char *name)
{
	const char *value = getenv(name);

	return value ? secret_keep(value, strlen(value)) : ERR_NOT_FOUND;
}

const char *
secret_get(void)
{
	return kept;
}

static bool
holds(const char *word, size_t len, const char *part, size_t n)
{
	size_t i;

	for (i = 0; n <= len && i <= len - n; i++) {
		if (memcmp(word + i, part, n) == 0)
			return true;
	}
	return false;
}

static bool
is_secret(const char *word, size_t len)
{
	size_t total = strlen(kept), i;
	size_t part = total < PART ? total : PART;

	if (holds(word, len, USUAL, strlen(USUAL)) ||
	    holds(word, len, MASK, strlen(MASK)))
		return true;
	for (i = 0; part > 0 && i + part <= total; i++) {
		if (holds(word, len, kept + i, part))
			return true;
	}
	return false;
}

void
secret_mask(char *dst, size_t size, const char *src)
{
	size_t at = 0, blanks, len;

	while (*src && at + 1 < size) {
		blanks = strspn(src, " \t\r\n");
		len = strcspn(src + blanks, " \t\r\n");
		at += (size_t)snprintf(
		    dst + at, size - at, "%.*s", (int)blanks, src);
		src += blanks;
		if (at + 1 >= size)
			break;
		if (is_secret(src, len))
			at += (size_t)snprintf(dst + at, size - at, MASK);
		else
			at += (size_t)snprintf(
			    dst + at, size - at, "%.*s", (int)len, src);
		src += len;
	}
	if (at == 0)
		dst[0] = '\0';
}
