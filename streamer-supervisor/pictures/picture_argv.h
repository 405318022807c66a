/* From a [video] and the channel whose sound it shows to how their `picture` is
 * started. Pure. */
#ifndef STREAMER_SUPERVISOR_PICTURES_PICTURE_ARGV_H
#define STREAMER_SUPERVISOR_PICTURES_PICTURE_ARGV_H

#include <stdbool.h>

#include "common/conf/conf.h"
#include "common/net/redact.h"

/* Where things are. */
struct picture_places {
	const char *programs; /* folder of `picture` and `painter` */
	bool painter;         /* there is one: not on every system */
	const char *ffmpeg;   /* path or name */
	bool modern;          /* that one is 5.1 or newer */
	const char *control;  /* paths of ttsd's control socket, */
	const char *audio;    /* of the channel's audio, */
	const char *socket;   /* and of the picture's own sockets: sound */
	const char *raw;      /* and picture, the raw door */
};

struct picture_command {
	char **argv;
	char *list;    /* what is in its file PROCESS_TEXT; NULL: it has none */
	char *address; /* the one in that list, without its secrets; or NULL */
	struct redact redact; /* the secrets that it may repeat */
};

/* Fails with ERR_NOMEM. picture_command_done() is due in any case. */
int picture_command_make(struct picture_command *out,
    const struct conf_video *v, const struct conf_channel *c,
    const struct picture_places *at);
void picture_command_done(struct picture_command *c);
/* Would they start the same? */
bool picture_command_equal(
    const struct picture_command *a, const struct picture_command *b);

#endif
