#include "streamer-supervisor/outputs/output.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "streamer-supervisor/outputs/failover.h"
#include "streamer-supervisor/outputs/group.h"

struct output {
	struct output_events events;
	const struct conf_output *conf;
	const struct conf_channel *channel;
	char *socket;
	struct leg *legs[LEG_ROLES]; /* the backup: NULL without one */
	struct group_member member;  /* of a group, which may carry it */
	enum leg_role active;
	enum child_state told; /* the state that was last told of */
	struct failover failover;
	struct timer *deadline; /* decide again */
	bool off;               /* nobody wants it */
	bool pending; /* starts by itself, once the supervisor is up */
};

static struct leg *
active(const struct output *o)
{
	return o->legs[o->active];
}

/* What it is sent by. */
static const struct leg *
carrier(const struct output *o)
{
	return o->member.carried ? group_leg(&o->member) : active(o);
}

static void
each_leg(struct output *o, void (*what)(struct leg *l))
{
	size_t i;

	for (i = 0; i < LEG_ROLES; i++)
		if (o->legs[i])
			what(o->legs[i]);
}

/* ---- which address ---------------------------------------------------- */

static void
tell(struct output *o, const char *reason)
{
	enum child_state from = o->told;

	o->told = output_state(o);
	o->events.changed(o->events.arg, o, from, reason);
}

/* Every change of address happens here. */
static void
switch_to(struct output *o, enum leg_role role, const char *reason)
{
	o->active = role;
	log_warning("output=%s is sent to its %s address: %s", output_name(o),
	    leg_role_name(role), reason);
	tell(o, reason);
}

static void
decide(struct output *o)
{
	struct leg *backup = o->legs[LEG_BACKUP];
	bool sends = leg_state(backup) == CHILD_RUNNING;

	if (!failover_decide(&o->failover, sends, clock_now_ns()))
		return;
	if (o->failover.on_backup) {
		leg_start(backup, "the primary address fails");
		switch_to(o, LEG_BACKUP, "the primary address fails");
	} else {
		switch_to(o, LEG_PRIMARY,
		    sends ? "it holds again" : "the backup does not work");
		leg_stop(backup, "the primary address holds again");
	}
}

/* What the primary's change of state says about it. */
static void
judge_primary(struct output *o, const struct leg *l, enum child_state from)
{
	enum child_state state = leg_state(l);

	if (leg_is_held(l) || o->off) {
		failover_excused(&o->failover);
		return;
	}
	if (state == CHILD_BACKOFF || state == CHILD_REJECTED)
		failover_failed(&o->failover);
	/* A restart that was asked for is no failure. */
	if (state != CHILD_STOPPING && from != CHILD_STOPPING)
		failover_sending(
		    &o->failover, state == CHILD_RUNNING, clock_now_ns());
}

/* ---- what happens ----------------------------------------------------- */

/* Never from within a leg, for it may stop one. */
static void
deadline(void *arg)
{
	struct output *o = arg;

	if (o->off)
		return;
	decide(o);
	timer_at(o->deadline, o->failover.deadline_ns);
}

static void
leg_changed(void *arg, struct leg *l, enum child_state from, const char *reason)
{
	struct output *o = arg;

	if (leg_role(l) == LEG_PRIMARY)
		judge_primary(o, l, from);
	if (o->legs[LEG_BACKUP])
		timer_at(o->deadline, clock_now_ns());
	if (output_state(o) != o->told)
		tell(o, reason);
}

static void
group_changed(void *arg, const char *reason)
{
	struct output *o = arg;

	if (output_state(o) != o->told)
		tell(o, reason);
}

static void
group_lost(void *arg, const char *why)
{
	struct output *o = arg;

	log_warning("output=%s has failed in its group and goes on by "
		    "itself: %s",
	    output_name(o), why);
	leg_take_over(o->legs[LEG_PRIMARY], why);
}

/* ---- what is asked ---------------------------------------------------- */

static void
stop_legs(struct output *o, const char *reason)
{
	size_t i;

	for (i = 0; i < LEG_ROLES; i++)
		if (o->legs[i])
			leg_stop(o->legs[i], reason);
}

/* Its group takes it as long as it has no ffmpeg of its own. */
static bool
goes_with_group(struct output *o, const char *reason)
{
	size_t i;

	for (i = 0; i < LEG_ROLES; i++)
		if (o->legs[i] && leg_is_alive(o->legs[i]))
			return false;
	if (!group_start(&o->member, reason))
		return false;
	stop_legs(o, reason);
	return true;
}

static void
start(struct output *o, const char *reason)
{
	if (o->off || o->pending) {
		failover_reset(&o->failover);
		o->active = LEG_PRIMARY;
	}
	o->pending = o->off = false;
	if (goes_with_group(o, reason))
		return;
	leg_start(o->legs[LEG_PRIMARY], reason);
	if (o->active == LEG_BACKUP)
		leg_start(active(o), reason);
}

void
output_start(struct output *o)
{
	start(o, "start was asked for");
}

void
output_begin(struct output *o)
{
	if (o->pending)
		start(o, "starts by itself");
}

void
output_stop(struct output *o)
{
	o->pending = false;
	o->off = true;
	group_stop(&o->member, "stop was asked for");
	stop_legs(o, "stop was asked for");
}

