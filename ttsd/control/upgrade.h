/* How ttsd is upgraded without a gap (daemon/upgrade.h): who asks, and what
 * they are told. */
#ifndef TTSD_CONTROL_UPGRADE_H
#define TTSD_CONTROL_UPGRADE_H

#include "ttsd/control/ttsd.h"

/* Fails as upgrade_new(). */
int ttsd_upgrade_open(struct ttsd *t);
/* Begins with it, unless it is under way. */
void ttsd_upgrade(struct ttsd *t);
/* This is the successor of the ttsd of that document, and on air: tells it. */
void ttsd_upgraded(struct ttsd *t, const struct parcel *p);

op_run op_upgrade;

#endif
