/* How far a sender is with what it sends, for the receipts of it. */
#include "common/args/words.h"
#include "streamer-supervisor/ffmpeg/protocol.h"
#include "streamer-supervisor/sender/sender_internal.h"

/* The ears of two addresses are told apart by their numbers. */
#define EARS_OF_BACKUP (UINT64_C(1) << 32)

static uint64_t
number_ear(const struct sender *s)
{
	uint64_t ear = hearing_ear(s->monitor.hearing);

	if (ear && s->spec.role == SENDER_BACKUP)
		ear += EARS_OF_BACKUP;
	return ear;
}

/* Is what its connection acknowledges all of the sound? Its own options may
 * have it sent otherwise; and of a group nobody knows whose a connection is. */
static bool
sender_delivers(const struct sender *s)
{
	const struct ffmpeg_protocol *p = s->launch.plan.protocol;
	const struct conf_output *o = s->spec.conf;

	return p && o && words_count(o->extra_output_args) == 0 &&
	       (p->delivers & BIT(o->address.transport)) != 0;
}

/* Why it has no ffmpeg that sends, or no longer the one that it had. */
static const char *
explain_absence(const struct sender *s)
{
	if (sender_waits_for_player(s))
		return "it waits for a player";
	if (s->ended[0])
		return s->ended;
	return s->reason[0] ? s->reason : "it has not begun yet";
}

/* A listener that waits for its player has an ffmpeg which reads nothing. */
void
sender_passing(const struct sender *s, bool acks, struct owed_sender *out)
{
	const struct ffmpeg_run *r = &s->run;

	*out = (struct owed_sender){
		.pid = sender_waits_for_player(s) ? 0 : ffmpeg_run_pid(r),
		.ran_ns = clock_now_ns() - r->started_ns,
		.sends = s->child.state == CHILD_RUNNING,
		.sent_us = r->progress.sure_us,
		.acknowledges = sender_delivers(s),
		.why = explain_absence(s)
	};
	if (acks && out->acknowledges)
		out->connections = ffmpeg_run_acknowledged(
		    r, &out->acknowledged, &out->unacknowledged);
}

void
sender_listening(const struct sender *s, struct owed_sender *out)
{
	out->ear = number_ear(s);
	out->ear_lost = hearing_lost(s->monitor.hearing);
}

/* Which samples were left out for it is not told: once some were, nothing is
 * known of the rest. */
bool
sender_reading(const struct sender *s, struct owed_reader *out)
{
	int64_t pid = ffmpeg_run_pid(&s->run);

	*out = (struct owed_reader){ .pid = pid,
		.reached = UINT64_MAX,
		.rate_hz = (uint32_t)s->spec.channel->rate_hz };
	if (!s->launch.view.sent ||
	    !view_first_sample(&s->launch.view, pid, &out->first_sample))
		return false;
	out->edge = s->monitor.drops > 0 ? UINT64_MAX : out->first_sample;
	return true;
}
