/*
 * Who else than the daemon's own user may open its sockets. admission.c in each
 * system's folder.
 */
#ifndef PLATFORM_ADMISSION_H
#define PLATFORM_ADMISSION_H

#include "platform/runtime_dir.h"

/* Can this process let them in? ERR_NOT_FOUND: there is no such group;
 * ERR_DENIED: its user is no member; ERR_UNSUPPORTED: not on this system. It
 * may wait for the list of groups. */
int admission_check(const char *group, unsigned mode);

/* As with umask(), from here on every local socket that is opened, or taken
 * over, belongs to `group` ("": the process's own) and has that mode. They lie
 * in `dir`, through which others can pass then. Fails as admission_check(), and
 * with errors of the system. */
int admission_set(
    const char *group, unsigned mode, const struct runtime_dir *dir);

#endif
