#include "ttsd/control/succession.h"

#include <stdio.h>
#include <string.h>

#include "common/body.h"
#include "common/conf/conf_told.h"
#include "common/control/fields.h"
#include "common/err.h"
#include "ttsd/control/life.h"
#include "ttsd/control/names.h"
#include "ttsd/control/numbers.h"
#include "ttsd/control/prepared.h"
#include "ttsd/control/remainder.h"
#include "ttsd/control/wall_clock.h"
#include "ttsd/pool/succession.h"
#include "ttsd/upgrade/estate.h"

/* ---- handing over ----------------------------------------------------- */

static json_t *
engines_save(const struct ttsd *t, struct parcel *p)
{
	json_t *o = json_object();
	size_t i;

	for (i = 0; i < t->engine_count; i++)
		body_put(&o, engine_name(t->engines[i]),
		    engine_hand_over(t->engines[i], p));
	return o;
}

static json_t *
channels_save(const struct ttsd *t, struct estate *e)
{
	json_t *o = json_object();
	size_t i;

	for (i = 0; i < t->channel_count; i++)
		body_put(&o, channel_name(t->channels[i]),
		    channel_save(e, t->channels[i]));
	return o;
}

/* Bytes of sound. For each MiB of it readers wait some 4 ms. */
#define PREPARED_HANDED_OVER ((size_t)4 * 1024 * 1024)

/* In the order of the configuration; what is too much is made anew. */
static json_t *
prepared_save(const struct ttsd *t, struct estate *e, bool trial)
{
	const struct shelf *s = prepared_shelf(t->prepared);
	const struct shelf_item *at = NULL;
	const struct announcement *a;
	json_t *list = json_array();
	size_t room = PREPARED_HANDED_OVER, size, made = 0, left = 0;

	while ((a = shelf_next_made(s, &at)) != NULL) {
		size = buf_len(&a->made->pcm);
		made++;
		if (size > room) {
			left++;
			continue;
		}
		room -= size;
		body_append(&list, kept_save(e, a));
	}
	if (left > 0 && !trial)
		log_warning("%zu of %zu sounds that were prepared are made "
			    "anew after the upgrade: more than %zu MiB are not "
			    "handed over",
		    left, made, PREPARED_HANDED_OVER / 1024 / 1024);
	return list;
}

static json_t *
counters_save(const struct ttsd *t)
{
	return json_pack("{s:I, s:I, s:I, s:I, s:b, s:o}", "epoch",
	    (json_int_t)t->epoch_ns, "last_id", (json_int_t)t->last_id,
	    "not_kept", (json_int_t)t->not_kept, "wall_offset",
	    (json_int_t)wall_clock_offset_ns(t->wall), "reload_due",
	    (int)t->reload_due, "numbers", numbers_save(t->numbers));
}

/* More of them would have readers wait. */
#define CALLS_HANDED_OVER 200

static json_t *
desk_save(const struct ttsd *t)
{
	return json_pack("{s:b, s:o}", "known", (int)t->desk.known, "rows",
	    desk_tell(&t->desk, CALLS_HANDED_OVER));
}

/* What clients and the ledger have been told of, and cannot change under them.
 */
static json_t *
house_save(const struct conf *conf)
{
	return json_pack("{s:b, s:s, s:s}", "ledger",
	    conf->ttsd.durable != KEPT_NO, "state_dir", conf->ttsd.state_dir,
	    "runtime_dir", conf->ttsd.runtime_dir);
}

/* Why it is better to ask again in a moment; NULL: it is not. */
static const char *
reason_to_wait(const struct ttsd *t)
{
	if (t->stopping)
		return "ttsd is stopping";
	if (t->proving)
		return "ttsd is still starting; try again";
	if (t->remainder)
		return "announcements are still coming from the program "
		       "before; try again";
	if (t->durable && durable_is_restoring(t->durable))
		return "announcements of before the restart are still being "
		       "put back; try again";
	return NULL;
}

