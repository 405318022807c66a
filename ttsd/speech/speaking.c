#include "ttsd/speech/speaking.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/body.h"
#include "common/control/fields.h"
#include "common/err.h"
#include "ttsd/pool/part_maker.h"

/* What a worker was read of before it was held comes, too, with words that are
 * longer here; and the last frame. */
#define FRAMES_MAX (SPEAKING_AHEAD_MAX + 4 * FRAME_MAX)

static void speaking_go_on(struct speaking *s);

static const struct part *
present_part(const struct speaking *s)
{
	return &s->order.saying->parts[s->step - 1];
}

static uint64_t
samples_of_ms(const struct speaking *s, uint64_t ms)
{
	return ms * s->order.rate_hz / 1000;
}

static bool
is_far_ahead(const struct speaking *s)
{
	return buf_len(&s->frames) >= SPEAKING_AHEAD_MAX;
}

/* ---- frames ----------------------------------------------------------- */

static int
put(struct speaking *s, enum frame_type type, const void *data, size_t len)
{
	int rc = frame_put(&s->frames, type, data, len);

	s->moved_ns = clock_awake_ns();
	return rc;
}

/* Takes over `body`. */
static int
put_json(struct speaking *s, enum frame_type type, json_t *body)
{
	char *text = body_text(body);
	int rc = text ? put(s, type, text, strlen(text)) : ERR_NOMEM;

	free(text);
	json_decref(body);
	return rc;
}

/* Without memory for the last frame the stream ends without one. */
static void
speaking_end(struct speaking *s, enum frame_type type, json_t *body)
{
	job_cancel(s->job);
	s->job = NULL;
	put_json(s, type, body);
	s->over = true;
}

void
speaking_fail(struct speaking *s, enum failure_code code, const char *why)
{
	json_t *body;

	if (s->over)
		return;
	body = json_pack("{s:s}", "code", failure_name(code));
	body_put_text(&body, "message", why);
	speaking_end(s, FRAME_ERROR, body);
	s->more(s->arg);
}

static void
fail_for(struct speaking *s, int err)
{
	speaking_fail(s, FAILURE_UNAVAILABLE,
	    err == ERR_FULL ? "the engine sends more than was asked for"
			    : err_text(err));
}

/* ---- what the engine makes -------------------------------------------- */

static void
pcm_made(void *arg, const uint8_t *data, size_t len)
{
	struct speaking *s = arg;
	int rc = put(s, FRAME_PCM, data, len);

	s->samples += len / (sizeof(int16_t) * s->order.channels);
	if (rc < 0)
		fail_for(s, rc);
	else if (s->samples - s->part_start > samples_of_ms(s, PART_MAX_MS))
		speaking_fail(s, FAILURE_FAILED,
		    "the engine has made an hour of sound and goes on");
	else if (is_far_ahead(s))
		job_hold(s->job, true);
	if (!s->over)
		s->more(s->arg);
}

/* A mark as the taker knows it: by the samples of the whole, a word by its
 * place in the text as it was asked for. */
static json_t *
mark_told(const struct speaking *s, json_t *mark, int64_t sample)
{
	const char *kind = body_string(mark, "mark");
	json_t *body = json_object();

	body_merge(&body, mark);
	body_put(
	    &body, "sample", json_integer((json_int_t)s->part_start + sample));
	if (kind && strcmp(kind, "word") == 0)
		saying_add_word(s->order.saying, s->step - 1, mark, &body);
	return body;
}

static void
mark_made(void *arg, json_t *mark)
{
	struct speaking *s = arg;
	int64_t sample = body_integer(mark, "sample", 0);
	int rc = sample < 0
		     ? 0
		     : put_json(s, FRAME_MARK, mark_told(s, mark, sample));

	if (rc < 0)
		fail_for(s, rc);
	else
		s->more(s->arg);
}

static void submit(struct speaking *s, struct engine *e);

static void
job_ended(void *arg, const struct failure *failure)
{
	struct speaking *s = arg;
	struct engine *second = part_maker_after(present_part(s), s->maker);

	s->job = NULL;
	if (failure && second && s->samples == s->part_start) {
		log_warning("speech: engine '%s' failed; engine '%s' speaks "
			    "instead",
		    engine_name(s->maker), engine_name(second));
		submit(s, second);
	} else if (failure) {
		speaking_fail(s, failure->code, failure->text);
	} else {
		speaking_go_on(s);
	}
}

