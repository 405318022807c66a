/*
 * The state directory: the folder of what is to outlive a daemon, such as the
 * ledger of announcements. For child programs that may wait for a disk.
 * state_dir.c in each system's folder.
 *
 * What is in it says what is spoken after a start, so it belongs to our user or
 * to root, as do the files in it, and nobody else can write there.
 */
#ifndef PLATFORM_STATE_DIR_H
#define PLATFORM_STATE_DIR_H

#include "platform/platform.h"

struct state_dir {
	char path[PLATFORM_PATH_MAX];
	/* With ERR_UNTRUSTED this says what is wrong, to be put behind the
	 * path: "belongs to user 1001". */
	char fault[128];
};

/* Opens the folder: `configured`, or ("", NULL) the first of the places that
 * docs/CONFIG.md lists. It is made (mode 0700) when it is missing, and what
 * this process makes from then on is for our user alone. Fails with
 * ERR_UNTRUSTED and errors of the system; `path` is filled either way. */
int state_dir_open(const char *configured, struct state_dir *out);

/* Finds where it is, and looks at nothing. Fails with ERR_UNTRUSTED where that
 * is not known, or ERR_TOO_LONG. */
int state_dir_find(const char *configured, struct state_dir *out);

/* Looks whether state_dir_open() would find the folder (`*there`) or make it,
 * and makes nothing. Fails as that one. */
int state_dir_look(const char *configured, struct state_dir *out, bool *there);

/* Looks at a file of the folder before it is opened: whatever is no regular
 * file of ours is ERR_UNTRUSTED, with d->fault filled. ERR_NOT_FOUND. */
int state_dir_file(struct state_dir *d, const char *path);

#endif
