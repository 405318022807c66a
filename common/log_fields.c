#include "common/log_fields.h"

#include <string.h>

static bool
is_name_character(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

/* Returns the length of a name with '=' behind it; 0: there is none. */
static size_t
name_length(const char *word)
{
	size_t n = 0;

	while (is_name_character(word[n]))
		n++;
	return word[n] == '=' && n < LOG_FIELD_NAME_MAX && n > 0 &&
		       word[0] >= 'a'
		   ? n
		   : 0;
}

/* Returns the length of what is in quotes, up to the one that is not escaped.
 */
static size_t
quoted_length(const char *text)
{
	size_t n = 0;

	while (text[n] && text[n] != '"')
		n += text[n] == '\\' && text[n + 1] ? 2 : 1;
	return n;
}

static const char *
next_word(const char *at)
{
	at += strcspn(at, " ");
	return at + strspn(at, " ");
}

static const char *
take_value(const char *at, struct log_field *out)
{
	out->quoted = *at == '"';
	out->value = at + out->quoted;
	out->len =
	    out->quoted ? quoted_length(out->value) : strcspn(out->value, " ");
	at = out->value + out->len;
	return at + (out->quoted && *at == '"');
}

bool
log_field_next(const char **rest, struct log_field *out)
{
	const char *at = *rest + strspn(*rest, " ");
	size_t n;

	while (*at && (n = name_length(at)) == 0)
		at = next_word(at);
	*rest = at;
	if (*at == '\0')
		return false;
	memcpy(out->name, at, n);
	out->name[n] = '\0';
	*rest = take_value(at + n + 1, out);
	return true;
}
