/* States for the service manager, and the log: in the journal where standard
 * error leads there, or else on standard error. */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/log_json.h"
#include "platform/platform.h"
#include "platform/posix/error.h"
#include "platform/posix/systemd/activation.h"
#include "platform/posix/systemd/journal.h"
#include "platform/posix/systemd/notify.h"

static const char *program_name;
static enum log_format format;
static bool under_journal;

void
service_ready(void)
{
	activation_settle();
	notify_send("READY=1");
}

void
service_stopping(void)
{
	notify_send("STOPPING=1");
}

void
service_reloading(void)
{
	char lines[64];

	snprintf(lines, sizeof(lines), "RELOADING=1\nMONOTONIC_USEC=%" PRId64,
	    clock_now_ns() / 1000);
	notify_send(lines);
}

/* The manager knows of the reload before it sees this program end, so that it
 * waits for the daemon's word (NotifyAccess=exec). */
int
service_ask_reload(int64_t pid, enum loop_signal signal)
{
	if (kill((pid_t)pid, 0) < 0)
		return posix_err(errno);
	service_reloading();
	return kill((pid_t)pid, signal == LOOP_UPGRADE ? SIGUSR2 : SIGHUP) < 0
		   ? posix_err(errno)
		   : 0;
}

static void
utc_text(char *out, size_t size)
{
	int64_t ms = clock_utc_ms();
	time_t s = (time_t)(ms / 1000);
	struct tm tm;
	size_t n;

	gmtime_r(&s, &tm);
	n = strftime(out, size, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(out + n, size - n, ".%03dZ", (int)(ms % 1000));
}

/* A full pipe behind standard error must not stop the stream: such lines are
 * dropped and counted. A pipe that polls writable takes PIPE_BUF bytes. */
static void
write_line(const char *line, size_t len)
{
	static uint64_t dropped;
	struct pollfd p = { .fd = STDERR_FILENO, .events = POLLOUT };
	char note[64];
	int n = 0;

	if (poll(&p, 1, 0) != 1 || (p.revents & POLLOUT) == 0) {
		dropped++;
		return;
	}
	if (dropped > 0)
		n = snprintf(
		    note, sizeof(note), "(%" PRIu64 " lines lost)\n", dropped);
	dropped = 0;
	if (write(STDERR_FILENO, note, (size_t)n) < 0 ||
	    write(STDERR_FILENO, line, len) < 0)
		dropped++;
}

/* journald reads a priority from "<N>" and stamps the time itself:
 * sd-daemon(3). */
static void
sink(enum log_level level, const char *line)
{
	char when[40], out[LOG_JSON_MAX];
	int n;

	if (under_journal && format == LOG_TEXT &&
	    journal_write(program_name, level, line))
		return;
	utc_text(when, sizeof(when));
	if (format == LOG_JSON)
		n = (int)log_json(out, when, program_name, level, line);
	else if (under_journal)
		n = snprintf(out, sizeof(out), "<%d>%s\n",
		    journal_priority(level), line);
	else
		n = snprintf(out, sizeof(out), "%s %s %s: %s\n", when,
		    program_name, log_level_name(level), line);
	if (n > 0)
		write_line(out, (size_t)n);
}

void
service_complain(const char *text)
{
	fprintf(stderr, "%s\n", text);
}

void
service_log_init(const char *program, enum log_format as, enum log_level max)
{
	program_name = program;
	format = as;
	under_journal = journal_is_behind_stderr();
	log_init(sink, max);
}
