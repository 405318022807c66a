/* `control_group` and `control_mode`: who may open a daemon's sockets. */
#ifndef DAEMON_ADMISSION_H
#define DAEMON_ADMISSION_H

#include "common/conf/conf.h"
#include "platform/runtime_dir.h"

/* Can this daemon do as its section says? `program` is its name. ERR_INVALID
 * with `e` filled. */
int daemon_check_admission(
    const struct conf *c, const char *program, struct conf_error *e);

/* Has the sockets that this daemon opens from here on let those in. Fails as
 * admission_set(). */
int daemon_admit(
    const struct conf *c, const char *program, const struct runtime_dir *dir);

#endif
