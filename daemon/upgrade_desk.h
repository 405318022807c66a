/*
 * Who asks a daemon for its upgrade (upgrade.h), and what they are told. The
 * reply to the request is the successor's, which finds in its memo which
 * upgrade that was.
 */
#ifndef DAEMON_UPGRADE_DESK_H
#define DAEMON_UPGRADE_DESK_H

#include "common/control/session.h"
#include "daemon/upgrade.h"

/* Starts as zeroes. */
struct upgrade_desk {
	uint64_t begun, ended; /* over all programs of this process */
	char why[300];         /* the last one failed; "": it did not */
};

/* Begins one, unless it is under way. */
void upgrade_desk_begin(struct upgrade_desk *d, struct upgrade *u);
/* The `run` of an operation for it. */
enum verdict upgrade_desk_ask(struct upgrade_desk *d, struct upgrade *u,
    struct session *s, struct reply *r);

/* Adds to the document what the successor needs to answer. */
void upgrade_desk_hand_over(const struct upgrade_desk *d, struct parcel *p);

/* Nothing was to change, and nothing has; server_retry() is due. */
void upgrade_desk_kept(struct upgrade_desk *d);
/* It has failed, or (`p`) this is the successor. Returns the fields of an event
 * `upgrade` that tells so, NULL without memory; server_retry() is due. */
json_t *upgrade_desk_failed(struct upgrade_desk *d, const char *why);
json_t *upgrade_desk_done(struct upgrade_desk *d, const struct parcel *p);

#endif
