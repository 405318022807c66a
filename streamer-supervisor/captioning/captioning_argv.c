#include "streamer-supervisor/captioning/captioning_argv.h"

#include <inttypes.h>
#include <stdlib.h>

#include "common/args/argv.h"
#include "common/args/words.h"
#include "streamer-supervisor/captions/webvtt.h"
#include "streamer-supervisor/ffmpeg/invocation.h"
#include "streamer-supervisor/ffmpeg/preset.h"
#include "streamer-supervisor/ffmpeg/protocol.h"
#include "streamer-supervisor/keeper/names.h"

/* What MPEG-TS adds to a stream, at most: of one as thin as 32 kbit/s. */
#define CONTAINER_PERCENT 140

/* Adds an option whose value is the path of a list, or its name alone. */
static void
add_list(struct argv *a, const char *option, const struct plan *plan,
    const struct conf_output *o, const char *variant, bool whole)
{
	char *path = protocol_list(plan->protocol, o->address.url, variant);
	size_t folder;

	argv_add(a, "%s", option);
	if (path)
		argv_add(a, "%s", whole ? path : names_split(path, &folder));
	a->failed |= path == NULL;
	free(path);
}

static void
add_stream(struct argv *a, const struct plan *plan, const struct conf_output *o,
    const char *variant, int64_t bitrate)
{
	add_list(a, "--list", plan, o, variant, true);
	argv_number(a, "--bandwidth", bitrate * CONTAINER_PERCENT / 100);
}

/* Variants are of the picture, where there is one, and else of the sound. */
static void
add_streams(struct argv *a, const struct plan *plan,
    const struct conf_output *o, const struct conf_channel *channel)
{
	int64_t sound = invocation_bitrate(plan, o, channel), rate = 0;
	size_t n = words_count(o->sound.variants), i;

	for (i = 0; i < n; i++) {
		conf_bitrate(o->sound.variants[i], &rate);
		add_stream(a, plan, o, o->sound.variants[i],
		    o->picture ? rate + sound : rate);
	}
	if (n > 0)
		return;
	if (o->picture)
		rate = preset_bitrate((enum conf_preset)o->preset, o->picture);
	add_stream(a, plan, o, NULL, rate + sound);
}

char **
captioning_argv(const struct captioning_places *at, const struct plan *plan,
    const struct conf_output *o, const struct conf_channel *channel,
    int64_t pid, const uint64_t *first_sample)
{
	struct argv a = { 0 };

	argv_add(&a, "%s/captions", at->programs);
	argv_add(&a, "--control");
	argv_add(&a, "%s", at->control);
	argv_add(&a, "--channel");
	argv_add(&a, "%s", channel->block.name);
	argv_number(&a, "--rate", channel->rate_hz);
	argv_number(&a, "--pid", pid);
	if (first_sample)
		argv_number(&a, "--first-sample", (int64_t)*first_sample);
	argv_number(&a, "--delay",
	    plan->codec->delay_samples * PTS_HZ /
		invocation_rate_hz(plan, o, channel));
	/* Nobody knows beforehand what an encoder makes of a picture. */
	if (o->picture == NULL) {
		argv_add(&a, "--codecs");
		argv_add(&a, "%s", plan->codec->rfc6381);
	}
	add_list(&a, "--captions", plan, o, PROTOCOL_CAPTIONS, false);
	add_list(&a, "--master", plan, o, PROTOCOL_MASTER, false);
	add_streams(&a, plan, o, channel);
	return argv_take(&a);
}
