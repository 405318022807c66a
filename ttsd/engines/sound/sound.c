#include "ttsd/engines/sound/sound.h"

#include <string.h>

#include "common/err.h"
#include "common/le.h"
#include "ttsd/engines/kit/kit.h"
#include "ttsd/engines/sound/decode.h"
#include "ttsd/engines/sound/sample.h"

#define ENDLESS UINT64_MAX
/* Data sizes from here on are ways to say "endless". */
#define ENDLESS_FROM 0x7f000000u
/* Sample frames that are converted at a time. */
#define BLOCK 512
/* Bytes of sound_put() that are taken in at a time. */
#define PIECE 16384
/* Bytes that are looked through for what begins within them. */
#define LOOKED_MAX ((size_t)64 * 1024)
#define CHUNK_HEADER 8
#define RIFF_HEADER 12
#define FMT_MAX 1024
/* Fewer bytes behind the data are filling. */
#define MORE_MIN 64

/* A step of the state machine: 1 when it got on, 0 when it needs more bytes,
 * or why it fails. */
typedef int sound_step(struct sound *s, bool at_end);

void
sound_init(
    struct sound *s, enum sound_mode mode, const struct wav_format *format)
{
	*s = (struct sound){
		.mode = mode,
		.format = *format,
		.left = ENDLESS,
	};
	buf_init(&s->held, SOUND_SPOOL_MAX);
}

void
sound_done(struct sound *s)
{
	buf_done(&s->held);
}

uint64_t
sound_missing(const struct sound *s)
{
	return s->state == SOUND_SAMPLES && s->left < ENDLESS_FROM ? s->left
								   : 0;
}

/* Says what can be done about a kind that is not played. */
static int
sound_refuse(enum kind kind)
{
	if (kind == KIND_IS_UNKNOWN || kind == KIND_IS_UNSURE)
		return kit_fail(KIT_FAILED,
		    "what came is no sound that is known; if it is PCM, say "
		    "'format = raw' and its rate");
	return kit_fail(KIT_FAILED,
	    "%s where sound is wanted; played are WAV, Ogg, FLAC and MP3, and "
	    "PCM with 'format = raw'",
	    kind_name(kind));
}

/* Tells the kit the format. */
static int
sound_form(struct sound *s)
{
	const struct wav_format *f = &s->format;

	if (!sample_known(f))
		return kit_fail(KIT_FAILED,
		    "WAV with format tag %u and %u bits; known are integers "
		    "of 8, 16, 24, 32 bits and floats of 32",
		    f->tag, f->bits);
	if (kit_format(f->rate_hz, f->channels) < 0)
		return kit_fail(KIT_FAILED,
		    "sound with %u Hz and %u channels; known are %d to %d Hz "
		    "and up to %d channels",
		    f->rate_hz, f->channels, KIT_RATE_MIN, KIT_RATE_MAX,
		    KIT_CHANNELS_MAX);
	s->formed = true;
	return 1;
}

static void
sound_skip(struct sound *s, uint64_t len, enum sound_state after)
{
	s->state = SOUND_SKIP;
	s->after = after;
	s->left = len;
	s->padded = len & 1; /* chunks are padded to even length */
}

/* Samples without a header. */
static int
begin_samples(struct sound *s)
{
	s->state = SOUND_SAMPLES;
	s->left = ENDLESS;
	return sound_form(s);
}

static int
begin_wav(struct sound *s)
{
	buf_consume(&s->held, RIFF_HEADER);
	s->kind = KIND_IS_WAV;
	s->state = SOUND_CHUNKS;
	s->header = false;
	return 1;
}

static int
begin_unknown(struct sound *s, bool at_end)
{
	size_t len = buf_len(&s->held);

	if (s->mode == SOUND_AUTO && len < KIND_BYTES && !at_end)
		return 0;
	if (s->mode == SOUND_PCM ||
	    (s->mode == SOUND_AUTO &&
		din_free_start(buf_data(&s->held),
		    len < KIND_BYTES ? len : KIND_BYTES, s->format.channels)))
		return begin_samples(s);
	return sound_refuse(s->kind);
}

