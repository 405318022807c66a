#include "streamer-supervisor/ffmpeg/listing.h"

#include <stdio.h>
#include <string.h>

#include "common/lines.h"

static bool
is_separator(char c)
{
	return c == ' ' || c == ',' || c == '\r';
}

/* Does the line name it? Lines are "  rtmp" in a list of protocols, and
 * " E flv   FLV (Flash Video)" or " A....D libopus  Opus" in the others, where
 * names may be "a,b". */
static bool
line_names(const char *line, size_t len, const char *name)
{
	size_t from, at = 0;
	int words = 0;

	for (; at < len && words < 2; at++) {
		for (from = at; at < len && !is_separator(line[at]); at++)
			;
		if (at - from == strlen(name) &&
		    memcmp(line + from, name, at - from) == 0)
			return true;
		if (at > from && (at == len || line[at] != ','))
			words++;
	}
	return false;
}

bool
listing_has(const char *text, size_t len, const char *name)
{
	const char *line;
	size_t n;

	while (lines_next(&text, &len, &line, &n))
		if (line_names(line, n, name))
			return true;
	return false;
}

void
listing_version(const char *line, char *out, size_t size)
{
	static const char before[] = "ffmpeg version ";
	int n = 0;

	if (strncmp(line, before, sizeof(before) - 1) == 0) {
		line += sizeof(before) - 1;
		n = (int)strcspn(line, " ");
	}
	snprintf(out, size, "%.*s", n, line);
}

bool
listing_at_least(const char *version, int major, int minor)
{
	int has_major = 0, has_minor = 0;

	/* N counts commits; 5.1, the newest version that is asked about, left
	 * the main line at about 107,400. */
	if (sscanf(version, "N-%7d", &has_major) == 1)
		return has_major >= 107400;
	version += version[0] == 'n'; /* some distributions write "n5.1" */
	sscanf(version, "%4d.%4d", &has_major, &has_minor);
	return has_major > major || (has_major == major && has_minor >= minor);
}
