/*
 * How often somebody may: a bucket for each source, which fills at a rate and
 * holds so much at most. A bounded table; whoever has not asked for longest
 * makes room, with a bucket that is full by then or nearly so. Pure.
 */
#ifndef DAEMON_ALLOWANCE_H
#define DAEMON_ALLOWANCE_H

#include <stdbool.h>
#include <stdint.h>

#define ALLOWANCE_SOURCES 512

/* What a door lets one source ask for: one request in this time, and so many
 * at once. */
#define ALLOWANCE_REQUEST_NS INT64_C(5000000)
#define ALLOWANCE_REQUESTS 1000

struct allowance {
	int64_t each_ns; /* one more in this time */
	unsigned most;   /* at once */
	struct {
		uint64_t source;
		int64_t full_ns; /* when its bucket is full again */
	} of[ALLOWANCE_SOURCES];
};

void allowance_init(struct allowance *a, int64_t each_ns, unsigned most);

/* May this source now? 0, or how long until it may. */
int64_t allowance_wait_ns(
    const struct allowance *a, uint64_t source, int64_t now_ns);
/* It does. */
void allowance_take(struct allowance *a, uint64_t source, int64_t now_ns);

#endif