static int
step_begin(struct sound *s, bool at_end)
{
	size_t len = buf_len(&s->held);

	if (s->mode == SOUND_RAW ||
	    (s->mode == SOUND_PCM && s->format.bits != 16))
		return len > 0 ? begin_samples(s) : 0;
	if (len == 0)
		return 0;
	s->kind = kind_of(buf_data(&s->held), len, at_end);
	if (s->kind == KIND_IS_UNSURE)
		return 0;
	switch (kind_use(s->kind)) {
	case KIND_WALKED:
		return begin_wav(s);
	case KIND_TEXT:
		s->state = SOUND_TEXT;
		return 1;
	case KIND_DECODED:
		s->state = SOUND_CODED;
		return s->mode == SOUND_WAV ? sound_refuse(s->kind) : 1;
	default:
		return s->kind == KIND_IS_UNKNOWN ? begin_unknown(s, at_end)
						  : sound_refuse(s->kind);
	}
}

static int
step_text(struct sound *s, bool at_end)
{
	const uint8_t *p = buf_data(&s->held);
	size_t len = buf_len(&s->held), at = kind_find_wav(p, len);
	size_t run = kind_text_run(p, len);

	if (at < len && (at <= run || s->formed)) {
		buf_consume(&s->held, at);
		return begin_wav(s);
	}
	if (s->formed) { /* behind the sound it does no harm */
		if (len >= RIFF_HEADER)
			buf_consume(&s->held, len - RIFF_HEADER + 1);
		return 0;
	}
	/* The sizes in a header, or half a character, may end the run. */
	if (len > LOOKED_MAX || len > run + RIFF_HEADER || at_end)
		return sound_refuse(s->kind);
	return 0;
}

/* A coded WAV, which only libsndfile knows, is put together again for it. */
static int
begin_coded_wav(struct sound *s, const uint8_t *fmt, size_t len)
{
	uint8_t file[RIFF_HEADER + CHUNK_HEADER + FMT_MAX + 1];
	struct buf all;
	int rc;

	memcpy(file, "RIFF\xff\xff\xff\xffWAVE", RIFF_HEADER);
	memcpy(file + RIFF_HEADER, fmt, len);
	buf_init(&all, SOUND_SPOOL_MAX);
	rc = buf_put(&all, file, RIFF_HEADER + len);
	if (rc == 0)
		rc = buf_put(&all, fmt + len, buf_len(&s->held) - len);
	buf_done(&s->held);
	s->held = all;
	s->state = SOUND_CODED;
	return rc < 0 ? rc : 1;
}

static int
take_fmt(struct sound *s, uint32_t size)
{
	const uint8_t *p = buf_data(&s->held);
	struct wav_format first = s->format;

	if (size > FMT_MAX || wav_fmt(p + CHUNK_HEADER, size, &s->format) < 0)
		return kit_fail(KIT_FAILED, "no usable WAV header");
	if (s->formed && memcmp(&first, &s->format, sizeof(first)) != 0)
		return kit_fail(
		    KIT_FAILED, "the sound changes its format on the way");
	if (s->format.tag != WAV_TAG_PCM && !sample_known(&s->format) &&
	    !s->formed)
		return begin_coded_wav(s, p, CHUNK_HEADER + size + (size & 1));
	s->header = true;
	sound_skip(s, CHUNK_HEADER + (uint64_t)size, SOUND_CHUNKS);
	return 1;
}

static int
step_chunks(struct sound *s, bool at_end)
{
	const uint8_t *p = buf_data(&s->held);
	size_t len = buf_len(&s->held);
	uint32_t size;

	if (len < CHUNK_HEADER)
		return at_end ? kit_fail(KIT_FAILED, "no usable WAV header")
			      : 0;
	size = le32_get(p + 4);
	if (memcmp(p, "fmt ", 4) == 0) {
		if (size <= FMT_MAX && len <= CHUNK_HEADER + size + 1 &&
		    !at_end)
			return 0;
		if (len < CHUNK_HEADER + (size_t)size)
			size = FMT_MAX + 1;
		return take_fmt(s, size);
	}
	if (memcmp(p, "data", 4) != 0) {
		buf_consume(&s->held, CHUNK_HEADER);
		sound_skip(s, size, SOUND_CHUNKS);
		return 1;
	}
	if (!s->header)
		return kit_fail(KIT_FAILED, "no usable WAV header");
	s->left = size == 0 || size >= ENDLESS_FROM ? ENDLESS : size;
	s->state = SOUND_SAMPLES;
	buf_consume(&s->held, CHUNK_HEADER);
	return sound_form(s);
}

