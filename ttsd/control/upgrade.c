#include "ttsd/control/upgrade.h"

#include <stdlib.h>

#include "common/body.h"
#include "common/conf/conf_told.h"
#include "common/version.h"
#include "ttsd/control/durability.h"
#include "ttsd/control/life.h"
#include "ttsd/control/prepared.h"
#include "ttsd/control/remainder.h"
#include "ttsd/control/succession.h"
#include "ttsd/pool/engine.h"

static int
upgrade_save(void *arg, struct parcel *p, bool trial, char *why, size_t size)
{
	return ttsd_save(arg, p, trial, why, size);
}

static void
tell(struct ttsd *t, json_t *event)
{
	event_publish(
	    t->server, EVENT_UPGRADE, NULL, SERVER_ANY_LEAD, 0, event);
	server_retry(t->server);
}

/* ---- reloads ---------------------------------------------------------- */

/* Has clips and the dictionary read afresh, while the stream goes on. */
static void
reread(struct ttsd *t)
{
	log_info("reloading clips and the dictionary");
	engine_reload(t->clips);
	prepared_make_again(t->prepared, t->clips);
	ttsd_reload_dictionary(t);
}

void
ttsd_reload(struct ttsd *t)
{
	if (succession_check() < 0) {
		reread(t);
	} else if (upgrade_is_under_way(t->upgrade)) {
		/* It may have read the configuration already. */
		t->reload_due = true;
	} else {
		t->reloads_only = true;
		upgrade_desk_begin(&t->upgrades, t->upgrade);
	}
}

static void
reload_if_due(struct ttsd *t)
{
	bool due = t->reload_due;

	t->reload_due = false;
	if (due && !t->stopping)
		ttsd_reload(t);
}

/* The configuration says nothing new. */
static void
stay(struct ttsd *t)
{
	upgrade_drop(t->upgrade);
	json_decref(t->news);
	t->news = NULL;
	reread(t);
	upgrade_desk_kept(&t->upgrades);
	server_retry(t->server);
	reload_if_due(t);
}

/* ---- upgrades --------------------------------------------------------- */

void
ttsd_upgrade(struct ttsd *t)
{
	t->reloads_only = false;
	upgrade_desk_begin(&t->upgrades, t->upgrade);
}

static void
upgrade_failed(void *arg, const char *why)
{
	struct ttsd *t = arg;

	t->upgrade_ready_ns = 0;
	remainder_take_back(t);
	log_error("upgrade: ttsd %s stays on air: %s", TTSD_VERSION, why);
	tell(t, upgrade_desk_failed(&t->upgrades, why));
	reload_if_due(t);
}

/* The program needs so long to take the other's place, on a machine that is not
 * busy. Where chunks are shorter, or of many lengths, a better moment is not
 * waited for any longer than that. */
#define CHANGE_NS (8 * NS_PER_MS)
#define WAIT_NS (100 * NS_PER_MS)

void
ttsd_upgrade_between(struct ttsd *t, int64_t next_ns)
{
	int64_t now = clock_now_ns();

	if (t->upgrade_ready_ns == 0)
		return;
	if (next_ns - now < CHANGE_NS && now - t->upgrade_ready_ns < WAIT_NS)
		return;
	t->upgrade_ready_ns = 0;
	speech_socket_interrupt(t->speech,
	    "ttsd goes on as a new program, and is there again at once; ask "
	    "again");
	upgrade_go(t->upgrade);
}

/* While nobody listens there is no tick to wait for. */
static void
upgrade_ready(void *arg)
{
	struct ttsd *t = arg;

	if (t->reloads_only && !json_is_true(json_object_get(
				   upgrade_answer(t->upgrade), "is_news"))) {
		stay(t);
		return;
	}
	t->upgrade_ready_ns = clock_now_ns();
	ttsd_upgrade_between(t, ttsd_next_tick_ns(t));
}

static const struct upgrade_owner upgrade_owner = {
	.save = upgrade_save, .ready = upgrade_ready, .failed = upgrade_failed
};

int
ttsd_upgrade_open(struct ttsd *t)
{
	return upgrade_new(t->loop, &upgrade_owner, t, &t->upgrade);
}

void
ttsd_upgraded(struct ttsd *t, const struct parcel *p)
{
	json_t *told = upgrade_desk_done(&t->upgrades, p);
	char *news = body_text(t->news);

	log_info("the configuration was read again: %s", news ? news : "");
	free(news);
	body_merge(&told, t->news);
	tell(t, told);
	t->reload_due = json_is_true(json_object_get(
	    json_object_get(p->document, "ttsd"), "reload_due"));
	reload_if_due(t);
}

/* Answers what has come of it. */
static enum verdict
ask(struct ttsd *t, struct session *s, struct reply *r)
{
	enum verdict verdict = upgrade_desk_ask(&t->upgrades, t->upgrade, s, r);
	json_t *nothing = json_object(), *news;

	if (verdict == OP_DONE && r->error == PROTO_OK) {
		news = t->news ? json_incref(t->news)
			       : conf_told_news(NULL, nothing);
		if (news)
			body_merge(&r->body, news);
		else
			reply_no_memory(r);
		json_decref(news);
	}
	json_decref(nothing);
	return verdict;
}

/* A start goes on to its end before. */
static bool
is_starting(const struct ttsd *t)
{
	return t->proving || !durability_is_ready(t) ||
	       (t->durable && durable_is_restoring(t->durable));
}

enum verdict
op_upgrade(void *ctx, struct session *s, const json_t *body, struct reply *r)
{
	struct ttsd *t = ctx;

	(void)body;
	if (is_starting(t))
		return OP_LATER;
	if (s->memo == NULL)
		t->reloads_only = false;
	return ask(t, s, r);
}

enum verdict
op_reload(void *ctx, struct session *s, const json_t *body, struct reply *r)
{
	struct ttsd *t = ctx;

	(void)body;
	if (succession_check() < 0) {
		reread(t);
		reply_set(r, "note",
		    json_string("clips and the dictionary were read again; on "
				"this system ttsd reads its configuration when "
				"it is started"));
		return OP_DONE;
	}
	if (is_starting(t))
		return OP_LATER;
	/* One that is under way may have read the configuration already. */
	if (s->memo == NULL && upgrade_is_under_way(t->upgrade))
		return OP_LATER;
	if (s->memo == NULL) {
		t->reloads_only = true;
		/* ttsd-gateway has no socket to be asked at. */
		event_publish(t->server, EVENT_RELOAD, NULL, SERVER_ANY_LEAD, 0,
		    json_object());
	}
	return ask(t, s, r);
}
