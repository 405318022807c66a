#include "streamer-supervisor/ffmpeg/messages.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

static const struct {
	const char *fragment;
	enum message_kind kind;
} known[] = {
	{ "Guessed Channel Layout", MESSAGE_NOISE },
	{ "Last message repeated", MESSAGE_NOISE },
	{ "Conversion failed!", MESSAGE_NOISE },
	{ "Exiting normally", MESSAGE_NOISE },
	{ "Error initializing output stream", MESSAGE_NOISE },
	{ "Error writing trailer", MESSAGE_NOISE },
	{ "Error closing file", MESSAGE_NOISE },
	{ "Error opening output file", MESSAGE_NOISE },
	{ "Error opening input file", MESSAGE_NOISE },
	/* The peer says no, or ffmpeg to what was asked of it. */
	{ "401 Unauthorized", MESSAGE_REFUSAL },
	{ "403 Forbidden", MESSAGE_REFUSAL },
	{ "404 Not Found", MESSAGE_REFUSAL },
	{ "405 Method Not Allowed", MESSAGE_REFUSAL },
	/* GnuTLS's two words for it, and OpenSSL's. */
	{ "certificate failed verification", MESSAGE_REFUSAL },
	{ "certificate's owner does not match", MESSAGE_REFUSAL },
	{ "certificate verify failed", MESSAGE_REFUSAL },
	{ "AccessManager.Reject", MESSAGE_REFUSAL },
	{ "NetConnection.Connect.Rejected", MESSAGE_REFUSAL },
	{ "NetConnection.Connect.InvalidApp", MESSAGE_REFUSAL },
	{ "NetStream.Publish.Denied", MESSAGE_REFUSAL },
	{ "Unrecognized option", MESSAGE_REFUSAL },
	{ "Option not found", MESSAGE_REFUSAL },
	{ "Unknown encoder", MESSAGE_REFUSAL },
	{ "Protocol not found", MESSAGE_REFUSAL },
	{ "is not a suitable output format", MESSAGE_REFUSAL },
	{ "Unable to find a suitable output format", MESSAGE_REFUSAL },
	{ "Error setting option ", MESSAGE_REFUSAL },
	{ "Failed to set value ", MESSAGE_REFUSAL },
	{ "Expected number for ", MESSAGE_REFUSAL },
	{ "Invalid duration specification ", MESSAGE_REFUSAL },
	{ "Invalid input file index", MESSAGE_REFUSAL },
	{ "Invalid sample format ", MESSAGE_REFUSAL },
	{ "matches no streams", MESSAGE_REFUSAL },
	{ "No such filter: ", MESSAGE_REFUSAL },
	{ "Error initializing filter ", MESSAGE_REFUSAL },
	{ "Error parsing options for ", MESSAGE_REFUSAL },
	/* These causes would be hidden by a final "Input/output error". */
	{ "Server error: ", MESSAGE_CAUSE },
	{ "Failed to resolve hostname", MESSAGE_CAUSE },
	{ "getaddrinfo(", MESSAGE_CAUSE },
	/* RIST looks a name up once, and goes on without a socket. */
	{ "Failure resolving host ", MESSAGE_VAIN },
	{ "Connection to ", MESSAGE_CAUSE },
	{ "method ", MESSAGE_CAUSE },
};

/* Returns the kind of the level that ffmpeg names. */
static enum message_kind
kind_of_level(const char *level, size_t len)
{
	static const struct {
		const char *name;
		enum message_kind kind;
	} levels[] = { { "warning", MESSAGE_NOTE }, { "info", MESSAGE_NOISE },
		{ "verbose", MESSAGE_NOISE }, { "debug", MESSAGE_NOISE },
		{ "trace", MESSAGE_NOISE } };
	size_t i;

	for (i = 0; i < sizeof(levels) / sizeof(levels[0]); i++)
		if (strlen(levels[i].name) == len &&
		    strncmp(levels[i].name, level, len) == 0)
			return levels[i].kind;
	return MESSAGE_ERROR;
}

/* Does the text tell which status a server answered? ffmpeg's error names each
 * of 500 and more "5XX Server Error reply"; only this warning before it has the
 * number. */
static bool
is_status(const char *text)
{
	return strncmp(text, "HTTP error ", strlen("HTTP error ")) == 0;
}

/* Returns what the text says, as a code. Windows has other words for EIO. */
static enum message_code
code_of(const char *text)
{
	return strstr(text, "Input/output error") || strstr(text, "I/O error")
		   ? MESSAGE_IO
		   : MESSAGE_OTHER;
}

/* What ffmpeg says last of nearly everything. */
static bool
is_vague(const char *text)
{
	return strstr(text, "Input/output error") ||
	       strstr(text, "I/O error") ||
	       strstr(text, "Generic error in an external library");
}

struct message
messages_classify(const char *line, const struct messages_sense *sense)
{
	struct message m = { .kind = MESSAGE_ERROR };
	const char *end;
	size_t i;

	while (*line == '[' && (end = strstr(line, "] ")) != NULL) {
		m.kind = kind_of_level(line + 1, (size_t)(end - line) - 1);
		line = end + 2;
	}
	m.text = line;
	if (m.kind == MESSAGE_NOTE && is_status(line))
		m.kind = MESSAGE_CAUSE;
	if (m.kind != MESSAGE_ERROR)
		return m;
	m.code = code_of(line);
	if (sense && strstr(line, sense->fragment)) {
		m.kind = MESSAGE_CAUSE;
		m.text = sense->means;
		return m;
	}
	if (is_vague(line))
		m.kind = MESSAGE_VAGUE;
	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strstr(line, known[i].fragment)) {
			m.kind = known[i].kind;
			break;
		}
	return m;
}
