#include "streamer-supervisor/outputs/output.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/body.h"
#include "common/err.h"
#include "streamer-supervisor/outputs/failover.h"
#include "streamer-supervisor/outputs/group.h"
#include "streamer-supervisor/outputs/receipt_book.h"

/* Who wants an output to run. */
#define WISHES(X)                                                     \
	X(NONE, "off")        /* nobody */                            \
	X(START, "autostart") /* the configuration, once all is up */ \
	X(RUN, "on")          /* whoever started it */                \
	X(ENDED, "ended")     /* nobody: it ran until the supervisor's end */

enum wish {
#define X(name, text) WISH_##name,
	WISHES(X)
#undef X
};

static const char *const wish_names[] = {
#define X(name, text) [WISH_##name] = text,
	WISHES(X)
#undef X
};

struct output {
	struct output_events events;
	const struct conf_output *conf;
	const struct conf_channel *channel;
	char *socket;
	struct sender *senders[SENDER_ROLES]; /* the backup: NULL without one */
	struct group_member member; /* of a group, which may carry it */
	enum sender_role active;
	enum child_state told; /* the state that was last reported */
	struct failover failover;
	struct timer *deadline; /* of `failover`, to decide again */
	enum wish wish;
	struct receipt_book receipts;
};

static struct sender *
active(const struct output *o)
{
	return o->senders[o->active];
}

/* The sender that the output is sent by: its group's, or its active one. */
static const struct sender *
carrier(const struct output *o)
{
	return group_carries(&o->member) ? group_sender(&o->member) : active(o);
}

static bool
is_to_run(const struct output *o)
{
	return o->wish == WISH_START || o->wish == WISH_RUN;
}

/* The one place where the wish changes. */
static void
output_set_wish(struct output *o, enum wish wish)
{
	if (o->wish == wish)
		return;
	log_debug("output=%s wanted: %s->%s", output_name(o),
	    wish_names[o->wish], wish_names[wish]);
	o->wish = wish;
}

static void
each_sender(struct output *o, void (*what)(struct sender *l))
{
	size_t i;

	for (i = 0; i < SENDER_ROLES; i++)
		if (o->senders[i])
			what(o->senders[i]);
}

/* ---- which address ---------------------------------------------------- */

static void
output_tell(struct output *o, const char *reason)
{
	enum child_state from = o->told;

	o->told = output_state(o);
	o->events.changed(o->events.arg, o, from, reason);
}

/* Every change of address happens here. */
static void
switch_to(struct output *o, enum sender_role role, const char *reason)
{
	o->active = role;
	log_warning("output=%s is sent to its %s address reason=%s",
	    output_name(o), sender_role_name(role), log_quote(reason));
	output_tell(o, reason);
}

static void
decide(struct output *o)
{
	struct sender *backup = o->senders[SENDER_BACKUP];
	bool sends = sender_state(backup) == CHILD_RUNNING;

	if (!failover_decide(&o->failover, sends, clock_awake_ns()))
		return;
	if (o->failover.on_backup) {
		sender_start(backup, "the primary address fails");
		switch_to(o, SENDER_BACKUP, "the primary address fails");
	} else {
		switch_to(o, SENDER_PRIMARY,
		    sends ? "it holds again" : "the backup does not work");
		sender_stop(backup, "the primary address holds again");
	}
}

/* Tells the failover what the primary's change of state says about it. */
static void
judge_primary(struct output *o, const struct sender *l, enum child_state from)
{
	enum child_state state = sender_state(l);

	if (sender_is_held(l) || !is_to_run(o)) {
		failover_excused(&o->failover);
		return;
	}
	if (state == CHILD_BACKOFF || state == CHILD_REJECTED)
		failover_failed(&o->failover);
	/* A restart that was asked for is no failure. */
	if (state != CHILD_STOPPING && from != CHILD_STOPPING)
		failover_sending(
		    &o->failover, state == CHILD_RUNNING, clock_awake_ns());
}

/* ---- what happens ----------------------------------------------------- */

