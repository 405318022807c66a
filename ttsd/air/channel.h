/*
 * One live stream: its clock, ring and subscribers.
 *
 * A channel makes exactly the samples that its clock says are due, whatever
 * happens around it; what is in them is the playout's affair. Without
 * subscribers and with nothing to say it sleeps, and its clock, being
 * arithmetic, goes on.
 */
#ifndef TTSD_AIR_CHANNEL_H
#define TTSD_AIR_CHANNEL_H

#include "common/conf/conf.h"
#include "common/sound/pacer.h"
#include "common/sound/ring.h"
#include "daemon/histogram.h"
#include "platform/platform.h"
#include "platform/succession.h"
#include "ttsd/air/mark.h"
#include "ttsd/air/playout.h"
#include "ttsd/air/subscriber.h"

/* What announcements are spoken with unless they ask for something else. */
struct speech_defaults {
	struct engine *engine;
	struct speech_parameters speech; /* its strings are owned */
	bool voice_chosen; /* somebody configured or set the voice */
};

struct channel_counters {
	uint64_t subscribers;      /* that joined so far */
	uint64_t refused;          /* subscribers, for being too many */
	uint64_t skips;            /* times one was moved to the live edge */
	uint64_t drops;            /* subscribers that the policy ended */
	uint64_t clock_skips;      /* times the machine had slept */
	struct histogram lateness; /* of chunks, when they were handed out */
};

struct channel {
	const struct conf_channel *conf;
	const char *path; /* of the audio socket; owned */
	struct loop *loop;
	struct server *server; /* for events */
	/* Called when the channel wakes: see channel_next_ns(). */
	void (*woken)(void *arg);
	void *arg;

	struct listener *listener;
	struct pacer pacer;
	struct ring ring;
	int16_t *chunk; /* the one that is being made */
	struct mark mark;
	size_t sample_bytes;
	uint64_t lag_max; /* bytes */
	struct playout playout;
	struct speech_defaults defaults;

	/* The configuration has it no more: it ends as soon as all have come
	 * who waited for it. */
	bool leaving;
	struct subscriber *subscribers;
	size_t subscriber_count;
	struct log_limit complaints;
	struct channel_counters counters;
};

/* Makes a channel whose audio socket is to be at `path`. All channels share the
 * epoch and the engine that plays clips. The strings of `defaults` become the
 * channel's. Fails with ERR_NOMEM. */
int channel_new(struct loop *l, const struct conf_channel *conf,
    const char *path, int64_t epoch_ns, struct engine *clips,
    const struct speech_defaults *defaults, struct server *server,
    void (*woken)(void *arg), void *arg, struct channel **out);
/* Opens the audio socket; errors are those of listener_new(). Or takes over
 * that of an earlier ttsd, where it is at the same path; ERR_INVALID. */
int channel_open(struct channel *ch);
int channel_take_over(
    struct channel *ch, struct parcel *p, const json_t *listener);
/* Takes in a reader of an earlier ttsd, which nobody is told; it begins at the
 * live edge, until `*out` says otherwise. ERR_NOMEM: the stream is closed. */
int channel_adopt(
    struct channel *ch, struct stream *s, struct subscriber **out);
/* Ends the stream for all who listen, and takes in no more. */
void channel_dismiss(struct channel *ch);
/* Ends the stream; every announcement must have ended (playout_end). */
void channel_free(struct channel *ch);

const char *channel_name(const struct channel *ch);

/* When channel_tick() has something to do; INT64_MAX while it sleeps. */
int64_t channel_next_ns(const struct channel *ch);
/* Makes the samples that are due and hands them out. */
void channel_tick(struct channel *ch, int64_t now_ns);

/* Brings the clock of a sleeping channel up to date, before anything is
 * asked of its playout. */
void channel_wake(struct channel *ch);

/* Where the stream stands; a channel that sleeps is where it would be. */
uint64_t channel_position(const struct channel *ch, int64_t now_ns);
/* How much sound the slowest subscriber has not taken yet. */
int64_t channel_lag_ns(const struct channel *ch);

/* Return what `channels` and `status` say of the channel. */
json_t *channel_describe(const struct channel *ch);
json_t *channel_status(const struct channel *ch);

#endif
