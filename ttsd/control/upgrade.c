#include "ttsd/control/upgrade.h"

#include "common/version.h"
#include "ttsd/control/durability.h"
#include "ttsd/control/life.h"
#include "ttsd/control/remainder.h"
#include "ttsd/control/succession.h"

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

static void
upgrade_failed(void *arg, const char *why)
{
	struct ttsd *t = arg;

	t->upgrade_ready_ns = 0;
	remainder_take_back(t);
	log_error("upgrade: ttsd %s stays on air: %s", TTSD_VERSION, why);
	tell(t, upgrade_desk_failed(&t->upgrades, why));
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
	tell(t, upgrade_desk_done(&t->upgrades, p));
}

enum verdict
op_upgrade(void *ctx, struct session *s, const json_t *body, struct reply *r)
{
	struct ttsd *t = ctx;

	(void)body;
	/* A start goes on to its end before. */
	if (t->proving || !durability_is_ready(t) ||
	    (t->durable && durable_is_restoring(t->durable)))
		return OP_LATER;
	return upgrade_desk_ask(&t->upgrades, t->upgrade, s, r);
}
