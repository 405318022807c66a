#include "ttsd/engines/clip/playlist.h"

#include <string.h>
#include <strings.h>

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

bool
playlist_is(const char *path)
{
	const char *dot = strrchr(path, '.');

	return dot &&
	       (strcasecmp(dot, ".m3u") == 0 || strcasecmp(dot, ".m3u8") == 0);
}

static const char *
skip_mark(const char *text)
{
	size_t n = strlen(BYTE_ORDER_MARK);

	return strncmp(text, BYTE_ORDER_MARK, n) == 0 ? text + n : text;
}

/* Returns what is behind the last separator of folders. */
static const char *
behind_folder(const char *name, size_t len)
{
	size_t at = len;

	while (at > 0 && name[at - 1] != '/' && name[at - 1] != '\\')
		at--;
	return name + at;
}

bool
playlist_next(const char **rest, const char **name, size_t *len)
{
	const char *line = skip_mark(*rest), *end;

	for (; *line; line = end) {
		line += strspn(line, " \t\r\n");
		end = line + strcspn(line, "\r\n");
		*rest = end;
		if (*line == '#' || line == end)
			continue;
		*len = (size_t)(end - line);
		while (strchr(" \t", line[*len - 1]))
			--*len;
		*name = behind_folder(line, *len);
		*len -= (size_t)(*name - line);
		if (*len > 0)
			return true;
	}
	return false;
}
