/*
 * Sound from files: chimes, clips, music beds. Every file of a folder that
 * libsndfile reads is a "voice"; the text of a job is ignored.
 *
 *   clip [--dir FOLDER]
 *
 * Clips are decoded to 16 bits in their own rate, ahead of time as far as the
 * cache goes, and pass through the kit's streaming resampler, whose first
 * samples leave at once. A looped clip goes through it as one endless sound,
 * so that its seam is resampled like any other place.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/format.h"
#include "ttsd/engines/clip/clip_open.h"
#include "ttsd/engines/kit/kit.h"
#include "ttsd/engines/kit/kit_audio.h"
#include "ttsd/engines/kit/kit_confine.h"
#include "ttsd/engines/kit/kit_ding.h"
#include "ttsd/engines/kit/kit_folder.h"
#include "ttsd/engines/kit/kit_options.h"

#define DING "ding"
#define NAME_BYTES 65
#define LENGTH_MAX_S 600
/* Bytes of one decoded clip, and of all that are kept. */
#define DECODED_MAX ((size_t)64 << 20)
#define CACHE_MAX DECODED_MAX
/* All their names fit into one hello. */
#define CLIPS_MAX 2000
/* Frames that are decoded, or handed over, at a time. */
#define BLOCK 1024

struct clip {
	char name[NAME_BYTES];
	char *path; /* NULL: the built-in chime */
	unsigned rate_hz, channels;
	size_t frames;
	int16_t *pcm;  /* decoded; NULL: not now */
	uint64_t used; /* the cache's clock when it was used last */
};

static struct {
	const char *dir;
	char **files; /* their paths, sorted, then the folder, then NULL */
	size_t file_count;
	struct clip *clips;
	size_t count;
	size_t cached; /* bytes of all pcm */
	uint64_t clock;
} folder;

/* The cache. */

static size_t
bytes_of(const struct clip *c)
{
	return c->frames * c->channels * sizeof(*c->pcm);
}

static void
drop(struct clip *c)
{
	if (c->pcm)
		folder.cached -= bytes_of(c);
	free(c->pcm);
	c->pcm = NULL;
}

/* Makes room by what was used longest ago. */
static void
make_room(size_t bytes)
{
	struct clip *oldest;
	size_t i;

	while (folder.cached + bytes > CACHE_MAX) {
		oldest = NULL;
		for (i = 0; i < folder.count; i++) {
			if (folder.clips[i].pcm &&
			    (oldest == NULL ||
				folder.clips[i].used < oldest->used))
				oldest = &folder.clips[i];
		}
		if (oldest == NULL)
			return;
		drop(oldest);
	}
}

/* Files. */

/* Opens and checks a clip; NULL with the reason. */
static SNDFILE *
open_clip(struct clip *c, const char **why)
{
	SF_INFO info = { 0 };
	SNDFILE *file = clip_open(c->path, &info);

	*why = NULL;
	if (file == NULL)
		*why = sf_error(NULL) == SF_ERR_SYSTEM ? "cannot be read"
						       : "no sound file";
	else if (info.samplerate < KIT_RATE_MIN ||
		 info.samplerate > KIT_RATE_MAX)
		*why = "a rate beyond 1,000 to 384,000 Hz";
	else if (info.channels < 1 || info.channels > KIT_CHANNELS_MAX)
		*why = "more than 8 channels";
	else if (info.frames <= 0)
		*why = "no sound in it";
	else if (info.frames > (sf_count_t)LENGTH_MAX_S * info.samplerate)
		*why = "longer than 10 minutes";
	else if ((size_t)info.frames * (size_t)info.channels * 2 > DECODED_MAX)
		*why = "more than 64 MiB when decoded";
	if (*why) {
		sf_close(file);
		return NULL;
	}
	c->rate_hz = (unsigned)info.samplerate;
	c->channels = (unsigned)info.channels;
	c->frames = (size_t)info.frames;
	return file;
}

