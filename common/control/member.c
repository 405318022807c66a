#include "common/control/member.h"

#include <stdlib.h>
#include <string.h>

struct cursor {
	const char *text;
	size_t len, at;
};

static char
peek(const struct cursor *c)
{
	return c->at < c->len ? c->text[c->at] : '\0';
}

static bool
take(struct cursor *c, char what)
{
	if (peek(c) != what || c->at >= c->len)
		return false;
	c->at++;
	return true;
}

/* Between the words of JSON. */
static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void
skip_blanks(struct cursor *c)
{
	while (is_blank(peek(c)))
		c->at++;
}

/* With both quotes. */
static bool
skip_string(struct cursor *c)
{
	if (!take(c, '"'))
		return false;
	for (; c->at < c->len; c->at++) {
		if (c->text[c->at] == '\\' && c->at + 1 < c->len)
			c->at++;
		else if (c->text[c->at] == '"')
			break;
	}
	return take(c, '"');
}

/* Up to the comma or bracket behind it. */
static bool
skip_value(struct cursor *c)
{
	size_t depth = 0;

	for (; c->at < c->len; c->at++) {
		switch (c->text[c->at]) {
		case '"':
			if (!skip_string(c))
				return false;
			c->at--;
			break;
		case '{':
		case '[':
			depth++;
			break;
		case ',':
			if (depth == 0)
				return true;
			break;
		case '}':
		case ']':
			if (depth-- == 0)
				return true;
			break;
		}
	}
	return false;
}

/* Without the blanks behind it. */
static struct member
value_between(const struct cursor *c, size_t from, size_t to)
{
	while (to > from && is_blank(c->text[to - 1]))
		to--;
	return (struct member){ from, to };
}

bool
member_find(const char *text, size_t len, const char *name, struct member *out)
{
	struct cursor c = { text, len, 0 };
	size_t name_len = strlen(name), from, key_len;
	const char *key;

	*out = (struct member){ 0 };
	skip_blanks(&c);
	if (!take(&c, '{'))
		return false;
	do {
		skip_blanks(&c);
		from = c.at + 1;
		if (!skip_string(&c))
			return false;
		key = text + from;
		key_len = c.at - from - 1;
		skip_blanks(&c);
		if (!take(&c, ':'))
			return false;
		skip_blanks(&c);
		from = c.at;
		if (!skip_value(&c))
			return false;
		if (key_len == name_len && memcmp(key, name, key_len) == 0) {
			*out = value_between(&c, from, c.at);
			return out->to > out->from;
		}
	} while (take(&c, ','));
	return false;
}

char *
member_copy(const char *text, const struct member *m)
{
	struct cursor c = { text + m->from, m->to - m->from, 0 };
	char *copy = malloc(c.len + 1), *to = copy;
	size_t from;

	if (copy == NULL)
		return NULL;
	while (c.at < c.len) {
		from = c.at;
		if (peek(&c) == '"')
			skip_string(&c);
		else if (is_blank(c.text[c.at++]))
			continue;
		memcpy(to, c.text + from, c.at - from);
		to += c.at - from;
	}
	*to = '\0';
	return copy;
}