int
ttsd_save(struct ttsd *t, struct parcel *p, bool trial, char *why, size_t size)
{
	const char *reason = reason_to_wait(t);
	struct estate e;
	int rc;

	if (reason) {
		snprintf(why, size, "%s", reason);
		return ERR_AGAIN;
	}
	estate_init(&e, p);
	daemon_bequeath(p);
	upgrade_desk_hand_over(&t->upgrades, p);
	body_put(&p->document, "house", house_save(&t->conf));
	body_put(&p->document, "conf", conf_tell(&t->conf));
	body_put(&p->document, "ttsd", counters_save(t));
	body_put(&p->document, "server", server_hand_over(t->server, p));
	if (speech_socket_is_open(t->speech))
		body_put(&p->document, "speech",
		    speech_socket_hand_over(t->speech, p));
	body_put(&p->document, "events", server_events_save(t->server));
	body_put(&p->document, "engines", engines_save(t, p));
	body_put(&p->document, "channels", channels_save(t, &e));
	body_put(&p->document, "prepared", prepared_save(t, &e, trial));
	body_put(&p->document, "desk", desk_save(t));
	if (t->durable)
		body_put(&p->document, "durable", durable_save(t->durable, p));
	estate_tell_common(&e, &p->document);
	rc = remainder_save(t, &e, trial);
	estate_done(&e);
	if (rc < 0)
		return rc;
	return p->document ? 0 : ERR_NOMEM;
}

/* ---- taking over ------------------------------------------------------ */

int
ttsd_take_engines(struct ttsd *t, struct parcel *p)
{
	const json_t *all = json_object_get(p->document, "engines"), *word;
	size_t i;
	int rc = 0;

	for (i = 0; i < t->engine_count && rc == 0; i++) {
		word = json_object_get(all, engine_name(t->engines[i]));
		if (word)
			rc = engine_take_over(t->engines[i], p, word);
	}
	return rc;
}

int
ttsd_take_speech(struct ttsd *t, struct parcel *p)
{
	int rc = speech_socket_take_over(
	    t->speech, p, json_object_get(p->document, "speech"));

	/* An earlier version had none: it is opened anew. */
	return rc == ERR_INVALID ? 0 : rc;
}

/* Of what leaves nothing is made any more. */
static struct engine *
find_engine(const struct estate *e, const char *name)
{
	const struct ttsd *t = e->arg;

	return e->any_engine ? t->engines[0] : ttsd_engine(t, name);
}

static int
check_house(const struct ttsd *t, const json_t *before, struct estate *e)
{
	json_t *now = house_save(&t->conf), *value;
	const char *key;
	int rc = now ? 0 : ERR_NOMEM;

	json_object_foreach(now, key, value)
	{
		if (rc == 0 && !json_equal(value, json_object_get(before, key)))
			rc = estate_blame(e,
			    "%s is another in [ttsd] now; restart ttsd to "
			    "change it",
			    strcmp(key, "ledger") == 0 ? "durable" : key);
	}
	json_decref(now);
	return rc;
}

static int
take_channel(struct estate *e, struct channel *ch, const json_t *word)
{
	int rc =
	    channel_take_over(ch, e->parcel, json_object_get(word, "listener"));

	/* It has another path by now: that is opened anew. */
	if (rc == ERR_INVALID)
		rc = 0;
	return rc == 0 ? channel_restore(e, ch, word) : rc;
}

static int
take_all(struct ttsd *t, struct estate *e)
{
	const json_t *all = json_object_get(e->parcel->document, "channels");
	const json_t *word;
	size_t i;
	int rc = 0;

	for (i = 0; i < t->channel_count && rc == 0; i++) {
		word = json_object_get(all, channel_name(t->channels[i]));
		e->any_engine = t->channels[i]->leaving;
		if (word)
			rc = take_channel(e, t->channels[i], word);
	}
	return rc;
}

