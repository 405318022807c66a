#include "ttsctl/doctor/doctor.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/version.h"
#include "ttsctl/conf_file.h"
#include "ttsctl/rooms.h"

const struct ctl_option doctor_options[] = {
	{ "config", 0, OPTION_STRING, "FILE", NULL,
	    "the configuration of the daemons" },
	{ "tone", 0, OPTION_FLAG, NULL, NULL,
	    "also send tones, of five seconds, to every channel whose outputs "
	    "listen: they go on air" },
	{ NULL },
};

static const enum status statuses[SEVERITY_COUNT] = {
	[FOUND_FINE] = STATUS_DONE,
	[FOUND_UNSEEN] = STATUS_UNKNOWN,
	[FOUND_WARNING] = STATUS_WARNED,
	[FOUND_ERROR] = STATUS_FAILED,
};

/* ---- the patient -----------------------------------------------------------
 */

/* The daemons' sockets are where their configuration says, unless the command
 * line does. */
static void
look_where_they_are(struct call *call, const struct patient *p)
{
	const char *dir = p->has_conf ? p->conf.ttsd.runtime_dir : "";

	if (dir[0] && call_option(call, "runtime-dir") == NULL)
		json_object_set_new(
		    call->local, "runtime-dir", json_string(dir));
}

static json_t *
ask_for_status(void)
{
	return json_pack("{s:s}", "op", "status");
}

static void
patient_init(struct patient *p, struct call *call)
{
	bool found;

	*p = (struct patient){ .call = call,
		.conf_file = call_option(call, "config") };
	p->has_conf = conf_file_read(p->conf_file, &p->conf, &found,
			  &p->conf_mistake) == 0;
	p->conf_is_absent = p->has_conf && !found;
	look_where_they_are(call, p);
	ask(call, DAEMON_TTSD, ask_for_status(), &p->ttsd);
	ask(call, DAEMON_STREAMER, ask_for_status(), &p->streamer);
}

static void
patient_done(struct patient *p)
{
	if (p->has_conf)
		conf_done(&p->conf);
	answer_done(&p->ttsd);
	answer_done(&p->streamer);
}

/* ---- what is said ----------------------------------------------------------
 */

/* Each check's findings are shown as soon as they are there: some checks take
 * seconds. Their lines are not cut, for they are to be read. */
static enum status
show(const struct report *r, size_t first, bool sum)
{
	enum status status = STATUS_DONE;
	struct page page;

	page_init(&page);
	page.columns = 0;
	if (sum)
		report_write_sum(&page, r);
	else
		report_write(&page, r, first);
	page_print(&page);
	return output_flush(&status) ? STATUS_DONE : STATUS_FAILED;
}

static void
print_report(const struct report *r)
{
	json_t *whole = json_pack("{s:b, s:s, s:s, s:O}", "ok",
	    report_worst(r) == FOUND_FINE, "worst",
	    severity_name(report_worst(r)), "version", TTSD_VERSION, "findings",
	    r->findings);

	json_dumpf(whole, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(whole);
}

static void
make_checks(const struct patient *p, struct report *r, bool json)
{
	const struct check *check;
	size_t first;

	for (check = doctor_checks; check->name; check++) {
		first = json_array_size(r->findings);
		r->check = check->name;
		check->make(p, r);
		/* A reader who has left needs no more of it. */
		if (!json && show(r, first, false) != STATUS_DONE)
			return;
	}
}

enum status
run_doctor(struct call *call)
{
	struct report r = { .findings = json_array() };
	bool json = call_flag(call, "json");
	struct patient p;
	enum status status;

	/* What the daemons answer is the doctor's to tell. */
	json_object_del(call->local, "json");
	patient_init(&p, call);
	make_checks(&p, &r, json);
	if (json)
		print_report(&r);
	else
		show(&r, 0, true);
	status = statuses[report_worst(&r)];
	patient_done(&p);
	json_decref(r.findings);
	return status;
}
