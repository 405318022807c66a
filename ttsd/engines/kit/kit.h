/*
 * This is what every engine program shares, so that a new engine is a page of
 * code.
 *
 * An engine fills in a struct kit_engine and calls kit_main(), which speaks
 * the protocol of docs/ENGINE.md on standard input and output: it says hello,
 * checks every job, and calls run(). Inside run() the engine names the format
 * of its sound once, then hands over marks and PCM in that format; the kit
 * resamples, maps channels, scales marks, frames, batches, waits for the
 * reader, and notices when the job is no longer wanted.
 *
 * Sample positions count the engine's own sample frames from the start of the
 * job. Everything here belongs to the one thread that called kit_main().
 *
 * Standard output of the process is turned into standard error, and standard
 * input into an empty one: neither a printf() of a library nor a child can
 * reach the protocol.
 */
#ifndef TTSD_ENGINES_KIT_KIT_H
#define TTSD_ENGINES_KIT_KIT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/err.h"
#include "common/failure.h"
#include "common/log.h"
#include "common/sound/speech_parameters.h"

#define KIT_CHANNELS_MAX 8
#define KIT_RATE_MIN 1000
#define KIT_RATE_MAX 384000

/* Exit statuses of an engine program. */
enum kit_exit {
	KIT_EXIT_OK = 0,        /* end of file, or the reader is gone */
	KIT_EXIT_USAGE = 64,    /* arguments */
	KIT_EXIT_PROTOCOL = 65, /* bytes that are no frame of this protocol */
	KIT_EXIT_UNAVAILABLE = 69, /* what the engine needs is not there */
	KIT_EXIT_INTERNAL = 70,
};

/* The reasons why a job failed: KIT_FAILED and so on. */
enum kit_code {
#define X(name, text) KIT_##name = FAILURE_##name,
	FAILURES(X)
#undef X
};

/* One job, checked. Strings live until run() returns. */
struct kit_job {
	const char *text; /* UTF-8, NUL-terminated, no NUL inside */
	size_t text_len;  /* bytes */
	bool ssml;
	bool loop; /* again and again, until CANCEL; else ignored */
	struct speech_parameters speech; /* NULL and SPEECH_UNSET: not said */
	unsigned sample_rate;            /* Hz, of what goes out */
	unsigned channels;               /* of what goes out */
};

struct kit_engine {
	const char *name;
	const char *version;
	bool any_voice; /* the voices of the hello are not all there are */

	/* Every job runs in a copy of the warm process, which ends with it:
	 * for libraries whose state or memory would pass from one job to the
	 * next. Where the system cannot do that, jobs run in the process. */
	bool isolate;

	/* Called once, first: takes arguments, begins libraries. Returns 0, or
	 * an exit status after having logged why. May be NULL. */
	int (*start)(int argc, char **argv);

	/* Adds to the hello: "voices", "variants", "version". May be NULL. */
	int (*hello)(json_t *hello);

	/* Does what can be done before the text is known (text is NULL here):
	 * the voice, kit_format(). With `isolate` it runs ahead of a job that
	 * is expected to be like the last one. May be NULL. */
	int (*prepare)(const struct kit_job *job);

	/* Speaks. Returns 0, what kit_fail() returned, or any other negative
	 * enum err; returns early when a kit function says ERR_CLOSED. */
	int (*run)(const struct kit_job *job);
};

/* Runs the engine until end of file; returns the exit status. */
int kit_main(int argc, char **argv, const struct kit_engine *engine);

/* The engine's own format from the next PCM on; without a call it is the job's.
 * Where it changes, what came before is brought to its end; marks of a job are
 * in its first format. ERR_INVALID outside the limits. */
int kit_format(unsigned rate_hz, unsigned channels);

/* Sets the volume in percent of what is handed over; above 100 it saturates. It
 * holds for what is made from then on, up to the end of the job. Less than 0
 * means 100. */
void kit_gain(int percent);

/* Interleaved samples, any number of frames. Blocks while the reader is
 * behind. ERR_CLOSED: the job was cancelled or the reader is gone; stop. */
int kit_pcm(const int16_t *samples, size_t frames);

/* Sends what the kit still holds. Call it before waiting for anything. */
int kit_flush(void);

/* 0 while the job is wanted, else ERR_CLOSED. Never blocks. */
int kit_wanted(void);

/* Waits that long, or until the job is no longer wanted (ERR_CLOSED). */
int kit_sleep(unsigned ms);

/* Marks, at the latest before the PCM they lie in. Offset and length count
 * characters (code points) of the job's text, from 0. Positions that run
 * backwards are moved up to the last one. Errors as kit_pcm(). */
int kit_word(uint64_t sample, size_t offset, size_t length);
int kit_phoneme(uint64_t sample, const char *ipa);
int kit_mark(uint64_t sample, const char *name);

/* Remembers why the job fails and returns a negative value for run(). Never
 * puts the job's text into the message. */
int kit_fail(enum kit_code code, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
