#include "streamer-supervisor/ffmpeg/trial.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/args/words.h"
#include "common/err.h"
#include "common/lines.h"
#include "streamer-supervisor/ffmpeg/encoder.h"

/* The first one that works is taken. */
static const enum conf_encoder order[] = { ENCODER_NVENC, ENCODER_VAAPI,
	ENCODER_QSV, ENCODER_V4L2 };

_Static_assert(sizeof(order) / sizeof(order[0]) == TRIAL_CHILDREN,
    "each candidate is a child");

enum verdict { VERDICT_OPEN, VERDICT_WORKS, VERDICT_FAILS };

/* An encoder that is tried. */
struct candidate {
	struct trial *trial;
	enum conf_encoder encoder;
	enum verdict verdict;
	struct process *process; /* NULL: it has ended, or never began */
	bool coded;              /* something came out of it */
	struct lines err;
	char why[LINES_MAX + 1]; /* it does not work, in ffmpeg's words */
};

struct trial {
	struct loop *loop;
	const char *program;
	const struct probe *probe;
	void (*done)(void *arg);
	void *arg;
	struct timer *deadline;
	struct candidate candidates[TRIAL_CHILDREN];
	bool trying;
	bool known;
	enum conf_encoder found;
	bool doubted;     /* what was found is tried again */
	char version[64]; /* of the ffmpeg that it was found of */
};

/* ---- the answer --------------------------------------------------------- */

static void
candidate_complain(const struct candidate *c)
{
	const struct trial *t = c->trial;

	log_write(t->doubted ? LOG_DEBUG : LOG_INFO,
	    "ffmpeg=%s encoder=%s does not work here: %s",
	    log_quote(t->program), encoders[c->encoder].name,
	    log_quote(c->why));
}

static void
candidate_end(struct candidate *c, enum verdict verdict)
{
	process_free(c->process);
	c->process = NULL;
	c->verdict = verdict;
	if (verdict == VERDICT_FAILS && c->why[0])
		candidate_complain(c);
}

/* Takes an encoder, and ends what is still tried. The same answer as before is
 * not told again. */
static void
trial_settle(struct trial *t, enum conf_encoder found)
{
	bool told = t->doubted && t->found == found;
	size_t i;

	for (i = 0; i < TRIAL_CHILDREN; i++) {
		process_free(t->candidates[i].process);
		t->candidates[i].process = NULL;
	}
	timer_at(t->deadline, INT64_MAX);
	t->found = found;
	t->known = true;
	t->trying = t->doubted = false;
	log_write(told ? LOG_DEBUG : LOG_INFO,
	    "ffmpeg=%s encoder=%s is what `encoder = auto` takes",
	    log_quote(t->program), encoders[found].name);
}

/* Settles it when all before the first that works have been found wanting. */
static void
trial_judge(struct trial *t)
{
	size_t i = 0;

	while (i < TRIAL_CHILDREN && t->candidates[i].verdict == VERDICT_FAILS)
		i++;
	if (i == TRIAL_CHILDREN)
		trial_settle(t, ENCODER_X264);
	else if (t->candidates[i].verdict == VERDICT_WORKS)
		trial_settle(t, t->candidates[i].encoder);
}

static void
trial_tell(struct trial *t)
{
	trial_judge(t);
	if (t->known)
		t->done(t->arg);
}

/* ---- one candidate ------------------------------------------------------ */

static void
candidate_out(void *arg, const uint8_t *data, size_t len)
{
	struct candidate *c = arg;

	(void)data;
	c->coded = c->coded || len > 0;
}

/* The first complaint is the cause; what follows comes of it. */
static void
keep_complaint(void *arg, char *line)
{
	struct candidate *c = arg;

	if (c->why[0] == '\0')
		memcpy(c->why, line, strlen(line) + 1);
}

static void
candidate_err(void *arg, const uint8_t *data, size_t len)
{
	struct candidate *c = arg;

	lines_feed(&c->err, data, len, keep_complaint, c);
}

