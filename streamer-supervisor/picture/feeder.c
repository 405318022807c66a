#include "streamer-supervisor/picture/feeder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/args/words.h"
#include "common/buf.h"
#include "common/err.h"
#include "common/lines.h"
#include "daemon/child_process.h"
#include "streamer-supervisor/picture/intake.h"
#include "streamer-supervisor/picture/lookout.h"
#include "streamer-supervisor/picture/rhythm.h"

/* What waits for a painter that draws. */
#define UNSENT_MAX (256 * 1024)
/* Through a pipe that holds a 64th of a second's pixels the two programs pass
 * the processor to and fro for each part of a frame. What Linux grants anybody:
 * pipe(7), pipe-max-size. */
#define FRAMES_PIPE_BYTES (1024 * 1024)
#define BACKOFF_FIRST_NS (200 * NS_PER_MS)
#define BACKOFF_MAX_NS (10 * NS_PER_S)

/* What stands still is seen within a second, or after three frames; the first
 * picture of a camera takes its time. A drawing that takes longer than two
 * seconds is one that would take for ever. */
#define FRAMES_MISSED 3
static const struct child_limits limits_owing = {
	.start_ns = 15 * NS_PER_S,
	.stall_ns = RHYTHM_LEAST_NS,
	.grace_ns = NS_PER_S,
	.healthy_ns = 5 * NS_PER_S,
	.reject_ns = BACKOFF_MAX_NS,
};
static const struct child_limits limits_directed = {
	.start_ns = 5 * NS_PER_S,
	.stall_ns = 2 * NS_PER_S,
	.grace_ns = NS_PER_S,
	.healthy_ns = 5 * NS_PER_S,
	.reject_ns = BACKOFF_MAX_NS,
};

#define WHY_MAX (Y4M_WHY_MAX + 64)

struct feeder {
	const struct feeder_spec *spec;
	const struct feeder_events *events;
	void *arg;
	struct child_process child;
	struct intake intake;
	/* Of a directed one: memory for its frames, NULL where there is none;
	 * and its command line with the word for that. Of another one its
	 * command line without what is doubtful. */
	struct shared *shared;
	struct two_frames window;
	const char **argv;
	struct rhythm rhythm;
	struct timer *doubt;     /* while the rhythm is not known */
	struct lookout *lookout; /* NULL: it is not directed */
	int64_t begun_ms;        /* clock_utc_ms() when it was started */
	struct lines said;
	struct buf unsent;
	char why[WHY_MAX];     /* this child ended */
	char trouble[WHY_MAX]; /* feeder_trouble() */
};

/* A camera's own pictures tell how long the next one may take. Until they do,
 * one that keeps us waiting is not ended, but not shown as if it were live. */
static void
learn(struct feeder *f)
{
	int64_t now = clock_awake_ns();

	if (f->spec->directed || f->spec->fps > 0)
		return;
	rhythm_note(&f->rhythm, now);
	f->child.child.limits.stall_ns = rhythm_patience_ns(&f->rhythm);
	timer_at(f->doubt,
	    rhythm_is_known(&f->rhythm) ? INT64_MAX : now + RHYTHM_LEAST_NS);
}

static void
doubt(void *arg)
{
	struct feeder *f = arg;

	f->events->failed(f->arg);
}

static bool
intake_frame(void *arg, struct block *b, const struct y4m *y)
{
	struct feeder *f = arg;
	bool more = f->events->frame(f->arg, b, y);

	f->trouble[0] = '\0';
	learn(f);
	child_process_feed(&f->child, CHILD_READY);
	child_process_feed(&f->child, CHILD_PROGRESS);
	return more;
}

/* Goes on, or ends the child, as the intake says. */
static void
judge(struct feeder *f, int rc)
{
	if (rc < 0) {
		snprintf(f->why, sizeof(f->why), "its frames are refused: %s",
		    rc == ERR_INVALID ? f->intake.y4m.why : err_text(rc));
		child_process_feed(&f->child, CHILD_STALL);
		return;
	}
	process_reading(f->child.process, !f->intake.held_up);
	if (!f->spec->directed)
		feeder_owes(f, !f->intake.held_up);
	else if (f->intake.y4m.part != Y4M_HEADER)
		child_process_feed(&f->child, CHILD_READY);
}

static void
child_out(void *arg, const uint8_t *data, size_t len)
{
	struct feeder *f = arg;

	if (f->child.child.state != CHILD_STALLED)
		judge(f, intake_feed(&f->intake, data, len));
}

