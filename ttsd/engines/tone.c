/*
 * Sine tones and faults on demand, for tests.
 *
 * Every word of the text is a tone of known length with a word mark at its
 * first sample. These words are no tones but change what follows or happen
 * where they stand (numbers may have a fraction where that makes sense):
 *
 *   freq=HZ ms=N amp=0..1    of the tones that follow (440, 200, 0.5)
 *   pause=MS                 silence
 *   phoneme=IPA mark=NAME    a mark here
 *   native=HZ                the engine's own rate; before any sound
 *   slow=F                   from here on F times as fast as real time
 *   stall=MS                 waits without a sound
 *   stderr=N                 N lines to standard error
 *   error error=CODE         the job fails (default: failed)
 *   crash crash-once=PATH    is killed; the second one only if PATH is not
 *                            there yet, and creates it
 *   exit=N                   ends the process
 *   hang                     deaf to everything but SIGKILL (5 minutes)
 *   garbage                  bytes that are no frame, then carries on
 *   partial                  half a frame, then ends the process
 *
 * voice: tone, low (an octave down), high (an octave up). rate: words a
 * minute, so ms = 60000 / rate. pitch: 50 is the voice's own, 0 an octave
 * down, 100 an octave up. volume: percent of amp.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ttsd/engines/kit/kit.h"
#include "ttsd/engines/kit/kit_io.h"
#include "ttsd/engines/kit/kit_output.h"

#define PI 3.14159265358979323846
#define DEFAULT_HZ 440.0
#define DEFAULT_MS 200.0
#define DEFAULT_AMP 0.5
#define LIMIT_MS (3600.0 * 1000)
/* Samples that are made at a time; 10 ms at 24 kHz. */
#define BLOCK 240
#define WORD_BYTES 1024

static struct {
	unsigned rate_hz; /* of what is made */
	double hz, ms, amp, volume;
	uint64_t samples; /* made */
	double slow;      /* times real time, 0: as fast as can be */
	uint64_t slow_sample;
	int64_t slow_ns;
} now;

static const struct {
	const char *name;
	double factor;
} voices[] = { { "tone", 1.0 }, { "low", 0.5 }, { "high", 2.0 } };

static int
tone_hello(json_t *h)
{
	json_t *list = json_object_get(h, "voices");
	size_t i;

	for (i = 0; i < sizeof(voices) / sizeof(voices[0]); i++)
		json_array_append_new(
		    list, json_pack("{s:s, s:s, s:[s], s:s}", "name",
			      voices[i].name, "id", voices[i].name, "languages",
			      "en", "gender", "none"));
	return 0;
}

/* Waits until the sound made since slow=… is due. */
static int
keep_pace(void)
{
	double due_s;
	int64_t due_ns;

	if (now.slow <= 0)
		return 0;
	due_s =
	    (double)(now.samples - now.slow_sample) / now.rate_hz / now.slow;
	due_ns = now.slow_ns + (int64_t)(due_s * 1e9) - io_now_ns();
	return due_ns > 0 ? kit_sleep((unsigned)(due_ns / 1000000)) : 0;
}

/* A tone, or silence for hz 0; every one begins at phase 0. */
static int
tone_play(double hz, double ms)
{
	uint64_t count = (uint64_t)(ms * now.rate_hz / 1000 + 0.5), i;
	double step = 2 * PI * hz / now.rate_hz;
	double peak = 32767 * fmin(1, now.amp * now.volume);
	int16_t block[BLOCK];
	size_t n;
	int rc;

	for (i = 0; i < count; i += n) {
		for (n = 0; n < BLOCK && i + n < count; n++)
			block[n] =
			    (int16_t)lrint(peak * sin(step * (double)(i + n)));
		now.samples += n;
		rc = kit_pcm(block, n);
		if (rc == 0)
			rc = keep_pace();
		if (rc < 0)
			return rc;
	}
	return 0;
}

/* Directives. Each gets what stands behind the '=', "" for nothing. */

static int
bad_value(const char *what)
{
	return kit_fail(KIT_BAD_REQUEST, "tone: bad value for %s", what);
}

static bool
to_number(const char *s, double min, double max, double *out)
{
	char *end;
	double v = strtod(s, &end);

	if (end == s || *end || !(v >= min && v <= max))
		return false;
	*out = v;
	return true;
}

static int
do_freq(const char *s)
{
	return to_number(s, 0, 192000, &now.hz) ? 0 : bad_value("freq");
}

static int
do_ms(const char *s)
{
	return to_number(s, 0, LIMIT_MS, &now.ms) ? 0 : bad_value("ms");
}

static int
do_amp(const char *s)
{
	return to_number(s, 0, 1, &now.amp) ? 0 : bad_value("amp");
}

static int
do_pause(const char *s)
{
	double ms;

	return to_number(s, 0, LIMIT_MS, &ms) ? tone_play(0, ms)
					      : bad_value("pause");
}

static int
do_phoneme(const char *s)
{
	return kit_phoneme(now.samples, s);
}

static int
do_mark(const char *s)
{
	return kit_mark(now.samples, s);
}

static int
do_native(const char *s)
{
	double hz;

	/* Marks are of one format. */
	if (now.samples > 0 || !to_number(s, KIT_RATE_MIN, KIT_RATE_MAX, &hz) ||
	    kit_format((unsigned)hz, 1) < 0)
		return bad_value("native");
	now.rate_hz = (unsigned)hz;
	return 0;
}

