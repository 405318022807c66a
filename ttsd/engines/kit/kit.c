#include "ttsd/engines/kit/kit.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/utf8.h"
#include "ttsd/engines/kit/kit_clock.h"
#include "ttsd/engines/kit/kit_input.h"
#include "ttsd/engines/kit/kit_io.h"
#include "ttsd/engines/kit/kit_job.h"
#include "ttsd/engines/kit/kit_output.h"

#define MESSAGE_BYTES 512
#define NAME_BYTES 64

/* A copy of the process may also end in these ways, beyond enum kit_exit. */
enum { COPY_DONE = 101, COPY_UNLIKE = 102, COPY_ENDED = 103 };

/* The job in hand, and what the next one is expected to be like: as the last
 * one. Shared with the copies of the process. */
struct likeness {
	bool in_hand;
	int64_t number; /* of the job in hand */
	bool known;
	char voice[NAME_BYTES];
	char language[NAME_BYTES];
	unsigned sample_rate;
	unsigned channels;
};

static const struct kit_engine *engine;
static struct likeness *last;

static struct {
	bool set;
	enum kit_code code;
	char message[MESSAGE_BYTES];
} failure;

int
kit_fail(enum kit_code code, const char *fmt, ...)
{
	char raw[MESSAGE_BYTES];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(raw, sizeof(raw), fmt, ap);
	va_end(ap);
	failure.set = true;
	failure.code = code;
	utf8_sanitise(
	    failure.message, sizeof(failure.message), raw, strlen(raw));
	return ERR_INVALID;
}

int
kit_wanted(void)
{
	int rc = kit_input_wait(0, 0);

	return rc < 0 ? rc : kit_input_wanted();
}

int
kit_sleep(unsigned ms)
{
	int64_t until_ns = kit_in_ms(ms);
	int rc = kit_flush(), left_ms;

	while (rc == 0 && (left_ms = kit_ms_until(until_ns)) > 0) {
		rc = kit_input_wait(0, left_ms);
		if (rc == 0)
			rc = kit_input_wanted();
	}
	return rc;
}

static int
say_hello(void)
{
	json_t *hello;
	int rc = 0;

	hello = json_pack("{s:i, s:s, s:s, s:[], s:[], s:b}", "protocol",
	    FRAME_PROTOCOL, "engine", engine->name, "version", engine->version,
	    "voices", "variants", "any_voice", engine->any_voice);
	if (hello && engine->hello)
		rc = engine->hello(hello);
	if (rc < 0) {
		json_decref(hello);
		return rc;
	}
	return kit_output_json(FRAME_HELLO, hello);
}

static int
send_error(const struct kit_job_frame *j, enum kit_code code, const char *why)
{
	return kit_output_json(FRAME_ERROR,
	    json_pack("{s:o, s:s, s:s}", "job",
		j->numbered ? json_integer(j->number) : json_null(), "code",
		failure_name((enum failure_code)code), "message", why));
}

/* Reports how the job went. Only a broken channel is an error here. */
static int
conclude(const struct kit_job_frame *j, int rc)
{
	if (kit_input_ended())
		return ERR_CLOSED;
	if (rc == 0)
		rc = kit_output_finish();
	if (rc < 0 && kit_input_wanted() == 0) {
		if (!failure.set)
			kit_fail(
			    KIT_FAILED, "%s: %s", engine->name, err_text(rc));
		return send_error(j, failure.code, failure.message);
	}
	return kit_output_json(
	    FRAME_END, json_pack("{s:I, s:I}", "job", (json_int_t)j->number,
			   "samples", (json_int_t)kit_output_total()));
}

static int
kit_prepare(const struct kit_job *job)
{
	struct kit_audio_format format = { job->sample_rate, job->channels };
	struct kit_job ahead = *job;
	int rc;

	failure.set = false;
	rc = kit_output_begin(format);
	ahead.text = NULL;
	ahead.text_len = 0;
	if (rc == 0 && engine->prepare)
		rc = engine->prepare(&ahead);
	return rc;
}

static bool
same(const char *known, const char *name)
{
	return strcmp(known, name ? name : "") == 0;
}

static bool
like_last(const struct kit_job *job)
{
	return last->known && same(last->voice, job->speech.voice) &&
	       same(last->language, job->speech.language) &&
	       last->sample_rate == job->sample_rate &&
	       last->channels == job->channels;
}

static void
remember(const struct kit_job *job, bool worth)
{
	const char *voice = job->speech.voice ? job->speech.voice : "";
	const char *language = job->speech.language ? job->speech.language : "";

	last->known = worth && strlen(voice) < NAME_BYTES &&
		      strlen(language) < NAME_BYTES;
	if (!last->known)
		return;
	snprintf(last->voice, NAME_BYTES, "%s", voice);
	snprintf(last->language, NAME_BYTES, "%s", language);
	last->sample_rate = job->sample_rate;
	last->channels = job->channels;
}

