/*
 * SSML, read by a real XML parser (expat), as a row of items: what is spoken,
 * marks, pauses, voices, and the markup that an engine may know what to do
 * with. Pure.
 *
 * A text without <speak> around it is read as if it had one. Elements that
 * SSML 1.1 does not have are refused, but for those with a prefix (of
 * somebody's own), whose text is spoken. Entities are XML's and HTML's for
 * Latin letters and signs; a document declares none of its own, and nothing
 * outside of it is ever opened.
 */
#ifndef COMMON_TEXT_SSML_H
#define COMMON_TEXT_SSML_H

#include <stdbool.h>
#include <stddef.h>

/* Elements within each other. */
#define SSML_DEPTH_MAX 64
/* All pauses of a document. */
#define SSML_PAUSES_MAX_MS 600000
/* Bytes of a mark's name. */
#define SSML_NAME_MAX 256

enum ssml_kind {
	SSML_TEXT,
	SSML_MARK,
	SSML_BREAK,
	SSML_VOICE, /* who speaks up to its SSML_VOICE_END */
	SSML_VOICE_END,
	SSML_PHONEME, /* how the text up to its SSML_PHONEME_END is spoken */
	SSML_PHONEME_END,
	SSML_OPEN, /* p, s, emphasis, prosody, say-as, voice */
	SSML_CLOSE,
};

struct ssml_item {
	enum ssml_kind kind;
	/* TEXT: UTF-8, never empty; MARK: its name; OPEN and CLOSE: the tag,
	 * as XML; VOICE: its name; PHONEME: its `ph`. "" for none. */
	char *text;
	size_t len;            /* bytes of it */
	char *language;        /* VOICE: as written; NULL: not said */
	char *alphabet;        /* PHONEME: as written; NULL: not said */
	size_t offset, length; /* in the source, in characters */
	bool exact;            /* TEXT: character by character as there */
	unsigned ms;           /* BREAK */
};

struct ssml {
	struct ssml_item *items;
	size_t count, cap;
};

struct ssml_error {
	unsigned long line, column; /* from 1; columns count characters */
	char text[120];             /* what is wrong; nothing of the source */
};

/* Reads `len` bytes of UTF-8, with a terminator behind them. OPEN and CLOSE
 * are properly within each other, as are VOICE and PHONEME and their ends.
 * ERR_INVALID, told in *e, or ERR_NOMEM; `out` is then empty. */
int ssml_read(
    const char *text, size_t len, struct ssml *out, struct ssml_error *e);
void ssml_done(struct ssml *s);

#endif