static int
do_slow(const char *s)
{
	if (!to_number(s, 0.001, 1000, &now.slow))
		return bad_value("slow");
	now.slow_sample = now.samples;
	now.slow_ns = io_now_ns();
	return 0;
}

static int
do_stall(const char *s)
{
	double ms;

	return to_number(s, 0, LIMIT_MS, &ms) ? kit_sleep((unsigned)ms)
					      : bad_value("stall");
}

static int
do_stderr(const char *s)
{
	double lines;
	int i;

	if (!to_number(s, 0, 1e6, &lines))
		return bad_value("stderr");
	for (i = 0; i < (int)lines; i++)
		fprintf(stderr, "line %d\n", i);
	return 0;
}

static int
do_error(const char *s)
{
	enum failure_code code;

	if (!failure_find(s, &code) && *s)
		return bad_value("error");
	return kit_fail((enum kit_code)code, "tone: asked to fail");
}

static int
do_crash(const char *s)
{
	(void)s;
	kit_flush();
	io_crash();
}

static int
do_crash_once(const char *s)
{
	FILE *f = fopen(s, "r");

	if (f) {
		fclose(f);
		return 0;
	}
	f = fopen(s, "w");
	if (f)
		fclose(f);
	return do_crash("");
}

static int
do_exit(const char *s)
{
	double status;

	if (!to_number(s, 0, 255, &status))
		return bad_value("exit");
	kit_flush();
	exit((int)status);
}

static int
do_hang(const char *s)
{
	(void)s;
	io_deaf(); /* before anybody can see how far we are */
	kit_flush();
	io_stop();
}

static int
do_garbage(const char *s)
{
	(void)s;
	return kit_output_raw("\xff\xff\xff\xff garbage", 12);
}

static int
do_partial(const char *s)
{
	(void)s;
	kit_output_raw("\x10\0\0\0P half", 10);
	exit(0);
}

static const struct {
	const char *name; /* with '=': takes a value */
	int (*act)(const char *value);
} directives[] = {
	{ "freq=", do_freq },
	{ "ms=", do_ms },
	{ "amp=", do_amp },
	{ "pause=", do_pause },
	{ "phoneme=", do_phoneme },
	{ "mark=", do_mark },
	{ "native=", do_native },
	{ "slow=", do_slow },
	{ "stall=", do_stall },
	{ "stderr=", do_stderr },
	{ "error", do_error },
	{ "error=", do_error },
	{ "crash", do_crash },
	{ "crash-once=", do_crash_once },
	{ "exit=", do_exit },
	{ "hang", do_hang },
	{ "garbage", do_garbage },
	{ "partial", do_partial },
};

static int
do_word(const char *word, size_t offset, size_t length)
{
	size_t i, name;
	int rc;

	for (i = 0; i < sizeof(directives) / sizeof(directives[0]); i++) {
		name = strcspn(directives[i].name, "=");
		name += directives[i].name[name] == '=';
		if (strncmp(word, directives[i].name, name) == 0 &&
		    (word[name - 1] == '=' || word[name] == '\0'))
			return directives[i].act(word + name);
	}
	rc = kit_word(now.samples, offset, length);
	return rc < 0 ? rc : tone_play(now.hz, now.ms);
}

static size_t
characters(const char *s, size_t len)
{
	size_t n = 0;

	for (; len > 0; s++, len--)
		n += (*s & 0xc0) != 0x80;
	return n;
}

static int
tone_prepare(const struct kit_job *job)
{
	const char *name =
	    job->speech.voice ? job->speech.voice : voices[0].name;
	size_t i;

	for (i = 0; i < sizeof(voices) / sizeof(voices[0]); i++) {
		if (strcmp(name, voices[i].name) == 0)
			break;
	}
	if (i == sizeof(voices) / sizeof(voices[0]))
		return kit_fail(
		    KIT_UNKNOWN_VOICE, "tone has no voice '%s'", name);
	memset(&now, 0, sizeof(now));
	now.rate_hz = job->sample_rate;
	now.hz = DEFAULT_HZ * voices[i].factor;
	if (job->speech.pitch >= 0)
		now.hz *= pow(2, (job->speech.pitch - 50) / 50.0);
	now.ms = job->speech.rate > 0 ? 60000.0 / job->speech.rate : DEFAULT_MS;
	now.amp = DEFAULT_AMP;
	now.volume = job->speech.volume >= 0 ? job->speech.volume / 100.0 : 1.0;
	return kit_format(job->sample_rate, 1);
}

static int
tone_run(const struct kit_job *job)
{
	static const char blanks[] = " \t\r\n";
	const char *p = job->text;
	char word[WORD_BYTES];
	size_t offset = 0, skip, len;
	int rc = 0;

	while (rc == 0) {
		skip = strspn(p, blanks);
		p += skip;
		offset += skip;
		if (*p == '\0')
			break;
		len = strcspn(p, blanks);
		snprintf(word, sizeof(word), "%.*s", (int)len, p);
		rc = do_word(word, offset, characters(p, len));
		p += len;
		offset += characters(p - len, len);
	}
	return rc;
}

int
main(int argc, char **argv)
{
	static const struct kit_engine tone = {
		.name = "tone",
		.version = "1",
		.hello = tone_hello,
		.prepare = tone_prepare,
		.run = tone_run,
	};

	return kit_main(argc, argv, &tone);
}