static int
take_prepared(struct ttsd *t, struct estate *e)
{
	const json_t *all = json_object_get(e->parcel->document, "prepared");
	const json_t *word;
	struct channel *ch;
	size_t i;
	int rc = 0;

	for (i = 0; i < json_array_size(all) && rc == 0; i++) {
		word = json_array_get(all, i);
		ch = ttsd_channel(t, body_string(word, "channel"));
		if (ch)
			rc = kept_restore(
			    e, prepared_shelf(t->prepared), &ch->playout, word);
	}
	return rc;
}

int
ttsd_take_channels(struct ttsd *t, struct parcel *p, char *why, size_t size)
{
	json_t *was = json_object_get(p->document, "conf");
	json_t *now = conf_tell(&t->conf);
	struct remainder *re;
	struct estate *e;
	int rc = remainder_new(t, p, &re);

	t->news = conf_told_news(was, now);
	if (re == NULL || t->news == NULL) {
		json_decref(now);
		remainder_free(re);
		return ERR_NOMEM;
	}
	e = remainder_estate(re);
	e->loop = t->loop;
	e->trial = succession_is_trial(p);
	e->engine = find_engine;
	e->arg = t;
	e->was = was;
	e->now = now;
	if (rc == 0)
		rc = check_house(t, json_object_get(p->document, "house"), e);
	if (rc == 0)
		rc = take_all(t, e);
	e->was = e->now = NULL;
	json_decref(now);
	if (rc == 0)
		rc = take_prepared(t, e);
	if (rc == 0)
		rc = remainder_begin(re);
	if (rc < 0) {
		snprintf(why, size, "%s", e->fault);
		remainder_free(re);
	}
	return rc;
}

int
ttsd_take_rest(struct ttsd *t, const struct parcel *p)
{
	const json_t *own = json_object_get(p->document, "ttsd");
	const json_t *durable = json_object_get(p->document, "durable");
	const json_t *desk = json_object_get(p->document, "desk");
	int rc;

	/* One of before there were desks had none. */
	t->desk.known =
	    desk == NULL || json_is_true(json_object_get(desk, "known"));
	if (desk_recall(&t->desk, json_object_get(desk, "rows")) < 0)
		t->desk.known = false;
	t->last_id = body_count(own, "last_id");
	t->not_kept = body_count(own, "not_kept");
	wall_clock_take_over(t->wall, body_integer(own, "wall_offset", 0));
	if (t->durable == NULL || durable == NULL)
		return 0;
	rc = durable_take_over(t->durable, p, durable);
	numbers_take(t->numbers, json_object_get(own, "numbers"));
	return rc;
}

/* ---- the trial -------------------------------------------------------- */

/* Adds the dictionary as it was read. */
static int
add_dictionary(const struct ttsd *t, struct parcel *answer)
{
	const char *path = t->conf.ttsd.dictionary;
	struct buf text;
	int rc = 0;

	if (path[0] == '\0')
		return 0;
	buf_init(&text, DICTIONARY_FILE_MAX);
	rc = path_read(path, &text);
	if (rc == 0)
		body_put(&answer->document, "dictionary",
		    parcel_add(answer, buf_data(&text), buf_len(&text)));
	buf_done(&text);
	return rc;
}

/* Does the configuration say anything new? */
static bool
is_news(const struct parcel *given, const struct conf *conf)
{
	json_t *now = conf_tell(conf);
	bool is = !json_equal(json_object_get(given->document, "conf"), now);

	json_decref(now);
	return is;
}

int
ttsd_try_take_over(struct conf *conf, struct parcel *given,
    struct parcel *answer, struct conf_error *e)
{
	struct ttsd t = { .conf = *conf };
	bool news = is_news(given, conf);
	int rc;

	/* It has a loop of its own, and a process has one at a time. */
	rc = news ? names_try(conf, e) : 0;
	if (rc == 0)
		e->text[0] = '\0';
	if (rc == 0)
		rc = ttsd_rehearse(&t, given, e->text, sizeof(e->text));
	if (rc == 0)
		rc = add_dictionary(&t, answer);
	body_put(&answer->document, "is_news", json_boolean(news));
	ttsd_end(&t);
	return rc;
}
