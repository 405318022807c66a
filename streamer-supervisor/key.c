#include "streamer-supervisor/key.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "platform/platform.h"
#include "streamer-supervisor/ffmpeg.h"

static int
from_file(const char *path, char *key, size_t size)
{
	struct buf text;
	int rc;

	buf_init(&text, size - 1);
	rc = path_read(path, &text);
	if (rc == 0)
		snprintf(key, size, "%.*s", (int)buf_len(&text),
		    (const char *)buf_data(&text));
	buf_done(&text);
	key[strcspn(key, "\r\n")] = '\0';
	return rc;
}

static int
from_environment(const char *name, char *key, size_t size)
{
	const char *value = getenv(name);

	if (value == NULL)
		return ERR_NOT_FOUND;
	if (strlen(value) >= size)
		return ERR_TOO_LONG;
	snprintf(key, size, "%s", value);
	return 0;
}

/* What a line of a preset can hold. */
static bool
is_good(const char *key)
{
	size_t i;

	for (i = 0; key[i]; i++)
		if ((unsigned char)key[i] <= ' ' || key[i] == 0x7f)
			return false;
	return i > 0;
}

/* The application of "rtmp://host/application". */
static int
write_preset(const char *url, const char *key, char *out, size_t size)
{
	const char *host = strstr(url, "://") + 3;
	const char *app = host + strcspn(host, "/?#");
	int n;

	app += *app == '/';
	n = (int)strcspn(app, "?#");
	while (n > 0 && app[n - 1] == '/')
		n--;
	n = snprintf(
	    out, size, "rtmp_app=%.*s\nrtmp_playpath=%s\n", n, app, key);
	return n < 0 || (size_t)n >= size ? ERR_TOO_LONG : 0;
}

int
key_preset(const struct conf_output *o, struct redact *r, char *out,
    size_t size, char *why, size_t why_size)
{
	const char *what = o->key_file[0] ? "key_file" : "key_env";
	char key[KEY_MAX + 1] = "";
	int rc;

	*out = *why = '\0';
	if (!ffmpeg_has_key(o))
		return 0;
	if (o->key_file[0])
		rc = from_file(o->key_file, key, sizeof(key));
	else
		rc = from_environment(o->key_env, key, sizeof(key));
	if (rc == 0 && !is_good(key)) {
		snprintf(why, why_size, "%s: expected one line without blanks",
		    what);
		return ERR_INVALID;
	}
	if (rc == 0)
		rc = redact_add(r, key);
	if (rc == 0)
		rc = write_preset(o->url, key, out, size);
	if (rc < 0)
		snprintf(why, why_size, "%s: the key cannot be had: %s", what,
		    err_text(rc));
	return rc;
}
