#include "ttsd/engines/kit/kit_output.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/body.h"
#include "common/err.h"
#include "common/le.h"
#include "ttsd/engines/kit/kit.h"
#include "ttsd/engines/kit/kit_input.h"
#include "ttsd/engines/kit/kit_io.h"

#define BYTES_PER_SAMPLE 2
#define UNITY 100
#define WRITE_MIN 2048
#define WRITE_MAX (32 * 1024)
/* An engine that pauses this long between two calls is slow. */
#define SLOW_NS 5000000
/* Held at most: a full hello, or a write and what one call adds. */
#define HELD_MAX (FRAME_MAX + 2 * WRITE_MAX)

static struct {
	struct buf frames; /* whole frames */
	uint8_t pcm[FRAME_PCM_MAX];
	size_t pcm_len; /* bytes of a PCM frame to be */
	size_t pcm_cap; /* whole sample frames that fit */
	struct kit_audio audio;
	size_t frame;       /* bytes of one sample frame */
	uint64_t framed;    /* sample frames that are in PCM frames */
	uint64_t last_mark; /* in the job's rate */
	size_t threshold;   /* bytes that are worth a write */
	int gain;           /* percent */
	bool begun;         /* the first PCM has left */
	bool *writing;      /* shared with the copies of the process */
	int64_t written_ns;
} out;

int
kit_output_init(void)
{
	buf_init(&out.frames, HELD_MAX);
	out.writing = io_shared(sizeof(*out.writing));
	return out.writing ? 0 : ERR_NOMEM;
}

bool
kit_output_torn(void)
{
	return *out.writing;
}

int
kit_output_begin(struct kit_audio_format format)
{
	buf_clear(&out.frames);
	out.frame = (size_t)format.channels * BYTES_PER_SAMPLE;
	out.pcm_len = 0;
	out.pcm_cap = FRAME_PCM_MAX - FRAME_PCM_MAX % out.frame;
	out.framed = 0;
	out.last_mark = 0;
	out.threshold = WRITE_MIN;
	out.gain = UNITY;
	out.begun = false;
	out.written_ns = 0;
	return kit_audio_init(&out.audio, format, format);
}

uint64_t
kit_output_total(void)
{
	return out.framed + out.pcm_len / out.frame;
}

/* Whole frames are written even when the job is cancelled meanwhile: half a
 * frame would break the protocol. */
static int
write_all(void)
{
	long n;
	int rc;

	*out.writing = true;
	while (buf_len(&out.frames) > 0) {
		rc = kit_input_wait(1, -1);
		if (rc < 0)
			return rc;
		if (rc == 0)
			continue;
		n = io_write(buf_data(&out.frames), buf_len(&out.frames));
		if (n == ERR_AGAIN)
			continue;
		if (n < 0)
			return (int)n;
		buf_consume(&out.frames, (size_t)n);
	}
	*out.writing = false;
	return 0;
}

static int
close_pcm(void)
{
	int rc;

	if (out.pcm_len == 0)
		return 0;
	rc = frame_put(&out.frames, FRAME_PCM, out.pcm, out.pcm_len);
	out.framed += out.pcm_len / out.frame;
	out.pcm_len = 0;
	return rc;
}

int
kit_flush(void)
{
	int rc = close_pcm();

	if (rc == 0)
		rc = write_all();
	if (rc < 0)
		return rc;
	out.written_ns = io_now_ns();
	return kit_input_wanted();
}

/* Writes when there is enough, or when it would come late. */
static int
flush_if_due(void)
{
	size_t held = buf_len(&out.frames) + out.pcm_len;

	if (held >= out.threshold) {
		if (out.threshold < WRITE_MAX && out.begun)
			out.threshold *= 2;
	} else if (out.begun && io_now_ns() - out.written_ns < SLOW_NS) {
		return kit_input_wanted();
	}
	return kit_flush();
}

void
kit_gain(int percent)
{
	out.gain = percent < 0 ? UNITY : percent;
}

static int16_t
amplify(int sample)
{
	int v = sample * out.gain;

	v = (v + (v < 0 ? -UNITY / 2 : UNITY / 2)) / UNITY;
	return (int16_t)(v > INT16_MAX   ? INT16_MAX
			 : v < INT16_MIN ? INT16_MIN
					 : v);
}

