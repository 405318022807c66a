/* How ttsd is upgraded without a gap (daemon/upgrade.h): the moment for it, and
 * the operation (daemon/upgrade_desk.h).
 *
 * A reload is an upgrade to the program as it is by now, which reads the
 * configuration. Where that says nothing new, the program stays. */
#ifndef TTSD_CONTROL_UPGRADE_H
#define TTSD_CONTROL_UPGRADE_H

#include "ttsd/control/ttsd.h"

/* Fails as upgrade_new(). */
int ttsd_upgrade_open(struct ttsd *t);
/* The chunks that are due have left; the next are due at `next_ns`. Where the
 * new program is ready, and that is far enough, this is the moment for it. */
void ttsd_upgrade_between(struct ttsd *t, int64_t next_ns);
/* This is the successor of the ttsd of that document, and on air: tells it. */
void ttsd_upgraded(struct ttsd *t, const struct parcel *p);

/* Begin one, as signals do. */
void ttsd_upgrade(struct ttsd *t);
void ttsd_reload(struct ttsd *t);

op_run op_upgrade, op_reload;

#endif