static void
candidate_gone(void *arg, const struct process_end *end)
{
	struct candidate *c = arg;
	bool works = c->coded && process_ended_well(end);

	lines_end(&c->err, keep_complaint, c);
	if (c->why[0] == '\0')
		process_describe(end, c->why, sizeof(c->why));
	candidate_end(c, works ? VERDICT_WORKS : VERDICT_FAILS);
	trial_tell(c->trial);
}

static const struct process_events process_events = {
	.gone = candidate_gone, .out = candidate_out, .err = candidate_err
};

static int
candidate_spawn(struct candidate *c)
{
	struct trial *t = c->trial;
	char **argv = encoder_trial(t->program, c->encoder);
	struct process_spec spec = { .argv = (const char *const *)argv };
	int rc = argv ? process_spawn(
			    t->loop, &spec, &process_events, c, &c->process)
		      : ERR_NOMEM;

	words_free(argv);
	return rc;
}

static void
candidate_begin(struct candidate *c, struct trial *t, enum conf_encoder encoder)
{
	int rc;

	*c = (struct candidate){ .trial = t, .encoder = encoder };
	/* That this ffmpeg lacks it is nothing to tell of. */
	if (probe_lacks_encoder(t->probe, encoders[encoder].name, NULL, 0)) {
		candidate_end(c, VERDICT_FAILS);
		return;
	}
	rc = candidate_spawn(c);
	if (rc == 0)
		return;
	snprintf(c->why, sizeof(c->why), "%s", err_text(rc));
	candidate_end(c, VERDICT_FAILS);
}

/* ---- what the header promises ------------------------------------------- */

/* All at once: one after the other they took seconds, in which nothing was
 * sent. */
static void
trial_begin(struct trial *t)
{
	size_t i;

	t->trying = true;
	timer_at(t->deadline, clock_awake_ns() + TRIAL_MAX_NS);
	for (i = 0; i < TRIAL_CHILDREN; i++)
		candidate_begin(&t->candidates[i], t, order[i]);
	trial_judge(t);
}

static void
trial_late(void *arg)
{
	struct trial *t = arg;
	struct candidate *c;

	for (c = t->candidates; c < t->candidates + TRIAL_CHILDREN; c++) {
		if (c->verdict != VERDICT_OPEN)
			continue;
		snprintf(c->why, sizeof(c->why),
		    "it took too long to encode one frame");
		candidate_end(c, VERDICT_FAILS);
	}
	trial_tell(t);
}

bool
trial_find(struct trial *t, enum conf_encoder *out)
{
	const char *version = probe_version(t->probe);

	if (strcmp(t->version, version) != 0)
		t->known = t->doubted = false;
	if (!t->known && !t->trying) {
		snprintf(t->version, sizeof(t->version), "%s", version);
		trial_begin(t);
	}
	*out = t->found;
	return t->known;
}

void
trial_doubt(struct trial *t)
{
	if (!t->known || t->found == ENCODER_X264)
		return;
	t->doubted = true;
	t->known = false;
}

int
trial_new(struct loop *l, const char *program, const struct probe *probe,
    void (*done)(void *arg), void *arg, struct trial **out)
{
	struct trial *t = calloc(1, sizeof(*t));
	int rc = ERR_NOMEM;

	*out = NULL;
	if (t == NULL)
		return ERR_NOMEM;
	*t = (struct trial){ .loop = l,
		.program = program,
		.probe = probe,
		.done = done,
		.arg = arg };
	rc = timer_new(l, TIMER_COARSE, trial_late, t, &t->deadline);
	if (rc < 0) {
		free(t);
		return rc;
	}
	*out = t;
	return 0;
}

void
trial_free(struct trial *t)
{
	size_t i;

	if (t == NULL)
		return;
	for (i = 0; i < TRIAL_CHILDREN; i++)
		process_free(t->candidates[i].process);
	timer_free(t->deadline);
	free(t);
}
