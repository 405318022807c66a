/* What there is to know of a leg. */
#include <string.h>

#include "streamer-supervisor/sender/leg_internal.h"

static const char *const role_names[LEG_ROLES] = {
	[LEG_PRIMARY] = "primary", [LEG_BACKUP] = "backup"
};

const char *
leg_role_name(enum leg_role role)
{
	return role_names[role];
}

const char *
leg_channel(const struct leg *l)
{
	return l->spec.channel->block.name;
}

enum leg_role
leg_role(const struct leg *l)
{
	return l->spec.role;
}

enum child_state
leg_state(const struct leg *l)
{
	return l->child.state;
}

const char *
leg_url(const struct leg *l)
{
	return l->launch.url;
}

bool
leg_is_alive(const struct leg *l)
{
	return child_alive(&l->child);
}

bool
leg_is_held(const struct leg *l)
{
	return l->held;
}

int64_t
leg_backoff_ms(const struct leg *l)
{
	if (l->child.state != CHILD_BACKOFF && l->child.state != CHILD_REJECTED)
		return 0;
	return l->child.wait_ns / NS_PER_MS;
}

void
leg_facts(const struct leg *l, struct leg_facts *out)
{
	bool running = l->child.state == CHILD_RUNNING;

	*out = (struct leg_facts){ .restarts = l->child.restarts,
		.drops = l->watch.drops,
		.uptime_ns = running ? clock_now_ns() - l->child.ready_ns : 0,
		.out_time_us = l->run.progress.out_time_us,
		.bitrate_kbps = l->run.progress.bitrate_kbps,
		.speed = l->run.progress.speed,
		.last_error = l->last_error };
	memcpy(out->ends, l->history.by_cause, sizeof(out->ends));
}

json_t *
leg_status(const struct leg *l)
{
	struct leg_facts f;

	leg_facts(l, &f);
	return json_pack("{s:s, s:s, s:I, s:I, s:I, s:s, s:s, s:I, s:I, s:f,"
			 " s:f, s:I, s:o, s:o, s:s}",
	    "url", l->launch.url, "state", child_state_name(l->child.state),
	    "pid", (json_int_t)run_pid(&l->run), "uptime_ms",
	    (json_int_t)(f.uptime_ns / NS_PER_MS), "restarts",
	    (json_int_t)f.restarts, "last_exit", l->run.exit, "last_error",
	    f.last_error, "backoff_ms", (json_int_t)leg_backoff_ms(l),
	    "out_time_ms", (json_int_t)(f.out_time_us / 1000), "bitrate_kbps",
	    f.bitrate_kbps, "speed", f.speed, "drops", (json_int_t)f.drops,
	    "history", history_json(&l->history), "probe",
	    readback_status(l->watch.readback), "waits_for",
	    leg_waits_for_player(l) ? "a player" : "");
}

bool
leg_waits_for_player(const struct leg *l)
{
	return l->spec.conf->listen && l->child.state == CHILD_STARTING;
}
