/* What ttsd tells the service manager of itself. Texts are nobody's there: what
 * is said goes by its id. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ttsd/control/life.h"
#include "ttsd/control/report.h"

/* A tick that is this late is a stream that nobody can listen to. */
#define LATE_NS NS_PER_S
/* So many channels are named that say something. */
#define NAMED_MAX 4

static bool
is_on_time(void *arg)
{
	const struct ttsd *t = arg;
	int64_t next = ttsd_next_tick_ns(t);

	return t->tick_late_ns < LATE_NS &&
	       (next == INT64_MAX || clock_now_ns() - next < LATE_NS);
}

static void
add(char *out, size_t size, const char *separator, const char *text)
{
	size_t at = strlen(out);

	snprintf(out + at, size - at, "%s%s", at > 0 ? separator : "", text);
}

static void
describe_channel(const struct channel *ch, char *out, size_t size)
{
	const struct playout *p = &ch->playout;

	if (p->current)
		snprintf(out, size, "%s says announcement %" PRIu64,
		    channel_name(ch), p->current->id);
	else
		snprintf(out, size, "%s is paused", channel_name(ch));
}

static void
describe(void *arg, char *out, size_t size)
{
	const struct ttsd *t = arg;
	size_t i, busy = 0, waiting = 0, listeners = 0;
	char text[128];

	for (i = 0; i < t->channel_count; i++) {
		const struct channel *ch = t->channels[i];

		waiting += playout_waiting(&ch->playout);
		listeners += ch->subscriber_count;
		if (ch->playout.current == NULL && !ch->playout.paused)
			continue;
		if (busy++ >= NAMED_MAX)
			continue;
		describe_channel(ch, text, sizeof(text));
		add(out, size, ", ", text);
	}
	if (busy > NAMED_MAX)
		add(out, size, ", ", "and others");
	snprintf(text, sizeof(text), "%zu waiting, channels=%zu listeners=%zu",
	    waiting, t->channel_count, listeners);
	add(out, size, "; ", text);
	if (t->stopping)
		add(out, size, "; ", "stopping");
}

const struct service_report ttsd_report = { .is_well = is_on_time,
	.describe = describe };
