#include "common/net/credential.h"

#include <string.h>

#include "common/err.h"

#define BOM "\xef\xbb\xbf"

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
