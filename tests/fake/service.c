#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "tests/fake/world.h"

/* So much of the log is kept; older lines are forgotten. */
#define KEPT_BYTES (1024 * 1024)

static char *kept;
static size_t kept_len;
static unsigned counts[LOG_DEBUG + 1];
static bool shown, is_ready, is_stopping;
static char complaint[1024];

static void
keep(enum log_level level, const char *line)
{
	size_t len = strlen(line);

	counts[level]++;
	if (shown)
		fprintf(stderr, "%12.6f %s: %s\n",
		    (double)(clock_now_ns() - FAKE_START_NS) / NS_PER_S,
		    log_level_name(level), line);
	if (kept_len + len + 2 > KEPT_BYTES)
		kept_len = 0;
	memcpy(kept + kept_len, line, len);
	kept_len += len;
	kept[kept_len++] = '\n';
	kept[kept_len] = '\0';
}

void
service_begin(void)
{
	kept = malloc(KEPT_BYTES);
	is_ready = is_stopping = false;
	complaint[0] = '\0';
	shown = getenv("FAKE_LOG") != NULL;
	fake_log_forget();
	log_init(keep, LOG_DEBUG);
}

void
service_end(void)
{
	log_init(NULL, LOG_ERROR);
	free(kept);
	kept = NULL;
}

/* ---- platform.h ------------------------------------------------------- */

void
service_ready(void)
{
	is_ready = true;
}

void
service_stopping(void)
{
	is_stopping = true;
}

void
service_reloading(void)
{
	is_ready = false;
}

int
service_ask_reload(int64_t pid, enum loop_signal signal)
{
	(void)pid;
	(void)signal;
	return ERR_UNSUPPORTED;
}

void
service_complain(const char *text)
{
	snprintf(complaint, sizeof(complaint), "%s", text);
}

void
service_log_init(
    const char *program, enum log_format format, enum log_level max)
{
	(void)program;
	(void)format;
	(void)max;
}

/* ---- for the test ----------------------------------------------------- */

bool
fake_logged(const char *text)
{
	return strstr(kept, text) != NULL;
}

unsigned
fake_log_count(enum log_level level)
{
	return counts[level];
}

void
fake_log_forget(void)
{
	kept_len = 0;
	kept[0] = '\0';
	memset(counts, 0, sizeof(counts));
}

bool
fake_service_is_ready(void)
{
	return is_ready;
}

bool
fake_service_is_stopping(void)
{
	return is_stopping;
}

const char *
fake_complaint(void)
{
	return complaint;
}
