/* Have the daemons enough descriptors? */
#include "common/err.h"
#include "ttsctl/doctor/checks/checks.h"

/* In percent of what it may have. */
#define MANY 80

void
judge_descriptors(
    struct report *r, const char *about, const struct inspected_process *p)
{
	if (p->files_max < 0) {
		report_add(r, FOUND_UNSEEN, about, "its limit is not told");
	} else if (p->files < 0) {
		report_add(r, FOUND_UNSEEN, about,
		    "it may have %lld; how many it has is for its own user to "
		    "see",
		    (long long)p->files_max);
		report_remedy(r, "ask as that user, or as root");
	} else if (p->files * 100 > p->files_max * MANY) {
		report_add(r, FOUND_WARNING, about,
		    "it has %lld, and %lld are all that it may have",
		    (long long)p->files, (long long)p->files_max);
		report_remedy(r, "a higher LimitNOFILE= in its unit, or "
				 "ulimit -n");
	} else {
		report_add(r, FOUND_FINE, about, "it has %lld of %lld",
		    (long long)p->files, (long long)p->files_max);
	}
}

static void
look_at_process(struct report *r, const char *name, const struct answer *a)
{
	struct inspected_process at;

	if (a->reply && inspect_process(a->pid, &at) == 0)
		judge_descriptors(r, name, &at);
}

void
check_descriptors(const struct patient *p, struct report *r)
{
	look_at_process(r, "ttsd", &p->ttsd);
	look_at_process(r, "streamer-supervisor", &p->streamer);
}
