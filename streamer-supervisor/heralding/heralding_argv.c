#include "streamer-supervisor/heralding/heralding_argv.h"

#include <stdlib.h>
#include <string.h>

#include "common/args/argv.h"
#include "common/args/words.h"
#include "common/format.h"
#include "common/net/encode.h"
#include "common/net/url.h"
#include "platform/platform.h"
#include "streamer-supervisor/ffmpeg/tls.h"

/* ffmpeg speaks TLS to Icecast where an argument has it do so. */
static bool
is_tls(const struct conf_output *o)
{
	size_t i, n = words_count(o->extra_output_args);

	for (i = 0; i + 1 < n; i++)
		if (strcmp(o->extra_output_args[i], "-tls") == 0)
			return strcmp(o->extra_output_args[i + 1], "0") != 0;
	return false;
}

char *
heralding_access(const struct conf_output *o, const struct secret *secret)
{
	const char *url = secret->url, *value = secret->values[0];
	char *user, *password, *text = NULL;
	struct url u;

	url_parse(&u, url, strlen(url));
	user = u.user.len > 0
		   ? percent_decode(url + u.user.at, u.user.len, false)
		   : strdup("source");
	password =
	    value ? percent_decode(value, strlen(value), false) : strdup("");
	if (user && password)
		text = format_text("%s://%.*s%.*s\n%s\n%s\n",
		    is_tls(o) ? "https" : "http", (int)u.host.len,
		    url + u.host.at, (int)u.path.len, url + u.path.at, user,
		    password);
	free(user);
	free(password);
	return text;
}

char **
heralding_argv(const struct plan *plan, const struct conf_output *o)
{
	char programs[PLATFORM_PATH_MAX];
	struct argv a = { 0 };

	if (path_libexec(programs, sizeof(programs)) < 0)
		return NULL;
	argv_add(&a, "%s/herald", programs);
	tls_errand_options(&a, plan, o);
	argv_add(&a, "%s", PROCESS_TEXT);
	return argv_take(&a);
}
