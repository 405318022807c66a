/* Receipts: from the outputs to subscribers, and to ttsd, which keeps them. */
#include <stdlib.h>
#include <string.h>

#include "common/body.h"
#include "common/control/fields.h"
#include "streamer-supervisor/control/supervisor.h"

static void
receipts_send(struct supervisor *sv)
{
	char *line =
	    source_takes_post(sv->env.source) ? post_next(&sv->post) : NULL;

	if (line)
		source_post(sv->env.source, line);
	free(line);
}

void
receipts_linked(void *supervisor)
{
	receipts_send(supervisor);
}

void
receipts_posted(void *supervisor, bool answered)
{
	struct supervisor *sv = supervisor;

	if (answered)
		post_answered(&sv->post);
	else
		post_again(&sv->post);
	receipts_send(sv);
}

void
receipts_tell(
    void *supervisor, const char *output, const char *channel, json_t *receipt)
{
	struct supervisor *sv = supervisor;

	body_put(&receipt, "output", json_string(output));
	body_put(&receipt, "channel", json_string(channel));
	body_put(&receipt, "time", json_integer((json_int_t)clock_utc_ms()));
	control_publish_receipt(sv, channel, receipt);
	post_add(&sv->post, receipt);
	receipts_send(sv);
}

/* ---- what ttsd tells ---------------------------------------------------- */

/* The next output of that channel which is not leaving. */
static struct output *
next_of(
    const struct supervisor *sv, const char *channel, const struct output *last)
{
	struct output *o = outputs_next(&sv->outputs, last);

	while (o && (outputs_leaves(&sv->outputs, o) ||
			strcmp(output_channel(o), channel) != 0))
		o = outputs_next(&sv->outputs, o);
	return o;
}

void
receipts_spoken(void *supervisor, const char *channel, uint64_t id,
    uint64_t from, uint64_t end)
{
	struct supervisor *sv = supervisor;
	struct output *o = NULL;

	while ((o = next_of(sv, channel, o)) != NULL && !sv->ending)
		output_spoken(o, id, from, end);
}

void
receipts_readers(void *supervisor, const char *name, const json_t *channel)
{
	struct supervisor *sv = supervisor;
	struct output *o = NULL;

	while ((o = next_of(sv, name, o)) != NULL)
		output_readers(o, channel);
}

/* ---- what nobody saw ---------------------------------------------------- */

static const json_t *
find_receipt(const json_t *item, const struct output *o)
{
	const json_t *one;
	const char *name;
	size_t i;

	json_array_foreach(json_object_get(item, "receipts"), i, one)
	{
		name = json_string_value(json_object_get(one, "output"));
		if (name && strcmp(name, output_name(o)) == 0)
			return one;
	}
	return NULL;
}

/* Has an earlier supervisor had that output? */
static bool
is_known(const json_t *items, const struct output *o)
{
	const json_t *item;
	size_t i;

	json_array_foreach(items, i, item)
	{
		if (find_receipt(item, o))
			return true;
	}
	return false;
}

/* Is all that is to be known of it at that output kept? One that was sent, and
 * is to be heard, has no verdict yet. */
static bool
is_complete(const json_t *item, const struct output *o)
{
	const json_t *one = find_receipt(item, o);

	return one && (json_object_get(one, "decided_ms") ||
			  !output_conf(o)->probe.hear);
}

static void
disown(struct supervisor *sv, const json_t *items, const json_t *item)
{
	const char *channel =
	    json_string_value(json_object_get(item, "channel"));
	uint64_t id = body_count(item, "id");
	struct output *o = NULL;

	if (channel == NULL || json_object_get(item, "last_sample") == NULL)
		return;
	while ((o = next_of(sv, channel, o)) != NULL)
		if (!output_owes(o, id) && !is_complete(item, o) &&
		    is_known(items, o))
			output_disown(
			    o, id, "streamer-supervisor was not there to see");
}

/* What ended while there was no supervisor, or none that ttsd could tell: an
 * earlier one may have known of it, and nobody will any more. */
void
receipts_ended(void *supervisor, const json_t *items)
{
	struct supervisor *sv = supervisor;
	const json_t *item;
	size_t i;

	json_array_foreach(items, i, item)
	{
		if (!sv->ending)
			disown(sv, items, item);
	}
}
