#include "common/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/utf8.h"

static log_sink *sink;
static enum log_level max_level;
static uint64_t dropped;

static const char *const level_names[] = {
	[LOG_ERROR] = "error",
	[LOG_WARNING] = "warning",
	[LOG_INFO] = "info",
	[LOG_DEBUG] = "debug",
};

void
log_init(log_sink *to, enum log_level max)
{
	sink = to;
	max_level = max;
}

const char *
log_level_name(enum log_level level)
{
	return level_names[level];
}

void
log_write(enum log_level level, const char *fmt, ...)
{
	/* `raw` has room for one more UTF-8 character (4 bytes) than `line`:
	 * where vsnprintf() cuts a character in two, utf8_sanitise() never
	 * reaches it. */
	char raw[LOG_LINE_MAX + 4], line[LOG_LINE_MAX];
	va_list ap;

	if (sink == NULL || level > max_level)
		return;
	va_start(ap, fmt);
	vsnprintf(raw, sizeof(raw), fmt, ap);
	va_end(ap);
	utf8_sanitise(line, sizeof(line), raw, strlen(raw));
	sink(level, line);
}

bool
log_allow(struct log_limit *l, int64_t now_ns)
{
	int64_t from = l->full_ns > now_ns ? l->full_ns : now_ns;

	if (from + l->every_ns - now_ns > l->every_ns * (int64_t)l->burst) {
		l->dropped++;
		dropped++;
		return false;
	}
	l->full_ns = from + l->every_ns;
	return true;
}

uint64_t
log_dropped(void)
{
	return dropped;
}
