#include "ttsd/air/channel.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/list.h"

/* The kernel may hold so many chunks for a reader: about what a healthy one
 * leaves there while it is busy. */
#define KERNEL_CHUNKS 12
/* Linux adds about so many bytes to a small write in a socket buffer: measured
 * with SIOCOUTQ, 480 bytes of payload count as 1,280. */
#define KERNEL_OVERHEAD 1024

/* Who has been there for so long reads; others only look whether there is
 * something to read, as a supervisor does without a ttsd that tells. */
#define READING_MS 100

static const int64_t lateness_bounds_ns[] = { NS_PER_MS / 2, 1 * NS_PER_MS,
	2 * NS_PER_MS, 5 * NS_PER_MS, 10 * NS_PER_MS, 20 * NS_PER_MS,
	50 * NS_PER_MS, 100 * NS_PER_MS, INT64_MAX };

const char *
channel_name(const struct channel *ch)
{
	return ch->conf->block.name;
}

/* ---- subscribers ------------------------------------------------------ */

static void
tell_subscriber(
    struct channel *ch, const struct subscriber *sub, const char *state)
{
	event_publish(ch->server, EVENT_SUBSCRIBER, channel_name(ch),
	    SERVER_ANY_LEAD, ch->pacer.position,
	    json_pack("{s:s, s:I, s:I, s:I, s:I, s:I}", "state", state, "pid",
		(json_int_t)sub->pid, "first_sample",
		(json_int_t)sub->first_sample, "skips", (json_int_t)sub->skips,
		"left_out", (json_int_t)sub->left_out, "edge",
		(json_int_t)sub->edge));
}

static void
leave(void *arg, struct subscriber *sub)
{
	struct channel *ch = arg;

	LIST_REMOVE(ch->subscribers, sub);
	ch->subscriber_count--;
	log_debug("channel=%s subscriber left pid=%" PRId64, channel_name(ch),
	    sub->pid);
	tell_subscriber(ch, sub, "left");
	subscriber_free(sub);
}

static void
skipped(struct channel *ch, struct subscriber *sub)
{
	ch->counters.skips++;
	sub->edge = ch->pacer.position;
	if (sub->lagging)
		return;
	sub->lagging = true;
	tell_subscriber(ch, sub, "lagging");
	if (log_allow(&ch->complaints, clock_now_ns()))
		log_warning("channel=%s subscriber pid=%" PRId64
			    " reads too slowly; it was moved to the live edge",
		    channel_name(ch), sub->pid);
}

/* Gives the subscriber what it takes; may free it. */
static void
push(void *arg, struct subscriber *sub)
{
	struct channel *ch = arg;
	bool drop = ch->conf->overflow == OVERFLOW_DROP;

	switch (subscriber_push(
	    sub, &ch->ring, ch->lag_max, drop, ch->sample_bytes)) {
	case SUBSCRIBER_FINE:
		break;
	case SUBSCRIBER_SKIPPED:
		skipped(ch, sub);
		break;
	case SUBSCRIBER_OVERFLOWED:
		ch->counters.drops++;
		log_warning("channel=%s subscriber pid=%" PRId64
			    " reads too slowly; it was disconnected",
		    channel_name(ch), sub->pid);
		leave(ch, sub);
		break;
	case SUBSCRIBER_GONE:
		leave(ch, sub);
		break;
	}
}

static void
push_all(struct channel *ch)
{
	struct subscriber *sub, *next;

	for (sub = ch->subscribers; sub; sub = next) {
		next = sub->next;
		push(ch, sub);
	}
}

static void
channel_refuse(struct channel *ch, struct stream *s)
{
	ch->counters.refused++;
	if (log_allow(&ch->complaints, clock_now_ns()))
		log_warning("channel=%s more than %" PRId64
			    " subscribers at once; the newest are refused",
		    channel_name(ch), ch->conf->subscribers_max);
	stream_close(s);
}

/* Bytes of a subscriber's kernel buffer: enough for a reader that is busy for a
 * moment, and no seconds of stale sound. */
static size_t
kernel_buffer(const struct channel *ch)
{
	return KERNEL_CHUNKS *
	       (ch->pacer.chunk * ch->sample_bytes + KERNEL_OVERHEAD) / 2;
}

static const struct subscriber_events subscriber_events = {
	.writable = push,
	.gone = leave,
};

int
channel_adopt(struct channel *ch, struct stream *s, struct subscriber **out)
{
	int rc = subscriber_new(s, &ch->ring, &subscriber_events, ch, out);
	struct subscriber *sub = *out;

	if (rc < 0)
		return rc;
	sub->first_sample = sub->edge = ch->pacer.position;
	wav_header(
	    sub->header, ch->pacer.rate_hz, (uint16_t)ch->conf->channels);
	sub->next = ch->subscribers;
	ch->subscribers = sub;
	ch->subscriber_count++;
	return 0;
}

