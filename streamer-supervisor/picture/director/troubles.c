#include "streamer-supervisor/picture/director/troubles.h"

#include <string.h>

bool
troubles_take(struct troubles *t, const struct remark *r)
{
	char *kept = t->text[r->what];
	const char *now = r->kind == REMARK_TROUBLE ? r->text : "";

	if (strcmp(kept, now) == 0)
		return false;
	strcpy(kept, now);
	return true;
}

const char *
troubles_first(const struct troubles *t)
{
	size_t i = 0;

	while (i < REPORT_COUNT - 1 && t->text[i][0] == '\0')
		i++;
	return t->text[i];
}
