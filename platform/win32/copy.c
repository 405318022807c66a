/* A process cannot be copied here: process_spawn() says so. */
#include "common/err.h"
#include "platform/platform.h"

int
process_put(struct process_sink *to, const void *data, size_t len)
{
	(void)to;
	(void)data;
	(void)len;
	return ERR_UNSUPPORTED;
}
