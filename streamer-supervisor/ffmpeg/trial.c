#include "streamer-supervisor/ffmpeg/trial.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/args/words.h"
#include "common/err.h"
#include "common/lines.h"
#include "streamer-supervisor/ffmpeg/encoder.h"

/* In the order in which they are tried. */
static const enum conf_encoder candidates[] = { ENCODER_NVENC, ENCODER_VAAPI,
	ENCODER_QSV, ENCODER_V4L2 };

#define CANDIDATES (sizeof(candidates) / sizeof(candidates[0]))

struct trial {
	struct loop *loop;
	const char *program;
	const struct probe *probe;
	void (*done)(void *arg);
	void *arg;
	struct timer *deadline;
	struct process *process; /* NULL: none is tried just now */
	size_t at;               /* the candidate that is */
	bool coded;              /* something came out of it */
	struct lines err;
	char why[LINES_MAX + 1]; /* why it does not work, in ffmpeg's words */
	bool known;
	enum conf_encoder found;
	bool doubted;     /* what was found is tried again */
	char version[64]; /* of the ffmpeg that it was found of */
};

static const char *
candidate_name(const struct trial *t)
{
	return encoders[candidates[t->at]].name;
}

/* The same answer as before is not told again. */
static void
trial_settle(struct trial *t, enum conf_encoder found)
{
	bool told = t->doubted && t->found == found;

	t->found = found;
	t->known = true;
	t->doubted = false;
	log_write(told ? LOG_DEBUG : LOG_INFO,
	    "ffmpeg=%s encoder=%s is what `encoder = auto` takes",
	    log_quote(t->program), encoders[found].name);
}

static void
candidate_out(void *arg, const uint8_t *data, size_t len)
{
	struct trial *t = arg;

	(void)data;
	t->coded = t->coded || len > 0;
}

/* The first complaint is the cause; what follows comes of it. */
static void
keep_complaint(void *arg, char *line)
{
	struct trial *t = arg;

	if (t->why[0] == '\0')
		memcpy(t->why, line, strlen(line) + 1);
}

static void
candidate_err(void *arg, const uint8_t *data, size_t len)
{
	struct trial *t = arg;

	lines_feed(&t->err, data, len, keep_complaint, t);
}

static void candidate_gone(void *arg, const struct process_end *end);

static const struct process_events process_events = {
	.gone = candidate_gone, .out = candidate_out, .err = candidate_err
};

static int
candidate_start(struct trial *t)
{
	char **argv = encoder_trial(t->program, candidates[t->at]);
	struct process_spec spec = { .argv = (const char *const *)argv };
	int rc = ERR_NOMEM;

	t->coded = false;
	t->err.len = 0;
	t->why[0] = '\0';
	if (argv)
		rc = process_spawn(
		    t->loop, &spec, &process_events, t, &t->process);
	words_free(argv);
	if (rc == 0)
		timer_at(t->deadline, clock_awake_ns() + TRIAL_MAX_NS);
	return rc;
}

static void
candidate_end(struct trial *t)
{
	timer_at(t->deadline, INT64_MAX);
	process_free(t->process);
	t->process = NULL;
}

static void
candidate_complain(const struct trial *t, const char *why)
{
	log_write(t->doubted ? LOG_DEBUG : LOG_INFO,
	    "ffmpeg=%s encoder=%s does not work here: %s",
	    log_quote(t->program), candidate_name(t), log_quote(why));
}

/* Tries the candidates from `at` on; without any left, the answer is libx264.
 */
static void
trial_try(struct trial *t)
{
	int rc;

	for (; t->at < CANDIDATES; t->at++) {
		if (probe_lacks_encoder(t->probe, candidate_name(t), NULL, 0))
			continue;
		rc = candidate_start(t);
		if (rc == 0)
			return;
		candidate_complain(t, err_text(rc));
	}
	trial_settle(t, ENCODER_X264);
}

/* The candidate does not work: the next one's turn. */
static void
candidate_fail(struct trial *t, const char *why)
{
	candidate_complain(t, why);
	t->at++;
	trial_try(t);
}

static void
candidate_gone(void *arg, const struct process_end *end)
{
	struct trial *t = arg;
	char exit[64];

	candidate_end(t);
	lines_end(&t->err, keep_complaint, t);
	process_describe(end, exit, sizeof(exit));
	if (t->coded && !end->err && !end->signalled && end->code == 0)
		trial_settle(t, candidates[t->at]);
	else
		candidate_fail(t, t->why[0] ? t->why : exit);
	if (t->known)
		t->done(t->arg);
}

static void
candidate_late(void *arg)
{
	struct trial *t = arg;

	candidate_end(t);
	candidate_fail(t, "it took too long to encode one frame");
	if (t->known)
		t->done(t->arg);
}

bool
trial_find(struct trial *t, enum conf_encoder *out)
{
	const char *version = probe_version(t->probe);

	if (strcmp(t->version, version) != 0)
		t->known = t->doubted = false;
	if (!t->known && t->process == NULL) {
		snprintf(t->version, sizeof(t->version), "%s", version);
		t->at = 0;
		trial_try(t);
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
	rc = timer_new(l, TIMER_COARSE, candidate_late, t, &t->deadline);
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
	if (t == NULL)
		return;
	process_free(t->process);
	timer_free(t->deadline);
	free(t);
}
