/* What ttsd tells the service manager of itself. */
#ifndef TTSD_CONTROL_REPORT_H
#define TTSD_CONTROL_REPORT_H

#include "ttsd/control/ttsd.h"

/* Of a struct ttsd. */
extern const struct service_report ttsd_report;

#endif
