/* POSIX side of kit_confine.h. */
#include "ttsd/engines/kit/kit_confine.h"

#include "common/log.h"
#include "platform/posix/sandbox.h"

void
kit_confine(const char *const *readable, bool may_copy)
{
	unsigned walls = sandbox_enter(
	    &(struct sandbox){ .readable = readable, .may_copy = may_copy });

	if (!(walls & SANDBOX_FILES))
		log_info("there is no Landlock here: the engine may read "
			 "what ttsd may");
	if (!(walls & SANDBOX_CALLS))
		log_info("there is no seccomp here: the engine may call "
			 "what ttsd may");
}
