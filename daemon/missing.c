#include "daemon/missing.h"

#include "common/err.h"
#include "common/net/credential.h"
#include "platform/files.h"

/* Puts out the one before: the last is left to who asks. */
static void
missing_count(struct missing *m)
{
	if (m->found++ > 0)
		service_complain(m->e->text);
}

static void
missing_tell(struct missing *m, const struct conf_block *block, const char *key,
    const char *path, const char *why, const char *without)
{
	missing_count(m);
	conf_blame(m->e, block, key,
	    "%.160s: %s; put it there or correct the path: %s", path, why,
	    without);
}

void
missing_say(struct missing *m, const struct conf_block *block, const char *key,
    const char *why)
{
	missing_count(m);
	conf_blame(m->e, block, key, "%s", why);
}

static void
missing_look(struct missing *m, const struct conf_block *block, const char *key,
    const char *path, bool folder, const char *without)
{
	struct file_facts facts;
	int rc;

	/* Whether a unit passes a credential is seen under systemd alone. */
	if (path == NULL || path[0] == '\0' || credential_is_meant(path))
		return;
	rc = file_look(path, &facts);
	if (rc < 0)
		missing_tell(m, block, key, path, err_text(rc), without);
	else if (facts.is_folder != folder)
		missing_tell(m, block, key, path,
		    folder ? "is no folder" : "is a folder", without);
}

void
missing_file(struct missing *m, const struct conf_block *block, const char *key,
    const char *path, const char *without)
{
	missing_look(m, block, key, path, false, without);
}

void
missing_folder(struct missing *m, const struct conf_block *block,
    const char *key, const char *path, const char *without)
{
	missing_look(m, block, key, path, true, without);
}

int
missing_end(const struct missing *m)
{
	return m->found > 0 ? ERR_INVALID : 0;
}
