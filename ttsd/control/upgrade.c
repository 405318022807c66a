#include "ttsd/control/upgrade.h"

#include <stdio.h>
#include <string.h>

#include "common/body.h"
#include "common/control/fields.h"
#include "common/control/session.h"
#include "common/err.h"
#include "common/version.h"
#include "ttsd/control/durability.h"
#include "ttsd/control/life.h"
#include "ttsd/control/succession.h"

static int
upgrade_save(void *arg, struct parcel *p, char *why, size_t size)
{
	return ttsd_save(arg, p, why, size);
}

static void
upgrade_failed(void *arg, const char *why)
{
	struct ttsd *t = arg;
	json_t *body = json_pack("{s:s}", "state", "failed");

	t->upgrades.ready_ns = 0;
	log_error("upgrade: ttsd %s stays on air: %s", TTSD_VERSION, why);
	t->upgrades.ended = t->upgrades.begun;
	snprintf(t->upgrades.why, sizeof(t->upgrades.why), "%s", why);
	body_put_text(&body, "reason", why);
	event_publish(t->server, EVENT_UPGRADE, NULL, SERVER_ANY_LEAD, 0, body);
	server_retry(t->server);
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

	if (t->upgrades.ready_ns == 0)
		return;
	if (next_ns - now < CHANGE_NS && now - t->upgrades.ready_ns < WAIT_NS)
		return;
	t->upgrades.ready_ns = 0;
	upgrade_go(t->upgrade);
}

/* While nobody listens there is no tick to wait for. */
static void
upgrade_ready(void *arg)
{
	struct ttsd *t = arg;

	t->upgrades.ready_ns = clock_now_ns();
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
ttsd_upgrade(struct ttsd *t)
{
	if (upgrade_is_under_way(t->upgrade))
		return;
	t->upgrades.begun++;
	log_info("upgrade: %s is tried", log_quote(succession_program()));
	upgrade_begin(t->upgrade);
}

void
ttsd_upgraded(struct ttsd *t, const struct parcel *p)
{
	const json_t *own = json_object_get(p->document, "ttsd");
	const char *from = body_string(p->document, "version");

	t->upgrades.begun = (uint64_t)body_integer(own, "upgrades", 0);
	t->upgrades.ended = t->upgrades.begun;
	t->upgrades.why[0] = '\0';
	event_publish(t->server, EVENT_UPGRADE, NULL, SERVER_ANY_LEAD, 0,
	    json_pack("{s:s, s:s, s:s}", "state", "done", "version",
		TTSD_VERSION, "from", from ? from : "?"));
	server_retry(t->server);
}

/* ---- the operation ---------------------------------------------------- */

/* The reply is the successor's, which finds the memo with the request. */
enum verdict
op_upgrade(void *ctx, struct session *s, const json_t *body, struct reply *r)
{
	struct ttsd *t = ctx;
	uint64_t run;

	(void)body;
	/* A start goes on to its end before. */
	if (t->proving || !durability_is_ready(t) ||
	    (t->durable && durable_is_restoring(t->durable)))
		return OP_LATER;
	if (s->memo == NULL) {
		ttsd_upgrade(t);
		s->memo = json_pack("{s:I, s:s}", "run",
		    (json_int_t)t->upgrades.begun, "from", TTSD_VERSION);
	}
	if (s->memo == NULL) {
		reply_no_memory(r);
		return OP_DONE;
	}
	run = (uint64_t)body_integer(s->memo, "run", 0);
	if (t->upgrades.ended < run)
		return OP_LATER;
	if (t->upgrades.why[0])
		reply_error(r, PROTO_UNAVAILABLE, "%s", t->upgrades.why);
	reply_set(r, "version", json_string(TTSD_VERSION));
	reply_set(r, "from", json_incref(json_object_get(s->memo, "from")));
	return OP_DONE;
}
