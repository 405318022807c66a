/*
 * Outputs that share an encoder: one ffmpeg carries them all (tee.h).
 *
 * A member that fails in it is let go and lives on in an ffmpeg of its own;
 * the others lose nothing. It is carried again once the group starts afresh
 * while the member has no ffmpeg. One that is started while the group is on
 * air goes its own way too: the others are not interrupted for it.
 */
#ifndef STREAMER_SUPERVISOR_OUTPUTS_GROUP_H
#define STREAMER_SUPERVISOR_OUTPUTS_GROUP_H

#include "streamer-supervisor/ffmpeg/tee.h"
#include "streamer-supervisor/sender/sender.h"

struct group;

/* The holder fills in the first part. */
struct group_member {
	struct environment *env;
	const struct conf_output *conf;
	const struct conf_channel *channel;
	const char *socket; /* of the channel's audio */
	struct plan plan;
	/* What carries it went from one state to another, or has let it go as
	 * it was asked. */
	void (*changed)(void *arg, const char *reason);
	/* It failed, and is no longer carried. */
	void (*lost)(void *arg, const char *why);
	void *arg;

	struct group *group; /* NULL: of none */
	struct group_member *next;
	bool carried;
	bool leaving; /* the ffmpeg that has carried it is ending */
};

/* Joins the group that its configuration names. ERR_NOMEM. */
int group_join(struct group_member *m);
/* A member of none is fine. */
void group_part(struct group_member *m);

/* To be put on air. False: not by the group. */
bool group_start(struct group_member *m, const char *reason);
void group_stop(struct group_member *m, const char *reason);
/* All that it carries. */
void group_restart(struct group_member *m, const char *reason);
void group_kill(struct group_member *m);

/* What carries it; for the state, and what is to be known of it. */
const struct sender *group_sender(const struct group_member *m);

#endif
