/* Members that their listeners do not hear, though the group's ffmpeg sends to
 * them. */
#include <stdio.h>

#include "streamer-supervisor/outputs/group_internal.h"

/* A moment in which nothing is said is waited for so long. */
#define QUIET_NS (60 * NS_PER_S)
#define UNHEARD "an output's listeners do not get it"

/* ffmpeg has not let go of it: it is restarted without it, and the others lose
 * as little as may be. */
void
group_shed(void *arg)
{
	struct group *g = arg;
	const struct group_member *m = g->members;

	while (m && m->carriage != GROUP_LOSING)
		m = m->next;
	if (m)
		sender_renew(g->sender, m->cause, UNHEARD, QUIET_NS);
}

void
group_await_cut(struct group *g)
{
	timer_at(g->cut, clock_awake_ns() + g->timing.stop_timeout_ns);
}

static bool
member_cut(const struct group_member *m)
{
	const struct group *g = m->group;
	unsigned i = 0;

	while (i < TEE_MAX && g->slaves[i] != m)
		i++;
	return i < TEE_MAX && sender_cut(g->sender, tee_mark(i));
}

void
group_fail(struct group_member *m, const char *why)
{
	if (!group_carries(m))
		return;
	m->cause = CAUSE_PROBE;
	snprintf(m->why, sizeof(m->why), "%s", why);
	if (group_count_carried(m->group) == 1) {
		group_expel(m, UNHEARD);
		return;
	}
	m->on_air(m->arg, false);
	group_set_carriage(m, GROUP_LOSING);
	if (member_cut(m))
		group_await_cut(m->group);
	else
		group_shed(m->group);
	m->changed(m->arg, why);
}
