/*
 * Any bytes as the sound of an engine, in pieces: no byte is believed, and
 * what goes out is no noise. The first byte chooses the mode and the pieces.
 */
#include "tests/fuzz/fuzz.h"

#include "ttsd/engines/kit/kit_audio.c"
#include "ttsd/engines/sound/decode.c"
#include "ttsd/engines/sound/din.c"
#include "ttsd/engines/sound/kind.c"
#include "ttsd/engines/sound/mpeg.c"
#include "ttsd/engines/sound/sample.c"
#include "ttsd/engines/sound/sound.c"

static struct {
	unsigned channels;
	bool failed;
	struct din din;
	uint64_t frames, noisy;
} heard;

int
kit_format(unsigned rate_hz, unsigned channels)
{
	if (rate_hz < KIT_RATE_MIN || rate_hz > KIT_RATE_MAX || channels < 1 ||
	    channels > KIT_CHANNELS_MAX)
		return ERR_INVALID;
	MUST(heard.frames == 0 || heard.channels == channels);
	heard.channels = channels;
	return 0;
}

int
kit_pcm(const int16_t *samples, size_t frames)
{
	MUST(heard.channels > 0 && frames > 0);
	heard.frames += frames;
	if (din_heard(&heard.din, samples, frames, heard.channels))
		heard.noisy++;
	return 0;
}

int
kit_fail(enum kit_code code, const char *fmt, ...)
{
	(void)code;
	(void)fmt;
	heard.failed = true;
	return ERR_INVALID;
}

/* libsndfile 1.2 loses 5,784 bytes when it fails to open a broken Ogg file. */
const char *__lsan_default_suppressions(void);

const char *
__lsan_default_suppressions(void)
{
	return "leak:vorbis_info_init\n";
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct wav_format raw = { 22050, 1, 16, WAV_TAG_PCM };
	enum sound_mode mode;
	struct sound s;
	size_t at, n, piece;
	uint8_t *copy;
	int rc = 0;

	if (size == 0)
		return 0;
	memset(&heard, 0, sizeof(heard));
	mode = (enum sound_mode)(data[0] % 5);
	piece = data[0] & 0x80 ? 1u + (data[0] >> 3 & 7) : size;
	sound_init(&s, mode, &raw);
	for (at = 1; at < size && rc == 0; at += n) {
		n = size - at < piece ? size - at : piece;
		copy = exact_copy(data + at, n);
		rc = sound_put(&s, copy, n);
		free(copy);
	}
	if (rc == 0)
		rc = sound_end(&s);
	MUST(rc == 0 || heard.failed);
	MUST(s.frames == heard.frames);
	MUST(heard.noisy == 0 || mode == SOUND_RAW);
	sound_done(&s);
	return 0;
}
