/*
 * Outputs that share an encoder: one ffmpeg carries them all (tee.h).
 *
 * A member that fails in that ffmpeg is let go and lives on in an ffmpeg of its
 * own; the others lose nothing. The group carries it again once it starts
 * afresh while the member has no ffmpeg. A member that is started while the
 * group is on air gets an ffmpeg of its own too: the others are not interrupted
 * for it.
 */
#ifndef STREAMER_SUPERVISOR_OUTPUTS_GROUP_H
#define STREAMER_SUPERVISOR_OUTPUTS_GROUP_H

#include "streamer-supervisor/ffmpeg/tee.h"
#include "streamer-supervisor/sender/monitor.h"
#include "streamer-supervisor/sender/sender.h"

struct group;

/* The ffmpeg of the group, and a member of it. */
enum group_carriage {
	GROUP_OUT,     /* the member may have an ffmpeg of its own */
	GROUP_CARRIED, /* the group's ffmpeg carries it, or is to */
	GROUP_LEAVING, /* the ffmpeg that has carried it is ending */
	GROUP_LOST,    /* the same, because the member has failed */
};

/* The holder fills in the first part. */
struct group_member {
	struct environment *env;
	const struct conf_output *conf;
	const struct conf_channel *channel;
	const char *socket; /* of the channel's audio */
	struct plan plan;
	/* The group's sender changed its state, or has let the member go as it
	 * was asked to. */
	void (*changed)(void *arg, const char *reason);
	/* The member failed, and is no longer carried. */
	void (*lost)(void *arg, const char *why);
	void *arg;

	struct group *group; /* NULL: it is in no group */
	struct group_member *next;
	enum group_carriage carriage;
	char why[REASON_MAX];    /* it is lost */
	struct keeping *keeping; /* NULL: it writes no files */
	bool preparing;          /* `keeping` is at it */
	struct monitor monitor;  /* of these files alone */
};

/* Joins the group that the member's configuration names. Fails with
 * ERR_NOMEM. */
int group_join(struct group_member *m);
/* Leaves the group; a member of none is fine. */
void group_part(struct group_member *m);

/* Asks the group to carry the member. Returns false when it will not: the
 * member then needs an ffmpeg of its own. */
bool group_start(struct group_member *m, const char *reason);
void group_stop(struct group_member *m, const char *reason);
/* Restarts the group, with all that it carries. */
void group_restart(struct group_member *m, const char *reason);
void group_kill(struct group_member *m);

/* Does the group's ffmpeg carry the member, or is to? */
bool group_carries(const struct group_member *m);
/* Is the ffmpeg that has carried it ending? */
bool group_is_ending(const struct group_member *m);
/* The sender that carries the group, whose state and facts are the member's. */
const struct sender *group_sender(const struct group_member *m);

#endif
