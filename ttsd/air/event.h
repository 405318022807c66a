/*
 * The events that ttsd publishes (docs/PROTOCOL.md).
 *
 * An event of a channel is stamped with a stream position. Those that belong
 * to samples of the running tick are held until the subscribers have got the
 * samples themselves, so that events never delay sound.
 */
#ifndef TTSD_AIR_EVENT_H
#define TTSD_AIR_EVENT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#define TTSD_EVENTS(X)                \
	X(QUEUED, "queued")           \
	X(STARTED, "started")         \
	X(WORD, "word")               \
	X(PHONEME, "phoneme")         \
	X(VISEME, "viseme")           \
	X(MARK, "mark")               \
	X(FINISHED, "finished")       \
	X(PREEMPTED, "preempted")     \
	X(UNDERRUN, "underrun")       \
	X(SUBSCRIBER, "subscriber")   \
	X(WORKER, "worker")           \
	X(CLOCK, "clock")             \
	X(SHOW, "show")               \
	X(DURABLE, "durable")         \
	X(UPGRADE, "upgrade")         \
	X(RECEIPT, "receipt")         \
	X(CALLED, "called")           \
	X(SERIES, "series")           \
	X(TRANSFERRED, "transferred") \
	X(PREPARED, "prepared")       \
	X(SCHEDULE, "schedule")       \
	X(RELOAD, "reload")

enum event {
#define X(name, text) EVENT_##name,
	TTSD_EVENTS(X)
#undef X
	    EVENT_COUNT
};

/* NULL-terminated, in the order of enum event. */
extern const char *const event_names[];

struct server;

/* An event that waits for its samples to leave. */
struct event_queue {
	struct event_entry *entries;
	size_t count, cap;
	bool overdue; /* their samples will never leave: the next flush is all's
		       */
	/* The end of that announcement is about to be told, under that number.
	 */
	void (*telling)(void *arg, uint64_t id, uint64_t number);
	void *arg;
};

/* Publishes an event now, to listeners of that lead (server.h). `channel` may
 * be NULL (then there is no sample either). Takes over `body`, an object with
 * what is particular to the event; NULL cuts off who waits for it
 * (server.h). */
void event_publish(struct server *sv, enum event event, const char *channel,
    int64_t lead_ms, uint64_t sample, json_t *body);

/* Holds an event until event_flush() is called for its sample, less its lead.
 * Takes over `body`. ERR_NOMEM: the event is lost. */
int event_hold(struct event_queue *q, enum event event, int64_t lead_ms,
    uint64_t sample, json_t *body);
/* Publishes the events of samples up to `position`, in their order. */
void event_flush(struct event_queue *q, struct server *sv, const char *channel,
    uint64_t position, uint32_t rate_hz);
/* What is held, from one ttsd to its successor: a list; NULL without memory.
 * Restoring fails with ERR_NOMEM, or ERR_INVALID. */
json_t *event_queue_save(const struct event_queue *q);
int event_queue_restore(struct event_queue *q, const json_t *saved);
void event_queue_done(struct event_queue *q);

#endif