/* Chunks that stand in WAV files, in front of the data and behind it. */
static bool
is_chunk(const uint8_t *p)
{
	static const char names[][5] = { "LIST", "data", "fmt ", "fact", "bext",
		"iXML", "axml", "cue ", "smpl", "inst", "plst", "PEAK", "JUNK",
		"junk", "PAD ", "FLLR", "id3 ", "ID3 ", "_PMX", "ds64", "cart",
		"chna", "levl", "minf", "elm1", "regn", "umid", "DISP", "afsp",
		"LGWV", "SAUR", "wavl", "note", "labl", "acid" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (memcmp(p, names[i], 4) == 0)
			return true;
	}
	return false;
}

static int
step_skip(struct sound *s, bool at_end)
{
	const uint8_t *p = buf_data(&s->held);
	size_t len = buf_len(&s->held);

	if (s->left > 0) {
		if (len > s->left)
			len = (size_t)s->left;
		buf_consume(&s->held, len);
		s->left -= len;
		return len > 0;
	}
	/* Some writers forget the byte that fills an odd chunk. */
	if (s->padded) {
		if (len < 5 && !at_end)
			return 0;
		if (len > 0 && !(len >= 4 && is_chunk(p) &&
				   !(len >= 5 && is_chunk(p + 1))))
			buf_consume(&s->held, 1);
		s->padded = false;
	}
	s->state = s->after;
	return 1;
}

/* Bytes in front of what is no more data, though nobody said where it ends:
 * another WAV, or a list of names. At its own end only as much of it as can
 * be seen; `at_end` says that this is all. */
static size_t
data_len(const struct sound *s, const uint8_t *p, size_t len, bool at_end)
{
	size_t at, n;
	bool list;

	for (at = 0; at < len; at++) {
		list = p[at] == 'L' && s->left == ENDLESS;
		n = len - at < RIFF_HEADER ? len - at : RIFF_HEADER;
		if (p[at] != 'R' && !list)
			continue;
		if (memcmp(p + at, list ? "LIST" : "RIFF", n < 4 ? n : 4) != 0)
			continue;
		if (n < RIFF_HEADER && at_end)
			continue;
		if (n <= 8 ||
		    memcmp(p + at + 8, list ? "INFO" : "WAVE", n - 8) == 0)
			return at;
	}
	return len;
}

static int
sound_play(struct sound *s, const uint8_t *p, size_t frames)
{
	int16_t samples[BLOCK * KIT_CHANNELS_MAX];
	unsigned channels = s->format.channels;
	size_t step = s->format.bits / 8u, i;

	for (i = 0; i < frames * channels; i++)
		samples[i] = sample_at(p + i * step, &s->format);
	if (s->mode != SOUND_RAW &&
	    din_heard(&s->din, samples, frames, channels))
		return kit_fail(KIT_FAILED,
		    "noise where sound is wanted: the bytes are not what "
		    "they are said to be; 'format = raw' plays them all the "
		    "same");
	s->frames += frames;
	return kit_pcm(samples, frames);
}

/* Passes on whole sample frames. */
static int
step_samples(struct sound *s, bool at_end)
{
	size_t frame = s->format.bits / 8u * s->format.channels;
	size_t len = buf_len(&s->held), sound, n;
	int rc;

	if (len > s->left)
		len = (size_t)s->left;
	if (len > BLOCK * frame + RIFF_HEADER) {
		len = BLOCK * frame + RIFF_HEADER;
		at_end = false;
	}
	sound = s->kind == KIND_IS_WAV
		    ? data_len(s, buf_data(&s->held), len, at_end)
		    : len;
	n = sound / frame < BLOCK ? sound / frame : BLOCK;
	if (n > 0) {
		rc = sound_play(s, buf_data(&s->held), n);
		buf_consume(&s->held, n * frame);
		if (s->left != ENDLESS)
			s->left -= n * frame;
		return rc < 0 ? rc : 1;
	}
	if (sound + RIFF_HEADER > len && s->left >= frame &&
	    !(at_end && sound < len))
		return 0;
	/* The data end here, even within half a frame. */
	n = s->left < frame ? (size_t)s->left : sound;
	if (n > buf_len(&s->held))
		return 0;
	buf_consume(&s->held, n);
	s->state = SOUND_BEHIND;
	return 1;
}

