#include "common/control/right.h"

#include <string.h>

static const char *const names[] = {
#define X(name, text) text,
	RIGHTS(X)
#undef X
};

const char *
right_name(enum right r)
{
	return names[r];
}

enum right
right_find(const char *name, size_t len)
{
	int r;

	for (r = 0; r < RIGHT_COUNT; r++)
		if (strlen(names[r]) == len && memcmp(names[r], name, len) == 0)
			break;
	return (enum right)r;
}
