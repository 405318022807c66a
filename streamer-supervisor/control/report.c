/* What the supervisor tells the service manager of itself. */
#include <stdio.h>
#include <string.h>

#include "streamer-supervisor/control/supervisor.h"

/* So many outputs are named that do not run. */
#define NAMED_MAX 4

static void
describe(void *arg, char *out, size_t size)
{
	const struct supervisor *sv = arg;
	size_t all = 0, running = 0, named = 0, at;
	char others[SERVICE_STATUS_MAX] = "";
	const struct output *o;

	for (o = outputs_next(&sv->outputs, NULL); o;
	     o = outputs_next(&sv->outputs, o)) {
		all++;
		if (output_state(o) == CHILD_RUNNING) {
			running++;
		} else if (named++ < NAMED_MAX) {
			at = strlen(others);
			snprintf(others + at, sizeof(others) - at, ", %s: %s",
			    output_name(o), child_state_name(output_state(o)));
		}
	}
	snprintf(out, size, "%zu of %zu outputs running%s%s%s", running, all,
	    others, named > NAMED_MAX ? ", and others" : "",
	    sv->ending ? "; stopping" : "");
}

const struct service_report supervisor_report = { .describe = describe };