static void
joined(void *arg, struct stream *s)
{
	struct channel *ch = arg;
	struct subscriber *sub;

	if (ch->subscriber_count >= (size_t)ch->conf->subscribers_max) {
		channel_refuse(ch, s);
		return;
	}
	channel_wake(ch);
	stream_set_buffer(s, kernel_buffer(ch));
	if (channel_adopt(ch, s, &sub) < 0) {
		ch->counters.refused++;
		if (log_allow(&ch->complaints, clock_now_ns()))
			log_warning("channel=%s a subscriber is refused: out "
				    "of memory",
			    channel_name(ch));
		return;
	}
	ch->counters.subscribers++;
	log_debug("channel=%s subscriber joined pid=%" PRId64, channel_name(ch),
	    sub->pid);
	tell_subscriber(ch, sub, "joined");
	push(ch, sub);
	ch->woken(ch->arg);
}

/* ---- the clock -------------------------------------------------------- */

static bool
awake(const struct channel *ch)
{
	return ch->subscribers != NULL || playout_busy(&ch->playout);
}

int64_t
channel_next_ns(const struct channel *ch)
{
	/* A channel that sleeps wakes for what is scheduled. */
	return awake(ch) ? pacer_next_ns(&ch->pacer)
			 : playout_next_due_ns(&ch->playout);
}

static void
jump(struct channel *ch, uint64_t samples)
{
	ring_jump(&ch->ring, samples * ch->sample_bytes);
	ch->playout.position = ch->pacer.position;
}

void
channel_wake(struct channel *ch)
{
	uint64_t due;

	if (awake(ch))
		return;
	/* Nobody hears the music, so the engine that makes it may rest. */
	bed_rest(&ch->playout.bed);
	due = pacer_due(&ch->pacer, clock_now_ns());
	ch->pacer.position += due;
	jump(ch, due);
}

/* Leaves out what nobody could hear, after the machine had slept. */
static void
skip_if_late(struct channel *ch, int64_t now_ns)
{
	struct subscriber *sub;
	uint64_t skipped_samples = pacer_skip(&ch->pacer, now_ns);

	if (skipped_samples == 0)
		return;
	jump(ch, skipped_samples);
	for (sub = ch->subscribers; sub; sub = sub->next) {
		subscriber_skip(sub, &ch->ring, ch->sample_bytes);
		sub->edge = ch->pacer.position;
	}
	ch->counters.clock_skips++;
	log_warning("channel=%s %" PRIu64
		    " ms of the stream are left out: ttsd "
		    "did not run for that long (the machine slept, or was "
		    "overloaded)",
	    channel_name(ch), skipped_samples * 1000 / ch->pacer.rate_hz);
	event_publish(ch->server, EVENT_CLOCK, channel_name(ch),
	    SERVER_ANY_LEAD, ch->pacer.position,
	    json_pack("{s:I}", "skipped", (json_int_t)skipped_samples));
}

static uint64_t
count_reading(const struct channel *ch)
{
	uint64_t least = playout_samples(&ch->playout, READING_MS), n = 0;
	const struct subscriber *sub;

	for (sub = ch->subscribers; sub; sub = sub->next)
		n += ch->pacer.position - sub->first_sample >= least;
	return n;
}

/* What an earlier ttsd has left begins when its readers are back. */
static void
look_for_readers(struct channel *ch, int64_t now_ns)
{
	if (hold_is_on(&ch->playout.hold))
		hold_advance(&ch->playout.hold, count_reading(ch), now_ns);
}

static void
make_chunk(struct channel *ch)
{
	render_fill(
	    &ch->playout, ch->chunk, ch->pacer.chunk, ch->pacer.position);
	mark_add(&ch->mark, ch->chunk, ch->pacer.chunk,
	    (unsigned)ch->conf->channels, ch->pacer.position);
	ring_write(&ch->ring, ch->chunk, ch->pacer.chunk * ch->sample_bytes);
	ch->pacer.position += ch->pacer.chunk;
}

void
channel_tick(struct channel *ch, int64_t now_ns)
{
	int64_t due_ns;

	if (!awake(ch)) {
		channel_wake(ch);
		playout_advance(&ch->playout, now_ns);
		playout_flush(&ch->playout);
	}
	if (!awake(ch))
		return;
	skip_if_late(ch, now_ns);
	while (pacer_due(&ch->pacer, now_ns) > 0) {
		due_ns = pacer_next_ns(&ch->pacer);
		look_for_readers(ch, now_ns);
		playout_advance(&ch->playout, now_ns);
		make_chunk(ch);
		push_all(ch);
		histogram_add(&ch->counters.lateness, clock_now_ns() - due_ns);
	}
	playout_flush(&ch->playout);
}

uint64_t
channel_position(const struct channel *ch, int64_t now_ns)
{
	uint64_t due = awake(ch) ? 0 : pacer_due(&ch->pacer, now_ns);

	return ch->pacer.position + due;
}

