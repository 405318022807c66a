#include "streamer-supervisor/ffmpeg/encoder.h"

#include <inttypes.h>
#include <stdio.h>

#include "common/args/words.h"
#include "streamer-supervisor/ffmpeg/preset.h"

/* superfast makes half the bits of ultrafast for a quarter more time. Key
 * frames come when they are due and never else: segments are cut there. */
#define X264                                                              \
	.name = "libx264", .codec = PICTURE_H264,                         \
	.options = "-preset superfast -tune zerolatency -sc_threshold 0 " \
		   "-pix_fmt yuv420p",                                    \
	.quality = "-crf 23", .constant = "-nal-hrd cbr"

/* Hardware takes the same options for each of its codecs. */
#define NVENC(encoder, kind)                                            \
	.name = encoder, .codec = kind,                                 \
	.options = "-preset p2 -tune ll -zerolatency 1 -no-scenecut 1 " \
		   "-pix_fmt yuv420p",                                  \
	.constant = "-rc cbr"
#define VAAPI(encoder, kind)                           \
	.name = encoder, .codec = kind,                \
	.device = "-vaapi_device /dev/dri/renderD128", \
	.filter = "format=nv12,hwupload", .options = "-async_depth 1"
#define QSV(encoder, kind)              \
	.name = encoder, .codec = kind, \
	.options = "-preset veryfast -async_depth 1 -pix_fmt nv12"

const struct ffmpeg_encoder encoders[ENCODER_COUNT] = {
	[ENCODER_AUTO] = { X264 },
	[ENCODER_X264] = { X264 },
	[ENCODER_X265] = { .name = "libx265",
	    .codec = PICTURE_H265,
	    .options = "-preset superfast -tune zerolatency -x265-params "
		       "scenecut=0:open-gop=0:log-level=warning "
		       "-pix_fmt yuv420p",
	    .quality = "-crf 26" },
	[ENCODER_NVENC] = { NVENC("h264_nvenc", PICTURE_H264) },
	[ENCODER_VAAPI] = { VAAPI("h264_vaapi", PICTURE_H264) },
	[ENCODER_QSV] = { QSV("h264_qsv", PICTURE_H264) },
	[ENCODER_V4L2] = { .name = "h264_v4l2m2m",
	    .codec = PICTURE_H264,
	    .options = "-pix_fmt yuv420p" },
	[ENCODER_H265_NVENC] = { NVENC("hevc_nvenc", PICTURE_H265) },
	[ENCODER_H265_VAAPI] = { VAAPI("hevc_vaapi", PICTURE_H265) },
	[ENCODER_H265_QSV] = { QSV("hevc_qsv", PICTURE_H265) },
};

void
encoder_device(struct argv *a, enum conf_encoder encoder)
{
	argv_options(a, encoders[encoder].device);
}

void
encoder_choose(struct argv *a, enum conf_encoder encoder)
{
	const struct ffmpeg_encoder *e = &encoders[encoder];

	if (e->filter) {
		argv_options(a, "-vf");
		argv_add(a, "%s", e->filter);
	}
	argv_options(a, "-c:v");
	argv_add(a, "%s", e->name);
	argv_options(a, e->options);
}

char **
encoder_trial(const char *program, enum conf_encoder encoder)
{
	struct argv a = { 0 };

	argv_add(&a, "%s", program);
	argv_options(&a, "-hide_banner -nostdin -loglevel error");
	encoder_device(&a, encoder);
	argv_options(&a, "-f lavfi -i color=size=640x360:rate=25 -frames:v 1");
	encoder_choose(&a, encoder);
	argv_options(&a, "-bf 0 -f h264 pipe:1");
	return argv_take(&a);
}

/* Adds the bit rate of one stream, or of the variant `at` ("" or ":v:0"). */
static void
add_rate(struct argv *a, enum conf_encoder encoder,
    const struct ffmpeg_preset *p, const char *at, int64_t rate)
{
	bool aims = p->constant || encoders[encoder].quality == NULL;

	if (aims) {
		argv_add(a, "-b%s", at[0] ? at : ":v");
		argv_add(a, "%" PRId64, rate);
	}
	argv_add(a, "-maxrate%s", at);
	argv_add(a, "%" PRId64, rate);
	argv_add(a, "-bufsize%s", at);
	argv_add(a, "%" PRId64, rate * p->buffer_ms / 1000);
}

static void
add_rates(struct argv *a, enum conf_encoder encoder,
    const struct ffmpeg_preset *p, const struct conf_output *o)
{
	size_t n = words_count(o->sound.variants), i;
	int64_t rate;
	char at[32];

	if (n == 0)
		add_rate(a, encoder, p, "",
		    preset_bitrate((enum conf_preset)o->preset, o->picture));
	for (i = 0; i < n; i++) {
		conf_bitrate(o->sound.variants[i], &rate);
		snprintf(at, sizeof(at), ":v:%zu", i);
		add_rate(a, encoder, p, at, rate);
	}
}

/* How many frames lie from one key frame to the next: as many as go into a
 * segment without a rest, rounded up, lest the last key frame comes a moment
 * before the segment is full and another one is waited for. */
static int64_t
count_frames(int64_t fps, int64_t key_frame_ms, int64_t segment_ms)
{
	int64_t parts = (segment_ms + key_frame_ms - 1) / key_frame_ms;
	int64_t ms = segment_ms ? segment_ms / parts : key_frame_ms;
	return (fps * ms + 999) / 1000;
}

void
encoder_options(struct argv *a, enum conf_encoder encoder,
    const struct conf_output *o, int64_t segment_ms, bool modern)
{
	const struct ffmpeg_encoder *e = &encoders[encoder];
	const struct ffmpeg_preset *p = &presets[o->preset];
	int64_t frames =
	    count_frames(o->picture->fps, p->key_frame_ms, segment_ms);

	encoder_choose(a, encoder);
	argv_number(a, "-g", frames);
	argv_number(a, "-keyint_min", frames);
	argv_options(a, "-bf 0");
	argv_options(a, p->constant ? e->constant : e->quality);
	add_rates(a, encoder, p, o);
	argv_options(a, modern ? "-fps_mode cfr" : "-vsync cfr");
	argv_number(a, "-r", o->picture->fps);
}
