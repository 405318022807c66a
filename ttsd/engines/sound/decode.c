#include "ttsd/engines/sound/decode.h"

#include <sndfile.h>
#include <string.h>

#include "common/err.h"
#include "ttsd/engines/kit/kit.h"
#include "ttsd/engines/kit/kit_audio.h"
#include "ttsd/engines/sound/din.h"

/* Frames that are decoded at a time. */
#define BLOCK 512

/* A file in memory, as libsndfile reads one. */
struct image {
	const uint8_t *bytes;
	sf_count_t len, at;
};

static sf_count_t
image_length(void *ctx)
{
	return ((const struct image *)ctx)->len;
}

static sf_count_t
image_seek(sf_count_t offset, int whence, void *ctx)
{
	struct image *i = ctx;

	if (whence == SEEK_CUR)
		offset += i->at;
	else if (whence == SEEK_END)
		offset += i->len;
	if (offset < 0 || offset > i->len)
		return -1;
	return i->at = offset;
}

static sf_count_t
image_read(void *out, sf_count_t count, void *ctx)
{
	struct image *i = ctx;
	sf_count_t left = i->len - i->at, n = count < left ? count : left;

	if (n <= 0)
		return 0;
	memcpy(out, i->bytes + i->at, (size_t)n);
	i->at += n;
	return n;
}

static sf_count_t
image_write(const void *data, sf_count_t count, void *ctx)
{
	(void)data;
	(void)count;
	(void)ctx;
	return 0;
}

static sf_count_t
image_tell(void *ctx)
{
	return ((const struct image *)ctx)->at;
}

static int
decode_all(SNDFILE *file, unsigned channels, uint64_t *frames, const char *what)
{
	float block[BLOCK * KIT_CHANNELS_MAX];
	int16_t samples[BLOCK * KIT_CHANNELS_MAX];
	struct din din = { .filled = 0 };
	sf_count_t got, i;
	int rc;

	while ((got = sf_readf_float(file, block, BLOCK)) > 0) {
		for (i = 0; i < got * (sf_count_t)channels; i++)
			samples[i] = kit_audio_sample(block[i]);
		if (din_heard(&din, samples, (size_t)got, channels))
			return kit_fail(
			    KIT_FAILED, "%s that decodes to noise", what);
		rc = kit_pcm(samples, (size_t)got);
		if (rc < 0)
			return rc;
		*frames += (uint64_t)got;
	}
	return 0;
}

int
decode_play(const char *what, const uint8_t *file, size_t len, uint64_t *frames)
{
	struct image image = { file, (sf_count_t)len, 0 };
	SF_VIRTUAL_IO io = { image_length, image_seek, image_read, image_write,
		image_tell };
	uint64_t before = *frames;
	SF_INFO info = { 0 };
	SNDFILE *opened = sf_open_virtual(&io, SFM_READ, &info, &image);
	int rc = ERR_INVALID;

	if (opened == NULL)
		return kit_fail(KIT_FAILED,
		    "%s that this machine's libsndfile cannot read", what);
	if (info.samplerate > 0 && info.channels > 0)
		rc = kit_format(
		    (unsigned)info.samplerate, (unsigned)info.channels);
	if (rc < 0)
		rc = kit_fail(KIT_FAILED,
		    "%s with %d Hz and %d channels; known are %d to %d Hz and "
		    "up to %d channels",
		    what, info.samplerate, info.channels, KIT_RATE_MIN,
		    KIT_RATE_MAX, KIT_CHANNELS_MAX);
	else
		rc = decode_all(opened, (unsigned)info.channels, frames, what);
	sf_close(opened);
	if (rc == 0 && *frames == before)
		rc = kit_fail(KIT_FAILED, "%s with no sound in it", what);
	return rc;
}
