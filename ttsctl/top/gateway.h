/* Does somebody listen where the configuration has ttsd-gateway listen? */
#ifndef TTSCTL_TOP_GATEWAY_H
#define TTSCTL_TOP_GATEWAY_H

#include "ttsctl/ttsctl.h"

struct gateway {
	char at[PLATFORM_PATH_MAX]; /* "": nothing says where */
	bool answers;
	int64_t due_ns; /* when it is looked at again */
};

/* Reads the configuration, that of the daemons or --config; one that cannot be
 * read says nothing. */
void gateway_init(struct gateway *g, const struct call *call);

/* Looks, but not more often than each few seconds. */
void gateway_look(struct gateway *g, const struct call *call);

#endif
