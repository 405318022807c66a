/* Do the parts that run together belong together? */
#include <string.h>

#include "common/version.h"
#include "ttsctl/doctor/checks/checks.h"
#include "ttsctl/table.h"

static void
judge_version(
    struct report *r, const char *ours, const char *name, const json_t *status)
{
	const char *theirs = cell_text(status, "version");

	if (status == NULL)
		return;
	if (strcmp(theirs, ours) == 0) {
		report_add(r, FOUND_FINE, name, "%s, as ttsctl", theirs);
		return;
	}
	report_add(
	    r, FOUND_WARNING, name, "%s runs, and ttsctl is %s", theirs, ours);
	report_remedy(r, "install one version of all, then: ttsctl upgrade");
}

void
judge_versions(struct report *r, const char *ours, const json_t *ttsd,
    const json_t *streamer)
{
	judge_version(r, ours, "ttsd", ttsd);
	judge_version(r, ours, "streamer-supervisor", streamer);
	if (ttsd == NULL && streamer == NULL)
		report_add(r, FOUND_UNSEEN, "",
		    "ttsctl is %s; neither daemon tells its own", ours);
}

/* A new version was installed, and the old one still runs. */
static void
look_at_program(struct report *r, const char *name, const struct answer *a)
{
	struct inspected_process p;

	if (a->reply == NULL || inspect_process(a->pid, &p) < 0 || !p.replaced)
		return;
	report_add(r, FOUND_WARNING, name,
	    "the program %s was replaced since it was started", p.program);
	report_remedy(r, "ttsctl upgrade starts the new one without a gap");
}

void
check_versions(const struct patient *p, struct report *r)
{
	judge_versions(r, TTSD_VERSION, p->ttsd.reply, p->streamer.reply);
	look_at_program(r, "ttsd", &p->ttsd);
	look_at_program(r, "streamer-supervisor", &p->streamer);
}
