/* A pipe is for its user, administrators and the system (security.c). */
#include "platform/admission.h"

#include "common/err.h"

int
admission_check(const char *group, unsigned mode)
{
	return group[0] || mode != 0600 ? ERR_UNSUPPORTED : 0;
}

int
admission_set(const char *group, unsigned mode, const struct runtime_dir *dir)
{
	(void)group;
	(void)mode;
	(void)dir;
	return ERR_UNSUPPORTED;
}
