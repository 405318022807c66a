/*
 * Sound from files: chimes, clips, music beds. Every file of a folder that
 * libsndfile reads is a "voice", and every list of them; the text of a job is
 * ignored.
 *
 *   clip [--dir FOLDER]
 *
 * Clips are decoded to 16 bits in their own rate, and pass through the kit's
 * streaming resampler, whose first samples leave at once. A looped clip goes
 * through it as one endless sound, so that its seam is resampled like any other
 * place.
 */
#include "ttsd/engines/clip/clips.h"
#include "ttsd/engines/kit/kit.h"
#include "ttsd/engines/kit/kit_ding.h"
#include "ttsd/engines/kit/kit_options.h"

/* Frames that are handed over at a time. */
#define BLOCK 1024

static int
clip_start(int argc, char **argv)
{
	static const char *dir;
	static const struct kit_option table[] = {
		{ .name = "--dir", .string = &dir },
		{ 0 },
	};
	int rc = kit_options(argc, argv, table, "clip [--dir FOLDER]");

	return rc == 0 ? clips_open(dir) : rc;
}

static int
clip_hello(json_t *h)
{
	json_t *list = json_object_get(h, "voices");
	size_t i;

	for (i = 0; i < clips_count(); i++)
		json_array_append_new(
		    list, json_pack("{s:s, s:I}", "name", clips_at(i)->name,
			      "duration_ms", (json_int_t)clip_ms(clips_at(i))));
	return 0;
}

/* ---- jobs -------------------------------------------------------------- */

static int
play_ding(unsigned rate_hz)
{
	size_t total = kit_ding_samples(rate_hz), at, n;
	int16_t block[BLOCK];
	int rc = kit_format(rate_hz, 1);

	for (at = 0; rc == 0 && at < total; at += n) {
		n = total - at < BLOCK ? total - at : BLOCK;
		kit_ding_make(block, at, n, rate_hz);
		rc = kit_pcm(block, n);
	}
	return rc;
}

static int
play_cached(const struct clip *c)
{
	size_t at, n;
	int rc = 0;

	for (at = 0; rc == 0 && at < c->frames; at += n) {
		n = c->frames - at < BLOCK ? c->frames - at : BLOCK;
		rc = kit_pcm(c->pcm + at * c->channels, n);
	}
	return rc;
}

/* Where there is no sound the reason is in *why. */
static int
play_one(struct clip *c, const struct kit_job *job, const char **why)
{
	int rc;

	*why = NULL;
	if (c->path == NULL)
		return play_ding(job->sample_rate);
	clip_touch(c);
	if (c->pcm == NULL)
		return clip_load(c, why);
	rc = kit_format(c->rate_hz, c->channels);
	return rc < 0 ? rc : play_cached(c);
}

/* One of a list that is gone is passed over, unless all are. */
static int
play_list(const struct clip *c, const struct kit_job *job, const char **why)
{
	const char *none = NULL;
	bool played = false;
	size_t i;
	int rc = 0;

	for (i = 0; c->parts[i] && (rc == 0 || none); i++) {
		rc = play_one(c->parts[i], job, &none);
		played = played || rc == 0;
		if (none)
			log_warning("clips: '%s' of '%s' is passed over: %s",
			    c->parts[i]->name, c->name, none);
	}
	*why = played ? NULL : none;
	return played && none ? 0 : rc;
}

static int
clip_play(struct clip *c, const struct kit_job *job)
{
	const char *why;
	int rc = c->parts ? play_list(c, job, &why) : play_one(c, job, &why);

	return why ? kit_fail(KIT_FAILED, "clip '%s': %s", c->name, why) : rc;
}

static int
clip_run(const struct kit_job *job)
{
	struct clip *c =
	    job->speech.voice ? clips_find(job->speech.voice) : NULL;
	int rc;

	if (c == NULL)
		return kit_fail(KIT_UNKNOWN_VOICE, "there is no clip '%.80s'",
		    job->speech.voice ? job->speech.voice : "");
	kit_gain(job->speech.volume);
	do
		rc = clip_play(c, job);
	while (rc == 0 && job->loop);
	return rc;
}

int
main(int argc, char **argv)
{
	static const struct kit_engine clip = {
		.name = "clip",
		.version = "1",
		.start = clip_start,
		.hello = clip_hello,
		.run = clip_run,
	};

	return kit_main(argc, argv, &clip);
}
