#include "ttsd/engines/espeak/marks.h"

#include <stdlib.h>

#include "ttsd/engines/kit/kit.h"

static struct mark {
	size_t at;
	const char *name;
} * marks;

static size_t mark_count, mark_cap, mark_next;

void
marks_clear(void)
{
	mark_count = mark_next = 0;
}

int
marks_add(size_t at, const char *name)
{
	size_t cap = mark_cap ? mark_cap * 2 : 16;
	struct mark *more;

	if (mark_count == mark_cap) {
		more = realloc(marks, cap * sizeof(*marks));
		if (more == NULL)
			return ERR_NOMEM;
		marks = more;
		mark_cap = cap;
	}
	marks[mark_count++] = (struct mark){ at, name };
	return 0;
}

bool
marks_between(size_t behind, size_t before, size_t *at)
{
	size_t i = mark_next;

	while (i < mark_count && marks[i].at <= behind)
		i++;
	if (i == mark_count || marks[i].at >= before)
		return false;
	*at = marks[i].at;
	return true;
}

int
marks_reach(uint64_t sample, size_t at)
{
	int rc = 0;

	while (rc == 0 && mark_next < mark_count && marks[mark_next].at <= at)
		rc = kit_mark(sample, marks[mark_next++].name);
	return rc;
}
