/* Any bytes in any chunks: lines are bounded, and none is lost or made up. */
#include "tests/fuzz/fuzz.h"

#include "common/lines.h"

static void
hear(void *arg, char *line)
{
	size_t *count = arg, len = strlen(line);

	MUST(len > 0 && len <= LINES_MAX && !strchr(line, '\n'));
	(*count)++;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct lines l = { .len = 0 };
	size_t count = 0, newlines = 0, at, n;

	for (at = 0; at < size; at += n) {
		n = 1 + data[at] % 37;
		if (n > size - at)
			n = size - at;
		lines_feed(&l, data + at, n, hear, &count);
	}
	lines_end(&l, hear, &count);
	for (at = 0; at < size; at++)
		newlines += data[at] == '\n';
	MUST(count <= newlines + 1);
	return 0;
}
