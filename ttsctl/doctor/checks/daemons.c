/* Do they run, and do they answer? */
#include "common/err.h"
#include "ttsctl/doctor/checks/checks.h"
#include "ttsctl/table.h"

static void
tell_absent(struct report *r, const char *name, const struct answer *a)
{
	if (a->err == ERR_DENIED) {
		report_add(r, FOUND_UNSEEN, name,
		    "whether it runs cannot be seen: %s belongs to another "
		    "user",
		    a->path);
		report_remedy(
		    r, "ask as the user that %s runs as, or as root", name);
	} else if (a->err == ERR_UNTRUSTED) {
		report_add(r, FOUND_ERROR, name,
		    "it is not looked for in %s, which %s", a->dir,
		    a->fault[0] ? a->fault : "is served by another user");
		report_remedy(r, "mend the owner and mode of that folder, or "
				 "name another one with -r");
	} else if (a->err < 0) {
		report_add(r, FOUND_ERROR, name, "it does not run: %s: %s",
		    a->path, a->why);
		report_remedy(r,
		    "systemctl start %s, or start %s by hand; where it runs "
		    "with another runtime directory, name that with -r",
		    name, name);
	} else {
		report_add(
		    r, FOUND_ERROR, name, "at %s it %s", a->path, a->why);
		report_remedy(r, "journalctl -u %s, then systemctl restart %s",
		    name, name);
	}
}

static void
look_at_daemon(struct report *r, const char *name, const struct answer *a)
{
	char up[CELL_MAX], user[64];

	if (a->reply == NULL) {
		tell_absent(r, name, a);
		return;
	}
	cell(up, a->reply, "uptime_ms", cell_duration);
	if (a->uid < 0)
		report_add(r, FOUND_FINE, name, "runs, up %s", up);
	else {
		inspect_user(a->uid, user, sizeof(user));
		report_add(r, FOUND_FINE, name,
		    "runs, up %s, process %lld of %s", up, (long long)a->pid,
		    user);
	}
}

void
check_daemons(const struct patient *p, struct report *r)
{
	look_at_daemon(r, "ttsd", &p->ttsd);
	look_at_daemon(r, "streamer-supervisor", &p->streamer);
}
