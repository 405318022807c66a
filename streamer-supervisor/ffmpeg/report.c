#include "streamer-supervisor/ffmpeg/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- progress --------------------------------------------------------- */

/* The value of "key=  value", or NULL. */
static const char *
value_of(const char *line, const char *key)
{
	size_t n = strlen(key);

	if (strncmp(line, key, n) != 0 || line[n] != '=')
		return NULL;
	line += n + 1;
	return line + strspn(line, " ");
}

/* Anything but a sensible number ("N/A") is 0. */
static double
report_number(const char *text)
{
	double value = strtod(text, NULL);

	return value > 0 && value < 1e12 ? value : 0;
}

bool
report_progress_line(struct report_progress *p, const char *line)
{
	const char *value;
	bool advanced;

	if ((value = value_of(line, "out_time_us")) != NULL)
		p->coming_us = strtoll(value, NULL, 10);
	else if ((value = value_of(line, "bitrate")) != NULL)
		p->bitrate_kbps = report_number(value);
	else if ((value = value_of(line, "speed")) != NULL)
		p->speed = report_number(value);
	value = value_of(line, "progress");
	if (value == NULL)
		return false;
	advanced = p->coming_us > p->out_time_us;
	if (advanced)
		p->out_time_us = p->coming_us;
	p->coming_us = 0;
	return advanced && strcmp(value, "continue") == 0;
}

/* ---- complaints ------------------------------------------------------- */

static const struct {
	const char *fragment;
	enum report_kind kind;
} known[] = {
	{ "Guessed Channel Layout", REPORT_NOISE },
	{ "Last message repeated", REPORT_NOISE },
	{ "Conversion failed!", REPORT_NOISE },
	{ "Exiting normally", REPORT_NOISE },
	{ "Error initializing output stream", REPORT_NOISE },
	{ "Error writing trailer", REPORT_NOISE },
	{ "Error closing file", REPORT_NOISE },
	{ "Error opening output file", REPORT_NOISE },
	{ "Error opening input file", REPORT_NOISE },
	/* The peer, or what was asked of ffmpeg, says no. */
	{ "401 Unauthorized", REPORT_REFUSAL },
	{ "403 Forbidden", REPORT_REFUSAL },
	{ "404 Not Found", REPORT_REFUSAL },
	{ "405 Method Not Allowed", REPORT_REFUSAL },
	{ "AccessManager.Reject", REPORT_REFUSAL },
	{ "NetConnection.Connect.Rejected", REPORT_REFUSAL },
	{ "NetConnection.Connect.InvalidApp", REPORT_REFUSAL },
	{ "NetStream.Publish.Denied", REPORT_REFUSAL },
	{ "Unrecognized option", REPORT_REFUSAL },
	{ "Option not found", REPORT_REFUSAL },
	{ "Unknown encoder", REPORT_REFUSAL },
	{ "Protocol not found", REPORT_REFUSAL },
	{ "is not a suitable output format", REPORT_REFUSAL },
	{ "Unable to find a suitable output format", REPORT_REFUSAL },
	{ "Error setting option ", REPORT_REFUSAL },
	{ "Failed to set value ", REPORT_REFUSAL },
	{ "Expected number for ", REPORT_REFUSAL },
	{ "Invalid duration specification ", REPORT_REFUSAL },
	{ "Invalid input file index", REPORT_REFUSAL },
	{ "Invalid sample format ", REPORT_REFUSAL },
	{ "matches no streams", REPORT_REFUSAL },
	{ "No such filter: ", REPORT_REFUSAL },
	{ "Error initializing filter ", REPORT_REFUSAL },
	{ "Error parsing options for ", REPORT_REFUSAL },
	/* What the final "Input/output error" hides. */
	{ "Server error: ", REPORT_CAUSE },
	{ "Failed to resolve hostname", REPORT_CAUSE },
	{ "Connection to ", REPORT_CAUSE },
	{ "method ", REPORT_CAUSE },
};

/* The level that ffmpeg names; its lines without one are symptoms. */
static enum report_kind
kind_of_level(const char *level, size_t len)
{
	static const struct {
		const char *name;
		enum report_kind kind;
	} levels[] = { { "warning", REPORT_NOTE }, { "info", REPORT_NOISE },
		{ "verbose", REPORT_NOISE }, { "debug", REPORT_NOISE },
		{ "trace", REPORT_NOISE } };
	size_t i;

	for (i = 0; i < sizeof(levels) / sizeof(levels[0]); i++)
		if (strlen(levels[i].name) == len &&
		    strncmp(levels[i].name, level, len) == 0)
			return levels[i].kind;
	return REPORT_ERROR;
}

enum report_kind
report_classify(const char *line, const char **message)
{
	enum report_kind kind = REPORT_ERROR;
	const char *end;
	size_t i;

	while (*line == '[' && (end = strstr(line, "] ")) != NULL) {
		kind = kind_of_level(line + 1, (size_t)(end - line) - 1);
		line = end + 2;
	}
	*message = line;
	if (kind < REPORT_ERROR)
		return kind;
	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strstr(line, known[i].fragment))
			return known[i].kind;
	return kind;
}

/* ---- what it can do --------------------------------------------------- */

static bool
is_separator(char c)
{
	return c == ' ' || c == ',' || c == '\r';
}

/* "  rtmp" in a list of protocols, " E flv   FLV (Flash Video)" or
 * " A....D libopus  Opus" in the others, where names may be "a,b". */
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
report_lists(const char *text, size_t len, const char *name)
{
	const char *newline;
	size_t n;

	for (; len > 0; text += n, len -= n) {
		newline = memchr(text, '\n', len);
		n = newline ? (size_t)(newline - text) : len;
		if (line_names(text, n, name))
			return true;
		n += newline != NULL;
	}
	return false;
}

void
report_version(const char *line, char *out, size_t size)
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
report_at_least(const char *version, int major, int minor)
{
	int has_major = 0, has_minor = 0;

	/* Commits counted; 5.1, the newest that is asked about, left the main
	 * line at about 107,400. */
	if (sscanf(version, "N-%7d", &has_major) == 1)
		return has_major >= 107400;
	version += version[0] == 'n'; /* some distributions tag it so */
	sscanf(version, "%4d.%4d", &has_major, &has_minor);
	return has_major > major || (has_major == major && has_minor >= minor);
}
