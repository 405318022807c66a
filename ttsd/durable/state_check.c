#include "ttsd/durable/state_check.h"

#include "ttsd/ledger/place.h"

int
state_check(const struct conf *conf, struct conf_error *e)
{
	const struct conf_ttsd *c = &conf->ttsd;
	struct place place;

	if (c->durable == KEPT_NO || c->state_dir[0] == '\0' ||
	    place_look(&place, c->state_dir) == LEDGER_ENDED)
		return 0;
	return conf_blame(e, &c->block, "state_dir",
	    "%.160s %s; %s: until then nothing is kept over a restart",
	    place.culprit, place.why, place.remedy);
}
