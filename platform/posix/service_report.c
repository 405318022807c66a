/*
 * The watchdog and the status of sd_notify(3). A process that is traced (by a
 * debugger) may be held for as long as somebody reads: it says so, and asks the
 * manager for patience.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "platform/files.h"
#include "platform/platform.h"
#include "platform/posix/systemd/notify.h"

/* The watchdog is fed so many times in the time that it waits. */
#define FEEDS 8
/* Without a watchdog the status is looked at so often. */
#define STATUS_NS (NS_PER_S)
/* A turn that comes so much later than it was due was held up. */
#define STOOD_NS (NS_PER_S)
/* Who is traced is waited for so long. */
#define TRACED_NS (3600 * NS_PER_S)

static struct {
	const struct service_report *report;
	void *arg;
	struct timer *timer;
	int64_t every_ns;
	int64_t watchdog_ns; /* 0: there is none */
	int64_t last_ns;     /* when it was this one's turn, of the clock */
	int64_t tracer;
	bool well;
	char said[SERVICE_STATUS_MAX];
} self;

/* Returns how long the manager waits for a sign of life; 0: for ever. */
static int64_t
watchdog_wait_ns(void)
{
	const char *us = getenv("WATCHDOG_USEC"), *pid = getenv("WATCHDOG_PID");

	if (us == NULL || (pid && strtoll(pid, NULL, 10) != getpid()))
		return 0;
	return strtoll(us, NULL, 10) * 1000;
}

/* ---- who holds us up --------------------------------------------------- */

/* Returns who traces this process; 0: nobody, or the system does not tell. */
static int64_t
tracer_pid(void)
{
	static const char key[] = "TracerPid:";
	char text[1024];
	const char *at;
	size_t len = 0;

	if (file_head("/proc/self/status", (uint8_t *)text, sizeof(text) - 1,
		&len) < 0)
		return 0;
	text[len] = '\0';
	at = strstr(text, key);
	return at ? strtoll(at + strlen(key), NULL, 10) : 0;
}

static void
be_patient(int64_t ns)
{
	char line[64];

	snprintf(line, sizeof(line), "WATCHDOG_USEC=%" PRId64, ns / 1000);
	notify_send(line);
}

static void
look_for_tracer(void)
{
	int64_t before = self.tracer;

	self.tracer = tracer_pid();
	if (self.watchdog_ns == 0 || (self.tracer != 0) == (before != 0))
		return;
	be_patient(self.tracer ? TRACED_NS : self.watchdog_ns);
	if (self.tracer)
		log_warning("process %" PRId64 " traces this one, as a "
			    "debugger does: while it holds it, nothing goes "
			    "on; the watchdog waits for an hour",
		    self.tracer);
	else
		log_info("this process is not traced any more; the watchdog "
			 "waits for %" PRId64 " s",
		    self.watchdog_ns / NS_PER_S);
}

static void
tell_of_standing_still(int64_t now)
{
	int64_t stood = now - self.last_ns - self.every_ns;

	if (self.last_ns != 0 && stood > STOOD_NS)
		log_warning("this process stood still for %" PRId64 ".%" PRId64
			    " s: it was stopped by a signal or a "
			    "debugger, or its machine was paused or busy",
		    stood / NS_PER_S, stood % NS_PER_S / (100 * NS_PER_MS));
	self.last_ns = now;
}

/* ---- a turn ------------------------------------------------------------ */

static void
feed_watchdog(void)
{
	const struct service_report *r = self.report;
	bool well = r->is_well == NULL || r->is_well(self.arg);

	if (self.watchdog_ns == 0)
		return;
	if (well)
		notify_send("WATCHDOG=1");
	else if (self.well)
		log_warning("this process is behind with its work; if it "
			    "stays so for %" PRId64
			    " s, the service manager starts it afresh",
		    self.watchdog_ns / NS_PER_S);
	self.well = well;
}

static void
tell_status(void)
{
	char now[SERVICE_STATUS_MAX] = "", line[SERVICE_STATUS_MAX + 8];

	self.report->describe(self.arg, now, sizeof(now));
	if (strcmp(now, self.said) == 0)
		return;
	snprintf(self.said, sizeof(self.said), "%s", now);
	snprintf(line, sizeof(line), "STATUS=%s", now);
	notify_send(line);
}

static void
report_turn(void *arg)
{
	(void)arg;
	tell_of_standing_still(clock_now_ns());
	look_for_tracer();
	feed_watchdog();
	tell_status();
	timer_at(self.timer, clock_awake_ns() + self.every_ns);
}

int
service_report_begin(
    struct loop *l, const struct service_report *report, void *arg)
{
	int rc;

	if (!notify_is_wanted())
		return 0;
	memset(&self, 0, sizeof(self));
	rc = timer_new(l, TIMER_COARSE, report_turn, NULL, &self.timer);
	if (rc < 0)
		return rc;
	self.report = report;
	self.arg = arg;
	self.well = true;
	self.watchdog_ns = watchdog_wait_ns();
	self.every_ns = self.watchdog_ns ? self.watchdog_ns / FEEDS : STATUS_NS;
	timer_at(self.timer, clock_awake_ns());
	return 0;
}

void
service_report_end(void)
{
	timer_free(self.timer);
	self.timer = NULL;
}