static int
step_behind(struct sound *s, bool at_end)
{
	const uint8_t *p = buf_data(&s->held);
	size_t len = buf_len(&s->held), i;
	enum kind kind;

	/* Filling. */
	for (i = 0; i < len && i < MORE_MIN && p[i] == 0; i++)
		continue;
	if (len - i < RIFF_HEADER && (!at_end || len < MORE_MIN))
		return 0;
	if (i < MORE_MIN && len - i >= RIFF_HEADER && kind_is_wav(p + i)) {
		buf_consume(&s->held, i);
		return begin_wav(s);
	}
	for (i = 0; i < 2 && len >= RIFF_HEADER; i++) {
		if (!is_chunk(p + i))
			continue;
		sound_skip(s, CHUNK_HEADER + (uint64_t)le32_get(p + i + 4),
		    SOUND_BEHIND);
		buf_consume(&s->held, i);
		return 1;
	}
	kind = kind_of(p, len, at_end);
	if (kind == KIND_IS_UNSURE || (len < MORE_MIN && !at_end))
		return 0;
	if (kind_use(kind) == KIND_TEXT) {
		s->state = SOUND_TEXT;
		return 1;
	}
	if (kind != KIND_IS_UNKNOWN)
		return sound_refuse(kind);
	return begin_samples(s);
}

/* Bytes of the first of several files, one behind the other. (MP3 has no
 * beginning: several are one.) */
static size_t
coded_len(enum kind kind, const uint8_t *p, size_t len)
{
	const char *mark = kind == KIND_IS_OGG    ? "OggS\0\2"
			   : kind == KIND_IS_FLAC ? "fLaC\0\0"
						  : NULL;
	size_t at;

	if (len <= RIFF_HEADER)
		return len;
	if (kind == KIND_IS_WAV)
		return RIFF_HEADER +
		       kind_find_wav(p + RIFF_HEADER, len - RIFF_HEADER);
	for (at = RIFF_HEADER; mark && at + 6 <= len; at++) {
		if (memcmp(p + at, mark, 6) == 0)
			return at;
	}
	return len;
}

static int
step_coded(struct sound *s, bool at_end)
{
	size_t len = buf_len(&s->held), first;
	int rc;

	if (!at_end || len == 0)
		return 0;
	first = coded_len(s->kind, buf_data(&s->held), len);
	rc = decode_play(
	    kind_name(s->kind), buf_data(&s->held), first, &s->frames);
	buf_consume(&s->held, first);
	return rc < 0 ? rc : 1;
}

/* Goes on until it needs more bytes. */
static int
sound_walk(struct sound *s, bool at_end)
{
	static sound_step *const steps[] = {
		[SOUND_BEGIN] = step_begin,
		[SOUND_TEXT] = step_text,
		[SOUND_CHUNKS] = step_chunks,
		[SOUND_SKIP] = step_skip,
		[SOUND_SAMPLES] = step_samples,
		[SOUND_BEHIND] = step_behind,
		[SOUND_CODED] = step_coded,
	};
	int rc;

	do
		rc = steps[s->state](s, at_end);
	while (rc > 0);
	return rc;
}

int
sound_put(struct sound *s, const void *data, size_t len)
{
	const uint8_t *p = data;
	size_t n;
	int rc;

	for (; len > 0; len -= n, p += n) {
		n = len < PIECE ? len : PIECE;
		rc = buf_put(&s->held, p, n);
		if (rc == ERR_FULL)
			return kit_fail(KIT_FAILED,
			    "more than %d MiB of %s, which is played when it "
			    "is whole",
			    (int)(SOUND_SPOOL_MAX >> 20), kind_name(s->kind));
		if (rc == 0)
			rc = sound_walk(s, false);
		if (rc < 0)
			return rc;
	}
	return 0;
}

int
sound_end(struct sound *s)
{
	return sound_walk(s, true);
}