static void
heard_line(void *arg, char *line)
{
	struct feeder *f = arg;

	f->events->said(f->arg, line);
}

static void
child_err(void *arg, const uint8_t *data, size_t len)
{
	struct feeder *f = arg;

	lines_feed(&f->said, data, len, heard_line, f);
}

/* ffmpeg does without hardware where there is none, but not where a driver
 * brings it down. One that we have ended has not crashed. */
static void
leave_out_doubtful(struct feeder *f, const struct process_end *end)
{
	const char *option = f->spec->doubtful;

	if (option == NULL || f->argv || !end->signalled ||
	    f->child.child.state != CHILD_STARTING)
		return;
	f->argv = words_without(f->spec->argv, option);
	if (f->argv)
		log_warning("%s crashed before its first picture; from now on "
			    "it is started without %s",
		    log_quote(f->spec->argv[0]), option);
}

static void
child_gone(void *arg, const struct process_end *end)
{
	struct feeder *f = arg;

	leave_out_doubtful(f, end);
	lines_end(&f->said, heard_line, f);
	intake_end(&f->intake);
	buf_clear(&f->unsent);
	timer_at(f->doubt, INT64_MAX);
	if (f->why[0] == '\0')
		process_describe(end, f->why, sizeof(f->why));
}

static void
flush(struct feeder *f)
{
	int n;

	if (buf_len(&f->unsent) == 0)
		return;
	n = process_write(
	    f->child.process, buf_data(&f->unsent), buf_len(&f->unsent));
	buf_consume(&f->unsent, n < 0 ? buf_len(&f->unsent) : (size_t)n);
}

static void
child_writable(void *arg)
{
	flush(arg);
}

static int
child_describe(void *arg, struct process_spec *out)
{
	struct feeder *f = arg;

	f->why[0] = '\0';
	f->said.len = 0;
	f->rhythm = (struct rhythm){ 0 };
	intake_begin(&f->intake);
	f->begun_ms = clock_utc_ms();
	out->argv = f->argv ? f->argv : f->spec->argv;
	out->shared = f->shared;
	out->text = f->spec->text;
	out->input = f->spec->directed;
	out->out_bytes = FRAMES_PIPE_BYTES;
	return 0;
}

static void
child_begun(void *arg)
{
	struct feeder *f = arg;

	f->events->begun(f->arg);
}

static void
child_failed(void *arg, int err)
{
	struct feeder *f = arg;

	snprintf(
	    f->why, sizeof(f->why), "it cannot be started: %s", err_text(err));
}

static void
log_state(const struct feeder *f)
{
	const char *program = f->spec->argv[0];

	if (f->child.child.state == CHILD_STALLED)
		log_warning("%s is ended: %s", log_quote(program), f->why);
	else if (f->child.child.state == CHILD_BACKOFF)
		log_warning("%s ended (%s); %s, and it is started again in "
			    "%d ms",
		    log_quote(program), f->why,
		    f->spec->directed ? "the picture stays as it is"
				      : "the background is shown",
		    (int)(f->child.child.wait_ns / NS_PER_MS));
	else if (f->child.child.state == CHILD_RUNNING)
		log_info("%s is ready", log_quote(program));
}

/* Whoever saw it fail has said why; else it was too slow. */
static void
explain_stall(struct feeder *f, enum child_state from)
{
	if (f->why[0])
		return;
	if (f->spec->directed && from == CHILD_RUNNING)
		snprintf(f->why, sizeof(f->why),
		    "a drawing takes longer than %d s",
		    (int)(limits_directed.stall_ns / NS_PER_S));
	else
		snprintf(f->why, sizeof(f->why), "it makes no pictures");
}

/* What ended it may be mended while it waits, or have been before. */
static void
look_out(struct feeder *f, enum child_state from)
{
	if (f->lookout == NULL)
		return;
	if (f->child.child.state == CHILD_BACKOFF)
		lookout_begin(f->lookout, f->begun_ms);
	else if (from == CHILD_BACKOFF)
		lookout_end(f->lookout);
}

static void
files_changed(void *arg)
{
	struct feeder *f = arg;

	log_info("what %s draws has changed; it is started at once",
	    log_quote(f->spec->argv[0]));
	child_process_feed(&f->child, CHILD_WAKE);
}

