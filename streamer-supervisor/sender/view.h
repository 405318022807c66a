/*
 * What an address shows with its sound: its picture; or nothing, as long as
 * that cannot be had, for sound alone is better than neither.
 */
#ifndef STREAMER_SUPERVISOR_SENDER_VIEW_H
#define STREAMER_SUPERVISOR_SENDER_VIEW_H

#include <stdbool.h>

#include "common/record.h"
#include "streamer-supervisor/sender/environment.h"
#include "streamer-supervisor/sender/history.h"

/* So long a picture that is said to come is waited for, while the sound is
 * there. */
#define VIEW_PATIENCE_NS (10 * NS_PER_S)

/* The holder fills in the first part. */
struct view {
	const struct environment *env;
	const char *name;          /* of the output, for the log */
	const char *channel;       /* whose sound it is */
	const char *video;         /* the name of a [video]; "": sound alone */
	enum conf_encoder encoder; /* as configured */

	enum picture_state state; /* as last looked at */
	int64_t coming_ns;  /* since when it is said to come; 0: it is not */
	const char *socket; /* SERVED: of the picture with the sound */
	enum conf_encoder chosen; /* SERVED: what encodes it */
	char why[REASON_MAX];     /* else; "" where none is wanted */
	bool sent;   /* the ffmpeg that runs was given the picture */
	bool missed; /* the log says that it was not */
};

/* Its record: what the ffmpeg that runs was given. */
extern const struct record_field view_fields[];

/* Looks afresh whether the picture can be had. */
enum picture_state view_look(struct view *v);
/* There is no sound either: the wait for the picture begins afresh. */
void view_reset(struct view *v);
/* An ffmpeg was started with what view_look() found last. */
void view_started(struct view *v);
/* It ended; `early`: before it sent anything. */
void view_ended(struct view *v, bool early);

/* Is it known which of the channel's samples is the time 0 of the ffmpeg `pid`,
 * which reads it together with the picture? senders_look() is due when it is.
 */
bool view_first_sample(
    const struct view *v, int64_t pid, uint64_t *first_sample);

/* What encodes the picture, while it is sent; "" else. */
const char *view_encoder(const struct view *v);

/* Is a picture wanted? */
bool view_is_wanted(const struct view *v);

#endif
