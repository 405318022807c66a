#include "platform/version.h"

#include <ev.h>
#include <jansson.h>
#include <stdio.h>

#include "common/version.h"

#ifndef TTSD_COMMIT /* named by the Makefile */
#define TTSD_COMMIT "unknown"
#endif
#ifdef __clang__
#define COMPILER __VERSION__
#else
#define COMPILER "gcc " __VERSION__
#endif

void
version_print(const char *program)
{
	printf("%s %s\ncommit %s, %s, libev %d.%d, jansson %s\n", program,
	    TTSD_VERSION, TTSD_COMMIT, COMPILER, EV_VERSION_MAJOR,
	    EV_VERSION_MINOR, JANSSON_VERSION);
}
