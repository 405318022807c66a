/* What group.c, group_unheard.c and group_succession.c share, and nobody else
 * knows. */
#ifndef STREAMER_SUPERVISOR_OUTPUTS_GROUP_INTERNAL_H
#define STREAMER_SUPERVISOR_OUTPUTS_GROUP_INTERNAL_H

#include "streamer-supervisor/outputs/group.h"

struct group {
	struct group *next;
	struct environment *env;
	char name[CONF_NAME_MAX + 1];
	struct conf_timing timing;   /* the first member's */
	struct conf_channel channel; /* a copy, for it outlives members */
	char *socket;
	char video[CONF_NAME_MAX + 1]; /* "": sound alone */
	enum conf_encoder encoder;
	struct sender *sender;
	struct timer *gather; /* starts it once all who are to come are there */
	struct timer *cut;    /* a connection was, and ffmpeg has not noticed */
	struct group_member *members;
	bool gathering; /* `gather` is set */
	bool preparing; /* members do; the sender waits for them */
	struct group_member *slaves[TEE_MAX]; /* of the ffmpeg that runs */
	char label[80];
};

extern const char *const group_carriage_names[GROUP_CARRIAGE_COUNT];

/* The one place where a carriage changes. */
void group_set_carriage(struct group_member *m, enum group_carriage carriage);
size_t group_count_carried(const struct group *g);
/* Lets go of the member, for its `cause` and `why`. The group's ffmpeg ends
 * first: two would send to the same place. */
void group_expel(struct group_member *m, const char *reason);

/* Watches what of each member is to be watched by itself, while it is sent. */
void group_watch(struct group *g);
/* Waits for ffmpeg to let go of whose connection was ended; in vain, it is
 * restarted by group_shed(), for the timer. */
void group_await_cut(struct group *g);
void group_shed(void *arg);
/* Goes by the timing of the first member that it is to carry. */
void group_retime(struct group *g);
/* Starts it once all who are to come are there. */
void group_gather(struct group *g);

#endif
