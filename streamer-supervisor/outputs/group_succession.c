/* A group goes from one program to its successor, with its ffmpeg. */
#include <string.h>

#include "common/body.h"
#include "streamer-supervisor/outputs/group_internal.h"

static const struct record_field member_fields[] = {
	RECORD_FIELD_CHOICE(group_member, carriage, group_carriage_names),
	RECORD_FIELD_CHOICE(group_member, cause, cause_names),
	RECORD_FIELD_TEXT(group_member, why),
	RECORD_END,
};

/* Names the outputs that the ffmpeg sends to, in its own order. */
static json_t *
slaves_save(const struct group *g)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < TEE_MAX; i++)
		body_append(&list,
		    json_string(
			g->slaves[i] ? g->slaves[i]->conf->block.name : ""));
	return list;
}

static void
slaves_load(struct group *g, const json_t *list)
{
	struct group_member *m;
	const char *name;
	size_t i;

	for (i = 0; i < TEE_MAX; i++) {
		name = json_string_value(json_array_get(list, i));
		for (m = g->members; m && name; m = m->next)
			if (strcmp(m->conf->block.name, name) == 0)
				g->slaves[i] = m;
	}
}

json_t *
group_hand_over(const struct group_member *m, struct parcel *parcel)
{
	const struct group *g = m->group;
	json_t *o = record_save(member_fields, m);

	body_put(&o, "files", member_files_hand_over(&m->files, parcel));
	if (m->next)
		return o;
	body_put(&o, "gathering", json_boolean(g->gathering));
	body_put(&o, "slaves", slaves_save(g));
	body_put(&o, "sender", sender_hand_over(g->sender, parcel));
	return o;
}

int
group_take_over(
    struct group_member *m, struct parcel *parcel, const json_t *word)
{
	struct group *g = m->group;
	const json_t *sender = json_object_get(word, "sender");
	int rc = record_load(member_fields, word, m);

	if (rc == 0)
		rc = member_files_take_over(
		    &m->files, parcel, json_object_get(word, "files"));
	if (rc < 0 || sender == NULL)
		return rc;
	slaves_load(g, json_object_get(word, "slaves"));
	group_retime(g);
	rc = sender_take_over(g->sender, parcel, sender);
	if (rc < 0 || succession_is_trial(parcel))
		return rc;
	group_watch(g);
	group_await_cut(g);
	if (json_is_true(json_object_get(word, "gathering")))
		group_gather(g);
	return 0;
}