static void
child_changed(void *arg, enum child_state from)
{
	struct feeder *f = arg;

	if (f->child.child.state == CHILD_STALLED)
		explain_stall(f, from);
	if (f->child.child.state == CHILD_STALLED ||
	    f->child.child.state == CHILD_BACKOFF)
		memcpy(f->trouble, f->why, sizeof(f->trouble));
	log_state(f);
	look_out(f, from);
	if (from == CHILD_RUNNING)
		f->events->failed(f->arg);
}

static const struct child_process_events child_events = { .describe =
							      child_describe,
	.begun = child_begun,
	.failed = child_failed,
	.out = child_out,
	.err = child_err,
	.writable = child_writable,
	.gone = child_gone,
	.changed = child_changed };

static struct child_limits
limits_of(const struct feeder_spec *spec)
{
	struct child_limits l = limits_owing;
	int64_t missed_ns;

	if (spec->directed)
		return limits_directed;
	if (spec->fps == 0)
		return l;
	missed_ns = FRAMES_MISSED * NS_PER_S / spec->fps;
	if (l.stall_ns < missed_ns)
		l.stall_ns = missed_ns;
	return l;
}

/* Shares memory with a directed child, which then need not push each frame
 * through a pipe, piece by piece. Where there is none it does. */
static int
share_memory(struct feeder *f)
{
	size_t bytes = y4m_frame_bytes(f->spec->width, f->spec->height);

	if (shared_new(two_frames_size(bytes), &f->shared) < 0)
		return 0;
	f->window = (struct two_frames){ .memory = shared_memory(f->shared),
		.frame_bytes = bytes };
	f->intake.window = &f->window;
	f->argv =
	    words_with(f->spec->argv, "--frames-in", shared_name(f->shared));
	return f->argv ? 0 : ERR_NOMEM;
}

static int
begin(struct feeder *f, struct loop *l)
{
	int rc = timer_new(l, TIMER_COARSE, doubt, f, &f->doubt);

	if (rc == 0 && f->spec->directed)
		rc = share_memory(f);
	if (rc == 0 && f->spec->directed)
		rc = lookout_new(
		    l, f->spec->argv, files_changed, f, &f->lookout);
	return rc < 0 ? rc : child_process_init(&f->child, l, &child_events, f);
}

/* Frees all but the child itself. */
static void
feeder_release(struct feeder *f)
{
	lookout_free(f->lookout);
	timer_free(f->doubt);
	intake_done(&f->intake);
	buf_done(&f->unsent);
	shared_free(f->shared);
	free(f->argv);
	free(f);
}

int
feeder_new(struct loop *l, const struct feeder_spec *spec,
    const struct feeder_events *events, void *arg, struct feeder **out)
{
	const struct child_limits limits = limits_of(spec);
	struct feeder *f = calloc(1, sizeof(*f));
	int rc;

	*out = NULL;
	if (f == NULL)
		return ERR_NOMEM;
	*f = (struct feeder){ .spec = spec, .events = events, .arg = arg };
	buf_init(&f->unsent, UNSENT_MAX);
	intake_init(&f->intake, spec->width, spec->height, intake_frame, f);
	rc = begin(f, l);
	if (rc < 0) {
		feeder_release(f);
		return rc;
	}
	child_init(&f->child.child, &limits, BACKOFF_FIRST_NS, BACKOFF_MAX_NS,
	    !spec->directed);
	*out = f;
	child_process_feed(&f->child, CHILD_START);
	return 0;
}

void
feeder_free(struct feeder *f)
{
	if (f == NULL)
		return;
	child_process_done(&f->child);
	feeder_release(f);
}

void
feeder_go_on(struct feeder *f)
{
	if (f && f->child.process && f->intake.held_up)
		judge(f, intake_go_on(&f->intake));
}

void
feeder_send(struct feeder *f, const char *line)
{
	if (f->child.process == NULL)
		return;
	if (buf_puts(&f->unsent, line) < 0 || buf_puts(&f->unsent, "\n") < 0) {
		snprintf(f->why, sizeof(f->why), "it does not take its lines");
		child_process_feed(&f->child, CHILD_STALL);
		return;
	}
	flush(f);
}

void
feeder_owes(struct feeder *f, bool owes)
{
	child_process_watch(&f->child, owes);
}

enum child_state
feeder_state(const struct feeder *f)
{
	return f->child.child.state;
}

const char *
feeder_trouble(const struct feeder *f)
{
	return f->trouble;
}

uint64_t
feeder_restarts(const struct feeder *f)
{
	return f->child.child.restarts;
}