void
output_restart(struct output *o)
{
	if (o->off || o->pending)
		start(o, "restart was asked for");
	else if (o->member.carried)
		group_restart(&o->member, "restart was asked for");
	else
		leg_restart(active(o), CAUSE_ASKED, "restart was asked for");
}

void
output_kill(struct output *o)
{
	each_leg(o, leg_kill);
	group_kill(&o->member);
}

/* ---- what is known ---------------------------------------------------- */

const char *
output_name(const struct output *o)
{
	return o->conf->block.name;
}

const struct conf_output *
output_conf(const struct output *o)
{
	return o->conf;
}

bool
output_is_off(const struct output *o)
{
	return o->off;
}

const char *
output_channel(const struct output *o)
{
	return o->channel->block.name;
}

const char *
output_active(const struct output *o)
{
	return leg_role_name(o->active);
}

/* Stopped once all of it is. */
enum child_state
output_state(const struct output *o)
{
	enum child_state state = leg_state(carrier(o));
	struct leg *other = o->legs[!o->active];

	if (state == CHILD_STOPPED && other && !o->member.carried)
		state = leg_state(other);
	if (state == CHILD_STOPPED && o->member.leaving)
		state = CHILD_STOPPING;
	return state;
}

int64_t
output_backoff_ms(const struct output *o)
{
	return leg_backoff_ms(carrier(o));
}

void
output_facts(const struct output *o, struct leg_facts *out)
{
	const struct leg *other = o->legs[!o->active];
	struct leg_facts more;
	size_t i;

	leg_facts(carrier(o), out);
	if (other == NULL)
		return;
	leg_facts(other, &more);
	out->restarts += more.restarts;
	out->drops += more.drops;
	for (i = 0; i < CAUSE_COUNT; i++)
		out->ends[i] += more.ends[i];
}

json_t *
output_status(const struct output *o)
{
	json_t *all = json_pack("{s:s, s:s, s:s, s:b}", "name", output_name(o),
	    "channel", output_channel(o), "active", output_active(o), "wanted",
	    !o->off);
	json_t *one = leg_status(carrier(o)), *other = NULL;

	json_object_update(all, one);
	json_decref(one);
	json_object_set_new(all, "url", json_string(leg_url(active(o))));
	json_object_set_new(all, "group", json_string(o->conf->group));
	json_object_set_new(all, "carried", json_boolean(o->member.carried));
	json_object_set_new(
	    all, "state", json_string(child_state_name(output_state(o))));
	if (o->legs[LEG_BACKUP])
		other = leg_status(o->legs[!o->active]);
	if (other)
		json_object_set_new(all,
		    leg_role_name(
			o->active == LEG_PRIMARY ? LEG_BACKUP : LEG_PRIMARY),
		    other);
	return all;
}

/* ---- storage ---------------------------------------------------------- */

static int
make_leg(struct output *o, struct environment *env, enum leg_role role,
    struct conf_error *e)
{
	char label[80];
	const struct leg_spec spec = { .env = env,
		.label = label,
		.conf = o->conf,
		.channel = o->channel,
		.socket = o->socket,
		.role = role,
		.changed = leg_changed,
		.arg = o };

	snprintf(label, sizeof(label), "%s%s", output_name(o),
	    role == LEG_BACKUP ? " leg=backup" : "");
	return leg_new(&spec, &o->legs[role], e);
}

static int
join_group(struct output *o, struct environment *env, struct conf_error *e)
{
	int rc = ffmpeg_plan(o->conf, &o->member.plan, e);

	o->member.env = env;
	o->member.conf = o->conf;
	o->member.channel = o->channel;
	o->member.socket = o->socket;
	o->member.changed = group_changed;
	o->member.lost = group_lost;
	o->member.arg = o;
	return rc < 0 ? rc : group_join(&o->member);
}

int
output_new(struct environment *env, const struct output_events *ev,
    const struct conf_output *conf, const struct conf_channel *channel,
    const char *socket, struct output **out, struct conf_error *e)
{
	struct output *o = calloc(1, sizeof(*o));
	int rc = ERR_NOMEM;

	*out = NULL;
	snprintf(e->text, sizeof(e->text), "out of memory");
	if (o == NULL)
		return ERR_NOMEM;
	*o = (struct output){ .events = *ev,
		.conf = conf,
		.channel = channel,
		.socket = strdup(socket),
		.off = !conf->autostart,
		.pending = conf->autostart,
		.failover = { .failures = (unsigned)conf->failover_after,
		    .down_ns = conf->failover_timeout_ns,
		    .back_ns = conf->failback_after_ns } };
	failover_reset(&o->failover);
	if (o->socket)
		rc = timer_new(
		    env->loop, TIMER_COARSE, deadline, o, &o->deadline);
	if (rc == 0)
		rc = make_leg(o, env, LEG_PRIMARY, e);
	if (rc == 0 && conf->backup_url[0])
		rc = make_leg(o, env, LEG_BACKUP, e);
	if (rc == 0 && conf->group[0])
		rc = join_group(o, env, e);
	if (rc < 0) {
		output_free(o);
		return rc;
	}
	*out = o;
	return 0;
}

void
output_free(struct output *o)
{
	if (o == NULL)
		return;
	group_part(&o->member);
	each_leg(o, leg_free);
	timer_free(o->deadline);
	free(o->socket);
	free(o);
}
