#include "streamer-supervisor/outputs/check.h"

#include <stdio.h>
#include <string.h>

#include "common/err.h"
#include "common/net/url.h"
#include "daemon/missing.h"
#include "platform/platform.h"
#include "streamer-supervisor/ffmpeg/files.h"
#include "streamer-supervisor/ffmpeg/plan.h"
#include "streamer-supervisor/ffmpeg/tee.h"
#include "streamer-supervisor/outputs/ask_ffmpeg.h"

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

/* ---- what may come yet -------------------------------------------------- */

static void
look_at_video(struct missing *m, const struct conf_video *v)
{
	bool is_image = v->source == SOURCE_IMAGE;

	missing_file(m, &v->block, "layout", v->layout,
	    "until then the background is shown");
	missing_file(m, &v->block, "path", v->path,
	    is_image ? "until then the background is shown"
		     : "until then the background is shown, and ffmpeg is "
		       "started in vain");
	missing_file(m, &v->block, "logo", v->logo, "until then there is none");
}

/* The place of a file whose name the time makes is made with it. */
static void
look_at_folder(struct missing *m, const struct conf_output *o, const char *key,
    const char *url)
{
	char folder[PLATFORM_PATH_MAX];
	const char *end = strrchr(url, '/');
	struct url u;

	url_parse(&u, url, strlen(url));
	if (u.kind != URL_PATH || end == NULL || strchr(url, '%'))
		return;
	snprintf(folder, sizeof(folder), "%.*s", (int)(end - url), url);
	missing_folder(m, &o->block, key, folder,
	    "until then the output cannot start, and tries again");
}

/* A key without a folder is a credential, which is there under systemd. */
static void
look_at_output(struct missing *m, const struct conf_output *o)
{
	const struct conf_address *a = &o->address;
	const char *without =
	    "until then the output cannot start, and tries again";

	look_at_folder(m, o, "url", a->url);
	look_at_folder(m, o, "backup_url", o->failover.backup_url);
	missing_file(m, &o->block, "url_file", a->url_file, without);
	if (strpbrk(a->key_file, "/\\"))
		missing_file(m, &o->block, "key_file", a->key_file, without);
	missing_file(m, &o->block, "ca_file", a->ca_file, without);
}

int
outputs_prove(const struct conf *c, struct conf_error *e)
{
	struct missing m = { .e = e };
	size_t i;
	int rc;

	for (i = 0; i < c->videos.count; i++)
		look_at_video(&m, conf_video_at(c, i));
	for (i = 0; i < c->outputs.count; i++)
		look_at_output(&m, conf_output_at(c, i));
	rc = ask_ffmpeg(c, &m);
	if (rc < 0)
		fprintf(stderr, "what ffmpeg can do is not checked: %s\n",
		    err_text(rc));
	return missing_end(&m);
}
