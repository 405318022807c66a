/* What `channels` and `status` say of a channel. */
#include "common/body.h"
#include "ttsd/air/channel.h"

static json_int_t
bytes_to_ms(const struct channel *ch, uint64_t bytes)
{
	return (
	    json_int_t)(bytes / ch->sample_bytes * 1000 / ch->pacer.rate_hz);
}

json_t *
channel_describe(const struct channel *ch)
{
	return json_pack("{s:s, s:I, s:I, s:I, s:s, s:s?, s:s}", "name",
	    channel_name(ch), "rate", (json_int_t)ch->conf->rate_hz, "channels",
	    (json_int_t)ch->conf->channels, "frame_ms",
	    (json_int_t)ch->conf->frame_ms, "engine",
	    engine_name(ch->defaults.engine), "voice",
	    ch->defaults.speech.voice, "audio_socket", ch->path);
}

static json_t *
list_subscribers(const struct channel *ch)
{
	json_t *list = json_array();
	const struct subscriber *sub;

	for (sub = ch->subscribers; sub; sub = sub->next)
		body_append(&list,
		    json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "pid",
			(json_int_t)sub->pid, "lag_ms",
			bytes_to_ms(ch, subscriber_lag(sub, &ch->ring)),
			"kernel_bytes", (json_int_t)stream_unread(sub->stream),
			"skips", (json_int_t)sub->skips, "first_sample",
			(json_int_t)sub->first_sample, "left_out",
			(json_int_t)sub->left_out, "edge",
			(json_int_t)sub->edge));
	return list;
}

static json_t *
list_counters(const struct channel *ch)
{
	const struct playout_counters *p = &ch->playout.counters;
	const struct channel_counters *c = &ch->counters;
	json_t *o = json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I}",
	    "subscribers", (json_int_t)c->subscribers, "refused",
	    (json_int_t)c->refused, "skips", (json_int_t)c->skips, "drops",
	    (json_int_t)c->drops, "clock_skips", (json_int_t)c->clock_skips,
	    "underruns", (json_int_t)p->underruns, "starved_samples",
	    (json_int_t)p->starved_samples);
	int i;

	for (i = 0; i < OUTCOME_COUNT; i++)
		body_put(&o, outcome_name((enum outcome)i),
		    json_integer((json_int_t)p->outcomes[i]));
	return o;
}

json_t *
channel_status(const struct channel *ch)
{
	json_t *o = channel_describe(ch);

	body_put(&o, "sample", json_integer((json_int_t)ch->pacer.position));
	body_put(&o, "state",
	    json_string(playout_state_name(playout_state(&ch->playout))));
	body_put(&o, "queue",
	    json_integer((json_int_t)playout_waiting(&ch->playout)));
	body_put(&o, "subscribers", list_subscribers(ch));
	body_put(&o, "counters", list_counters(ch));
	return o;
}
