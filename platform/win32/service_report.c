/* The service manager of this system asks for no signs of life, and shows no
 * words of a service's own. */
#include "platform/platform.h"

int
service_report_begin(
    struct loop *l, const struct service_report *report, void *arg)
{
	(void)l;
	(void)report;
	(void)arg;
	return 0;
}

void
service_report_end(void)
{
}
