/* Local time, of the machine that we run on. */
#ifndef PLATFORM_LOCAL_TIME_H
#define PLATFORM_LOCAL_TIME_H

#include "common/text/when.h"

extern const struct when_zone local_time;

#endif
