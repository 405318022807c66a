#include "streamer-supervisor/outputs/group_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/list.h"
#include "streamer-supervisor/ffmpeg/protocol.h"

bool
group_carries(const struct group_member *m)
{
	return m->carriage == GROUP_CARRIED;
}

static bool
has_failed(const struct group_member *m)
{
	return m->carriage == GROUP_LOST || m->carriage == GROUP_LOSING;
}

bool
group_is_ending(const struct group_member *m)
{
	return m->carriage == GROUP_LEAVING || has_failed(m);
}

size_t
group_count_carried(const struct group *g)
{
	const struct group_member *m;
	size_t n = 0;

	for (m = g->members; m; m = m->next)
		n += group_carries(m);
	return n;
}

/* ---- what becomes of a member ------------------------------------------- */

const char *const group_carriage_names[GROUP_CARRIAGE_COUNT] = {
#define X(name, text) [GROUP_##name] = text,
	GROUP_CARRIAGES(X)
#undef X
};

void
group_set_carriage(struct group_member *m, enum group_carriage carriage)
{
	log_debug("group=%s output=%s %s->%s", m->group->name,
	    m->conf->block.name, group_carriage_names[m->carriage],
	    group_carriage_names[carriage]);
	m->carriage = carriage;
}

/* Ends what goes along with the member while it is sent. */
static void
member_release(struct group_member *m)
{
	member_files_release(&m->files);
	m->on_air(m->arg, false);
}

/* The member is carried no longer, while the others go on. */
static void
group_lose(struct group_member *m, enum cause cause, const char *why)
{
	struct group *g = m->group;

	member_release(m);
	group_set_carriage(m, GROUP_OUT);
	if (group_count_carried(g) == 0)
		sender_stop(g->sender, "it has lost all of its outputs");
	m->lost(m->arg, cause, why);
}

/* The ffmpeg that carried the member is gone. */
static void
member_leave(struct group_member *m, const char *reason)
{
	bool lost = has_failed(m);

	group_set_carriage(m, GROUP_OUT);
	if (lost)
		m->lost(m->arg, m->cause, m->why);
	else
		m->changed(m->arg, reason);
}

void
group_expel(struct group_member *m, const char *reason)
{
	struct group *g = m->group;

	member_release(m);
	group_set_carriage(m, GROUP_LOST);
	if (group_count_carried(g) == 0)
		sender_stop(g->sender, "it has lost all of its outputs");
	else
		sender_restart(g->sender, m->cause, reason);
}

/* ---- files of members --------------------------------------------------- */

static bool
is_preparing(const struct group *g)
{
	const struct group_member *m = g->members;

	while (m && !m->files.preparing)
		m = m->next;
	return m != NULL;
}

static void
member_prepared(void *arg, const char *why)
{
	struct group_member *m = arg;
	struct group *g = m->group;

	if (why)
		group_lose(m, CAUSE_EXIT, why);
	if (!g->preparing || is_preparing(g))
		return;
	g->preparing = false;
	sender_prepared(g->sender);
}

static void
member_stuck(void *arg, enum cause cause, const char *why)
{
	struct group_member *m = arg;

	m->cause = cause;
	snprintf(m->why, sizeof(m->why), "%s", why);
	group_expel(m, "an output's files are stuck");
}

void
group_watch(struct group *g)
{
	bool on_air = sender_state(g->sender) == CHILD_RUNNING;
	struct group_member *m;

	for (m = g->members; m; m = m->next) {
		member_files_watch(&m->files, on_air && group_carries(m));
		m->on_air(m->arg, on_air && group_carries(m));
	}
}

/* ---- what the sender asks and tells ------------------------------------- */

static bool
group_prepare(void *arg)
{
	struct group *g = arg;
	struct group_member *m;

	g->preparing = false;
	for (m = g->members; m; m = m->next)
		if (group_carries(m) && member_files_prepare(&m->files))
			g->preparing = true;
	return g->preparing;
}

static bool
group_release(void *arg)
{
	struct group *g = arg;
	struct group_member *m;
	bool was = g->preparing;

	g->preparing = false;
	for (m = g->members; m; m = m->next)
		member_files_release(&m->files);
	return was;
}

