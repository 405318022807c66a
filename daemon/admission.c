#include "daemon/admission.h"

#include <string.h>

#include "common/err.h"
#include "platform/admission.h"

static const unsigned modes[] = {
	[ADMIT_USER] = 0600, [ADMIT_GROUP] = 0660, [ADMIT_ALL] = 0666
};

/* The section that is about this daemon's sockets; NULL: it has none. */
static const struct conf_block *
section_of(const struct conf *c, const char *program,
    const struct conf_admission **out)
{
	if (strcmp(program, "ttsd") == 0) {
		*out = &c->ttsd.admission;
		return &c->ttsd.block;
	}
	if (strcmp(program, "streamer-supervisor") == 0) {
		*out = &c->streamer.admission;
		return &c->streamer.block;
	}
	return NULL;
}

static unsigned
mode_of(const struct conf_admission *a)
{
	if (a->mode == ADMIT_AUTO)
		return modes[a->group[0] ? ADMIT_GROUP : ADMIT_USER];
	return modes[a->mode];
}

int
daemon_check_admission(
    const struct conf *c, const char *program, struct conf_error *e)
{
	const struct conf_admission *a;
	const struct conf_block *section = section_of(c, program, &a);

	switch (section ? admission_check(a->group, mode_of(a)) : 0) {
	case 0:
		return 0;
	case ERR_NOT_FOUND:
		return conf_blame(e, section, "control_group",
		    "there is no such group; make it (groupadd --system), or "
		    "name another");
	case ERR_DENIED:
		return conf_blame(e, section, "control_group",
		    "%s's user is not in that group, and cannot let it in; add "
		    "it (usermod -aG GROUP USER)",
		    program);
	default:
		return conf_blame(e, section, "control_group",
		    "sockets are open to nobody else on this system");
	}
}

int
daemon_admit(
    const struct conf *c, const char *program, const struct runtime_dir *dir)
{
	const struct conf_admission *a;

	if (section_of(c, program, &a) == NULL ||
	    mode_of(a) == modes[ADMIT_USER])
		return 0;
	return admission_set(a->group, mode_of(a), dir);
}
