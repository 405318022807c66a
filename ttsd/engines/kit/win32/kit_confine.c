/* Windows side of kit_confine.h. */
#include "ttsd/engines/kit/kit_confine.h"

void
kit_confine(const char *const *readable, bool may_copy)
{
	(void)may_copy;
	(void)readable;
}
