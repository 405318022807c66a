#include "ttsd/engines/sound/kind.h"

#include <string.h>

#include "common/utf8.h"
#include "ttsd/engines/sound/mpeg.h"

#define WAV_BYTES 12
/* Sound may begin like a text, but not for so long. */
#define TEXT_BYTES 32

struct kind_row {
	const char *name;
	enum kind_use use;
};

static const struct kind_row rows[KIND_COUNT] = {
#define X(name, text, use) [KIND_IS_##name] = { text, KIND_##use },
	KINDS(X)
#undef X
};

struct magic {
	enum kind kind;
	uint8_t at, len;
	char bytes[9];
};

/* Longer marks stand in front of those that they begin with. */
static const struct magic magics[] = {
	{ KIND_IS_BROKEN_WAV, 8, 8, "WAVEfmt " },
	{ KIND_IS_RIFF, 0, 4, "RIFF" },
	{ KIND_IS_OGG, 0, 4, "OggS" },
	{ KIND_IS_FLAC, 0, 4, "fLaC" },
	{ KIND_IS_MP3, 0, 4, "ID3\2" },
	{ KIND_IS_MP3, 0, 4, "ID3\3" },
	{ KIND_IS_MP3, 0, 4, "ID3\4" },
	{ KIND_IS_AIFF, 0, 4, "FORM" },
	{ KIND_IS_AU, 0, 4, ".snd" },
	{ KIND_IS_CAF, 0, 4, "caff" },
	{ KIND_IS_W64, 0, 8, "riff\x2e\x91\xcf\x11" },
	{ KIND_IS_MP4, 4, 4, "ftyp" },
	{ KIND_IS_WEBM, 0, 4, "\x1a\x45\xdf\xa3" },
	{ KIND_IS_ASF, 0, 8, "\x30\x26\xb2\x75\x8e\x66\xcf\x11" },
	{ KIND_IS_AMR, 0, 5, "#!AMR" },
	{ KIND_IS_WAVPACK, 0, 4, "wvpk" },
	{ KIND_IS_FLV, 0, 4, "FLV\1" },
	{ KIND_IS_GZIP, 0, 3, "\x1f\x8b\x08" },
	{ KIND_IS_ZIP, 0, 4, "PK\3\4" },
	{ KIND_IS_PDF, 0, 5, "%PDF-" },
	{ KIND_IS_PNG, 0, 8, "\x89PNG\r\n\x1a\n" },
	{ KIND_IS_ELF, 0, 4,
	    "\x7f"
	    "ELF" },
};

const char *
kind_name(enum kind kind)
{
	return rows[kind].name;
}

enum kind_use
kind_use(enum kind kind)
{
	return rows[kind].use;
}

bool
kind_is_wav(const uint8_t *p)
{
	return (memcmp(p, "RIFF", 4) == 0 || memcmp(p, "RF64", 4) == 0 ||
		   memcmp(p, "BW64", 4) == 0) &&
	       memcmp(p + 8, "WAVE", 4) == 0;
}

size_t
kind_find_wav(const uint8_t *p, size_t len)
{
	size_t at;

	for (at = 0; at + WAV_BYTES <= len; at++) {
		if (kind_is_wav(p + at))
			return at;
	}
	return len;
}

/* Bytes that terminals are sent count as text: colours, bells, backspaces. */
static bool
text_byte(uint8_t c)
{
	return (c >= ' ' && c < 0x7f) || (c >= '\a' && c <= '\r') || c == 0x1b;
}

/* A character that is cut off by the end is none. */
size_t
kind_text_run(const uint8_t *p, size_t len)
{
	size_t at = 0, n;

	while (at < len) {
		n = text_byte(p[at])
			? 1
			: utf8_decode((const char *)p + at, len - at, NULL);
		if (n == 0 || (n == 1 && !text_byte(p[at])))
			break;
		at += n;
	}
	return at;
}

static bool
begins(const uint8_t *p, size_t len, const char *word)
{
	size_t n = strlen(word);

	return len >= n && memcmp(p, word, n) == 0;
}

static enum kind
text_kind(const uint8_t *p, size_t len)
{
	if (begins(p, len, "\xef\xbb\xbf")) { /* a byte order mark */
		p += 3;
		len -= 3;
	}
	while (len > 0 && memchr(" \t\r\n", *p, 4)) {
		p++;
		len--;
	}
	if (begins(p, len, "{") || begins(p, len, "[{") ||
	    begins(p, len, "[\""))
		return KIND_IS_JSON;
	if (begins(p, len, "data:") || begins(p, len, "event:"))
		return KIND_IS_EVENTS;
	return begins(p, len, "<") ? KIND_IS_MARKUP : KIND_IS_TEXT;
}

/* UNKNOWN where it is no text, and none with WAV behind it. */
static enum kind
kind_of_text(const uint8_t *p, size_t len, bool at_end)
{
	size_t run = kind_text_run(p, len);

	if (run == 0)
		return KIND_IS_UNKNOWN;
	if (run >= TEXT_BYTES || (at_end && run == len) ||
	    kind_find_wav(p, len) <= run)
		return text_kind(p, run);
	/* The size in a header of WAV ends the run, or a character does. */
	return at_end || len >= run + WAV_BYTES ? KIND_IS_UNKNOWN
						: KIND_IS_UNSURE;
}

static enum kind
kind_of_magic(const uint8_t *p, size_t len, bool at_end)
{
	const struct magic *m;
	size_t i, n;
	bool partly = false;

	for (i = 0; i < sizeof(magics) / sizeof(magics[0]); i++) {
		m = &magics[i];
		if (len <= m->at) {
			partly = partly || m->at > 0;
			continue;
		}
		n = len - m->at < m->len ? len - m->at : m->len;
		if (memcmp(p + m->at, m->bytes, n) != 0)
			continue;
		if (n == m->len)
			return m->kind;
		partly = true;
	}
	return partly && !at_end ? KIND_IS_UNSURE : KIND_IS_UNKNOWN;
}

enum kind
kind_of(const uint8_t *p, size_t len, bool at_end)
{
	enum kind kind;

	if (len >= WAV_BYTES && kind_is_wav(p))
		return KIND_IS_WAV;
	if (len < 2 * WAV_BYTES && !at_end)
		return KIND_IS_UNSURE;
	kind = kind_of_magic(p, len, at_end);
	if (kind == KIND_IS_UNKNOWN)
		kind = mpeg_kind(p, len, at_end);
	if (kind == KIND_IS_UNKNOWN)
		kind = kind_of_text(p, len, at_end);
	return kind;
}
