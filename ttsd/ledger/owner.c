#include "ttsd/ledger/owner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/files.h"

int64_t
owner_judge(const char *text, size_t len, const char *ours, owner_mark *mark)
{
	char theirs[PROCESS_MARK_MAX], now[PROCESS_MARK_MAX];
	int64_t pid;

	if (len < 2 || len > sizeof(theirs) || text[len - 1] != '\n')
		return 0;
	snprintf(theirs, sizeof(theirs), "%.*s", (int)len - 1, text);
	pid = strtoll(theirs, NULL, 10);
	if (pid <= 0 || strcmp(theirs, ours) == 0 ||
	    mark(pid, now, sizeof(now)) < 0)
		return 0;
	return strcmp(theirs, now) == 0 ? pid : 0;
}

int64_t
owner_other(const char *path, const char *ours)
{
	char text[PROCESS_MARK_MAX + 1];
	size_t len;

	if (file_head(path, (uint8_t *)text, sizeof(text), &len) < 0)
		return 0;
	return owner_judge(text, len, ours, process_mark);
}

int
owner_put(const char *path, const char *ours)
{
	char text[PROCESS_MARK_MAX + 1];
	int n = snprintf(text, sizeof(text), "%s\n", ours);

	return file_put(path, text, (size_t)n);
}
