#include "ttsd/engines/clip/clips.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/format.h"
#include "ttsd/engines/clip/clip_open.h"
#include "ttsd/engines/clip/playlist.h"
#include "ttsd/engines/kit/kit.h"
#include "ttsd/engines/kit/kit_audio.h"
#include "ttsd/engines/kit/kit_confine.h"
#include "ttsd/engines/kit/kit_ding.h"
#include "ttsd/engines/kit/kit_folder.h"

#define LENGTH_MAX_S 600
/* Bytes of one decoded clip, and of all that are kept. */
#define DECODED_MAX ((size_t)64 << 20)
#define CACHE_MAX DECODED_MAX
/* All their names fit into one hello. */
#define CLIPS_MAX 2000
/* A list names at most so many. */
#define PARTS_MAX 1000
/* The rate of what is counted in ms. */
#define MS_HZ 1000
/* Frames that are decoded at a time. */
#define BLOCK 1024

static struct {
	const char *dir;
	char **files; /* their paths, sorted, then the folder, then NULL */
	size_t file_count;
	struct clip *clips;
	size_t count;
	size_t cached; /* bytes of all pcm */
	uint64_t clock;
} folder;

/* ---- the cache --------------------------------------------------------- */

static size_t
bytes_of(const struct clip *c)
{
	return c->frames * c->channels * sizeof(*c->pcm);
}

size_t
clip_ms(const struct clip *c)
{
	return (c->frames * MS_HZ + c->rate_hz / 2) / c->rate_hz;
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

/* ---- files ------------------------------------------------------------- */

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
load(struct clip *c, SNDFILE *file, bool play, const char **why)
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
		if (rc == 0)
			*why = "no sound in it";
		return rc < 0 ? rc : ERR_INVALID;
	}
	c->frames = done;
	c->pcm = pcm;
	folder.cached += bytes_of(c);
	return 0;
}

/* "closing.wav" is called "closing". */
static bool
name_of(const char *file, char out[CLIP_NAME_BYTES])
{
	const char *dot = strrchr(file, '.'), *p;
	size_t len = dot ? (size_t)(dot - file) : strlen(file);

	if (len == 0 || len >= CLIP_NAME_BYTES)
		return false;
	for (p = file; p < file + len; p++) {
		if (!isalnum((unsigned char)*p) && !strchr("_-.", *p))
			return false;
	}
	memcpy(out, file, len);
	out[len] = '\0';
	return true;
}

struct clip *
clips_find(const char *name)
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

/* The clip that a line of a list names: a file of the folder, or a clip. */
static struct clip *
find_part(const char *line, size_t len)
{
	char file[CLIP_NAME_BYTES + 16], name[CLIP_NAME_BYTES];

	if (len >= sizeof(file))
		return NULL;
	memcpy(file, line, len);
	file[len] = '\0';
	if (clips_find(file))
		return clips_find(file);
	return name_of(file, name) ? clips_find(name) : NULL;
}

/* Returns the text of a list, which the caller frees; NULL: it cannot be had.
 */
static char *
read_list(const char *path)
{
	char *text = malloc(PLAYLIST_BYTES + 1);
	FILE *f = text ? fopen(path, "rb") : NULL;
	size_t n = f ? fread(text, 1, PLAYLIST_BYTES, f) : 0;

	if (f == NULL) {
		free(text);
		return NULL;
	}
	text[n] = '\0';
	fclose(f);
	return text;
}

/* Reads a list, which knows the clips that were found before. */
static const char *
examine_list(struct clip *c)
{
	char *text = read_list(c->path);
	const char *rest = text, *line;
	struct clip *part;
	size_t count = 0, more = 0, len;

	if (text == NULL)
		return "cannot be read";
	c->parts = calloc(PARTS_MAX + 1, sizeof(*c->parts));
	c->rate_hz = MS_HZ;
	while (c->parts && playlist_next(&rest, &line, &len)) {
		part = find_part(line, len);
		if (part == NULL || part->parts)
			log_warning("clips: '%s': there is no clip '%.*s' in "
				    "the folder",
			    name_in_folder(c->path), (int)len, line);
		else if (count < PARTS_MAX)
			c->parts[count++] = part;
		else
			more++;
	}
	if (more > 0)
		log_warning("clips: '%s' names more than %d clips; the last "
			    "%zu are left out",
		    name_in_folder(c->path), PARTS_MAX, more);
	for (len = 0; len < count; len++)
		c->frames += clip_ms(c->parts[len]);
	free(text);
	return c->parts == NULL ? "out of memory"
	       : count == 0     ? "it names no clip"
				: NULL;
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
	if (clips_find(c->name) &&
	    strcmp(clips_find(c->name)->name, c->name) == 0)
		return "another file has that name";
	c->path = strdup(path);
	if (c->path && playlist_is(path))
		return examine_list(c);
	file = c->path ? open_clip(c, &why) : NULL;
	if (file == NULL)
		return c->path ? why : "out of memory";
	if (folder.cached + bytes_of(c) <= CACHE_MAX) {
		rc = load(c, file, false, &why);
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

/* Looks at all files that are lists of clips, or at all others. */
static void
scan(bool lists)
{
	struct clip *c;
	const char *why;
	size_t i;

	for (i = 0; i < folder.file_count; i++) {
		if (playlist_is(folder.files[i]) != lists)
			continue;
		c = &folder.clips[folder.count];
		why = examine(c, folder.files[i]);
		if (why == NULL) {
			folder.count++;
			continue;
		}
		log_warning("clips: '%s' is left out: %s",
		    name_in_folder(folder.files[i]), why);
		free(c->path);
		free(c->parts);
		*c = (struct clip){ 0 };
	}
}

/* ---- what the header promises ------------------------------------------ */

static void
add_ding(void)
{
	struct clip *ding = &folder.clips[folder.count];

	if (clips_find(CLIP_DING) &&
	    strcmp(clips_find(CLIP_DING)->name, CLIP_DING) == 0)
		return;
	folder.count++;
	snprintf(ding->name, CLIP_NAME_BYTES, CLIP_DING);
	ding->rate_hz = MS_HZ;
	ding->frames = KIT_DING_MS;
}

int
clips_open(const char *dir)
{
	folder.dir = dir;
	folder.files = calloc(CLIPS_MAX + 2, sizeof(*folder.files));
	folder.clips = calloc(CLIPS_MAX + 1, sizeof(*folder.clips));
	if (folder.files == NULL || folder.clips == NULL) {
		log_error("clips: no memory for the list of clips");
		return KIT_EXIT_INTERNAL;
	}
	if (folder.dir)
		list_files();
	confine();
	scan(false);
	scan(true);
	add_ding();
	return 0;
}

size_t
clips_count(void)
{
	return folder.count;
}

struct clip *
clips_at(size_t i)
{
	return &folder.clips[i];
}

void
clip_touch(struct clip *c)
{
	c->used = ++folder.clock;
}

int
clip_load(struct clip *c, const char **why)
{
	SNDFILE *file = open_clip(c, why);
	int rc;

	if (file == NULL)
		return ERR_INVALID;
	rc = kit_format(c->rate_hz, c->channels);
	if (rc == 0)
		rc = load(c, file, true, why);
	sf_close(file);
	return rc;
}
