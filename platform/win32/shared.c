/* Memory that a child maps: not here, where no painter is. The simulations have
 * none either, and take this file. */
#include "common/err.h"
#include "platform/platform.h"

int
shared_new(size_t bytes, struct shared **out)
{
	(void)bytes;
	*out = NULL;
	return ERR_UNSUPPORTED;
}

void
shared_free(struct shared *s)
{
	(void)s;
}

void *
shared_memory(const struct shared *s)
{
	(void)s;
	return NULL;
}

const char *
shared_name(const struct shared *s)
{
	(void)s;
	return "";
}
