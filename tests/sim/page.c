#include "tests/sim/page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fake/fake.h"
#include "tests/unit/test.h"

#define PAGE_MAX ((size_t)1024 * 1024)

/* Returns the page behind a newline, for the caller to free. */
static char *
page_get(const char *path, int *status)
{
	struct buf page;
	char *text;

	buf_init(&page, PAGE_MAX);
	*status = fake_get(path, &page);
	assert_true(asprintf(&text, "\n%.*s", (int)buf_len(&page),
			(const char *)buf_data(&page)) > 0);
	buf_done(&page);
	return text;
}

void
page_expect(const char *path, int status, const char *lines)
{
	int got;
	char *text = page_get(path, &got);

	if (got != status || strstr(text, lines) == NULL)
		fail_msg("%s: %d, and no '%s' in %s", path, got, lines, text);
	free(text);
}

void
page_lacks(const char *path, const char *text)
{
	int got;
	char *page = page_get(path, &got);

	if (strstr(page, text))
		fail_msg("%s: '%s' in %s", path, text, page);
	free(page);
}
