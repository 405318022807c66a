/*
 * One of what is said again and again: when it is due, and that ttsd is asked
 * for it then.
 */
#ifndef GATEWAY_SCHEDULE_ENTRY_H
#define GATEWAY_SCHEDULE_ENTRY_H

#include <jansson.h>

#include "common/conf/conf.h"
#include "gateway/daemons/peer.h"

/* So long ahead ttsd is asked. */
#define SCHEDULE_LEAD_MS 10000
/* What was due so long ago when the gateway starts is asked for yet; it is less
 * than ttsd knows a key for. */
#define SCHEDULE_LATE_MS 30000

struct entry;

/* Something may be due sooner than entry_look() has said. */
typedef void entry_changed(void *arg);

/* One of the configuration, which must outlive it, as must `peer`, which is
 * ttsd's. What was due `after_ms` (UTC) is not asked for any more. NULL without
 * memory. */
struct entry *entry_new(const struct conf_schedule *conf, struct peer *peer,
    int64_t after_ms, entry_changed *changed, void *arg);
/* One that ttsd keeps, as it tells of it (`schedules`). NULL without memory, or
 * where it is none that we can read: a newer ttsd's. */
struct entry *entry_read(const json_t *kept, struct peer *peer,
    int64_t after_ms, entry_changed *changed, void *arg);
/* NULL is fine. */
void entry_free(struct entry *e);

const char *entry_name(const struct entry *e);
/* What it was read from; NULL: the configuration has it. */
const json_t *entry_kept(const struct entry *e);

/* Does what is due, and returns when to look again (clock_awake_ns()). */
int64_t entry_look(struct entry *e, int64_t now_ns, int64_t now_ms);
/* The wall's clock was set: what was due before now is left out. */
void entry_clock_set(struct entry *e, int64_t now_ms);

/* Its keys, is it one that ttsd keeps, the time that comes next, and of the
 * last one what became of the asking. NULL without memory. */
json_t *entry_tell(const struct entry *e);

#endif
