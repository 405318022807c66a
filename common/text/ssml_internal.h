/*
 * The reader of SSML, in two files: ssml.c knows the parser, places and
 * items; ssml_elements.c what each element means.
 */
#ifndef COMMON_TEXT_SSML_INTERNAL_H
#define COMMON_TEXT_SSML_INTERNAL_H

#include <expat.h>

#include "common/text/ssml.h"

enum ssml_role {
	ROLE_SPOKEN, /* its text alone */
	ROLE_TAG,    /* handed on, for engines that know it */
	ROLE_SILENT, /* with all that is in it */
	ROLE_MARK,
	ROLE_BREAK,
	ROLE_SUB,
	ROLE_PHONEME,
};

struct ssml_element {
	enum ssml_role role;
	bool has_voice, has_tag, has_phoneme; /* items that its end closes */
	size_t phoneme;                       /* that item */
};

struct ssml_reader {
	XML_Parser parser;
	struct ssml *out;
	struct ssml_error *e;
	const char *text;
	size_t len;
	size_t before;  /* bytes that the parser is given before the source */
	size_t skipped; /* bytes of the source that it is not given */
	size_t at_byte, at_char;   /* a place in the source that is known */
	size_t run_begin, run_end; /* bytes of the last item, while it is text
				    * as in the source; 0: it is not */
	struct ssml_element open[SSML_DEPTH_MAX];
	unsigned depth;
	unsigned silent;     /* open elements of which nothing is spoken */
	size_t sub;          /* the item of the open <sub> */
	bool in_sub;         /* its text is not spoken */
	bool in_cdata;       /* where "&" is a character like any other */
	unsigned silence_ms; /* of all pauses so far */
	int rc;              /* nothing happens after an error */
};

/* Refuses the document, and says where the parser stands. */
void ssml_fail(struct ssml_reader *r, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Ends the reading with an error that is not the document's. */
void ssml_stop(struct ssml_reader *r, int rc);

/* Returns a copy of the text, or NULL after ssml_stop(). */
char *ssml_copy(struct ssml_reader *r, const char *text, size_t len);

/* Adds an item that stands where the parser stands, with a copy of the text.
 * NULL after an error. Good up to the next one. */
struct ssml_item *ssml_add(
    struct ssml_reader *r, enum ssml_kind kind, const char *text, size_t len);

/* Returns the characters before a byte of the source. Bytes only go forward. */
size_t ssml_char(struct ssml_reader *r, size_t byte);

/* Returns the byte of the source at which the parser stands. */
size_t ssml_byte(const struct ssml_reader *r);

/* Handlers of the parser. */
void ssml_on_open(void *reader, const char *name, const char **attributes);
void ssml_on_close(void *reader, const char *name);

#endif
