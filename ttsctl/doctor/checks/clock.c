/* Is the time of day right? What is to be said at a time goes by it. */
#include "ttsctl/doctor/checks/checks.h"

/* No version of this program is older: 2025. */
#define BUILT_MS INT64_C(1735689600000)

void
check_clock(const struct patient *p, struct report *r)
{
	bool synchronised;

	(void)p;
	if (clock_utc_ms() < BUILT_MS) {
		report_add(r, FOUND_ERROR, "", "the clock is years behind");
		report_remedy(r, "set it: timedatectl set-ntp true");
	} else if (inspect_clock(&synchronised) < 0) {
		report_add(r, FOUND_UNSEEN, "",
		    "this system does not tell whether its clock is kept "
		    "right");
	} else if (!synchronised) {
		report_add(r, FOUND_WARNING, "",
		    "nobody keeps it right: what is to be said at a time of "
		    "day may come early or late");
		report_remedy(r, "timedatectl set-ntp true, or install chrony");
	} else {
		report_add(r, FOUND_FINE, "", "it is synchronised");
	}
}
