/*
 * Text in sections, line by line: "[section]", "key = value", comments. The
 * configuration and the pronunciation dictionaries are such texts. Pure.
 *
 * The rules: UTF-8, a byte order mark at the front is skipped, blanks (those
 * of Unicode too) around everything are. A line whose first character is '#'
 * or ';' is a comment. The first '=' parts key and value; either may be empty
 * here. Where `trailing_comments` is set, a '#' or ';' after a blank begins a
 * comment too, unless it stands in quotes or the value is a colour alone,
 * "key = #rrggbb".
 */
#ifndef COMMON_CONF_INI_H
#define COMMON_CONF_INI_H

#include <stdbool.h>
#include <stddef.h>

/* A part of the caller's text, without a NUL behind it. */
struct ini_slice {
	const char *s;
	size_t len;
};

enum ini_kind {
	INI_SECTION, /* `key` is what stands in the brackets */
	INI_ENTRY,   /* `key` and `value` */
	INI_MISTAKE, /* `key` is the line */
};

enum ini_mistake {
	INI_NO_TEXT, /* it is not UTF-8, or holds a NUL byte */
	INI_NO_BRACKET,
	INI_NO_EQUALS,
};

struct ini_line {
	enum ini_kind kind;
	enum ini_mistake mistake;
	unsigned number; /* from 1 */
	struct ini_slice key, value;
};

struct ini {
	const char *text;
	size_t len;
	bool trailing_comments;
	unsigned number; /* of the line that was read last */
};

void ini_begin(
    struct ini *i, const char *text, size_t len, bool trailing_comments);

/* Reads the next line that is neither blank nor a comment; returns false at the
 * end of the text. After a line with a mistake the next call reads the line
 * behind it. */
bool ini_next(struct ini *i, struct ini_line *out);

/* Returns `t` without the blanks around it. */
struct ini_slice ini_trim(struct ini_slice t);

#endif
