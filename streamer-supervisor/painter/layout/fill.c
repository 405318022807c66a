#include "streamer-supervisor/painter/layout/fill.h"

#include <string.h>

#include "common/picture/board.h"
#include "common/utf8.h"

#define NAME_CHARACTERS                                        \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" \
	"0123456789._-"

/* Bytes of the field that begins at `s` with its braces; 0: none does. */
static size_t
field_bytes(const char *s)
{
	size_t len = strspn(s + 1, NAME_CHARACTERS);

	if (*s != '{' || len == 0 || len > FILL_NAME_MAX || s[1 + len] != '}')
		return 0;
	return len + 2;
}

bool
fill_has_field(const char *text)
{
	for (; *text; text++)
		if (*text == '{' && field_bytes(text) > 0)
			return true;
	return false;
}

void
fill_each_name(
    const char *text, void found(void *arg, const char *name), void *arg)
{
	char name[FILL_NAME_MAX + 1];
	size_t len;

	for (; *text; text++) {
		len = field_bytes(text);
		if (len == 0)
			continue;
		memcpy(name, text + 1, len - 2);
		name[len - 2] = '\0';
		found(arg, name);
	}
}

/* Those that XML 1.0 excludes, and the controls that it allows. */
static bool
is_left_out(uint32_t cp)
{
	return cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || cp == 0xfffe ||
	       cp == 0xffff;
}

static int
character_put(struct buf *out, uint32_t cp, const char *bytes, size_t len)
{
	if (utf8_is_blank(cp) && cp != 0xa0 && cp != 0x3000)
		return buf_puts(out, " ");
	if (is_left_out(cp))
		return 0;
	switch (cp) {
	case '<':
		return buf_puts(out, "&lt;");
	case '>':
		return buf_puts(out, "&gt;");
	case '&':
		return buf_puts(out, "&amp;");
	case '"':
		return buf_puts(out, "&quot;");
	}
	return buf_put(out, bytes, len);
}

static int
escape_bytes(struct buf *out, const char *text, size_t len, size_t characters)
{
	uint32_t cp;
	size_t n;
	int rc = 0;

	for (; rc == 0 && len > 0 && characters > 0; characters--) {
		n = utf8_decode(text, len, &cp);
		if (n > 0)
			rc = character_put(out, cp, text, n);
		n = n > 0 ? n : 1;
		text += n;
		len -= n;
	}
	return rc;
}

int
fill_escape(struct buf *out, const char *text, size_t characters)
{
	return escape_bytes(out, text, strlen(text), characters);
}

static int
field_fill(struct buf *out, const char *name, size_t len, fill_value_fn *value,
    const void *arg)
{
	char copy[FILL_NAME_MAX + 1];
	const char *text;

	memcpy(copy, name, len);
	copy[len] = '\0';
	text = value(arg, copy);
	return text ? fill_escape(out, text, BOARD_TEXT_MAX) : 0;
}

int
fill_text(
    struct buf *out, const char *text, fill_value_fn *value, const void *arg)
{
	size_t len;
	int rc = 0;

	while (rc == 0 && *text) {
		len = field_bytes(text);
		if (len > 0) {
			rc = field_fill(out, text + 1, len - 2, value, arg);
		} else {
			len = 1 + strcspn(text + 1, "{");
			rc = escape_bytes(out, text, len, FILL_ALL);
		}
		text += len;
	}
	return rc;
}
