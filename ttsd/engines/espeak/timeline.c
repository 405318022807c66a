#include "ttsd/engines/espeak/timeline.h"

#include "common/buf.h"
#include "ttsd/engines/kit/kit.h"

#define SILENCE_SAMPLES 1024
/* Bytes of a piece at most, but for the library's last few. */
#define PIECE_FULL (512 * 1024)
#define PIECE_MAX (2 * PIECE_FULL)

static struct {
	unsigned rate_hz;
	bool holds;       /* silence, until it is known what comes behind it */
	bool after_pause; /* of ours */
	uint64_t handed;  /* samples that the kit has */
	uint64_t held;    /* silent samples that it has not */

	/* The stretch. */
	uint64_t base;     /* the job's sample at which it begins */
	uint64_t made;     /* samples */
	uint64_t left_out; /* of them, at its beginning */
	bool in_lead;      /* that silence goes on */

	/* The last piece that was made: sound, and silence behind it. */
	struct buf piece;
	const int16_t *samples;
	size_t sounds, silent;
} now;

void
timeline_start(unsigned rate_hz, bool in_stretches)
{
	buf_done(&now.piece);
	buf_init(&now.piece, PIECE_MAX);
	now.rate_hz = rate_hz;
	now.holds = in_stretches;
	now.after_pause = false;
	now.handed = now.held = 0;
}

int
timeline_rate(unsigned rate_hz)
{
	now.rate_hz = rate_hz;
	return kit_format(rate_hz, 1);
}

static int
hand_silence(uint64_t count)
{
	static const int16_t silence[SILENCE_SAMPLES];
	size_t n;
	int rc = 0;

	for (; rc == 0 && count > 0; count -= n) {
		n = count < SILENCE_SAMPLES ? (size_t)count : SILENCE_SAMPLES;
		rc = kit_pcm(silence, n);
		now.handed += n;
	}
	return rc;
}

static int
hand_held(void)
{
	uint64_t held = now.held;

	now.held = 0;
	return hand_silence(held);
}

int
timeline_begin(bool joined)
{
	int rc;

	if (joined)
		now.held = 0;
	rc = hand_held();
	now.base = now.handed;
	now.made = now.left_out = 0;
	now.in_lead = now.after_pause;
	now.after_pause = false;
	buf_clear(&now.piece);
	return rc;
}

int
timeline_take(const int16_t *samples, size_t count)
{
	return buf_put(&now.piece, samples, count * sizeof(*samples));
}

bool
timeline_is_full(void)
{
	return buf_len(&now.piece) >= PIECE_FULL;
}

void
timeline_made(void)
{
	const int16_t *samples = (const void *)buf_data(&now.piece);
	size_t count = buf_len(&now.piece) / sizeof(*samples);

	now.made += count;
	for (; now.in_lead && count > 0 && *samples == 0; samples++, count--)
		now.left_out++;
	if (count > 0)
		now.in_lead = false;
	now.samples = samples;
	now.sounds = count;
	while (now.holds && now.sounds > 0 && samples[now.sounds - 1] == 0)
		now.sounds--;
	now.silent = count - now.sounds;
}

/* Samples of the stretch up to where the silence begins that lasts yet. */
static uint64_t
known_end(void)
{
	return now.made - now.silent - (now.sounds == 0 ? now.held : 0);
}

bool
timeline_knows(int sample)
{
	return !now.holds || sample < 0 || (uint64_t)sample < known_end();
}

uint64_t
timeline_sample(int sample)
{
	uint64_t at = sample > 0 ? (uint64_t)sample : 0, end = known_end();

	if (at > end)
		at = end;
	return now.base + (at > now.left_out ? at - now.left_out : 0);
}

int
timeline_hand(void)
{
	int rc = 0;

	if (now.sounds > 0) {
		rc = hand_held();
		if (rc == 0)
			rc = kit_pcm(now.samples, now.sounds);
		now.handed += now.sounds;
	}
	now.held += now.silent;
	now.sounds = now.silent = 0;
	buf_clear(&now.piece);
	return rc;
}

uint64_t
timeline_end(void)
{
	return now.handed;
}

int
timeline_pause(unsigned ms)
{
	now.held = 0;
	now.after_pause = true;
	return hand_silence((uint64_t)ms * now.rate_hz / 1000);
}

int
timeline_finish(void)
{
	return hand_held();
}