static void
group_caption(void *arg, int64_t pid, const uint64_t *first_sample)
{
	struct group *g = arg;
	size_t i;

	for (i = 0; i < TEE_MAX; i++)
		if (g->slaves[i])
			member_files_caption(
			    &g->slaves[i]->files, pid, first_sample);
}

static char **
make_argv(void *arg, const struct invocation *start, struct redact *secrets)
{
	struct group *g = arg;
	struct tee_member members[TEE_MAX];
	const struct conf_channel *channel = NULL;
	struct group_member *m;
	size_t n = 0;

	memset(g->slaves, 0, sizeof(g->slaves));
	for (m = g->members; m && n < TEE_MAX; m = m->next) {
		if (!group_carries(m))
			continue;
		if (redact_add_url(secrets, m->conf->address.url) < 0)
			return NULL;
		channel = m->channel;
		g->slaves[n] = m;
		members[n++] = (struct tee_member){ &m->plan, m->conf,
			member_files_number(&m->files) };
	}
	return n ? tee_argv(members, n, channel, start) : NULL;
}

static void
sender_changed(
    void *arg, struct sender *l, enum child_state from, const char *reason)
{
	struct group *g = arg;
	struct group_member *m, *next;
	bool over = from == CHILD_STOPPING || !sender_is_alive(g->sender);

	(void)l;
	group_watch(g);
	for (m = g->members; m; m = next) {
		next = m->next;
		if (m->carriage == GROUP_CARRIED)
			m->changed(m->arg, reason);
		else if (m->carriage != GROUP_OUT && over)
			member_leave(m, reason);
	}
}

static void
group_member_lost(void *arg, unsigned index, const char *why)
{
	struct group *g = arg;
	struct group_member *m = index < TEE_MAX ? g->slaves[index] : NULL;

	if (m == NULL || !(group_carries(m) || m->carriage == GROUP_LOSING))
		return;
	g->slaves[index] = NULL;
	if (group_carries(m)) {
		group_lose(m, CAUSE_EXIT, why);
		return;
	}
	member_files_release(&m->files);
	member_leave(m, why);
}

static void
take_timing(struct group *g, const struct group_member *m)
{
	g->timing = m->conf->timing;
	if (g->timing.max_age_ns == 0)
		g->timing.max_age_ns = m->plan.protocol->max_age_ns;
}

void
group_retime(struct group *g)
{
	const struct group_member *m = g->members;

	while (m && !group_carries(m))
		m = m->next;
	if (m == NULL)
		return;
	take_timing(g, m);
	sender_retime(g->sender);
}

static void
gathered(void *arg)
{
	struct group *g = arg;

	g->gathering = false;
	if (group_count_carried(g) == 0)
		return;
	if (sender_state(g->sender) == CHILD_STOPPED)
		group_retime(g);
	sender_start(g->sender, "its outputs start");
}

void
group_gather(struct group *g)
{
	g->gathering = true;
	timer_at(g->gather, clock_awake_ns());
}

/* ---- members ---------------------------------------------------------- */

bool
group_start(struct group_member *m, const char *reason)
{
	struct group *g = m->group;

	/* It is about to have an ffmpeg of its own. */
	if (m->carriage == GROUP_LOSING)
		return true;
	/* The ffmpeg that it was to leave goes on with it once it has ended:
	 * with one of its own, two would write to the same place. */
	if (group_is_ending(m))
		m->carriage = GROUP_CARRIED;
	if (group_carries(m))
		sender_start(g->sender, reason);
	if (group_carries(m) || g == NULL || sender_is_alive(g->sender))
		return group_carries(m);
	group_set_carriage(m, GROUP_CARRIED);
	group_gather(g);
	return true;
}

void
group_stop(struct group_member *m, const char *reason)
{
	struct group *g = m->group;

	if (m->carriage == GROUP_LOST)
		group_set_carriage(m, GROUP_LEAVING);
	if (!group_carries(m) && m->carriage != GROUP_LOSING)
		return;
	member_release(m);
	group_set_carriage(
	    m, sender_is_alive(g->sender) ? GROUP_LEAVING : GROUP_OUT);
	if (group_count_carried(g) == 0)
		sender_stop(g->sender, reason);
	else if (sender_is_alive(g->sender))
		sender_restart(g->sender, CAUSE_ASKED, "an output has left");
	m->changed(m->arg, reason);
}

