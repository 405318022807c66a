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
#include "streamer-supervisor/outputs/member_files.h"
#include "streamer-supervisor/sender/sender.h"

struct group;

/* The ffmpeg of the group, and a member of it. */
#define GROUP_CARRIAGES(X)                                                   \
	X(OUT, "out")         /* it may have an ffmpeg of its own */         \
	X(CARRIED, "carried") /* the group's carries it, or is to */         \
	X(LEAVING, "leaving") /* the ffmpeg that has carried it is ending */ \
	X(LOST, "lost")       /* the same, because the member has failed */  \
	X(LOSING,                                                            \
	    "losing") /* it has failed: ffmpeg goes on, and is to let it go */

enum group_carriage {
#define X(name, text) GROUP_##name,
	GROUP_CARRIAGES(X)
#undef X
	    GROUP_CARRIAGE_COUNT
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
	/* The group's ffmpeg sends to the member, and no longer does. */
	void (*on_air)(void *arg, bool on);
	/* The member failed, and is no longer carried. */
	void (*lost)(void *arg, enum cause cause, const char *why);
	void *arg;

	struct group *group; /* NULL: it is in no group */
	struct group_member *next;
	enum group_carriage carriage;
	enum cause cause;     /* it is lost, or to be, … */
	char why[REASON_MAX]; /* … and why */
	struct member_files files;
};

/* Joins the group that the member's configuration names; group_part() is due in
 * any case. Fails with ERR_NOMEM or as timer_new(). */
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

/* What the group's ffmpeg sends to the member does not get to its listeners: it
 * is lost, and the others go on. */
void group_fail(struct group_member *m, const char *why);

/* Return what the program's successor needs to keep the member, and with the
 * last member the group and its ffmpeg, NULL without memory; and go on with it:
 * the members in the order in which they were handed over, all of which have
 * joined. ERR_INVALID, ERR_NOMEM. */
json_t *group_hand_over(const struct group_member *m, struct parcel *parcel);
int group_take_over(
    struct group_member *m, struct parcel *parcel, const json_t *word);

/* Does the group's ffmpeg carry the member, or is to? */
bool group_carries(const struct group_member *m);
/* Is the ffmpeg that has carried it ending? */
bool group_is_ending(const struct group_member *m);
/* The sender that carries the group, whose state and facts are the member's. */
const struct sender *group_sender(const struct group_member *m);

#endif