/* Serves the JOB frame that is next. COPY_UNLIKE leaves it there. */
static int
serve_job(const struct frame *f, bool *ready)
{
	char why[MESSAGE_BYTES];
	struct kit_job_frame j;
	int rc;

	rc = kit_job_parse(&j, f->payload, f->len, why, sizeof(why));
	if (rc == 0 && *ready && !like_last(&j.job)) {
		kit_job_done(&j);
		return COPY_UNLIKE;
	}
	kit_input_take();
	kit_input_watch(j.number);
	last->number = j.number;
	last->in_hand = j.numbered;
	if (rc < 0) {
		rc = send_error(&j, KIT_BAD_REQUEST, why);
	} else {
		rc = *ready ? 0 : kit_prepare(&j.job);
		remember(&j.job, rc == 0);
		if (rc == 0)
			rc = engine->run(&j.job);
		rc = conclude(&j, rc);
		*ready = false;
	}
	last->in_hand = false;
	kit_job_done(&j);
	return rc < 0 ? rc : COPY_DONE;
}

/* Serves until a job is done. Returns an exit status or one of COPY_*. */
static int
kit_serve(bool ready)
{
	struct frame f;
	int rc;

	for (;;) {
		rc = kit_input_next(&f);
		if (rc == 0 && f.type == FRAME_JOB) {
			rc = serve_job(&f, &ready);
			if (rc > 0)
				return rc;
		} else if (rc == 0 && f.type == FRAME_CANCEL) {
			kit_input_take(); /* for a job that is over */
		} else if (rc == 0) {
			rc = ERR_INVALID;
		}
		if (rc == ERR_CLOSED)
			return COPY_ENDED;
		if (rc < 0) {
			log_error(
			    "what came on standard input is no request of "
			    "ttsd's: %s",
			    err_text(rc));
			return KIT_EXIT_PROTOCOL;
		}
	}
}

static int
serve_in_copy(void *ctx)
{
	const bool *ahead = ctx;
	struct kit_job job = { 0 };

	if (!*ahead)
		return kit_serve(false);
	speech_parameters_unset(&job.speech);
	job.speech.voice = last->voice[0] ? last->voice : NULL;
	job.speech.language = last->language[0] ? last->language : NULL;
	job.sample_rate = last->sample_rate;
	job.channels = last->channels;
	return kit_prepare(&job) < 0 ? COPY_UNLIKE : kit_serve(true);
}

/* A copy crashed. What a job breaks is the job's: it fails, and this
 * process stays warm. Without a job, or where half a frame has left, nothing
 * can be mended. */
static int
report_crash(int crash)
{
	struct kit_job_frame j = { .numbered = true, .number = last->number };
	char why[MESSAGE_BYTES];
	int rc;

	if (!last->in_hand || kit_output_torn())
		io_die_of(crash);
	last->in_hand = last->known = false;
	snprintf(why, sizeof(why), "%s crashed over this job (signal %d)",
	    engine->name, crash);
	rc = send_error(&j, KIT_CRASHED, why);
	return rc < 0 ? COPY_ENDED : COPY_UNLIKE;
}

/* Jobs, until the input ends. */
static int
serve_all(void)
{
	bool isolate = engine->isolate, ahead = false;
	int rc = COPY_DONE, crash = 0;

	for (;;) {
		ahead = last->known && rc == COPY_DONE;
		if (isolate)
			rc = io_isolate(serve_in_copy, &ahead, &crash);
		else
			rc = kit_serve(false);
		if (rc == IO_CRASHED)
			rc = report_crash(crash);
		if (rc == ERR_UNSUPPORTED) {
			isolate = false;
		} else if (rc < 0) {
			log_error("no copy of the engine can be made for a "
				  "job: %s; the system lacks memory or "
				  "processes (ulimit -u, TasksMax)",
			    err_text(rc));
			return KIT_EXIT_INTERNAL;
		} else if (rc == COPY_ENDED) {
			return KIT_EXIT_OK;
		} else if (rc != COPY_DONE && rc != COPY_UNLIKE) {
			return rc;
		}
	}
}

int
kit_main(int argc, char **argv, const struct kit_engine *e)
{
	int rc;

	engine = e;
	rc = io_open();
	if (rc == 0)
		rc = kit_input_init();
	if (rc == 0)
		rc = kit_output_init();
	last = io_shared(sizeof(*last));
	if (rc < 0 || last == NULL) {
		log_error(
		    "the engine cannot start: its pipes or memory cannot be "
		    "had: %s",
		    err_text(rc < 0 ? rc : ERR_NOMEM));
		return KIT_EXIT_INTERNAL;
	}
	if (e->start) {
		rc = e->start(argc, argv);
		if (rc != 0)
			return rc;
	}
	rc = say_hello();
	if (rc == ERR_CLOSED)
		return KIT_EXIT_OK;
	if (rc < 0) {
		log_error("the engine cannot tell ttsd that it is ready: %s; "
			  "it ends, and ttsd starts it again",
		    err_text(rc));
		return KIT_EXIT_INTERNAL;
	}
	return serve_all();
}
