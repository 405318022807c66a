#include "streamer-supervisor/sender/readback.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/args/argv.h"
#include "common/args/words.h"
#include "common/err.h"
#include "streamer-supervisor/ffmpeg/packets.h"
#include "streamer-supervisor/ffmpeg/preset.h"
#include "streamer-supervisor/ffmpeg/reading.h"
#include "streamer-supervisor/sender/ffmpeg_run.h"

/* So many bad readings in a row are a failure. */
#define FAILURES_MAX 2

struct readback {
	struct readback_spec spec;
	struct redact redact;
	char label[100];
	struct ffmpeg_run run;
	struct timer *timer; /* the next reading, or the end of this one */
	bool on;
	bool due;         /* the reading under way took too long */
	int64_t first_ns; /* when its first time stamps came; 0: not yet */
	int64_t good_ns;  /* when the last good reading was; 0: none */
	int64_t frames;   /* of a picture, that one saw */
	double ahead_s;   /* and how far it was ahead of the sound there */
	struct packets packets; /* of the reading under way, with a picture */
	double coming_ahead_s;  /* as far as that one has got */
	unsigned failures;      /* bad readings in a row */
	char why[REASON_MAX];
};

static void
later(struct readback *r, int64_t wait_ns)
{
	timer_at(r->timer, clock_awake_ns() + wait_ns);
}

static void
good(struct readback *r)
{
	r->good_ns = clock_awake_ns();
	r->frames = r->run.progress.frames;
	r->ahead_s = r->coming_ahead_s;
	r->failures = 0;
	r->why[0] = '\0';
	later(r, r->spec.conf->probe.interval_ns);
}

static void readback_begin(struct readback *r);

static void
bad(struct readback *r, const char *why)
{
	snprintf(r->why, sizeof(r->why), "%s: %.480s", r->spec.at.key, why);
	r->failures++;
	log_info(
	    "output=%s was not read back, time %u of %d in a row: reason=%s",
	    r->label, r->failures, FAILURES_MAX, log_quote(r->why));
	if (r->failures < FAILURES_MAX)
		readback_begin(r);
	else
		r->spec.failed(r->spec.arg, r->why);
}

static void
run_advanced(void *arg)
{
	struct readback *r = arg;
	int64_t now = clock_awake_ns();
	int64_t settle_ns = r->spec.conf->timing.stall_timeout_ns / 4;

	/* ffmpeg's stream time is that of the picture too. */
	if (r->run.pictured &&
	    !packets_end_span(&r->packets, &r->coming_ahead_s))
		return;
	if (r->first_ns == 0)
		r->first_ns = now;
	if (now - r->first_ns < settle_ns || r->due)
		return;
	ffmpeg_run_done(&r->run);
	good(r);
}

static void
run_line(void *arg, const char *line)
{
	struct readback *r = arg;

	if (r->run.pictured)
		packets_take(&r->packets, line);
}

static void
run_refused(void *arg)
{
	(void)arg;
}

static void
run_gone(void *arg, bool unknown)
{
	struct readback *r = arg;

	(void)unknown;
	if (!r->due)
		bad(r, r->run.why);
	else if (progress_lacks_frames(&r->run.progress))
		bad(r, "its sound came, but no picture");
	else if (packets_lack_sound(&r->packets))
		bad(r, "its picture came, but no sound");
	else if (r->first_ns)
		bad(r, "its time stamps do not advance");
	else
		bad(r, "nothing came in time");
}

static const struct ffmpeg_run_events ffmpeg_run_events = {
	.advanced = run_advanced,
	.line = run_line,
	.refused = run_refused,
	.gone = run_gone,
};

/* So long a player may have to wait for the first frame: a server holds the
 * picture back until the next key frame. */
static int64_t
frame_wait_ns(const struct readback *r)
{
	return r->run.pictured
		   ? presets[r->spec.conf->preset].key_frame_ms * NS_PER_MS
		   : 0;
}

