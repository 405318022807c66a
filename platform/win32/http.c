#include "common/err.h"
#include "platform/platform.h"

/* The libraries for Windows are without libmicrohttpd (docs/WINDOWS.md). */
int
http_new(struct loop *l, const char *address, const struct http_page *pages,
    void *arg, char *where, size_t size, struct http_server **out)
{
	(void)l;
	(void)address;
	(void)pages;
	(void)arg;
	(void)where;
	(void)size;
	*out = NULL;
	return ERR_UNSUPPORTED;
}

void
http_close(struct http_server *h)
{
	(void)h;
}
