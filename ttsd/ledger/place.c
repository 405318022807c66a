#include "ttsd/ledger/place.h"

#include <stdio.h>

#include "common/err.h"
#include "platform/files.h"
#include "ttsd/ledger/owner.h"

/* Room that a start asks for. */
#define PROBE_BYTES 65536

const char place_remedy[] =
    "mend that, or name another folder as state_dir in [ttsd]";

static enum ledger_exit
place_refuse(struct place *p, const char *culprit, int rc)
{
	p->culprit = culprit;
	p->why = rc == ERR_UNTRUSTED ? p->dir.fault : err_text(rc);
	p->remedy = rc == ERR_NO_SPACE ? "make room there" : place_remedy;
	return rc == ERR_NO_SPACE ? LEDGER_DISK : LEDGER_NO_PLACE;
}

static int
name_file(const struct place *p, const char *name, char *out, size_t size)
{
	int n = snprintf(out, size, "%s/%s", p->dir.path, name);

	return n < 0 || (size_t)n >= size ? ERR_TOO_LONG : 0;
}

/* Looks at the folder, if it is `there`; `rc` tells what it is so far. */
static enum ledger_exit
place_judge(struct place *p, int rc, bool there)
{
	if (rc == 0)
		rc = name_file(p, LEDGER_FILE, p->path, sizeof(p->path));
	if (rc == 0)
		rc = name_file(p, OWNER_FILE, p->owner, sizeof(p->owner));
	if (rc == 0 && there)
		rc = folder_try(p->dir.path, PROBE_BYTES);
	if (rc < 0)
		return place_refuse(p, p->dir.path, rc);
	rc = there ? state_dir_file(&p->dir, p->path) : 0;
	return rc == 0 || rc == ERR_NOT_FOUND ? LEDGER_ENDED
					      : place_refuse(p, p->path, rc);
}

enum ledger_exit
place_open(struct place *p, const char *configured)
{
	return place_judge(p, state_dir_open(configured, &p->dir), true);
}

enum ledger_exit
place_look(struct place *p, const char *configured)
{
	bool there;
	int rc = state_dir_look(configured, &p->dir, &there);

	return place_judge(p, rc, there);
}
