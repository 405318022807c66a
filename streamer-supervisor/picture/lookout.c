#include "streamer-supervisor/picture/lookout.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/args/words.h"
#include "common/err.h"

struct lookout {
	struct loop *loop;
	void (*changed)(void *arg);
	void *arg;
	struct process *process; /* NULL: nobody looks */
	char since[24];
	const char **argv; /* the painter's, and what makes it look */
};

int
lookout_new(struct loop *l, const char *const *painter,
    void (*changed)(void *arg), void *arg, struct lookout **out)
{
	struct lookout *o = calloc(1, sizeof(*o));

	*out = NULL;
	if (o)
		o->argv = words_with(painter, "--changed-since", o->since);
	if (o == NULL || o->argv == NULL) {
		free(o);
		return ERR_NOMEM;
	}
	o->loop = l;
	o->changed = changed;
	o->arg = arg;
	*out = o;
	return 0;
}

void
lookout_free(struct lookout *o)
{
	if (o == NULL)
		return;
	lookout_end(o);
	free(o->argv);
	free(o);
}

/* It ends of itself when it has seen something, and then only with 0. */
static void
lookout_gone(void *arg, const struct process_end *end)
{
	struct lookout *o = arg;
	bool has_seen = process_ended_well(end);

	lookout_end(o);
	if (has_seen)
		o->changed(o->arg);
}

static void
lookout_said(void *arg, const uint8_t *data, size_t len)
{
	(void)arg;
	(void)data;
	(void)len;
}

static const struct process_events lookout_events = {
	.gone = lookout_gone, .out = lookout_said, .err = lookout_said
};

void
lookout_begin(struct lookout *o, int64_t since_ms)
{
	const struct process_spec spec = { .argv = o->argv };

	lookout_end(o);
	snprintf(o->since, sizeof(o->since), "%" PRId64, since_ms);
	process_spawn(o->loop, &spec, &lookout_events, o, &o->process);
}

void
lookout_end(struct lookout *o)
{
	process_free(o->process);
	o->process = NULL;
}
