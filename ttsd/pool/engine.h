/*
 * Engines: pools of warm worker processes that turn text into sound.
 *
 * A job is given to one worker at a time. A worker that crashes, hangs or
 * breaks the protocol loses its job, which another worker then does once
 * more; what was delivered already is left out, so that the listener hears
 * the sentence go on where it stopped. A job lost twice fails.
 */
#ifndef TTSD_POOL_ENGINE_H
#define TTSD_POOL_ENGINE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/child/child.h"
#include "common/conf/engine_type.h"
#include "common/failure.h"
#include "daemon/histogram.h"
#include "platform/platform.h"
#include "ttsd/text/speech.h"

struct engine;
struct job;

/* What a pool tells the daemon. */
struct engine_events {
	/* A worker changed its state; `pid` is 0 where it has no process. */
	void (*worker)(void *arg, const char *engine, int64_t pid,
	    const char *from, const char *to, const char *reason);
	/* More is known than before about voices and readiness. */
	void (*changed)(void *arg);
};

struct job_events {
	/* s16le in the format that was asked for. */
	void (*pcm)(void *arg, const uint8_t *data, size_t len);
	/* {"mark":…,"sample":…}, in order, before the sound it lies in. */
	void (*mark)(void *arg, json_t *mark);
	/* The job has ended: `failure` is NULL, or says why it failed. This is
	 * the last call, and the job is released after it. */
	void (*done)(void *arg, const struct failure *failure);
};

/* Who goes before whom. */
enum job_rank {
	JOB_ON_AIR,
	/* For nobody who listens to a channel. It waits behind all that is on
	 * air, leaves that one worker of several, and gives up its own where
	 * that needs one: it is begun again, as if the worker had been lost. */
	JOB_ASIDE,
	JOB_RANK_COUNT
};

/* Makes a pool whose workers are not started yet. Both parts of the
 * configuration must outlive the engine. Fails with ERR_NOMEM, or with the
 * error of timer_new(). */
int engine_new(struct loop *l, const struct conf_engine *conf,
    const struct conf_ttsd *common, const struct engine_events *events,
    void *arg, struct engine **out);

/* Warms up the workers; does nothing when they are warm. */
void engine_start(struct engine *e);

/* Ends the workers. Returns true once all are gone; otherwise `changed` is
 * called when more of them are. */
bool engine_stop(struct engine *e);
/* Kills the workers that still run. No callback comes afterwards. */
void engine_free(struct engine *e);

/* The engine that speaks while this one fails; NULL: none. */
void engine_set_fallback(struct engine *e, struct engine *second);
struct engine *engine_fallback(const struct engine *e);
/* Did the engine fail a short while ago? Then it is not worth asking while
 * there is another. */
bool engine_is_ailing(const struct engine *e);

/* How much sound should be there before an announcement begins. */
uint64_t engine_prebuffer_ms(const struct engine *e);

/* Has the workers end and start afresh, each once it is idle, so that they read
 * again what they read at their start. */
void engine_reload(struct engine *e);

const char *engine_name(const struct engine *e);
const struct engine_type *engine_type(const struct engine *e);

enum engine_voice {
	VOICE_KNOWN,
	VOICE_UNKNOWN,
	VOICE_NOT_YET, /* no worker has said yet which voices there are */
};
/* Is there such a voice, and such a language? Either may be NULL. */
enum engine_voice engine_voice(
    const struct engine *e, const char *voice, const char *language);

/* Does the engine take any name for a voice, beyond those that it lists? */
bool engine_takes_any_voice(const struct engine *e);

/* The language that a voice speaks, NULL where it is not known. */
const char *engine_voice_language(const struct engine *e, const char *voice);

/* What is asked of an engine. */
struct job_order {
	const struct speech *speech;
	uint32_t rate_hz, channels; /* of the sound */
	enum job_rank rank;
};

/* Puts a job in line; the engine is started if it was not. `*out` is the job
 * until its `done`. Fails with ERR_NOMEM. */
int engine_submit(struct engine *e, const struct job_order *order,
    const struct job_events *events, void *arg, struct job **out);
/* Ends a job of which nobody wants the rest; no callback comes afterwards. NULL
 * is fine. */
void job_cancel(struct job *job);
/* Has no worker begun with it, or begun again, yet? */
bool job_waits(const struct job *job);
/* Holds the engine up while the sound it made waits to be played. */
void job_hold(struct job *job, bool held);

enum engine_state {
	ENGINE_IDLE,     /* nobody has asked for it yet */
	ENGINE_STARTING, /* started, not ready, and nothing failed so far */
	ENGINE_READY,
	ENGINE_FAILING, /* no worker runs */
};
enum engine_state engine_state(const struct engine *e);
/* How the last worker that ended did; "" when none has. */
const char *engine_last_error(const struct engine *e);

/* What was counted so far. */
struct engine_counters {
	uint64_t restarts; /* of workers that had failed */
	/* The times from the submission of a part to its first sound and to its
	 * last, of those parts that were made to their end. */
	struct histogram first_sound, synthesis;
};
const struct engine_counters *engine_counters(const struct engine *e);
/* How many workers are in that state. */
size_t engine_workers(const struct engine *e, enum child_state state);
/* How many jobs for the air wait for a worker. */
size_t engine_waiting(const struct engine *e);

/* For `status`, `engines` and `voices`: appends objects to a list (body.h). */
void engine_list_workers(const struct engine *e, json_t **list);
void engine_list_voices(const struct engine *e, json_t **list);
json_t *engine_describe(const struct engine *e);

#endif