static int
gather(void *ctx, const int16_t *samples, size_t frames)
{
	size_t count = frames * out.audio.out.channels, i;
	int rc;

	(void)ctx;
	for (i = 0; i < count; i++) {
		if (out.pcm_len == out.pcm_cap) {
			rc = close_pcm();
			if (rc < 0)
				return rc;
			if (buf_len(&out.frames) >= WRITE_MAX) {
				rc = kit_flush();
				if (rc < 0)
					return rc;
			}
		}
		le16_put(out.pcm + out.pcm_len, (uint16_t)amplify(samples[i]));
		out.pcm_len += BYTES_PER_SAMPLE;
	}
	return 0;
}

int
kit_output_finish(void)
{
	return kit_audio_end(&out.audio, gather, NULL);
}

int
kit_format(unsigned rate_hz, unsigned channels)
{
	struct kit_audio_format in = { rate_hz, channels };
	int rc = 0;

	if (rate_hz < KIT_RATE_MIN || rate_hz > KIT_RATE_MAX || channels < 1 ||
	    channels > KIT_CHANNELS_MAX)
		return ERR_INVALID;
	if (out.audio.in.rate_hz == rate_hz &&
	    out.audio.in.channels == channels)
		return 0;
	if (out.audio.in_frames > 0)
		rc = kit_output_finish();
	return rc < 0 ? rc : kit_audio_init(&out.audio, in, out.audio.out);
}

int
kit_pcm(const int16_t *samples, size_t frames)
{
	int rc = kit_audio_put(&out.audio, samples, frames, gather, NULL);

	if (rc < 0)
		return rc;
	if (kit_output_total() == 0)
		return kit_input_wanted();
	rc = flush_if_due();
	out.begun = true;
	return rc;
}

/* Puts one JSON frame behind what is held; takes the reference. */
static int
put_json(enum frame_type type, json_t *payload)
{
	char *text = payload ? body_text(payload) : NULL;
	int rc = ERR_NOMEM;

	if (text)
		rc = frame_put(&out.frames, type, text, strlen(text));
	free(text);
	json_decref(payload);
	return rc;
}

int
kit_output_json(enum frame_type type, json_t *payload)
{
	int rc = close_pcm();

	if (rc < 0) {
		json_decref(payload);
		return rc;
	}
	rc = put_json(type, payload);
	return rc < 0 ? rc : write_all();
}

int
kit_output_raw(const void *data, size_t len)
{
	int rc = close_pcm();

	if (rc == 0)
		rc = buf_put(&out.frames, data, len);
	return rc < 0 ? rc : write_all();
}

/* A mark that comes late is moved up to what was made, so that it is never
 * behind the PCM it lies in. */
static json_int_t
mark_position(uint64_t sample)
{
	uint64_t at = kit_audio_position(&out.audio, sample);

	if (at < kit_output_total())
		at = kit_output_total();
	if (at < out.last_mark)
		at = out.last_mark;
	out.last_mark = at;
	return (json_int_t)at;
}

/* Marks alone are written in large lots: only PCM is urgent. A string that
 * is not UTF-8 makes jansson refuse; such a mark is left out. */
static int
put_mark(json_t *mark)
{
	int rc;

	if (mark == NULL)
		return kit_input_wanted();
	rc = put_json(FRAME_MARK, mark);
	if (rc < 0)
		return rc;
	return buf_len(&out.frames) >= WRITE_MAX ? kit_flush()
						 : kit_input_wanted();
}

int
kit_word(uint64_t sample, size_t offset, size_t length)
{
	return put_mark(json_pack("{s:s, s:I, s:I, s:I}", "mark", "word",
	    "sample", mark_position(sample), "offset", (json_int_t)offset,
	    "length", (json_int_t)length));
}

int
kit_phoneme(uint64_t sample, const char *ipa)
{
	return put_mark(json_pack("{s:s, s:I, s:s}", "mark", "phoneme",
	    "sample", mark_position(sample), "phoneme", ipa));
}

int
kit_mark(uint64_t sample, const char *name)
{
	return put_mark(json_pack("{s:s, s:I, s:s}", "mark", "mark", "sample",
	    mark_position(sample), "name", name));
}