/* Returns the command line of a reading; NULL without memory. */
static char **
make_argv(const struct readback *r)
{
	const struct conf_output *c = r->spec.conf;
	struct argv a = { 0 };

	argv_add(&a, "%s", r->spec.program);
	argv_options(&a, "-hide_banner -nostdin -nostats "
			 "-loglevel repeat+level+error -progress pipe:1");
	reading_options(&a, c, r->spec.at.url);
	/* It would look at twenty frames, too, for their rate. */
	argv_number(&a, "-analyzeduration",
	    READING_LOOK_MS * 1000 + frame_wait_ns(r) / 1000);
	argv_options(&a, "-fpsprobesize 0 -i");
	argv_add(&a, "%s", r->spec.at.url);
	/* Every packet is told at once, and none waits for the other stream's.
	 */
	argv_options(&a,
	    r->run.pictured ? "-map 0:v -map 0:a -c copy -max_interleave_delta "
			      "1 -flush_packets 1 -f framecrc -"
			    : "-map 0:a -c copy -f null -");
	return argv_take(&a);
}

static void
readback_begin(struct readback *r)
{
	const struct conf_output *c = r->spec.conf;
	char **argv = make_argv(r);
	int rc = argv ? ffmpeg_run_start(&r->run, argv, "") : ERR_NOMEM;

	words_free(argv);
	r->due = false;
	r->first_ns = 0;
	r->packets = (struct packets){ .sums = 0 };
	if (rc < 0)
		log_warning("output=%s %s: the ffmpeg that reads it back "
			    "cannot be started: %s; it is tried again",
		    r->label, r->spec.at.key, err_text(rc));
	later(r, rc < 0 ? c->probe.interval_ns
			: c->timing.stall_timeout_ns + frame_wait_ns(r));
}

static void
timer(void *arg)
{
	struct readback *r = arg;

	if (ffmpeg_run_alive(&r->run)) {
		r->due = true;
		ffmpeg_run_kill(&r->run);
	} else if (r->on) {
		readback_begin(r);
	}
}

void
readback_start(struct readback *r, bool pictured)
{
	int64_t half;

	if (r == NULL)
		return;
	half = r->spec.conf->probe.interval_ns / 2;
	r->on = true;
	r->run.pictured = pictured;
	r->failures = 0;
	/* A random part of the wait keeps outputs from reading all at once. */
	later(r, half + (int64_t)(platform_random() % (uint64_t)(half + 1)));
}

void
readback_stop(struct readback *r)
{
	if (r == NULL)
		return;
	r->on = false;
	ffmpeg_run_done(&r->run);
	timer_at(r->timer, INT64_MAX);
}

bool
readback_ahead(const struct readback *r, double *ahead_s)
{
	*ahead_s = r && r->frames > 0 ? r->ahead_s : 0;
	return r && r->frames > 0;
}

json_t *
readback_status(const struct readback *r)
{
	json_t *ahead = json_null();
	double s;

	if (r == NULL)
		return json_null();
	if (readback_ahead(r, &s))
		ahead = json_integer(lround(s * 1000));
	return json_pack("{s:b, s:I, s:I, s:o, s:s}", "good",
	    r->good_ns && r->failures == 0, "age_ms",
	    (json_int_t)(r->good_ns
			     ? (clock_awake_ns() - r->good_ns) / NS_PER_MS
			     : -1),
	    "frames", (json_int_t)r->frames, "picture_ahead_ms", ahead,
	    "last_error", r->why);
}

int
readback_new(const struct readback_spec *spec, struct readback **out)
{
	struct readback *r = calloc(1, sizeof(*r));
	int rc;

	*out = NULL;
	if (r == NULL)
		return ERR_NOMEM;
	r->spec = *spec;
	snprintf(r->label, sizeof(r->label), "%s probe", spec->name);
	r->run = (struct ffmpeg_run){ .loop = spec->loop,
		.name = r->label,
		.redact = &r->redact,
		.events = &ffmpeg_run_events,
		.arg = r };
	ffmpeg_run_init(&r->run);
	rc = redact_add_url(&r->redact, spec->at.url);
	if (rc == 0)
		rc = timer_new(spec->loop, TIMER_COARSE, timer, r, &r->timer);
	if (rc < 0) {
		readback_free(r);
		return rc;
	}
	*out = r;
	return 0;
}

void
readback_free(struct readback *r)
{
	if (r == NULL)
		return;
	ffmpeg_run_done(&r->run);
	timer_free(r->timer);
	redact_done(&r->redact);
	free(r);
}
