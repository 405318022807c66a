/* Pages without a network: a test asks for them by fake_get(). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "daemon/http.h"
#include "tests/fake/world.h"

struct http_server {
	const struct http_page *pages;
	void *arg;
};

static struct http_server *open_server;

void
http_begin(void)
{
	open_server = NULL;
}

size_t
http_count(void)
{
	return open_server != NULL;
}

int
http_new(struct loop *l, const char *address, const struct http_page *pages,
    void *arg, char *where, size_t size, struct http_server **out)
{
	struct http_server *h = calloc(1, sizeof(*h));

	(void)l;
	*out = h;
	if (h == NULL)
		return ERR_NOMEM;
	*h = (struct http_server){ .pages = pages, .arg = arg };
	snprintf(where, size, "%s", address);
	open_server = h;
	return 0;
}

void
http_close(struct http_server *h)
{
	if (h && open_server == h)
		open_server = NULL;
	free(h);
}

int
fake_get(const char *path, struct buf *out)
{
	const struct http_page *page = open_server->pages;
	unsigned status = 200;
	size_t step = 0;
	bool before = world_enter(true);
	int rc;

	while (page->path && strcmp(page->path, path) != 0)
		page++;
	if (page->path == NULL)
		world_fail("there is no page %s", path);
	do {
		rc = page->write(open_server->arg, step++, out, &status);
	} while (rc > 0);
	world_leave(before);
	return rc < 0 ? rc : (int)status;
}
