#include "streamer-supervisor/outputs/ask_ffmpeg.h"

#include <string.h>

#include "common/err.h"
#include "streamer-supervisor/ffmpeg/probe.h"

static void
ffmpeg_answered(void *arg)
{
	loop_stop(arg);
}

static void
ask_for_address(const struct probe *p, const struct conf_output *o,
    const char *key, struct missing *m)
{
	struct conf_error unplanned;
	struct plan plan;
	char why[CONF_ERROR_MAX / 2];

	if (plan_make(o, key, &plan, &unplanned) == 0 &&
	    probe_lacks(p, &plan, why, sizeof(why)))
		missing_say(m, &o->block, key, why);
}

/* The address that a file or a command names is not known here. */
static void
ask_for_output(
    const struct probe *p, const struct conf_output *o, struct missing *m)
{
	struct conf_output backup = *o;

	backup.address.url = o->failover.backup_url;
	if (o->address.url[0])
		ask_for_address(p, o, "url", m);
	if (o->failover.backup_url[0])
		ask_for_address(p, &backup, "backup_url", m);
}

int
ask_ffmpeg(const struct conf *c, struct missing *m)
{
	struct probe *p = NULL;
	struct loop *l;
	size_t i;
	int rc;

	if (c->outputs.count == 0)
		return 0;
	rc = loop_new(&l);
	if (rc < 0)
		return rc;
	rc = probe_new(l, c->streamer.ffmpeg, ffmpeg_answered, l, &p);
	if (rc == 0)
		loop_run(l);
	for (i = 0; i < c->outputs.count && rc == 0; i++)
		ask_for_output(p, conf_output_at(c, i), m);
	probe_free(p);
	loop_free(l);
	return rc;
}
