/* What `channels` and `status` say of a channel. */
#include <string.h>

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

/* ---- how it speaks ---------------------------------------------------- */

static bool
is_same_text(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "") == 0;
}

/* A number below its range is the engine's own, whichever it is. */
static bool
is_same_number(const struct speech_parameter *p, int64_t a, int64_t b)
{
	return a == b || (a < p->low && b < p->low);
}

/* Has `set` changed it? A voice that nobody chose is the engine's own. */
static bool
is_set(const struct channel *ch, const struct speech_parameter *p)
{
	const struct speech_parameters *conf = &ch->conf->speech;
	const struct speech_parameters *own = &ch->defaults.speech;
	bool is_voice = strcmp(p->name, "voice") == 0;

	if (is_voice && !ch->defaults.voice_chosen)
		return speech_text(conf, p) != NULL;
	if (p->is_text)
		return !is_same_text(speech_text(own, p), speech_text(conf, p));
	return !is_same_number(
	    p, speech_number(own, p), speech_number(conf, p));
}

static json_t *
speech_value(
    const struct speech_parameters *s, const struct speech_parameter *p)
{
	const char *text = p->is_text ? speech_text(s, p) : NULL;

	if (text)
		return json_string(text);
	return p->is_text || speech_number(s, p) < p->low
		   ? json_null()
		   : json_integer(speech_number(s, p));
}

/* By the names of `set`; null: the engine's own, or no music. */
static json_t *
describe_speaking(const struct channel *ch)
{
	const struct bed *bed = &ch->playout.bed;
	const struct speech_parameter *p;
	json_t *o = json_object();

	for (p = speech_parameters; p->name; p++)
		body_put(&o, p->name, speech_value(&ch->defaults.speech, p));
	body_put(&o, "bed", bed->clip ? json_string(bed->clip) : json_null());
	body_put(&o, "bed_volume", json_integer(bed->volume));
	return o;
}

static json_t *
list_set(const struct channel *ch)
{
	const struct bed *bed = &ch->playout.bed;
	const struct speech_parameter *p;
	json_t *list = json_array();

	for (p = speech_parameters; p->name; p++)
		if (is_set(ch, p))
			body_append(&list, json_string(p->name));
	if (!is_same_text(bed->clip, ch->conf->bed))
		body_append(&list, json_string("bed"));
	if (bed->volume != ch->conf->bed_volume)
		body_append(&list, json_string("bed_volume"));
	return list;
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
	body_put(&o, "speaks", describe_speaking(ch));
	body_put(&o, "set", list_set(ch));
	body_put(&o, "subscribers", list_subscribers(ch));
	body_put(&o, "counters", list_counters(ch));
	return o;
}
