#include "common/net/credential.h"

#include <stdio.h>
#include <string.h>

#include "common/err.h"

#define BOM "\xef\xbb\xbf"
#define WORD "credential:"
/* Bytes of a name, as of any file. */
#define NAME_BYTES_MAX 255

int
credential_read(const void *text, size_t len, char *out, size_t size)
{
	const char *s = text;
	size_t n;

	*out = '\0';
	if (len >= strlen(BOM) && memcmp(s, BOM, strlen(BOM)) == 0) {
		s += strlen(BOM);
		len -= strlen(BOM);
	}
	for (n = 0; n < len && s[n] != '\r' && s[n] != '\n'; n++)
		if ((unsigned char)s[n] < ' ' || s[n] == 0x7f)
			return ERR_INVALID;
	if (n == 0)
		return ERR_INVALID;
	if (n >= size)
		return ERR_TOO_LONG;
	memcpy(out, s, n);
	out[n] = '\0';
	return 0;
}

bool
credential_has_edge_blank(const char *credential)
{
	size_t len = strlen(credential);

	return len > 0 && (credential[0] == ' ' || credential[len - 1] == ' ');
}

/* ---- credentials of the service manager ------------------------------- */

bool
credential_is_meant(const char *value)
{
	return strncmp(value, WORD, strlen(WORD)) == 0;
}

const char *
credential_name(const char *value)
{
	const char *name = value + strlen(WORD), *s;

	if (!credential_is_meant(value))
		return NULL;
	for (s = name; *s > ' ' && *s <= '~' && *s != '/' && *s != ':';)
		s++;
	if (*s || s == name || s - name > NAME_BYTES_MAX || *name == '.')
		return NULL;
	return name;
}

bool
credential_is_in(const char *path, const char *folder)
{
	size_t n = folder ? strlen(folder) : 0;

	return n > 0 && strncmp(path, folder, n) == 0 && path[n] == '/';
}

const char *
credential_why(const char *path, const char *folder, int rc)
{
	static char text[2 * NAME_BYTES_MAX + 80];
	const char *name = credential_name(path);

	if (name == NULL && credential_is_in(path, folder))
		name = path + strlen(folder) + 1;
	if (name == NULL || rc != ERR_NOT_FOUND)
		return err_text(rc);
	snprintf(text, sizeof(text),
	    "its unit passes no credential %.*s: LoadCredential=%.*s:FILE does",
	    NAME_BYTES_MAX, name, NAME_BYTES_MAX, name);
	return text;
}
