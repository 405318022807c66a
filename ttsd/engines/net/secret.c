#include "ttsd/engines/net/secret.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/net/credential.h"
#include "common/net/redact.h"

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

void
secret_mask(char *dst, size_t size, const char *src)
{
	const struct redact known = { .secrets = { kept },
		.count = kept[0] != '\0' };

	redact_words(&known, dst, size, src);
}
