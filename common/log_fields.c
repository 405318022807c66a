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

/* Returns the length of a state's name. */
static size_t
state_length(const char *at)
{
	size_t n = 0;

	while (is_name_character(at[n]) ||
	       (at[n] == '-' && is_name_character(at[n + 1])))
		n++;
	return n;
}

static const char arrow[] = "->";

static bool
is_arrow(const char *at)
{
	return strncmp(at, arrow, strlen(arrow)) == 0;
}

/* Is this word a change of state, from one to another? */
static bool
is_change(const char *word)
{
	const char *after = word + state_length(word);

	return after > word && is_arrow(after) &&
	       state_length(after + strlen(arrow)) > 0;
}

static const char *
take_state(const char *name, const char *at, struct log_field *out)
{
	*out = (struct log_field){ .value = at, .len = state_length(at) };
	memcpy(out->name, name, strlen(name) + 1);
	return at + out->len;
}

bool
log_field_next(const char **rest, struct log_field *out)
{
	const char *at = *rest;
	size_t n;

	/* The first of a change was taken before. */
	if (is_arrow(at)) {
		*rest = take_state("to", at + strlen(arrow), out);
		return true;
	}
	at += strspn(at, " ");
	while (*at && (n = name_length(at)) == 0 && !is_change(at))
		at = next_word(at);
	*rest = at;
	if (*at == '\0')
		return false;
	if (n == 0) {
		*rest = take_state("from", at, out);
		return true;
	}
	memcpy(out->name, at, n);
	out->name[n] = '\0';
	*rest = take_value(at + n + 1, out);
	return true;
}