int64_t
channel_lag_ns(const struct channel *ch)
{
	const struct subscriber *sub;
	uint64_t lag, most = 0;

	for (sub = ch->subscribers; sub; sub = sub->next) {
		lag = subscriber_lag(sub, &ch->ring);
		if (lag > most)
			most = lag;
	}
	return (
	    int64_t)(most / ch->sample_bytes * NS_PER_S / ch->pacer.rate_hz);
}

/* ---- life ------------------------------------------------------------- */

/* Opens what is heard when nothing is said: bed and noise. */
static int
open_music(struct channel *ch, struct engine *clips)
{
	const struct conf_channel *conf = ch->conf;
	const struct bed_format format = { .rate_hz = (uint32_t)conf->rate_hz,
		.channels = (uint32_t)conf->channels };
	const struct bed_ducking ducking = { .db = conf->duck_db,
		.attack_ns = conf->duck_attack_ns,
		.release_ns = conf->duck_release_ns };
	struct bed *bed = &ch->playout.bed;
	int rc;

	noise_init(&ch->playout.noise, (int)conf->comfort_noise_db);
	rc = bed_init(bed, channel_name(ch), clips, &format, &ducking);
	bed_set_volume(bed, (uint32_t)conf->bed_volume);
	if (rc == 0 && conf->bed[0])
		rc = bed_set(bed, conf->bed);
	return rc;
}

static int
open_stream(struct channel *ch, int64_t epoch_ns, struct engine *clips)
{
	const struct conf_channel *conf = ch->conf;
	uint32_t rate = (uint32_t)conf->rate_hz;
	uint32_t chunk = (uint32_t)(rate * conf->frame_ms / 1000);
	struct playout_format format = { .rate_hz = rate,
		.channels = (uint32_t)conf->channels,
		.chunk = chunk };
	int rc;

	ch->sample_bytes = sizeof(int16_t) * (size_t)conf->channels;
	ch->lag_max = (uint64_t)conf->lag_max_ns / NS_PER_MS * rate / 1000 *
		      ch->sample_bytes;
	pacer_init(&ch->pacer, epoch_ns, rate, chunk);
	rc = playout_init(&ch->playout, channel_name(ch), ch->server, &format,
	    (size_t)conf->queue_max);
	if (rc == 0)
		rc = ends_init(&ch->playout.ends, ch->loop, channel_name(ch));
	if (rc == 0)
		rc = open_music(ch, clips);
	if (rc == 0 && conf->watermark)
		rc = mark_init(&ch->mark, channel_name(ch), rate);
	ch->chunk = calloc(chunk, ch->sample_bytes);
	ch->path = strdup(ch->path);
	if (ch->chunk == NULL || ch->path == NULL)
		rc = ERR_NOMEM;
	if (rc == 0)
		rc = ring_init(
		    &ch->ring, ch->lag_max + 2 * chunk * ch->sample_bytes);
	return rc;
}

int
channel_open(struct channel *ch)
{
	return listener_new(ch->loop, ch->path, joined, ch, &ch->listener);
}

int
channel_take_over(struct channel *ch, struct parcel *p, const json_t *listener)
{
	const char *path = json_string_value(json_object_get(listener, "path"));

	if (path == NULL || strcmp(path, ch->path) != 0)
		return ERR_INVALID;
	return listener_take_over(
	    ch->loop, p, listener, joined, ch, &ch->listener);
}

int
channel_new(struct loop *l, const struct conf_channel *conf, const char *path,
    int64_t epoch_ns, struct engine *clips,
    const struct speech_defaults *defaults, struct server *server,
    void (*woken)(void *arg), void *arg, struct channel **out)
{
	struct channel *ch = calloc(1, sizeof(*ch));
	int rc;

	*out = NULL;
	if (ch == NULL)
		return ERR_NOMEM;
	*ch = (struct channel){ .loop = l,
		.conf = conf,
		.path = path,
		.server = server,
		.woken = woken,
		.arg = arg,
		.defaults = *defaults,
		.complaints = { .every_ns = 10 * NS_PER_S, .burst = 3 } };
	histogram_init(&ch->counters.lateness, lateness_bounds_ns);
	rc = open_stream(ch, epoch_ns, clips);
	if (rc < 0) {
		channel_free(ch);
		return rc;
	}
	*out = ch;
	return 0;
}

void
channel_dismiss(struct channel *ch)
{
	struct subscriber *sub;

	listener_close(ch->listener);
	ch->listener = NULL;
	while ((sub = ch->subscribers) != NULL) {
		ch->subscribers = sub->next;
		subscriber_free(sub);
	}
	ch->subscriber_count = 0;
}

void
channel_free(struct channel *ch)
{
	if (ch == NULL)
		return;
	channel_dismiss(ch);
	playout_done(&ch->playout);
	mark_done(&ch->mark);
	ring_done(&ch->ring);
	free(ch->chunk);
	free((char *)ch->path);
	speech_parameters_done(&ch->defaults.speech);
	free(ch);
}
