/* What there is to know of a sender. */
#include <string.h>

#include "common/body.h"
#include "streamer-supervisor/sender/sender_internal.h"

const char *const sender_role_names[SENDER_ROLES] = {
	[SENDER_PRIMARY] = "primary", [SENDER_BACKUP] = "backup"
};

const char *
sender_role_name(enum sender_role role)
{
	return sender_role_names[role];
}

const char *
sender_channel(const struct sender *s)
{
	return s->spec.channel->block.name;
}

enum sender_role
sender_role(const struct sender *s)
{
	return s->spec.role;
}

enum child_state
sender_state(const struct sender *s)
{
	return s->child.state;
}

const char *
sender_url(const struct sender *s)
{
	return s->launch.url;
}

bool
sender_is_alive(const struct sender *s)
{
	return child_alive(&s->child);
}

bool
sender_is_held(const struct sender *s)
{
	return s->wait == WAIT_SOURCE;
}

int64_t
sender_backoff_ms(const struct sender *s)
{
	if (s->child.state != CHILD_BACKOFF && s->child.state != CHILD_REJECTED)
		return 0;
	return s->child.wait_ns / NS_PER_MS;
}

static int64_t
find_age_ms(int64_t when_ns)
{
	return when_ns ? (clock_awake_ns() - when_ns) / NS_PER_MS : -1;
}

/* What is awaited is no failure: it is told of no longer than it is. */
static const char *
find_trouble(const struct sender *s)
{
	bool waits = sender_is_held(s) && s->child.state == CHILD_BACKOFF;

	return waits ? s->launch.why : s->last_error;
}

void
sender_facts(const struct sender *s, struct sender_facts *out)
{
	bool running = s->child.state == CHILD_RUNNING;

	*out = (struct sender_facts){ .restarts = s->child.restarts,
		.drops = s->monitor.drops,
		.uptime_ns = running ? clock_awake_ns() - s->child.ready_ns : 0,
		.out_time_us = s->run.progress.out_time_us,
		.bitrate_kbps = s->run.progress.bitrate_kbps,
		.speed = s->run.progress.speed,
		.pictured = view_is_wanted(&s->launch.view),
		.encoder = view_encoder(&s->launch.view),
		.frames = s->run.progress.frames,
		.duplicated = s->run.progress.duplicated,
		.dropped = s->run.progress.dropped,
		.sound_age_ms = find_age_ms(s->run.progress.time_ns),
		.frames_age_ms = find_age_ms(s->run.progress.frames_ns),
		.listeners = heralding_listeners(s->launch.heralding),
		.last_error = find_trouble(s) };
	memcpy(out->ends, s->history.by_cause, sizeof(out->ends));
}

void
sender_readings(const struct sender *s, struct sender_facts *out)
{
	out->read_back = readback_ahead(s->monitor.readback, &out->ahead_s);
	out->hears = hearing_facts(s->monitor.hearing, &out->heard);
}

json_t *
sender_readings_status(const struct sender *s)
{
	return json_pack("{s:o, s:o}", "probe",
	    readback_status(s->monitor.readback), "heard",
	    hearing_status(s->monitor.hearing));
}

static json_t *
picture_status(const struct view *v, const struct sender_facts *f)
{
	if (!f->pictured)
		return json_null();
	return json_pack("{s:s, s:b, s:s, s:s, s:I, s:I, s:I}", "video",
	    v->video, "sent", v->sent, "why", v->sent ? "" : v->why, "encoder",
	    f->encoder, "frames", (json_int_t)f->frames, "duplicated",
	    (json_int_t)f->duplicated, "dropped", (json_int_t)f->dropped);
}

/* Which of the two streams gets on? A picture that is not sent has none. */
static json_t *
streams_status(const struct view *v, const struct sender_facts *f)
{
	json_t *picture = json_null();

	if (v->sent)
		picture =
		    json_pack("{s:I, s:I}", "frames", (json_int_t)f->frames,
			"age_ms", (json_int_t)f->frames_age_ms);
	return json_pack("{s:{s:I, s:I}, s:o}", "sound", "out_time_ms",
	    (json_int_t)(f->out_time_us / 1000), "age_ms",
	    (json_int_t)f->sound_age_ms, "picture", picture);
}

json_t *
sender_status(const struct sender *s)
{
	json_t *all, *readings = sender_readings_status(s);
	struct sender_facts f;

	sender_facts(s, &f);
	all = json_pack("{s:s, s:s, s:I, s:I, s:I, s:s, s:s, s:I, s:I, s:f,"
			" s:f, s:I, s:o, s:o, s:o, s:o, s:o, s:s}",
	    "url", s->launch.url, "state", child_state_name(s->child.state),
	    "pid", (json_int_t)ffmpeg_run_pid(&s->run), "uptime_ms",
	    (json_int_t)(f.uptime_ns / NS_PER_MS), "restarts",
	    (json_int_t)f.restarts, "last_exit", s->run.exit, "last_error",
	    f.last_error, "backoff_ms", (json_int_t)sender_backoff_ms(s),
	    "out_time_ms", (json_int_t)(f.out_time_us / 1000), "bitrate_kbps",
	    f.bitrate_kbps, "speed", f.speed, "drops", (json_int_t)f.drops,
	    "streams", streams_status(&s->launch.view, &f), "history",
	    history_json(&s->history), "picture",
	    picture_status(&s->launch.view, &f), "captions",
	    captioning_status(s->launch.captioning), "audience",
	    heralding_status(s->launch.heralding), "waits_for",
	    sender_waits_for_player(s) ? "a player" : "");
	body_merge(&all, readings);
	json_decref(readings);
	return all;
}

bool
sender_listens(const struct sender *s)
{
	return s->launch.plan.listens ||
	       (s->spec.conf && s->spec.conf->address.listen);
}

bool
sender_waits_for_player(const struct sender *s)
{
	return sender_listens(s) && s->child.state == CHILD_STARTING;
}
