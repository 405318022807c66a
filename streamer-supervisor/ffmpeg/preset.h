/*
 * How many bits a picture gets, and how often it has a key frame: by its size
 * and by the place that it is sent to (`preset`). Pure.
 */
#ifndef STREAMER_SUPERVISOR_FFMPEG_PRESET_H
#define STREAMER_SUPERVISOR_FFMPEG_PRESET_H

#include "common/conf/conf.h"

#define PRESET_STEPS 5

/* Of pictures of at most so many pixels; the last step is of all others. */
struct preset_step {
	int64_t pixels;   /* 0: the step is not used */
	int64_t slow_bps; /* at up to 30 frames a second */
	int64_t fast_bps; /* at more */
};

struct ffmpeg_preset {
	struct preset_step steps[PRESET_STEPS];
	struct conf_size largest; /* that is taken there; 0: any */
	int64_t key_frame_ms;     /* at most from one key frame to the next */
	int64_t buffer_ms;        /* that a burst may be ahead of the rate */
	int64_t sound_bps;        /* unless configured; 0: the codec's choice */
	bool constant;            /* the place wants a constant bit rate */
};

/* By enum conf_preset. */
extern const struct ffmpeg_preset presets[PRESET_COUNT];

/* Returns the bit rate of a picture, which is a bound unless the preset's is
 * constant. */
int64_t preset_bitrate(enum conf_preset preset, const struct conf_video *v);

/* Is the picture larger than what is taken there? */
bool preset_is_exceeded(enum conf_preset preset, const struct conf_video *v);

#endif
