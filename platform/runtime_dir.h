/*
 * The runtime directory: the folder of the daemons' sockets, and whom it is
 * safe to meet there. runtime_dir.c in each system's folder.
 *
 * Texts and stream keys go through these sockets. A folder that another user
 * has made, or can write in, hands them to that user:
 *
 *   found by                      | is used by a client when
 *   ------------------------------+-------------------------------------------
 *   $XDG_RUNTIME_DIR/ttsd,        | it belongs to us or to root, is no link,
 *   TMPDIR/ttsd-UID               | and nobody else can write in it
 *   /run/ttsd                     | likewise; or it belongs to the user of a
 *                                 | service, and only root writes in /run
 *   name: -r, $RUNTIME_DIRECTORY  | nobody else but its owner can have put it
 *                                 | (or a folder on the way) there: the name
 *                                 | is the user's own word
 *
 * A daemon's folder belongs to the daemon's user or to root, also where the
 * configuration names it; one that nothing names is no link, and nobody else
 * can write in it.
 */
#ifndef PLATFORM_RUNTIME_DIR_H
#define PLATFORM_RUNTIME_DIR_H

#include "platform/platform.h"

struct runtime_dir {
	char path[PLATFORM_PATH_MAX];
	/* With ERR_UNTRUSTED this says what is wrong, to be put behind the
	 * path: "belongs to user 1001". */
	char fault[128];
};

/* Opens a daemon's folder: `configured`, or ("", NULL) the first of the places
 * that docs/CONFIG.md lists. It is made (mode 0700) when it is missing. Fails
 * with ERR_UNTRUSTED and errors of the system; `path` is filled either way. */
int runtime_dir_open(const char *configured, struct runtime_dir *out);

/* Finds for a client the index-th folder (from 0) where a daemon's sockets may
 * be, in the order in which to look: `named` alone, or (NULL)
 * $RUNTIME_DIRECTORY alone, or all that a daemon may have chosen. It makes
 * nothing, and finds nothing wrong with what is not there. Fails with ERR_END
 * past the last one, and with ERR_UNTRUSTED or ERR_TOO_LONG for a folder that
 * must not be used. */
int runtime_dir_find(
    const char *named, unsigned index, struct runtime_dir *out);

#endif
