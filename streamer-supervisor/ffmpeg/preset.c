#include "streamer-supervisor/ffmpeg/preset.h"

/* Pixels of the usual sizes. */
#define P432 (INT64_C(768) * 432)
#define P720 (INT64_C(1280) * 720)
#define P1080 (INT64_C(1920) * 1080)
#define P1440 (INT64_C(2560) * 1440)
#define P2160 (INT64_C(3840) * 2160)
#define K INT64_C(1000)

/* The ladder of H.264 in Google Cloud's "Best practices for the Live Stream
 * API", which is for no place in particular. A still picture stays far below
 * it. Of this and what follows docs/PICTURE.md has the addresses. */
#define USUAL_STEPS                                                            \
	.steps = { { P432, 1100 * K, 1100 * K }, { P720, 3300 * K, 5500 * K }, \
		{ P1080, 6000 * K, 9000 * K },                                 \
		{ P1440, 10000 * K, 13500 * K },                               \
		{ P2160, 15000 * K, 25000 * K } }

/* Key frames every 2 s: all who say anything say that. How far a burst may be
 * ahead of the rate is chosen by us, here and below. */
#define USUAL_PACE .key_frame_ms = 2000, .buffer_ms = 1000

const struct ffmpeg_preset presets[PRESET_COUNT] = {
	[PRESET_NONE] = { USUAL_STEPS, USUAL_PACE },
	/* YouTube Help, "Choose live encoder settings, bitrates, and
	 * resolutions": rates of H.264, key frames every 2 s,
	 * constant bit rate, sound of 128 kbit/s. */
	[PRESET_YOUTUBE] = { .steps = { { P720, 4000 * K, 6000 * K },
				 { P1080, 10000 * K, 12000 * K },
				 { P1440, 15000 * K, 24000 * K },
				 { P2160, 30000 * K, 35000 * K } },
	    USUAL_PACE,
	    .sound_bps = 128 * K,
	    .constant = true },
	/* Twitch Help, "Broadcasting Guidelines", and Twitch Creator Camp,
	 * "Broadcast Recommendations": rates, strictly constant,
	 * at most 1080 lines and 6 Mbit/s, key frames every 2 s, sound of 128
	 * kbit/s. */
	[PRESET_TWITCH] = { .steps = { { P720, 3000 * K, 4500 * K },
				{ P1080, 4500 * K, 6000 * K } },
	    .largest = { 1920, 1080 },
	    USUAL_PACE,
	    .sound_bps = 128 * K,
	    .constant = true },
	/* Bilibili publishes no numbers that could be found: chosen by us, the
	 * usual rates with the sound of the others. */
	[PRESET_BILIBILI] = { USUAL_STEPS, USUAL_PACE, .sound_bps = 128 * K },
	/* Neither does Douyin: chosen by us. Upright pictures are the rule
	 * there, its viewers are on telephones, and a cloud in its country
	 * advises 4 Mbit/s at most. */
	[PRESET_DOUYIN] = { .steps = { { P720, 2500 * K, 3500 * K },
				{ P1080, 4000 * K, 4000 * K } },
	    .largest = { 1920, 1920 },
	    USUAL_PACE,
	    .sound_bps = 128 * K },
	/* Chosen by us: a player that joins waits for a key frame, and what a
	 * burst is ahead of the rate the network has still to carry. */
	[PRESET_LOW] = { USUAL_STEPS, .key_frame_ms = 1000, .buffer_ms = 250 },
	/* Chosen by us: text stands still, and changes at once. */
	[PRESET_BOARD] = { .steps = { { P720, 1500 * K, 2000 * K },
			       { P1080, 2500 * K, 3000 * K },
			       { P2160, 6000 * K, 8000 * K } },
	    .key_frame_ms = 4000,
	    .buffer_ms = 2000 },
};

int64_t
preset_bitrate(enum conf_preset preset, const struct conf_video *v)
{
	const struct preset_step *step = presets[preset].steps;
	int64_t pixels = v->size.width * v->size.height;

	while (step->pixels < pixels &&
	       step + 1 < presets[preset].steps + PRESET_STEPS &&
	       step[1].pixels > 0)
		step++;
	return v->fps > 30 ? step->fast_bps : step->slow_bps;
}

bool
preset_is_exceeded(enum conf_preset preset, const struct conf_video *v)
{
	const struct conf_size *largest = &presets[preset].largest;

	return largest->width > 0 && (v->size.width > largest->width ||
					 v->size.height > largest->height);
}