/* Decides which address to use. It runs from a timer, never from within a
 * sender, for it may stop one. */
static void
output_deadline(void *arg)
{
	struct output *o = arg;

	if (!is_to_run(o))
		return;
	decide(o);
	timer_at(o->deadline, o->failover.deadline_ns);
}

static void
sender_changed(
    void *arg, struct sender *l, enum child_state from, const char *reason)
{
	struct output *o = arg;

	if (sender_role(l) == SENDER_PRIMARY)
		judge_primary(o, l, from);
	if (o->senders[SENDER_BACKUP])
		timer_at(o->deadline, clock_awake_ns());
	if (output_state(o) != o->told)
		output_tell(o, reason);
}

static void
group_changed(void *arg, const char *reason)
{
	struct output *o = arg;

	if (output_state(o) != o->told)
		output_tell(o, reason);
}

/* What is read back is the address's own. */
static void
group_on_air(void *arg, bool on)
{
	struct output *o = arg;

	sender_attend(
	    o->senders[SENDER_PRIMARY], on ? group_sender(&o->member) : NULL);
}

static void
sender_unheard(void *arg, const char *why)
{
	struct output *o = arg;

	group_fail(&o->member, why);
}

static void
group_lost(void *arg, enum cause cause, const char *why)
{
	struct output *o = arg;

	log_warning("output=%s has failed in the ffmpeg of group=%s and gets "
		    "an ffmpeg of its own until the group restarts; see why "
		    "its server failed: reason=%s",
	    output_name(o), o->conf->group, log_quote(why));
	sender_go_alone(o->senders[SENDER_PRIMARY], cause, why);
}

/* ---- receipts --------------------------------------------------------- */

static void
look_at_sender(void *arg, bool acks, struct owed_sender *out)
{
	sender_passing(carrier(arg), acks, out);
	sender_listening(active(arg), out);
}

static bool
read_with_picture(void *arg, struct owed_reader *out)
{
	return sender_reading(carrier(arg), out);
}

/* While both addresses are sent to, both may be listened to. */
static void
sender_heard(void *arg, const struct sender *s, json_t *receipt)
{
	struct output *o = arg;

	if (s == active(o))
		book_heard(&o->receipts, receipt);
}

bool
output_owes(const struct output *o, uint64_t id)
{
	return book_owes(&o->receipts, id);
}

void
output_spoken(struct output *o, uint64_t id, uint64_t from, uint64_t end)
{
	const struct owed_span span = { id, from, end,
		(uint32_t)o->channel->rate_hz };

	if (is_to_run(o))
		book_owe(&o->receipts, &span);
}

void
output_readers(struct output *o, const json_t *channel)
{
	book_readers(&o->receipts, channel);
}

void
output_disown(struct output *o, uint64_t id, const char *why)
{
	book_disown(&o->receipts, id, why);
}

/* ---- what is asked ---------------------------------------------------- */

static void
stop_senders(struct output *o, const char *reason)
{
	size_t i;

	for (i = 0; i < SENDER_ROLES; i++)
		if (o->senders[i])
			sender_stop(o->senders[i], reason);
}

/* Lets the group carry the output, as long as it has no ffmpeg of its own. */
static bool
goes_with_group(struct output *o, const char *reason)
{
	size_t i;

	for (i = 0; i < SENDER_ROLES; i++)
		if (o->senders[i] && sender_is_alive(o->senders[i]))
			return false;
	if (!group_start(&o->member, reason))
		return false;
	/* That is the address that the group's ffmpeg sends to. */
	failover_reset(&o->failover);
	o->active = SENDER_PRIMARY;
	stop_senders(o, reason);
	return true;
}

static void
output_begin_because(struct output *o, const char *reason)
{
	if (o->wish != WISH_RUN) {
		failover_reset(&o->failover);
		o->active = SENDER_PRIMARY;
	}
	output_set_wish(o, WISH_RUN);
	if (goes_with_group(o, reason))
		return;
	sender_start(o->senders[SENDER_PRIMARY], reason);
	if (o->active == SENDER_BACKUP)
		sender_start(active(o), reason);
}

