#include "streamer-supervisor/outputs/check.h"

#include "streamer-supervisor/ffmpeg/files.h"
#include "streamer-supervisor/ffmpeg/plan.h"
#include "streamer-supervisor/ffmpeg/tee.h"

static int
check_addresses(const struct conf_output *o, struct conf_error *e)
{
	struct conf_output backup = *o;
	struct plan plan;
	int rc = 0;

	backup.address.url = o->failover.backup_url;
	if (o->address.url[0])
		rc = plan_make(o, "url", &plan, e);
	if (rc == 0 && o->failover.backup_url[0])
		rc = plan_make(&backup, "backup_url", &plan, e);
	return rc;
}

int
outputs_check(const struct conf *c, struct conf_error *e)
{
	size_t i;
	int rc = 0;

	for (i = 0; i < c->outputs.count && rc == 0; i++)
		rc = check_addresses(conf_output_at(c, i), e);
	if (rc == 0)
		rc = tee_check(c, e);
	if (rc == 0)
		rc = files_check(c, e);
	return rc;
}
