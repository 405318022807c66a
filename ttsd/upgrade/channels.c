/* A channel: its place in time, what its readers have yet to get, and they. */
#include <inttypes.h>

#include "common/body.h"
#include "common/conf/conf_told.h"
#include "common/control/fields.h"
#include "common/err.h"
#include "common/record.h"
#include "ttsd/upgrade/estate.h"

static const struct record_field counters_fields[] = {
	RECORD_FIELD(RECORD_COUNT, channel_counters, subscribers),
	RECORD_FIELD(RECORD_COUNT, channel_counters, refused),
	RECORD_FIELD(RECORD_COUNT, channel_counters, skips),
	RECORD_FIELD(RECORD_COUNT, channel_counters, drops),
	RECORD_FIELD(RECORD_COUNT, channel_counters, clock_skips),
	RECORD_END,
};

static json_t *
counters_save(const struct channel_counters *c)
{
	json_t *o = record_save(counters_fields, c);

	body_put(&o, "lateness", histogram_save(&c->lateness));
	return o;
}

static int
counters_restore(struct channel_counters *c, const json_t *word)
{
	histogram_restore(&c->lateness, json_object_get(word, "lateness"));
	return record_load(counters_fields, word, c);
}

/* ---- readers ---------------------------------------------------------- */

static const struct record_field reader_fields[] = {
	RECORD_FIELD_SIZE(subscriber, header_sent, WAV_HEADER_BYTES),
	RECORD_FIELD(RECORD_COUNT, subscriber, cursor),
	RECORD_FIELD(RECORD_BOOL, subscriber, lagging),
	RECORD_FIELD(RECORD_COUNT, subscriber, skips),
	RECORD_FIELD(RECORD_COUNT, subscriber, first_sample),
	RECORD_FIELD(RECORD_COUNT, subscriber, left_out),
	RECORD_FIELD(RECORD_COUNT, subscriber, edge),
	RECORD_END,
};

static json_t *
reader_save(struct estate *e, const struct subscriber *sub)
{
	json_t *o = record_save(reader_fields, sub);

	body_put(&o, "stream", stream_hand_over(sub->stream, e->parcel));
	return o;
}

static int
reader_restore(struct estate *e, struct channel *ch, const json_t *word)
{
	struct subscriber *sub;
	struct stream *s;
	int rc = stream_take_over(
	    e->loop, e->parcel, json_object_get(word, "stream"), &s);

	if (rc == 0)
		rc = channel_adopt(ch, s, &sub);
	if (rc == 0)
		rc = record_load(reader_fields, word, sub);
	if (rc < 0)
		return rc;
	if (sub->cursor > ch->ring.head)
		return ERR_INVALID;
	/* A shorter lag is allowed than before. */
	if (sub->cursor < ch->ring.tail)
		subscriber_skip(sub, &ch->ring, ch->sample_bytes);
	return 0;
}

/* ---- what they have yet to get ---------------------------------------- */

static uint64_t
first_unread(const struct channel *ch)
{
	const struct subscriber *sub;
	uint64_t from = ch->ring.head;

	for (sub = ch->subscribers; sub; sub = sub->next)
		if (sub->cursor < from)
			from = sub->cursor;
	return from;
}

static json_t *
ring_save(struct estate *e, const struct channel *ch)
{
	uint64_t from = first_unread(ch), at = from;
	json_t *o = json_pack("{s:I}", "from", (json_int_t)from);
	json_t *pieces = json_array();
	const uint8_t *data;
	size_t len;

	for (; at < ch->ring.head; at += len) {
		len = ring_peek(&ch->ring, at, &data);
		body_append(&pieces, parcel_add(e->parcel, data, len));
	}
	body_put(&o, "pieces", pieces);
	return o;
}

static int
ring_restore(struct estate *e, struct ring *r, const json_t *word)
{
	const json_t *pieces = json_object_get(word, "pieces");
	const uint8_t *data;
	size_t i, len, over;
	int rc = 0;

	ring_jump(r, body_count(word, "from"));
	for (i = 0; i < json_array_size(pieces) && rc == 0; i++) {
		rc = parcel_find(
		    e->parcel, json_array_get(pieces, i), &data, &len);
		over = len > r->size ? len - r->size : 0;
		if (over > 0)
			ring_jump(r, over);
		if (rc == 0 && len > 0)
			ring_write(r, data + over, len - over);
	}
	return rc;
}

