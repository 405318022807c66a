/*
 * Tells what bytes look like: the kinds of sound that programs and servers
 * send, and what they send by mistake. Pure.
 *
 * A kind is told by marks that sound itself does not have: eight bytes of
 * RIFF and WAVE, two frames of MPEG that fit each other, or a run of text.
 */
#ifndef TTSD_ENGINES_SOUND_KIND_H
#define TTSD_ENGINES_SOUND_KIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes that tell most kinds. */
#define KIND_BYTES 64

/* A kind can be used in one of these ways. */
enum kind_use {
	KIND_WALKED,  /* WAV: read here, as it comes */
	KIND_DECODED, /* by libsndfile, when it is whole */
	KIND_TEXT,    /* WAV may come behind it */
	KIND_REFUSED,
};

/* X(kind, what it is called, its use) */
#define KINDS(X)                                            \
	X(UNKNOWN, "nothing that is known", REFUSED)        \
	X(UNSURE, "too little", REFUSED)                    \
	X(WAV, "WAV", WALKED)                               \
	X(OGG, "Ogg", DECODED)                              \
	X(FLAC, "FLAC", DECODED)                            \
	X(MP3, "MP3", DECODED)                              \
	X(AIFF, "AIFF", DECODED)                            \
	X(AU, "Sun audio", DECODED)                         \
	X(CAF, "CAF", DECODED)                              \
	X(W64, "Wave64", DECODED)                           \
	X(BROKEN_WAV, "WAV with no usable header", REFUSED) \
	X(RIFF, "RIFF with no usable WAV header", REFUSED)  \
	X(ADTS, "AAC", REFUSED)                             \
	X(MP4, "MP4 (M4A)", REFUSED)                        \
	X(WEBM, "WebM", REFUSED)                            \
	X(ASF, "Windows Media", REFUSED)                    \
	X(AMR, "AMR", REFUSED)                              \
	X(WAVPACK, "WavPack", REFUSED)                      \
	X(FLV, "Flash video", REFUSED)                      \
	X(GZIP, "gzip", REFUSED)                            \
	X(ZIP, "a ZIP archive", REFUSED)                    \
	X(PDF, "PDF", REFUSED)                              \
	X(PNG, "a picture", REFUSED)                        \
	X(ELF, "a program", REFUSED)                        \
	X(JSON, "JSON", TEXT)                               \
	X(EVENTS, "an event stream", TEXT)                  \
	X(MARKUP, "HTML or XML", TEXT)                      \
	X(TEXT, "text", TEXT)

enum kind {
#define X(name, text, use) KIND_IS_##name,
	KINDS(X)
#undef X
	    KIND_COUNT
};

const char *kind_name(enum kind kind);
enum kind_use kind_use(enum kind kind);

/* Returns the kind that begins here. UNSURE means that more bytes would tell;
 * it never comes where `at_end` says that there are no more. */
enum kind kind_of(const uint8_t *p, size_t len, bool at_end);

/* Whether a WAV file begins here: 12 bytes. */
bool kind_is_wav(const uint8_t *p);

/* Returns where the first WAV begins; `len` where none does. */
size_t kind_find_wav(const uint8_t *p, size_t len);

/* Bytes at the front that are text. */
size_t kind_text_run(const uint8_t *p, size_t len);

#endif
