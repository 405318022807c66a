/* The one form in which anything is said about a configuration. */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/conf/conf_internal.h"
#include "common/err.h"
#include "common/utf8.h"

struct conf_shown
conf_show(const char *text)
{
	struct conf_shown shown;
	size_t n = 0;

	while ((signed char)text[n] < 0 || isalnum((unsigned char)text[n]) ||
	       (text[n] && strchr("_-. ", text[n])))
		n++;
	utf8_sanitise(shown.text, sizeof(shown.text), text, n);
	return shown;
}

static int complain(struct conf_error *e, const struct conf_origin *at,
    const char *fmt, va_list ap) __attribute__((format(printf, 3, 0)));

static int
complain(struct conf_error *e, const struct conf_origin *at, const char *fmt,
    va_list ap)
{
	char raw[CONF_ERROR_MAX];
	size_t n;

	if (at->file && at->line)
		n = (size_t)snprintf(
		    raw, sizeof(raw), "%s:%u: ", at->file, at->line);
	else if (at->file)
		n = (size_t)snprintf(raw, sizeof(raw), "%s: ", at->file);
	else
		n = (size_t)snprintf(
		    raw, sizeof(raw), "-D %s: ", conf_show(at->option).text);
	if (n < sizeof(raw))
		vsnprintf(raw + n, sizeof(raw) - n, fmt, ap);
	utf8_sanitise(e->text, sizeof(e->text), raw, strlen(raw));
	return ERR_INVALID;
}

int
conf_complain(
    struct conf_error *e, const struct conf_origin *at, const char *fmt, ...)
{
	va_list ap;
	int rc;

	va_start(ap, fmt);
	rc = complain(e, at, fmt, ap);
	va_end(ap);
	return rc;
}

int
conf_want_memory(struct conf_error *e)
{
	snprintf(e->text, sizeof(e->text), "out of memory");
	return ERR_NOMEM;
}

unsigned
conf_set_at(const struct conf_block *block, const char *key)
{
	const struct schema_section *sec = schema_find(block->section);

	return block->set_at[schema_find_key(sec, key) - sec->keys];
}

int
conf_blame(struct conf_error *e, const struct conf_block *block,
    const char *key, const char *fmt, ...)
{
	const char *space = block->name[0] ? " " : "";
	const char *dot = block->name[0] ? "." : "";
	const char *colon = key ? ": " : "", *what = key ? key : "";
	unsigned line = key ? conf_set_at(block, key) : 0;
	struct conf_origin from = { .file = block->file ? block->file
							: "configuration" };
	char message[CONF_ERROR_MAX], option[160];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(message, sizeof(message), fmt, ap);
	va_end(ap);
	from.line = line ? line : block->line;
	if (from.line == CONF_BY_OPTION) {
		snprintf(option, sizeof(option), "%s%s%s%s%s", block->section,
		    dot, block->name, line ? "." : "", line ? what : "");
		from = (struct conf_origin){ .option = option };
	}
	return conf_complain(e, &from, "[%s%s%s] %s%s%s", block->section, space,
	    block->name, what, colon, message);
}