/* ---- the whole -------------------------------------------------------- */

json_t *
channel_save(struct estate *e, const struct channel *ch)
{
	json_t *o = json_pack("{s:s, s:I, s:I, s:I, s:I}", "name",
	    channel_name(ch), "rate", (json_int_t)ch->conf->rate_hz, "channels",
	    (json_int_t)ch->conf->channels, "chunk",
	    (json_int_t)ch->pacer.chunk, "position",
	    (json_int_t)ch->pacer.position);
	json_t *readers = json_array();
	const struct subscriber *sub;

	/* Its socket could not be opened when it came with an upgrade. */
	if (ch->listener)
		body_put(&o, "listener",
		    listener_hand_over(ch->listener, e->parcel));
	body_put(&o, "ring", ring_save(e, ch));
	for (sub = ch->subscribers; sub; sub = sub->next)
		body_append(&readers, reader_save(e, sub));
	body_put(&o, "readers", readers);
	body_put(&o, "counters", counters_save(&ch->counters));
	body_put(&o, "defaults", defaults_save(&ch->defaults));
	body_put(&o, "playout", playout_save(e, &ch->playout));
	return o;
}

static bool
is_of_same_format(const struct channel *ch, const json_t *word)
{
	return body_integer(word, "rate", 0) == ch->conf->rate_hz &&
	       body_integer(word, "channels", 0) == ch->conf->channels &&
	       body_integer(word, "chunk", 0) == ch->pacer.chunk;
}

/* The list is made in the order in which they came. */
static int
readers_restore(struct estate *e, struct channel *ch, const json_t *list)
{
	size_t i;
	int rc = 0;

	for (i = json_array_size(list); i > 0 && rc == 0; i--)
		rc = reader_restore(e, ch, json_array_get(list, i - 1));
	return rc;
}

static bool
is_configured_anew(
    const struct estate *e, const struct channel *ch, const char *const *keys)
{
	return conf_told_differs(
	    e->was, e->now, "channel", channel_name(ch), keys);
}

#define SPEECH_KEY(name, key, ...) key,

/* What the configuration says anew counts more than what `set` had said. */
static int
speech_restore(struct estate *e, struct channel *ch, const json_t *word)
{
	static const char *const keys[] = { "engine",
		SPEECH_PARAMETERS(SPEECH_KEY, SPEECH_KEY) NULL };

	return is_configured_anew(e, ch, keys)
		   ? 0
		   : defaults_restore(&ch->defaults, word);
}

/* The same of music: the new follows on the old as at `set`. */
static int
renew_music(struct estate *e, struct channel *ch)
{
	static const char *const beds[] = { "bed", NULL };
	static const char *const volumes[] = { "bed_volume", NULL };
	const struct conf_channel *conf = ch->conf;
	struct bed *bed = &ch->playout.bed;

	if (is_configured_anew(e, ch, volumes))
		bed_set_volume(bed, (uint32_t)conf->bed_volume);
	return is_configured_anew(e, ch, beds)
		   ? bed_set(bed, conf->bed[0] ? conf->bed : NULL)
		   : 0;
}

/* Readers were told the format, and it cannot change under them: with another
 * they are left behind, and join again. */
static int
stream_restore(struct estate *e, struct channel *ch, const json_t *word)
{
	int rc = ring_restore(e, &ch->ring, json_object_get(word, "ring"));

	ch->pacer.position = body_count(word, "position");
	return rc == 0
		   ? readers_restore(e, ch, json_object_get(word, "readers"))
		   : rc;
}

int
channel_restore(struct estate *e, struct channel *ch, const json_t *word)
{
	int rc =
	    counters_restore(&ch->counters, json_object_get(word, "counters"));

	e->afresh = !is_of_same_format(ch, word);
	if (rc == 0 && !e->afresh)
		rc = stream_restore(e, ch, word);
	if (rc == 0)
		rc = speech_restore(e, ch, json_object_get(word, "defaults"));
	if (rc == 0)
		rc = playout_restore_all(
		    e, &ch->playout, json_object_get(word, "playout"));
	e->afresh = false;
	return rc == 0 ? renew_music(e, ch) : rc;
}
