/* Is there room where something is kept or written? */
#include <stdio.h>
#include <string.h>

#include "common/err.h"
#include "common/net/url.h"
#include "platform/state_dir.h"
#include "ttsctl/doctor/checks/checks.h"

#define MIB (UINT64_C(1024) * 1024)
/* With less nothing can be relied on; with less than the others, not for long.
 */
#define ROOM_MIN (16 * MIB)
#define ROOM_LOW (500 * MIB)
#define ROOM_LOW_PERCENT 3

static void
judge_room(struct report *r, enum severity severity, const char *about,
    const char *path, const struct inspected_disk *d)
{
	report_add(r, severity, about, "%s: %llu MB of %llu MB are free", path,
	    (unsigned long long)(d->free_bytes / MIB),
	    (unsigned long long)(d->bytes / MIB));
	if (severity != FOUND_FINE)
		report_remedy(r, "make room on the disk of %s", path);
}

void
judge_disk(struct report *r, const char *about, const char *path,
    const struct inspected_disk *d)
{
	uint64_t low = d->bytes / 100 * ROOM_LOW_PERCENT;

	if (d->free_bytes < ROOM_MIN)
		judge_room(r, FOUND_ERROR, about, path, d);
	else if (d->free_bytes < (low < ROOM_LOW ? low : ROOM_LOW))
		judge_room(r, FOUND_WARNING, about, path, d);
	else
		judge_room(r, FOUND_FINE, about, path, d);
}

static void
look_at_disk(struct report *r, const char *about, const char *path)
{
	struct inspected_disk d;
	int rc = inspect_disk(path, &d);

	if (rc == 0)
		judge_disk(r, about, path, &d);
	else
		report_add(
		    r, FOUND_UNSEEN, about, "%s: %s", path, err_text(rc));
}

/* The folder of what an output writes on this machine. */
static void
look_at_url(struct report *r, const struct conf_output *o, const char *url)
{
	const char *end = strrchr(url, '/');
	char about[80], path[PLATFORM_PATH_MAX];
	struct url u;

	url_parse(&u, url, strlen(url));
	if (u.kind != URL_PATH || end == NULL)
		return;
	snprintf(about, sizeof(about), "output %s", o->block.name);
	snprintf(path, sizeof(path), "%.*s", (int)(end - url + 1), url);
	look_at_disk(r, about, path);
}

void
check_disk(const struct patient *p, struct report *r)
{
	const struct conf_output *o;
	struct state_dir dir;
	size_t i;

	if (!p->has_conf)
		return;
	if (p->conf.ttsd.durable != KEPT_NO &&
	    state_dir_find(p->conf.ttsd.state_dir, &dir) == 0)
		look_at_disk(r, "state_dir", dir.path);
	for (i = 0; i < p->conf.outputs.count; i++) {
		o = conf_output_at(&p->conf, i);
		look_at_url(r, o, o->address.url);
		look_at_url(r, o, o->failover.backup_url);
	}
}
