#include "streamer-supervisor/ffmpeg/secret.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/format.h"
#include "common/net/encode.h"
#include "common/net/url.h"

/* A parameter in a URL's query that is an option of ffmpeg too. */
struct parameter {
	const char *name;
	const char *option;
	const char *unless; /* its value beside a secret, unless given */
};

struct secret_way {
	int (*part)(
	    struct secret *s, const struct secret_way *way, const char *key);
	const char *before, *after; /* the secret in its line of the preset */
	const struct parameter *parameters; /* the first one is the secret */
	bool form; /* '+' stands for a blank in parameters */
};

/* ---- the preset ------------------------------------------------------- */

static bool
is_printable(const char *s)
{
	const char *start = s;

	while ((unsigned char)*s >= ' ' && *s != 0x7f)
		s++;
	return *s == '\0' && s > start;
}

/* Adds a line to the preset. `value` may be NULL, for want of memory. */
static int
add_line(
    struct secret *s, const char *before, const char *value, const char *after)
{
	char *longer;

	if (value == NULL)
		return ERR_NOMEM;
	if (!is_printable(value))
		return ERR_INVALID;
	if (strlen(before) + strlen(value) + strlen(after) > SECRET_LINE_MAX)
		return ERR_TOO_LONG;
	longer = format_text("%s%s%s%s\n", s->preset, before, value, after);
	if (longer == NULL)
		return ERR_NOMEM;
	free(s->preset);
	s->preset = longer;
	return 0;
}

/* Adds a line whose value is from then on known as a secret. Takes over
 * `value`. */
static int
add_secret(struct secret *s, const char *before, char *value, const char *after)
{
	int rc = add_line(s, before, value, after);
	size_t n = 0;

	while (s->values[n] && n < SECRET_VALUES_MAX)
		n++;
	if (rc == 0 && n < SECRET_VALUES_MAX)
		s->values[n] = value;
	else
		free(value);
	return rc;
}

/* Takes what lies between two places of a URL out of it. */
static void
cut(char *from, const char *to)
{
	memmove(from, to, strlen(to) + 1);
}

static void
secret_parse(const struct secret *s, struct url *out)
{
	url_parse(out, s->url, strlen(s->url));
}

/* ---- RTMP: rtmp://host/application/key -------------------------------- */

/* Parts an RTMP URL. `key` is what follows the application; "" when the URL has
 * it, if there is one. */
static int
part_rtmp(struct secret *s, const struct secret_way *way, const char *key)
{
	struct url u;
	size_t app, end;
	char *text = NULL;
	int rc = 0;

	secret_parse(s, &u);
	app = u.application.at;
	end = app + u.application.len;
	if (*key && u.key.len > 0)
		end = u.key.at + u.key.len;
	if (*key == '\0' && u.key.len == 0)
		return 0;
	text = *key ? strdup(key) : strndup(s->url + u.key.at, u.key.len);
	s->url[end] = '\0';
	if (s->url[app])
		rc = add_line(s, "rtmp_app=", s->url + app, "");
	if (rc == 0 && text && strchr(text, ' '))
		rc = ERR_INVALID;
	if (rc == 0)
		rc = add_secret(s, way->before, text, way->after);
	else
		free(text);
	s->url[app + strcspn(s->url + app, "?")] = '\0';
	return rc;
}

const struct secret_way secret_rtmp = {
	.part = part_rtmp, .before = "rtmp_playpath=", .after = ""
};

/* ---- SRT and RIST: in the query --------------------------------------- */

/* Takes a parameter out of the URL. *out becomes its value, or NULL when there
 * is no such parameter. */
static int
take_parameter(struct secret *s, const char *name, bool form, char **out)
{
	struct url_parameter p = { .name.at = 0 };
	struct url u;
	char *at, *end;

	*out = NULL;
	secret_parse(s, &u);
	do
		if (!url_parameter_next(&u, s->url, &p))
			return 0;
	while (p.name.len != strlen(name) ||
	       p.value.at == p.name.len + p.name.at ||
	       memcmp(s->url + p.name.at, name, p.name.len) != 0);
	at = s->url + p.name.at - 1;
	end = s->url + p.value.at + p.value.len;
	*out = percent_decode(s->url + p.value.at, p.value.len, form);
	/* The first parameter leaves its '?' to the next. */
	if (*at == '?' && *end)
		cut(at + 1, end + 1);
	else
		cut(at, end);
	return *out ? 0 : ERR_NOMEM;
}

static int
part_query(struct secret *s, const struct secret_way *way, const char *key)
{
	const struct parameter *p;
	char *value = NULL;
	int rc = 0;

	for (p = way->parameters; p->name && rc == 0; p++) {
		rc = take_parameter(s, p->name, way->form, &value);
		if (rc == 0 && *key && p == way->parameters) {
			free(value);
			value = strdup(key);
		}
		if (rc == 0 && value == NULL && p->unless && s->values[0])
			value = strdup(p->unless);
		if (rc == 0 && value)
			rc = add_secret(s, p->option, value, "");
		else
			free(value);
	}
	return rc;
}

const struct secret_way secret_srt = {
	.part = part_query,
	.form = true,
	.parameters = (const struct parameter[]){ { .name = "passphrase",
						      .option = "passphrase=" },
	    { .name = "streamid", .option = "streamid=" }, { .name = NULL } },
};