static const struct job_events job_events = {
	.pcm = pcm_made, .mark = mark_made, .done = job_ended
};

static void
submit(struct speaking *s, struct engine *e)
{
	struct speech speech = part_speech(present_part(s), e);
	const struct job_order order = { .speech = &speech,
		.rate_hz = s->order.rate_hz,
		.channels = s->order.channels,
		.rank = JOB_ASIDE };

	s->maker = e;
	s->moved_ns = clock_awake_ns();
	if (engine_submit(e, &order, &job_events, s, &s->job) < 0)
		fail_for(s, ERR_NOMEM);
	else if (is_far_ahead(s))
		job_hold(s->job, true);
}

/* ---- part after part -------------------------------------------------- */

static int
make_silence(struct speaking *s)
{
	static const uint8_t zeros[FRAME_PCM_MAX];
	size_t sample_bytes = sizeof(int16_t) * s->order.channels;
	uint64_t n = sizeof(zeros) / sample_bytes;

	if (n > s->pause_left)
		n = s->pause_left;
	s->pause_left -= n;
	s->samples += n;
	return put(s, FRAME_PCM, zeros, n * sample_bytes);
}

static void
begin_part(struct speaking *s)
{
	const struct part *part = &s->order.saying->parts[s->step++];

	s->part_start = s->samples;
	if (part->engine)
		submit(s, part_maker(part));
	else
		s->pause_left = samples_of_ms(s, part->pause_ms);
}

/* Goes on until an engine has to be waited for, or the taker. */
static void
speaking_go_on(struct speaking *s)
{
	int rc = 0;

	while (!s->over && s->job == NULL && rc == 0) {
		if (s->pause_left > 0 && is_far_ahead(s))
			break;
		if (s->pause_left > 0)
			rc = make_silence(s);
		else if (s->step < s->order.saying->part_count)
			begin_part(s);
		else
			speaking_end(s, FRAME_END,
			    json_pack(
				"{s:I}", "samples", (json_int_t)s->samples));
	}
	if (rc < 0)
		fail_for(s, rc);
	else
		s->more(s->arg);
}

/* ---- what the header promises ----------------------------------------- */

int
speaking_new(const struct speech_order *order, void (*more)(void *arg),
    void *arg, struct speaking **out)
{
	struct speaking *s = calloc(1, sizeof(*s));

	*out = s;
	if (s == NULL)
		return ERR_NOMEM;
	*s = (struct speaking){ .order = *order, .more = more, .arg = arg };
	saying_hold(order->saying);
	buf_init(&s->frames, FRAMES_MAX);
	speaking_go_on(s);
	return 0;
}

void
speaking_free(struct speaking *s)
{
	if (s == NULL)
		return;
	job_cancel(s->job);
	saying_release(s->order.saying);
	buf_done(&s->frames);
	free(s);
}

size_t
speaking_peek(const struct speaking *s, const uint8_t **data)
{
	*data = buf_data(&s->frames);
	return buf_len(&s->frames);
}

void
speaking_take(struct speaking *s, size_t len)
{
	buf_consume(&s->frames, len);
	s->moved_ns = clock_awake_ns();
	if (buf_len(&s->frames) >= SPEAKING_AHEAD_MAX / 2)
		return;
	if (s->job)
		job_hold(s->job, false);
	else
		speaking_go_on(s);
}

bool
speaking_is_over(const struct speaking *s)
{
	return s->over && buf_len(&s->frames) == 0;
}

void
speaking_check(struct speaking *s, int64_t now_ns)
{
	char why[160];

	if (s->over || s->job == NULL || !job_waits(s->job) ||
	    now_ns - s->moved_ns < SPEAKING_WAIT_NS)
		return;
	snprintf(why, sizeof(why),
	    "no worker of engine '%.40s' came free within %d s; what is on air "
	    "goes before",
	    engine_name(s->maker), (int)(SPEAKING_WAIT_NS / NS_PER_S));
	speaking_fail(s, FAILURE_UNAVAILABLE, why);
}
