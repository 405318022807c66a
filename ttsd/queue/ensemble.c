#include "ttsd/queue/ensemble.h"

#include <stdlib.h>

#include "common/err.h"
#include "ttsd/queue/announcement.h"

static struct ensemble *
ensemble_new(bool together)
{
	struct ensemble *e = malloc(sizeof(*e));

	if (e)
		*e = (struct ensemble){ .together = together,
			.since_ms = -1,
			.asked_ms = -1,
			.begin_ms = -1 };
	return e;
}

int
ensemble_join(struct ensemble **e, struct announcement *a, bool together)
{
	if (*e == NULL)
		*e = ensemble_new(together);
	if (*e == NULL)
		return ERR_NOMEM;
	a->ensemble = *e;
	a->fellow = (*e)->members;
	(*e)->members = a;
	return 0;
}

void
ensemble_leave(struct announcement *a)
{
	struct ensemble *e = a->ensemble;
	struct announcement **at;

	if (e == NULL)
		return;
	for (at = &e->members; *at != a; at = &(*at)->fellow)
		;
	*at = a->fellow;
	a->ensemble = NULL;
	a->fellow = NULL;
	if (e->members == NULL && !e->held)
		free(e);
}

void
ensemble_release(struct ensemble *e)
{
	if (e == NULL)
		return;
	e->held = false;
	if (e->members == NULL)
		free(e);
}
