#include <linux/sched.h>
#include <linux/sched/types.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "platform/platform.h"

/* Since Linux 6.12 an ordinary process may ask for a time slice of its own
 * (sched_setattr(2), sched_runtime): a shorter one is due earlier, and so
 * preempts sooner. Older kernels ignore it. */
#define SLICE_NS 100000 /* the shortest that the kernel grants */

void
clock_be_punctual(void)
{
	struct sched_attr attr;

	memset(&attr, 0, sizeof(attr));
	if (syscall(SYS_sched_getattr, 0, &attr, sizeof(attr), 0) < 0 ||
	    attr.sched_policy != SCHED_NORMAL)
		return;
	attr.sched_flags |= SCHED_FLAG_RESET_ON_FORK;
	attr.sched_runtime = SLICE_NS;
	syscall(SYS_sched_setattr, 0, &attr, 0);
}
