#include "common/net/url.h"

#include <string.h>

static size_t
url_find(const char *s, size_t from, size_t to, const char *set)
{
	while (from < to && strchr(set, s[from]) == NULL)
		from++;
	return from;
}

static struct url_part
url_between(size_t from, size_t to)
{
	return to > from ? (struct url_part){ from, to - from }
			 : (struct url_part){ from, 0 };
}

static size_t
url_end(struct url_part p)
{
	return p.at + p.len;
}

/* ---- is it understood? ------------------------------------------------ */

static bool
is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool
is_control(char c)
{
	return (unsigned char)c < ' ' || c == 0x7f;
}

/* Says whether `s` is an absolute path, "/srv/x" or "C:\x". "//host/x" is none:
 * it is a URL that lost its scheme, and may hold a key. */
static bool
is_path(const char *s, size_t len)
{
	bool drive = len > 2 && s[1] == ':' && is_lower((char)(s[0] | 0x20));
	size_t i;

	for (i = 0; i < len; i++)
		if (is_control(s[i]))
			return false;
	if (drive && s[2] == '\\')
		return true;
	if (drive)
		return s[2] == '/' && (len == 3 || s[3] != '/');
	return len > 0 && s[0] == '/' && (len == 1 || s[1] != '/');
}

/* The offset at which user or host begin; 0 where `s` is no URL. A scheme needs
 * two letters, because one letter and a colon are a drive of Windows. */
static size_t
skip_scheme(const char *s, size_t len)
{
	size_t n = 0, i;

	for (i = 0; i < len; i++)
		if (is_control(s[i]))
			return 0;
	while (n < len &&
	       (is_lower(s[n]) || (n > 0 && strchr("0123456789+-.", s[n]))))
		n++;
	return n > 1 && len - n > 3 && memcmp(s + n, "://", 3) == 0 ? n + 3 : 0;
}

static bool
is_host(const char *s, struct url_part host)
{
	return host.len > 0 && url_find(s, host.at, url_end(host),
				   " \"'<>\\{}|^`") == url_end(host);
}

/* ---- its parts -------------------------------------------------------- */

/* Divides "user:password@host" at the last '@', for a password may hold one. */
static void
part_authority(struct url *u, const char *s, size_t from, size_t to)
{
	size_t at = to, colon;

	while (at > from && s[at - 1] != '@')
		at--;
	u->host = url_between(at, to);
	if (at == from)
		return;
	colon = url_find(s, from, at - 1, ":");
	u->user = url_between(from, colon);
	u->password = url_between(colon + 1, at - 1);
}

/* The offset at which the application ends; `to` where nothing follows it.
 * `from` lies behind the first slashes of the path. The application may have an
 * instance ("application/instance/key"), and a query may stand before the
 * key. */
static size_t
end_of_application(const struct url *u, const char *s, size_t from, size_t to)
{
	size_t path = url_end(u->path) < to ? url_end(u->path) : to;
	size_t first = url_find(s, from, path, "/"), second;

	if (first == path) {
		for (first = to; first > path && s[first - 1] != '/'; first--)
			;
		return first > path ? first - 1 : to;
	}
	second = url_find(s, first + 1, path, "/");
	if (second == path || url_find(s, first, second, ":") < second)
		return first;
	return second;
}

static void
part_rtmp(struct url *u, const char *s, size_t len)
{
	size_t from = u->path.at, to = len, end;

	while (from < url_end(u->path) && s[from] == '/')
		from++;
	/* A key may end in '/' where that is in its query ("sign=aGk/"). */
	while (u->query.len == 0 && to > from && s[to - 1] == '/')
		to--;
	end = end_of_application(u, s, from, to);
	u->key = url_between(end + 1, to);
	u->application = url_between(from, u->key.len > 0 ? end : to);
}

void
url_parse(struct url *out, const char *text, size_t len)
{
	size_t host = skip_scheme(text, len), path, query;

	*out = (struct url){ .kind = URL_UNKNOWN };
	if (is_path(text, len)) {
		out->kind = URL_PATH;
		out->path = url_between(0, len);
	}
	if (host == 0)
		return;
	path = url_find(text, host, len, "/?#");
	query = url_find(text, path, len, "?#");
	out->scheme = url_between(0, host - 3);
	out->path = url_between(path, query);
	out->query = url_between(query + 1, len);
	part_authority(out, text, host, path);
	if (strncmp(text, "rtmp", 4) == 0)
		part_rtmp(out, text, len);
	if (is_host(text, out->host))
		out->kind = URL_ADDRESS;
	else
		*out = (struct url){ .kind = URL_UNKNOWN };
}

/* ---- what is secret --------------------------------------------------- */

size_t
url_secrets(const struct url *u, struct url_part out[URL_SECRETS_MAX])
{
	size_t n = 0, end = url_end(u->key);

	if (u->password.len > 0)
		out[n++] = u->password;
	if (end > url_end(u->path))
		end = url_end(u->path);
	if (u->key.len > 0 && end > u->key.at)
		out[n++] = url_between(u->key.at, end);
	if (u->query.len > 0)
		out[n++] = u->query;
	return n;
}

bool
url_parameter_next(
    const struct url *u, const char *text, struct url_parameter *p)
{
	size_t end = url_end(u->query), from = u->query.at, to, value;

	if (p->name.at > 0)
		from = url_find(text, p->name.at, end, "&") + 1;
	if (from >= end)
		return false;
	to = url_find(text, from, end, "&");
	value = url_find(text, from, to, "=");
	p->name = url_between(from, value);
	p->value = url_between(value < to ? value + 1 : to, to);
	return true;
}

bool
url_parameter_is_secret(const struct url_parameter *p, const char *text)
{
	static const char *const parts[] = { "pass", "pwd", "key", "token",
		"secret", "auth", "sig", "streamid" };
	size_t i, at, n;

	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		n = strlen(parts[i]);
		for (at = 0; at + n <= p->name.len; at++)
			if (memcmp(text + p->name.at + at, parts[i], n) == 0)
				return true;
	}
	return false;
}

/* ---- local sockets ---------------------------------------------------- */

bool
url_socket_is_pipe(const char *socket)
{
	return strncmp(socket, "\\\\.\\pipe\\", 9) == 0;
}

const char *
url_socket_scheme(const char *socket)
{
	return url_socket_is_pipe(socket) ? "" : "unix:";
}
