#include "ttsd/upgrade/estate.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/body.h"
#include "common/err.h"

void
estate_init(struct estate *e, struct parcel *p)
{
	*e = (struct estate){ .parcel = p };
	common_part_init(&e->sayings, "sayings");
	common_part_init(&e->ensembles, "ensembles");
	common_part_init(&e->recordings, "recordings");
}

static void
release_held(struct estate *e)
{
	size_t i;

	for (i = 0; i < e->sayings.count; i++)
		saying_release((struct saying *)e->sayings.items[i]);
	for (i = 0; i < e->ensembles.count; i++)
		ensemble_release((struct ensemble *)e->ensembles.items[i]);
}

void
estate_done(struct estate *e)
{
	if (e->restoring)
		release_held(e);
	common_part_done(&e->sayings);
	common_part_done(&e->ensembles);
	common_part_done(&e->recordings);
}

void
estate_tell_common(struct estate *e, json_t **word)
{
	common_part_tell(&e->sayings, word);
	common_part_tell(&e->ensembles, word);
	common_part_tell(&e->recordings, word);
}

int
estate_hear_common(struct estate *e, const json_t *word)
{
	int rc = common_part_hear(&e->sayings, word);

	e->restoring = true;
	if (rc == 0)
		rc = common_part_hear(&e->ensembles, word);
	return rc == 0 ? common_part_hear(&e->recordings, word) : rc;
}

int
estate_blame(struct estate *e, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	if (e->fault[0] == '\0')
		vsnprintf(e->fault, sizeof(e->fault), fmt, ap);
	va_end(ap);
	return ERR_INVALID;
}

void
word_put_number(json_t **word, const char *name, int64_t value, int64_t usual)
{
	if (value != usual)
		body_put(word, name, json_integer(value));
}

void
word_put_flag(json_t **word, const char *name, bool is)
{
	if (is)
		body_put(word, name, json_true());
}
