/*
 * The picture of one [video] with the sound of one channel: what comes from
 * ttsd, from the child that makes frames and through the raw door becomes one
 * broadcast.
 */
#ifndef STREAMER_SUPERVISOR_PICTURE_PICTURE_H
#define STREAMER_SUPERVISOR_PICTURE_PICTURE_H

#include <stdbool.h>
#include <stdint.h>

#include "platform/platform.h"

#define PICTURE_FIELDS_MAX 64

struct picture_settings {
	const char *socket, *audio, *control; /* paths */
	const char *channel;
	const char *raw; /* path of the raw door; NULL: none */
	unsigned width, height, fps;
	uint32_t background; /* 0xrrggbb: until there is a picture */
	int64_t lag_max_ns;  /* of a reader */
	/* The child that makes frames, NULL-terminated; NULL: none. */
	const char *const *frames_from;
	/* What that child is to have in its file PROCESS_TEXT; "": nothing. */
	char list[PROCESS_TEXT_MAX + 1];
	bool paced; /* each of its frames is seen; else the newest is */
	/* The painter, the same; its frames are the picture, or laid over it.
	 */
	const char *const *painter;
	bool overlay;
	const char *video; /* of the painter: whose `show` is meant */
	/* Of the painter: "NAME=TEXT" at first, NULL-terminated. */
	const char *fields[PICTURE_FIELDS_MAX + 1];
};

struct picture;

/* `settings` must outlive it. Fails with ERR_NOMEM, or as door_new(), and says
 * in the log why. */
int picture_new(struct loop *l, const struct picture_settings *settings,
    struct picture **out);
/* NULL is fine. */
void picture_free(struct picture *p);

#endif
