#include "common/log_json.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "common/log_fields.h"

/* Longest number that a double holds exactly. */
#define DIGITS_MAX 15

static char
unescaped(char c)
{
	switch (c) {
	case 'n':
		return '\n';
	case 'r':
		return '\r';
	case 't':
		return '\t';
	case '"':
	case '\\':
		return c;
	}
	return '\0';
}

/* The text of a value that log_quote() made. */
static json_t *
quoted_text(const struct log_field *f)
{
	char out[LOG_LINE_MAX], c;
	size_t i, n = 0;

	for (i = 0; i < f->len && n < sizeof(out); i++) {
		c = f->value[i] == '\\' && i + 1 < f->len
			? unescaped(f->value[i + 1])
			: '\0';
		out[n++] = c ? c : f->value[i];
		i += c != '\0';
	}
	return json_stringn(out, n);
}

static bool
is_number(const struct log_field *f)
{
	return f->len > 0 && f->len <= DIGITS_MAX &&
	       strspn(f->value, "0123456789") == f->len &&
	       (f->value[0] != '0' || f->len == 1);
}

static json_t *
field_value(const struct log_field *f)
{
	if (f->quoted)
		return quoted_text(f);
	if (is_number(f))
		return json_integer(strtoll(f->value, NULL, 10));
	return json_stringn(f->value, f->len);
}

/* Of two with one name the first stays, as do the line's own. */
static void
put_fields(json_t *o, const char *line)
{
	struct log_field f;

	while (log_field_next(&line, &f))
		if (json_object_get(o, f.name) == NULL)
			json_object_set_new(o, f.name, field_value(&f));
}

static json_t *
entry(const char *when, const char *program, enum log_level level,
    const char *line)
{
	return json_pack("{s:s, s:s, s:s, s:s}", "time", when, "level",
	    log_level_name(level), "program", program, "message", line);
}

/* Writes it, where it has room with a newline, and frees it. */
static size_t
write_out(json_t *o, char out[LOG_JSON_MAX])
{
	size_t n = json_dumpb(o, out, LOG_JSON_MAX - 1, JSON_COMPACT);

	json_decref(o);
	if (n == 0 || n > LOG_JSON_MAX - 1)
		return 0;
	out[n] = '\n';
	return n + 1;
}

size_t
log_json(char out[LOG_JSON_MAX], const char *when, const char *program,
    enum log_level level, const char *line)
{
	json_t *o = entry(when, program, level, line);
	size_t n;

	put_fields(o, line);
	n = write_out(o, out);
	return n ? n : write_out(entry(when, program, level, line), out);
}
