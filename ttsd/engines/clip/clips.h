/*
 * The clips of a folder: which there are, and their sound, decoded ahead of
 * time as far as the cache goes. One program has one folder.
 */
#ifndef TTSD_ENGINES_CLIP_CLIPS_H
#define TTSD_ENGINES_CLIP_CLIPS_H

#include <stddef.h>
#include <stdint.h>

/* Longest name, with its terminator. */
#define CLIP_NAME_BYTES 65
/* The chime that is always there. */
#define CLIP_DING "ding"

struct clip {
	char name[CLIP_NAME_BYTES];
	char *path; /* NULL: the built-in chime */
	/* Of a list: its clips, and NULL. Else NULL. */
	struct clip **parts;
	unsigned rate_hz, channels;
	size_t frames;
	int16_t *pcm;  /* decoded; NULL: not now */
	uint64_t used; /* the cache's clock when it was used last */
};

/* Reads the folder (NULL: none), and has nothing else be read from then on.
 * Returns 0, or an exit status after having logged why. */
int clips_open(const char *dir);

size_t clips_count(void);
struct clip *clips_at(size_t i);
/* The exact name, else the first that differs in case only; NULL. */
struct clip *clips_find(const char *name);

/* How long it is, rounded. */
size_t clip_ms(const struct clip *c);

/* It is used now: others make room before it does. */
void clip_touch(struct clip *c);

/* Decodes a clip that is not in the cache, and plays it meanwhile. Returns what
 * kit_pcm() does; ERR_INVALID with the reason where there is no sound. */
int clip_load(struct clip *c, const char **why);

#endif
