/* Says in words how a child ended. */
#include <stdio.h>
#include <string.h>

#include "common/err.h"
#include "platform/platform.h"

void
process_describe(const struct process_end *end, char *out, size_t size)
{
	const char *name;

	if (end->err) {
		snprintf(out, size, "cannot be run: %s", err_text(end->err));
	} else if (end->signalled) {
		name = sigabbrev_np(end->code);
		snprintf(out, size, "killed by %s%s", name ? "SIG" : "signal",
		    name ? name : "");
	} else {
		snprintf(out, size, "exit status %d", end->code);
	}
}