/* Decodes the next block; returns its frames. */
static size_t
decode(SNDFILE *file, const struct clip *c, int16_t *out, size_t max)
{
	float block[BLOCK * KIT_CHANNELS_MAX];
	size_t n = max < BLOCK ? max : BLOCK, i;
	sf_count_t got = sf_readf_float(file, block, (sf_count_t)n);

	if (got <= 0)
		return 0;
	for (i = 0; i < (size_t)got * c->channels; i++)
		out[i] = kit_audio_sample(block[i]);
	return (size_t)got;
}

/* Decodes a clip into the cache, and plays it meanwhile where asked. A file
 * that ends before its header says so is as long as it is. */
static int
load(struct clip *c, SNDFILE *file, bool play)
{
	size_t done = 0, n;
	int16_t *pcm;
	int rc = 0;

	make_room(bytes_of(c));
	pcm = malloc(bytes_of(c));
	if (pcm == NULL)
		return ERR_NOMEM;
	while (rc == 0 && done < c->frames) {
		n = decode(file, c, pcm + done * c->channels, c->frames - done);
		if (n == 0)
			break;
		if (play)
			rc = kit_pcm(pcm + done * c->channels, n);
		done += n;
	}
	if (rc < 0 || done == 0) {
		free(pcm);
		return rc < 0 ? rc : ERR_END;
	}
	c->frames = done;
	c->pcm = pcm;
	folder.cached += bytes_of(c);
	return 0;
}

/* "closing.wav" is called "closing". */
static bool
name_of(const char *file, char out[NAME_BYTES])
{
	const char *dot = strrchr(file, '.'), *p;
	size_t len = dot ? (size_t)(dot - file) : strlen(file);

	if (len == 0 || len >= NAME_BYTES)
		return false;
	for (p = file; p < file + len; p++) {
		if (!isalnum((unsigned char)*p) && !strchr("_-.", *p))
			return false;
	}
	memcpy(out, file, len);
	out[len] = '\0';
	return true;
}

/* The exact name, else the first that differs in case only. */
static struct clip *
clip_find(const char *name)
{
	struct clip *like = NULL;
	size_t i;

	for (i = 0; i < folder.count; i++) {
		if (strcmp(folder.clips[i].name, name) == 0)
			return &folder.clips[i];
		if (like == NULL && strcasecmp(folder.clips[i].name, name) == 0)
			like = &folder.clips[i];
	}
	return like;
}

static const char *
name_in_folder(const char *path)
{
	return path + strlen(folder.dir) + 1;
}

/* Fills in a clip from its file. The reason where it cannot be used. */
static const char *
examine(struct clip *c, const char *path)
{
	const char *why;
	SNDFILE *file;
	int rc = 0;

	if (!name_of(name_in_folder(path), c->name))
		return "its name is not 1 to 64 of letters, digits, _ - .";
	if (clip_find(c->name) &&
	    strcmp(clip_find(c->name)->name, c->name) == 0)
		return "another file has that name";
	c->path = strdup(path);
	file = c->path ? open_clip(c, &why) : NULL;
	if (file == NULL)
		return c->path ? why : "out of memory";
	if (folder.cached + bytes_of(c) <= CACHE_MAX) {
		rc = load(c, file, false);
	} else {
		int16_t probe[BLOCK * KIT_CHANNELS_MAX];

		rc = decode(file, c, probe, BLOCK) > 0 ? 0 : ERR_END;
	}
	sf_close(file);
	return rc < 0 ? "no sound in it" : NULL;
}

static int
compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int
add_file(void *ctx, const char *name)
{
	(void)ctx;
	if (folder.file_count == CLIPS_MAX)
		return ERR_FULL;
	folder.files[folder.file_count] =
	    format_text("%s/%s", folder.dir, name);
	if (folder.files[folder.file_count] == NULL)
		return ERR_NOMEM;
	folder.file_count++;
	return 0;
}