void
group_restart(struct group_member *m, const char *reason)
{
	sender_restart(m->group->sender, CAUSE_ASKED, reason);
}

void
group_kill(struct group_member *m)
{
	if (m->carriage != GROUP_OUT)
		sender_kill(m->group->sender);
}

const struct sender *
group_sender(const struct group_member *m)
{
	return m->group->sender;
}

/* ---- storage ---------------------------------------------------------- */

static void
group_discard(struct group *g)
{
	LIST_REMOVE(g->env->groups, g);
	sender_free(g->sender);
	timer_free(g->gather);
	timer_free(g->cut);
	free(g->socket);
	free(g);
}

static const struct launch_group launches = {
	.prepare = group_prepare,
	.argv = make_argv,
	.caption = group_caption,
	.release = group_release,
};

/* The name of the picture that the member shows; "": none. */
static const char *
member_video(const struct group_member *m)
{
	return m->conf->picture ? m->conf->video : "";
}

static struct group *
make(struct group_member *m)
{
	struct group *g = calloc(1, sizeof(*g));
	struct sender_spec spec = { .env = m->env,
		.role = SENDER_PRIMARY,
		.group = &launches,
		.lost = group_member_lost,
		.changed = sender_changed,
		.arg = g };
	struct conf_error e;

	if (g == NULL)
		return NULL;
	g->env = m->env;
	g->socket = strdup(m->socket);
	g->channel = *m->channel;
	snprintf(g->video, sizeof(g->video), "%s", member_video(m));
	g->encoder = (enum conf_encoder)m->conf->encoder;
	take_timing(g, m);
	snprintf(g->name, sizeof(g->name), "%s", m->conf->group);
	snprintf(g->label, sizeof(g->label), "group %s", g->name);
	spec.timing = &g->timing;
	spec.channel = &g->channel;
	spec.socket = g->socket;
	spec.video = g->video;
	spec.encoder = g->encoder;
	spec.label = g->label;
	if (g->socket == NULL ||
	    timer_new(g->env->loop, TIMER_COARSE, gathered, g, &g->gather) <
		0 ||
	    timer_new(g->env->loop, TIMER_COARSE, group_shed, g, &g->cut) < 0 ||
	    sender_new(&spec, &g->sender, &e) < 0) {
		group_discard(g);
		return NULL;
	}
	g->next = g->env->groups;
	g->env->groups = g;
	return g;
}

/* Is this the group that the member's configuration names? After a reload there
 * may be two of a name: one that ends, and one that sends what is another
 * channel now. */
static bool
is_group_of(const struct group *g, const struct group_member *m)
{
	return strcmp(g->name, m->conf->group) == 0 &&
	       strcmp(g->socket, m->socket) == 0 &&
	       strcmp(g->video, member_video(m)) == 0 &&
	       g->encoder == (enum conf_encoder)m->conf->encoder &&
	       g->channel.rate_hz == m->channel->rate_hz &&
	       g->channel.channels == m->channel->channels;
}

int
group_join(struct group_member *m)
{
	struct group *g = m->env->groups;

	while (g && !is_group_of(g, m))
		g = g->next;
	if (g == NULL)
		g = make(m);
	if (g == NULL)
		return ERR_NOMEM;
	m->group = g;
	LIST_APPEND(g->members, m);
	m->files = (struct member_files){ .env = m->env,
		.conf = m->conf,
		.timing = &g->timing,
		.plan = &m->plan,
		.channel = m->channel,
		.prepared = member_prepared,
		.stuck = member_stuck,
		.arg = m };
	return member_files_init(&m->files);
}

void
group_part(struct group_member *m)
{
	struct group *g = m->group;
	size_t i;

	if (g == NULL)
		return;
	member_files_done(&m->files);
	LIST_REMOVE(g->members, m);
	for (i = 0; i < TEE_MAX; i++)
		if (g->slaves[i] == m)
			g->slaves[i] = NULL;
	m->group = NULL;
	if (g->members == NULL)
		group_discard(g);
}
