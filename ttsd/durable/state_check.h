/* Is the state directory that a configuration names of any use? Where it names
 * none, that depends on who starts ttsd, and from where. */
#ifndef TTSD_DURABLE_STATE_CHECK_H
#define TTSD_DURABLE_STATE_CHECK_H

#include "common/conf/conf.h"

/* ERR_INVALID, with `e` saying what the ledger would. For --check-config: it
 * may wait for a disk. It looks with the eyes of who runs it, and makes
 * nothing. */
int state_check(const struct conf *conf, struct conf_error *e);

#endif