static void
list_files(void)
{
	int rc = kit_folder_list(folder.dir, add_file, NULL);

	if (rc == ERR_FULL)
		log_warning("clips: more than %d files in the folder; the rest "
			    "is left out",
		    CLIPS_MAX);
	else if (rc < 0)
		log_warning(
		    "clips: the folder '%s' cannot be read, so its clips are "
		    "missing: %s; mend it, or set ttsd.clips_dir",
		    folder.dir, err_text(rc));
	qsort(folder.files, folder.file_count, sizeof(*folder.files), compare);
}

/* Nothing else is read from here on. The files are named beside their folder,
 * for some are links that lead out of it. */
static void
confine(void)
{
	folder.files[folder.file_count] = (char *)folder.dir;
	kit_confine((const char *const *)folder.files, false);
}

static void
scan(void)
{
	struct clip *c;
	const char *why;
	size_t i;

	for (i = 0; i < folder.file_count; i++) {
		c = &folder.clips[folder.count];
		why = examine(c, folder.files[i]);
		if (why == NULL) {
			folder.count++;
			continue;
		}
		log_warning("clips: '%s' is left out: %s",
		    name_in_folder(folder.files[i]), why);
		free(c->path);
		*c = (struct clip){ 0 };
	}
}

static int
clip_start(int argc, char **argv)
{
	static const struct kit_option table[] = {
		{ .name = "--dir", .string = &folder.dir },
		{ 0 },
	};
	struct clip *ding;
	int rc = kit_options(argc, argv, table, "clip [--dir FOLDER]");

	if (rc != 0)
		return rc;
	folder.files = calloc(CLIPS_MAX + 2, sizeof(*folder.files));
	folder.clips = calloc(CLIPS_MAX + 1, sizeof(*folder.clips));
	if (folder.files == NULL || folder.clips == NULL) {
		log_error("clips: no memory for the list of clips");
		return KIT_EXIT_INTERNAL;
	}
	if (folder.dir)
		list_files();
	confine();
	scan();
	if (clip_find(DING) && strcmp(clip_find(DING)->name, DING) == 0)
		return 0;
	ding = &folder.clips[folder.count++];
	snprintf(ding->name, NAME_BYTES, DING);
	ding->rate_hz = 1000;
	ding->frames = KIT_DING_MS;
	return 0;
}

static int
clip_hello(json_t *h)
{
	json_t *list = json_object_get(h, "voices");
	const struct clip *c;
	size_t i;

	for (i = 0; i < folder.count; i++) {
		c = &folder.clips[i];
		json_array_append_new(list,
		    json_pack("{s:s, s:I}", "name", c->name, "duration_ms",
			(json_int_t)((c->frames * 1000 + c->rate_hz / 2) /
				     c->rate_hz)));
	}
	return 0;
}

/* Jobs. */

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

static int
play_file(struct clip *c)
{
	const char *why;
	SNDFILE *file = open_clip(c, &why);
	int rc;

	if (file == NULL)
		return kit_fail(KIT_FAILED, "clip '%s': %s", c->name, why);
	rc = kit_format(c->rate_hz, c->channels);
	if (rc == 0)
		rc = load(c, file, true);
	sf_close(file);
	return rc == ERR_END
		   ? kit_fail(KIT_FAILED, "clip '%s': no sound in it", c->name)
		   : rc;
}

static int
clip_play(struct clip *c, const struct kit_job *job)
{
	int rc;

	if (c->path == NULL)
		return play_ding(job->sample_rate);
	c->used = ++folder.clock;
	if (c->pcm == NULL)
		return play_file(c);
	rc = kit_format(c->rate_hz, c->channels);
	return rc < 0 ? rc : play_cached(c);
}

static int
clip_run(const struct kit_job *job)
{
	struct clip *c =
	    job->speech.voice ? clip_find(job->speech.voice) : NULL;
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
