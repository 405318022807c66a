/* What is known of an engine: voices, workers, counts. */
#include "common/body.h"
#include "ttsd/pool/engine_internal.h"
#include "ttsd/pool/voices.h"

/* A new engine may keep a request for a voice unanswered for so long. */
#define VOICES_WAIT_NS (3 * NS_PER_S)

bool
engine_is_known(const struct engine *e)
{
	return e->hello && !e->hello_stale;
}

/* What there was before a reload is there still, as far as is known: nobody
 * waits for an engine that hangs since. */
enum engine_voice
engine_voice(const struct engine *e, const char *voice, const char *language)
{
	if (e->hello && voices_have(e->hello, voice, language))
		return VOICE_KNOWN;
	if (engine_is_known(e))
		return VOICE_UNKNOWN;
	return e->failing || e->stopping ||
		       clock_awake_ns() - e->started_ns > VOICES_WAIT_NS
		   ? VOICE_KNOWN
		   : VOICE_NOT_YET;
}

bool
engine_takes_any_voice(const struct engine *e)
{
	return json_is_true(json_object_get(e->hello, "any_voice"));
}

const char *
engine_voice_language(const struct engine *e, const char *voice)
{
	return voices_language(e->hello, voice);
}

void
engine_list_workers(const struct engine *e, json_t **list)
{
	const struct worker *w;

	for (w = e->workers; w; w = w->next)
		body_append(list,
		    json_pack("{s:s, s:I, s:s, s:b, s:I, s:I, s:s}", "engine",
			engine_name(e), "pid",
			(json_int_t)(w->process ? process_pid(w->process) : 0),
			"state", child_state_name(w->child.state), "busy",
			w->job != NULL, "jobs", (json_int_t)w->jobs, "restarts",
			(json_int_t)w->child.restarts, "last_error",
			w->reason));
}

void
engine_list_voices(const struct engine *e, json_t **list)
{
	const json_t *voices = json_object_get(e->hello, "voices");
	json_t *voice;
	size_t i;

	json_array_foreach(voices, i, voice)
	{
		json_t *copy = json_object();

		body_merge(&copy, voice);
		body_put(&copy, "engine", json_string(engine_name(e)));
		body_append(list, copy);
	}
}

enum engine_state
engine_state(const struct engine *e)
{
	if (engine_workers(e, CHILD_RUNNING) > 0)
		return ENGINE_READY;
	if (e->started_ns == 0)
		return ENGINE_IDLE;
	return e->failing || engine_is_known(e) ? ENGINE_FAILING
						: ENGINE_STARTING;
}

json_t *
engine_describe(const struct engine *e)
{
	static const char *const states[] = { [ENGINE_IDLE] = "idle",
		[ENGINE_STARTING] = "starting",
		[ENGINE_READY] = "ready",
		[ENGINE_FAILING] = "failing" };

	return json_pack("{s:s, s:s, s:s, s:I, s:O?}", "name", engine_name(e),
	    "type", engine_type(e)->name, "state", states[engine_state(e)],
	    "workers", (json_int_t)e->count, "version",
	    json_object_get(e->hello, "version"));
}

const char *
engine_last_error(const struct engine *e)
{
	const struct worker *w = e->workers;

	while (w && w->reason[0] == '\0')
		w = w->next;
	return w ? w->reason : "";
}

const struct engine_counters *
engine_counters(const struct engine *e)
{
	return &e->counters;
}

size_t
engine_workers(const struct engine *e, enum child_state state)
{
	const struct worker *w;
	size_t n = 0;

	for (w = e->workers; w; w = w->next)
		n += w->child.state == state;
	return n;
}

size_t
engine_waiting(const struct engine *e)
{
	return e->waiting.counts[JOB_ON_AIR];
}
