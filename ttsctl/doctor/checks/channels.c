/* Has the sound of the channels suffered? By what ttsd has counted. */
#include <stdio.h>

#include "ttsctl/doctor/checks/checks.h"
#include "ttsctl/table.h"

static long long
counted(const json_t *channel, const char *what)
{
	return (long long)json_integer_value(
	    json_object_get(json_object_get(channel, "counters"), what));
}

static void
judge_channel(struct report *r, const json_t *channel)
{
	long long stood = counted(channel, "clock_skips"),
		  starved = counted(channel, "underruns"),
		  failed = counted(channel, "failed");
	char about[80];

	snprintf(
	    about, sizeof(about), "channel %s", cell_text(channel, "name"));
	if (stood > 0) {
		report_add(r, FOUND_WARNING, about,
		    "sound was left out for the machine had stood still: %lld "
		    "times",
		    stood);
		report_remedy(r, "look for what stops it: sleep, a paused "
				 "virtual machine, swapping");
	}
	if (starved > 0) {
		report_add(r, FOUND_WARNING, about,
		    "its engine was slower than speech: %lld times", starved);
		report_remedy(r, "a longer prebuffer for that [engine], or a "
				 "faster engine");
	}
	if (failed > 0) {
		report_add(r, FOUND_WARNING, about,
		    "announcements that failed: %lld", failed);
		report_remedy(r, "ttsctl history --outcome failed tells why");
	}
	if (stood + starved + failed == 0)
		report_add(r, FOUND_FINE, about, "%s; it has spoken %lld times",
		    cell_text(channel, "state"), counted(channel, "spoken"));
}

static void
judge_worker(struct report *r, const json_t *worker)
{
	const char *error = cell_text(worker, "last_error");
	char about[80];

	if (error[0] == '\0')
		return;
	snprintf(
	    about, sizeof(about), "engine %s", cell_text(worker, "engine"));
	report_add(r, FOUND_WARNING, about, "a worker ended: %s", error);
	report_remedy(r, "journalctl -u ttsd has all that it said");
}

void
judge_channels(struct report *r, const json_t *status)
{
	const json_t *one;
	size_t i;

	json_array_foreach(json_object_get(status, "channels"), i, one)
	    judge_channel(r, one);
	json_array_foreach(json_object_get(status, "workers"), i, one)
	    judge_worker(r, one);
}

void
check_channels(const struct patient *p, struct report *r)
{
	if (p->ttsd.reply)
		judge_channels(r, p->ttsd.reply);
}