void
output_start(struct output *o)
{
	output_begin_because(o, "start was asked for");
}

void
output_begin(struct output *o)
{
	if (o->wish == WISH_START)
		output_begin_because(o, "starts by itself");
}

static void
output_let_go(struct output *o, enum wish wish, const char *why)
{
	book_lose(&o->receipts, why);
	output_set_wish(o, wish);
	group_stop(&o->member, "stop was asked for");
	stop_senders(o, "stop was asked for");
}

void
output_stop(struct output *o)
{
	output_let_go(
	    o, WISH_NONE, "the output was stopped before it was known");
}

void
output_end(struct output *o)
{
	output_let_go(o, is_to_run(o) ? WISH_ENDED : o->wish,
	    "streamer-supervisor ended before it was known");
}

void
output_restart(struct output *o)
{
	if (o->wish != WISH_RUN)
		output_begin_because(o, "restart was asked for");
	else if (group_carries(&o->member) || group_is_ending(&o->member))
		group_restart(&o->member, "restart was asked for");
	else
		sender_restart(active(o), CAUSE_ASKED, "restart was asked for");
}

void
output_kill(struct output *o)
{
	each_sender(o, sender_kill);
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
	return o->wish == WISH_NONE;
}

const char *
output_channel(const struct output *o)
{
	return o->channel->block.name;
}

const char *
output_socket(const struct output *o)
{
	return o->socket;
}

const char *
output_active(const struct output *o)
{
	return sender_role_name(o->active);
}

/* An output is stopped once all its senders are. */
enum child_state
output_state(const struct output *o)
{
	enum child_state state = sender_state(carrier(o));
	struct sender *other = o->senders[!o->active];

	if (state == CHILD_STOPPED && other && !group_carries(&o->member))
		state = sender_state(other);
	if (state == CHILD_STOPPED && group_is_ending(&o->member))
		state = CHILD_STOPPING;
	return state;
}

bool
output_is_over(const struct output *o)
{
	size_t i;

	for (i = 0; i < SENDER_ROLES; i++)
		if (o->senders[i] && !sender_is_over(o->senders[i]))
			return false;
	return output_state(o) == CHILD_STOPPED &&
	       captioning_is_over(o->member.files.captioning);
}

int64_t
output_backoff_ms(const struct output *o)
{
	return sender_backoff_ms(carrier(o));
}

const uint64_t *
output_receipts(const struct output *o)
{
	return o->receipts.told;
}

void
output_facts(const struct output *o, struct sender_facts *out)
{
	const struct sender *other = o->senders[!o->active];
	struct sender_facts more;
	size_t i;

	sender_facts(carrier(o), out);
	sender_readings(active(o), out);
	if (group_carries(&o->member))
		out->listeners = heralding_listeners(o->member.files.heralding);
	if (other == NULL)
		return;
	sender_facts(other, &more);
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
	    !output_is_off(o));
	json_t *one = sender_status(carrier(o));

	body_merge(&all, one);
	json_decref(one);
	body_put(&all, "url", json_string(sender_url(active(o))));
	body_put(&all, "group", json_string(o->conf->group));
	body_put(&all, "carried", json_boolean(group_carries(&o->member)));
	if (group_carries(&o->member)) {
		one = sender_readings_status(active(o));
		body_merge(&all, one);
		json_decref(one);
		body_put(&all, "captions",
		    captioning_status(o->member.files.captioning));
		body_put(&all, "audience",
		    heralding_status(o->member.files.heralding));
	}
	body_put(&all, "state", json_string(child_state_name(output_state(o))));
	body_put(&all, "receipts", book_status(&o->receipts));
	if (o->senders[SENDER_BACKUP])
		body_put(&all,
		    sender_role_name(o->active == SENDER_PRIMARY
					 ? SENDER_BACKUP
					 : SENDER_PRIMARY),
		    sender_status(o->senders[!o->active]));
	return all;
}