/* ffmpeg takes RIST's parameters all from the URL or none. */
const struct secret_way secret_rist = {
	.part = part_query,
	.parameters = (const struct parameter[]){ { .name = "secret",
						      .option = "secret=" },
	    { .name = "aes-type", .option = "encryption=", .unless = "128" },
	    { .name = NULL } },
};

/* ---- Icecast and HTTP: before the host -------------------------------- */

/* The user is "" and the password NULL where the URL has none. */
struct credentials {
	char *user, *password;
};

/* Takes "user:password@" of the URL, with `key` in place of the password. If
 * there is a password then, it leaves the URL, together with the user unless
 * `user_stays`. */
static int
take_credentials(
    struct secret *s, const char *key, bool user_stays, struct credentials *out)
{
	const char *given;
	bool wanted;
	struct url u;

	secret_parse(s, &u);
	given = s->url + u.password.at;
	wanted = *key || u.password.len > 0;
	*out = (struct credentials){ .user = percent_decode(s->url + u.user.at,
					 u.user.len, false) };
	if (*key)
		out->password = strdup(key);
	else if (wanted)
		out->password = percent_decode(given, u.password.len, false);
	if (out->user == NULL || (wanted && out->password == NULL))
		return ERR_NOMEM;
	if (wanted && !is_printable(out->password))
		return ERR_INVALID;
	if (wanted && s->url[u.host.at - 1] == '@')
		cut(s->url + u.user.at + (user_stays ? u.user.len : 0),
		    s->url + u.host.at - user_stays);
	return 0;
}

static void
drop_credentials(struct credentials *c)
{
	free(c->user);
	free(c->password);
}

/* Parts a URL whose user stays; ffmpeg puts the password back into it. */
static int
part_password(struct secret *s, const struct secret_way *way, const char *key)
{
	struct credentials c;
	int rc = take_credentials(s, key, true, &c);

	if (rc == 0 && c.password)
		rc = add_secret(
		    s, way->before, percent_encode(c.password), way->after);
	drop_credentials(&c);
	return rc;
}

const struct secret_way secret_icecast = {
	.part = part_password, .before = "password=", .after = ""
};

/* Is it a token of RFC 6750? One holds nothing that quotes, parts or ends a
 * header. */
static bool
is_token(const char *s)
{
	return s[strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			   "abcdefghijklmnopqrstuvwxyz0123456789-._~+/=")] ==
	       '\0';
}

/* Returns the value of an Authorization header: with a user the secret is a
 * password, without one a token. NULL without memory. */
static char *
authorization(const char *user, const char *secret)
{
	char *pair, *coded, *out;

	if (*user == '\0')
		return format_text("Bearer %s", secret);
	pair = format_text("%s:%s", user, secret);
	coded = pair ? base64_encode(pair) : NULL;
	out = coded ? format_text("Basic %s", coded) : NULL;
	free(coded);
	free(pair);
	return out;
}

static int
part_header(struct secret *s, const struct secret_way *way, const char *key)
{
	struct credentials c;
	int rc = take_credentials(s, key, false, &c);

	if (rc == 0 && c.password && *c.user == '\0' && !is_token(c.password))
		rc = ERR_INVALID;
	if (rc == 0 && c.password)
		rc = add_secret(s, way->before,
		    authorization(c.user, c.password), way->after);
	drop_credentials(&c);
	return rc;
}

const struct secret_way secret_hls = {
	.part = part_header, .before = "headers=Authorization: ", .after = ""
};

const struct secret_way secret_dash = { .part = part_header,
	.before = "http_opts=headers='Authorization: ",
	.after = "'" };

static int
part_token(struct secret *s, const struct secret_way *way, const char *key)
{
	if (*key == '\0')
		return 0;
	return is_token(key) ? add_secret(s, way->before, strdup(key), "")
			     : ERR_INVALID;
}

const struct secret_way secret_whip = { .part = part_token,
	.before = "authorization=" };

/* ---- all of them ------------------------------------------------------ */

int
secret_part(struct secret *s, const struct secret_way *way, const char *url,
    const char *key)
{
	struct url u;

	*s = (struct secret){ .url = strdup(url), .preset = strdup("") };
	if (s->url == NULL || s->preset == NULL)
		return ERR_NOMEM;
	if (way == NULL)
		return 0;
	secret_parse(s, &u);
	return u.kind == URL_ADDRESS ? way->part(s, way, key) : ERR_INVALID;
}

int
secret_add_option(struct secret *s, const char *options)
{
	char *longer;

	if (strlen(s->preset) + strlen(options) > SECRET_LINE_MAX)
		return ERR_TOO_LONG;
	longer = format_text(
	    "%.*s:%s\n", (int)strlen(s->preset) - 1, s->preset, options);
	if (longer == NULL)
		return ERR_NOMEM;
	free(s->preset);
	s->preset = longer;
	return 0;
}

void
secret_done(struct secret *s)
{
	size_t i;

	for (i = 0; i < SECRET_VALUES_MAX; i++)
		free(s->values[i]);
	free(s->preset);
	free(s->url);
	*s = (struct secret){ .url = NULL };
}
