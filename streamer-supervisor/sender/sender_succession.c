/* A sender goes from one program to its successor, with its ffmpeg. */
#include <string.h>

#include "common/body.h"
#include "common/child/child_record.h"
#include "common/err.h"
#include "streamer-supervisor/sender/sender_internal.h"

static const struct record_field sender_fields[] = {
	RECORD_FIELD_CHOICE(sender, wait, sender_wait_names),
	RECORD_FIELD_TEXT(sender, last_error),
	RECORD_FIELD_TEXT(sender, ended),
	RECORD_FIELD_CHOICE(sender, cause, cause_names),
	RECORD_FIELD(RECORD_BOOL, sender, launch.captioned),
	RECORD_FIELD_TEXT(sender, launch.why),
	RECORD_FIELD_PART(sender, launch.view, view_fields),
	RECORD_FIELD(RECORD_COUNT, sender, monitor.drops),
	RECORD_FIELD(RECORD_INTEGER, sender, monitor.old_ns),
	RECORD_END,
};

/* ---- what it was launched with ------------------------------------------- */

/* A running ffmpeg repeats what it was started with: a key that was in its file
 * then, a URL that somebody told. */
static json_t *
redact_save(const struct redact *r)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < r->count; i++)
		body_append(
		    &list, record_text(r->secrets[i], strlen(r->secrets[i])));
	return list;
}

static int
redact_load(struct redact *r, const json_t *list)
{
	size_t i;
	char *secret;
	int rc = json_is_array(list) ? 0 : ERR_INVALID;

	redact_done(r);
	for (i = 0; i < json_array_size(list) && rc == 0; i++) {
		secret = record_read_text(json_array_get(list, i));
		rc = secret ? redact_add(r, secret) : ERR_INVALID;
		free(secret);
	}
	return rc;
}

static json_t *
launch_hand_over(const struct launch *l, struct parcel *parcel)
{
	const char *url = l->conf.address.url;
	json_t *o = json_object();

	if (l->address && url)
		body_put(&o, "url", record_text(url, strlen(url)));
	body_put(&o, "secrets", redact_save(&l->redact));
	if (l->keeping)
		body_put(&o, "keeping", keeping_hand_over(l->keeping, parcel));
	body_put(&o, "captions", captioning_hand_over(l->captioning, parcel));
	body_put(&o, "herald", heralding_hand_over(l->heralding));
	return o;
}

static int
launch_take_over(struct launch *l, struct parcel *parcel, const json_t *word)
{
	const json_t *keeping = json_object_get(word, "keeping");
	char *url = record_read_text(json_object_get(word, "url"));
	int rc = url && l->address ? launch_set_url(l, url) : 0;

	free(url);
	/* One that was refused then is so now. */
	if (rc == 0 || rc == ERR_INVALID)
		rc = redact_load(&l->redact, json_object_get(word, "secrets"));
	if (rc == 0 && keeping && l->keeping)
		rc = keeping_take_over(l->keeping, parcel, keeping);
	if (rc == 0)
		rc = captioning_take_over(
		    l->captioning, parcel, json_object_get(word, "captions"));
	if (rc == 0)
		rc = heralding_take_over(
		    l->heralding, json_object_get(word, "herald"));
	return rc;
}

/* ---- the sender ---------------------------------------------------------- */

json_t *
sender_hand_over(const struct sender *s, struct parcel *parcel)
{
	json_t *o = record_save(sender_fields, s);

	body_put(&o, "child",
	    child_save(&s->child, ffmpeg_run_alive(&s->run), clock_awake_ns()));
	body_put(&o, "run", ffmpeg_run_hand_over(&s->run, parcel));
	body_put(&o, "launch", launch_hand_over(&s->launch, parcel));
	body_put(&o, "history", history_save(&s->history));
	body_put(&o, "ear", hearing_hand_over(s->monitor.hearing, parcel));
	return o;
}

/* Its ffmpeg is gone, though nobody has told how it ended. */
static void
sender_lose(struct sender *s)
{
	launch_over(&s->launch);
	sender_set_wait(s, WAIT_RETRY);
	sender_set_error(
	    s, CAUSE_EXIT, "it was lost as the supervisor was upgraded");
	sender_feed(s, CHILD_GONE);
}

int
sender_take_over(struct sender *s, struct parcel *parcel, const json_t *word)
{
	const struct ffmpeg_protocol *p;
	int rc = record_load(sender_fields, word, s);

	if (rc == 0)
		rc = child_load(&s->child, json_object_get(word, "child"));
	if (rc == 0)
		rc =
		    history_load(&s->history, json_object_get(word, "history"));
	if (rc == 0)
		rc = launch_take_over(
		    &s->launch, parcel, json_object_get(word, "launch"));
	if (rc == 0)
		rc = ffmpeg_run_take_over(
		    &s->run, parcel, json_object_get(word, "run"));
	if (rc == 0)
		rc = hearing_take_over(
		    s->monitor.hearing, parcel, json_object_get(word, "ear"));
	if (rc < 0)
		return rc;
	p = s->launch.plan.protocol;
	s->run.sense = p ? p->sense : NULL;
	if (succession_is_trial(parcel))
		return 0;
	sender_go_on(s);
	if (child_alive(&s->child) && !ffmpeg_run_alive(&s->run))
		sender_lose(s);
	return 0;
}