/* ---- storage ---------------------------------------------------------- */

static int
make_sender(struct output *o, struct environment *env, enum sender_role role,
    struct conf_error *e)
{
	char label[80];
	const struct sender_spec spec = { .env = env,
		.label = label,
		.conf = o->conf,
		.timing = &o->conf->timing,
		.channel = o->channel,
		.socket = o->socket,
		.video = o->conf->picture ? o->conf->video : "",
		.encoder = (enum conf_encoder)o->conf->encoder,
		.role = role,
		.changed = sender_changed,
		.heard = sender_heard,
		.unheard = sender_unheard,
		.arg = o };

	snprintf(label, sizeof(label), "%s%s", output_name(o),
	    role == SENDER_BACKUP ? " address=backup" : "");
	return sender_new(&spec, &o->senders[role], e);
}

static int
join_group(struct output *o, struct environment *env, struct conf_error *e)
{
	int rc = plan_make(o->conf, "url", &o->member.plan, e);

	o->member.env = env;
	o->member.conf = o->conf;
	o->member.channel = o->channel;
	o->member.socket = o->socket;
	o->member.changed = group_changed;
	o->member.on_air = group_on_air;
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
		.wish = conf->autostart ? WISH_START : WISH_NONE,
		.failover = { .conf = &conf->failover },
		.receipts = { .env = env,
		    .output = conf->block.name,
		    .channel = channel->block.name,
		    .hears = conf->probe.hear,
		    .look = look_at_sender,
		    .reading = read_with_picture,
		    .arg = o } };
	failover_reset(&o->failover);
	if (o->socket)
		rc = timer_new(
		    env->loop, TIMER_COARSE, output_deadline, o, &o->deadline);
	if (rc == 0)
		rc = book_init(&o->receipts);
	if (rc == 0)
		rc = make_sender(o, env, SENDER_PRIMARY, e);
	if (rc == 0 && conf->failover.backup_url[0])
		rc = make_sender(o, env, SENDER_BACKUP, e);
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
	book_done(&o->receipts);
	group_part(&o->member);
	each_sender(o, sender_free);
	timer_free(o->deadline);
	free(o->socket);
	free(o);
}

/* ---- from one program to its successor ----------------------------------- */

static const struct record_field output_fields[] = {
	RECORD_FIELD_CHOICE(output, active, sender_role_names),
	RECORD_FIELD_CHOICE(output, told, child_state_names),
	RECORD_FIELD_CHOICE(output, wish, wish_names),
	RECORD_FIELD_PART(output, failover, failover_fields),
	RECORD_END,
};

json_t *
output_hand_over(const struct output *o, struct parcel *parcel)
{
	json_t *word = record_save(output_fields, o);
	size_t i;

	body_put(&word, "name", json_string(output_name(o)));
	body_put(&word, "receipts", book_hand_over(&o->receipts));
	for (i = 0; i < SENDER_ROLES; i++)
		if (o->senders[i])
			body_put(&word, sender_role_names[i],
			    sender_hand_over(o->senders[i], parcel));
	if (o->member.group)
		body_put(&word, "member", group_hand_over(&o->member, parcel));
	return word;
}

int
output_take_over(struct output *o, struct parcel *parcel, const json_t *word)
{
	int rc = record_load(output_fields, word, o);
	size_t i;

	for (i = 0; i < SENDER_ROLES && rc == 0; i++)
		if (o->senders[i])
			rc = sender_take_over(o->senders[i], parcel,
			    json_object_get(word, sender_role_names[i]));
	if (rc == 0 && o->member.group)
		rc = group_take_over(
		    &o->member, parcel, json_object_get(word, "member"));
	if (rc == 0)
		rc = book_take_over(
		    &o->receipts, json_object_get(word, "receipts"));
	if (rc == 0 && o->senders[SENDER_BACKUP])
		timer_at(o->deadline, clock_awake_ns());
	return rc;
}
