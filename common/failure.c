#include "common/failure.h"

#include <string.h>

static const char *const names[FAILURE_COUNT] = {
#define X(name, text) [FAILURE_##name] = text,
	FAILURES(X)
#undef X
};

const char *
failure_name(enum failure_code code)
{
	return names[code];
}

bool
failure_find(const char *name, enum failure_code *out)
{
	unsigned i;

	*out = FAILURE_FAILED;
	for (i = 0; i < FAILURE_COUNT; i++)
		if (strcmp(names[i], name) == 0) {
			*out = (enum failure_code)i;
			return true;
		}
	return false;
}

bool
failure_is_engines(enum failure_code code)
{
	return code == FAILURE_FAILED || code == FAILURE_UNAVAILABLE;
}
