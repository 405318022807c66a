#include "platform/posix/trust.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

bool
trust_owner(uid_t owner)
{
	return owner == geteuid() || owner == 0;
}

bool
trust_others_write(mode_t mode)
{
	return (mode & (S_IWGRP | S_IWOTH)) != 0;
}

const char *
trust_environment(const char *name)
{
	const char *value = getenv(name);

	return value && value[0] ? value : NULL;
}
