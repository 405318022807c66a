/* Is ttsd woken in time where the machine is busy? */
#include "common/err.h"
#include "ttsctl/doctor/checks/checks.h"

void
check_scheduling(const struct patient *p, struct report *r)
{
	struct inspected_process at;
	int rc = inspect_process(p->ttsd.pid, &at);

	if (rc == ERR_UNSUPPORTED)
		return;
	if (p->ttsd.reply == NULL || rc < 0 || at.slice_ns < 0) {
		report_add(r, FOUND_UNSEEN, "ttsd",
		    "no process of it can be looked at");
	} else if (!inspect_slices()) {
		report_add(r, FOUND_FINE, "ttsd",
		    "this kernel grants no time slices (6.12 and newer do)");
	} else if (at.slice_ns == 0) {
		report_add(r, FOUND_WARNING, "ttsd",
		    "it has no time slice of its own: where the machine is "
		    "busy, sound may be late");
		report_remedy(r, "run it with the ordinary scheduling policy; "
				 "it then asks for one itself");
	} else {
		report_add(r, FOUND_FINE, "ttsd", "its time slice is %.1f ms",
		    (double)at.slice_ns / NS_PER_MS);
	}
}
