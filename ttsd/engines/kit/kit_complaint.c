#include "ttsd/engines/kit/kit_complaint.h"

#include <stdio.h>
#include <string.h>

#include "common/log.h"

/* Of a longer line its first bytes are kept. */
#define LINE_BYTES 400
/* Lines of one program that are logged. */
#define LINES_MAX 100

static char program[64];
static char line[LINE_BYTES];
static size_t line_len;
static char last[LINE_BYTES];
static unsigned lines;

void
kit_complaint_begin(const char *name)
{
	snprintf(program, sizeof(program), "%s", name);
	line_len = 0;
	last[0] = '\0';
	lines = 0;
}

void
kit_complaint_end(void)
{
	if (line_len == 0)
		return;
	memcpy(last, line, line_len);
	last[line_len] = '\0';
	line_len = 0;
	if (lines < LINES_MAX)
		log_info("%s: %s", program, last);
	else if (lines == LINES_MAX)
		log_info("%s: more lines, not shown", program);
	lines++;
}

void
kit_complaint_put(const void *data, size_t len)
{
	const char *c = data;

	for (; len > 0; c++, len--) {
		if (*c == '\n' || *c == '\r')
			kit_complaint_end();
		else if (line_len < LINE_BYTES - 1)
			line[line_len++] = *c;
	}
}

const char *
kit_complaint(void)
{
	return last;
}
