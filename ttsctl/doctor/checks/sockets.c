/* Are the sockets where they should be, and whose are they? */
#include <stdio.h>
#include <string.h>

#include "common/err.h"
#include "ttsctl/doctor/checks/checks.h"
#include "ttsctl/table.h"

static void
look_at_folder(struct report *r, const struct answer *a)
{
	struct inspected_file f;
	int rc = inspect_file(a->dir, &f);

	if (rc == ERR_UNSUPPORTED || rc == ERR_NOT_FOUND)
		return;
	if (rc < 0) {
		report_add(r, FOUND_UNSEEN, a->dir, "%s", err_text(rc));
	} else if (f.all_write || f.group_write) {
		report_add(r, FOUND_ERROR, a->dir,
		    "others than %s can write in it (mode %04o), and take the "
		    "place of a daemon",
		    f.user, f.mode);
		report_remedy(r, "chmod go-w %s", a->dir);
	} else {
		report_add(r, FOUND_FINE, a->dir, "belongs to %s, mode %04o",
		    f.user, f.mode);
	}
}

static void
look_at_socket(struct report *r, const char *path, const struct answer *a)
{
	struct inspected_file f;
	int rc = inspect_file(path, &f);

	if (rc == ERR_UNSUPPORTED)
		return;
	if (rc < 0) {
		report_add(r, FOUND_ERROR, path, "%s", err_text(rc));
		report_remedy(r, "somebody has removed it: restart the daemon");
	} else if (a->uid >= 0 && f.uid != a->uid && f.uid != 0) {
		report_add(r, FOUND_ERROR, path,
		    "belongs to %s, who does not run the daemon", f.user);
		report_remedy(r, "remove it and restart the daemon");
	} else {
		report_add(r, FOUND_FINE, path, "belongs to %s, mode %04o",
		    f.user, f.mode);
	}
}

static void
look_at_channels(struct report *r, const struct answer *a)
{
	const json_t *channel;
	size_t i;

	json_array_foreach(json_object_get(a->reply, "channels"), i, channel)
	    look_at_socket(r, cell_text(channel, "audio_socket"), a);
}

void
check_sockets(const struct patient *p, struct report *r)
{
	char path[PLATFORM_PATH_MAX];

	look_at_folder(r, &p->ttsd);
	if (p->ttsd.reply) {
		look_at_socket(r, p->ttsd.path, &p->ttsd);
		if (path_socket(p->ttsd.dir, "speech", path, sizeof(path)) == 0)
			look_at_socket(r, path, &p->ttsd);
		look_at_channels(r, &p->ttsd);
	}
	if (p->streamer.reply)
		look_at_socket(r, p->streamer.path, &p->streamer);
	if (p->ttsd.uid >= 0 && p->streamer.uid >= 0 &&
	    p->ttsd.uid != p->streamer.uid) {
		report_add(r, FOUND_WARNING, "",
		    "ttsd and streamer-supervisor run as different users");
		report_remedy(r, "run both as one: the sockets are for one "
				 "user alone");
	}
}
