#include "streamer-supervisor/ffmpeg/hidden_input.h"

#include <stdlib.h>
#include <string.h>

#include "common/format.h"
#include "common/net/url.h"

/* What may be read, of all that is named by others. No file of this machine is
 * among it, lest a list of HLS name one. */
#define PROTOCOLS                                                          \
	"http,https,httpproxy,tcp,tls,crypto,data,udp,rtp,srtp,rtsp,rtmp," \
	"rtmps,rtmpt,srt,rist,ftp,sftp,mmsh,mmst"

bool
hidden_input_is_due(const char *url)
{
	struct url_part secrets[URL_SECRETS_MAX];
	struct url u;

	url_parse(&u, url, strlen(url));
	if (u.kind == URL_UNKNOWN)
		return strstr(url, "://") != NULL;
	return u.kind == URL_ADDRESS && url_secrets(&u, secrets) > 0;
}

void
hidden_input_argv(struct argv *a)
{
	argv_options(a, "-protocol_whitelist file," PROTOCOLS
			" -f concat -safe 0 -i /dev/stdin");
}

/* Returns `url` with each quote written as '\'', as in a shell. */
static char *
quote(const char *url)
{
	char *out = malloc(4 * strlen(url) + 1), *to = out;

	for (; out && *url; url++) {
		if (*url == '\'') {
			memcpy(to, "'\\''", 4);
			to += 4;
		} else {
			*to++ = *url;
		}
	}
	if (out)
		*to = '\0';
	return out;
}

char *
hidden_input_list(const char *url, const char *options)
{
	char *quoted = quote(url), *list = NULL;

	if (quoted)
		list = format_text("ffconcat version 1.0\n"
				   "file '%s'\n"
				   "option protocol_whitelist " PROTOCOLS "\n"
				   "%s",
		    quoted, options);
	free(quoted);
	return list;
}
