#include "ttsctl/doctor/speak.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/body.h"
#include "common/err.h"
#include "common/sound/frame.h"

#define SPEAK_MAX_NS (30 * NS_PER_S)
/* So much sound is kept: a minute and more of a sentence. */
#define SPOKEN_PCM_MAX (32u * 1024 * 1024)

/* The connection ends right behind the last frame. */
static void
speak_end(struct spoken *s, const char *why)
{
	if (s->over)
		return;
	s->over = true;
	snprintf(s->why, sizeof(s->why), "%s", why);
	loop_stop(s->loop);
}

static void
speak_late(void *arg)
{
	speak_end(arg, "it took too long");
}

static void
speak_ended(void *arg, int err)
{
	(void)err;
	speak_end(arg, "ttsd ended the connection");
}

/* Why it was refused, or has failed. */
static void
speak_failed(struct spoken *s, const json_t *said)
{
	const char *why = json_string_value(json_object_get(said, "message"));

	speak_end(s, why ? why : "what ttsd says is not understood");
}

static void
take_reply(struct spoken *s, size_t len)
{
	json_t *reply =
	    json_loadb((const char *)buf_data(&s->in), len, 0, NULL);

	s->replied = true;
	s->channels = json_integer_value(json_object_get(reply, "channels"));
	if (!json_is_true(json_object_get(reply, "ok")) || s->channels < 1)
		speak_failed(s, reply);
	json_decref(reply);
	buf_consume(&s->in, len + 1);
}

static void
take_frame(struct spoken *s, const struct frame *f)
{
	json_t *value = NULL;

	if (f->type == FRAME_PCM) {
		if (buf_put(&s->pcm, f->payload, f->len) < 0)
			speak_end(s, "there is no end of it");
		return;
	}
	value = json_loadb((const char *)f->payload, f->len, 0, NULL);
	if (f->type == FRAME_MARK && value)
		json_array_append(s->marks, value);
	else if (f->type == FRAME_ERROR)
		speak_failed(s, value);
	else if (f->type == FRAME_END)
		speak_end(s, "");
	json_decref(value);
}

static void
take_frames(struct spoken *s)
{
	struct frame f;
	int n;

	while ((n = frame_parse(buf_data(&s->in), buf_len(&s->in), &f)) > 0) {
		take_frame(s, &f);
		buf_consume(&s->in, (size_t)n);
	}
	if (n < 0)
		speak_end(s, "what ttsd sends is not understood");
}

static void
speak_came(void *arg, const uint8_t *data, size_t len)
{
	struct spoken *s = arg;
	const uint8_t *end;

	if (buf_put(&s->in, data, len) < 0) {
		speak_end(s, "what ttsd sends is not understood");
		return;
	}
	end = buf_len(&s->in) ? memchr(buf_data(&s->in), '\n', buf_len(&s->in))
			      : NULL;
	if (!s->replied && end)
		take_reply(s, (size_t)(end - buf_data(&s->in)));
	if (s->replied && buf_len(&s->in) > 0)
		take_frames(s);
}

/* The request is short: the system takes it at once. */
static void
speak_ask(struct spoken *s, const json_t *request)
{
	size_t len;
	char *line = body_line(request, &len);

	if (line == NULL || stream_write(s->stream, line, len) != (int)len)
		snprintf(s->why, sizeof(s->why), "it could not be asked");
	else
		loop_run(s->loop);
	free(line);
}

void
speak(struct loop *l, const char *dir, json_t *request, struct spoken *out)
{
	static const struct stream_events events = { .data = speak_came,
		.ended = speak_ended };
	char path[PLATFORM_PATH_MAX];
	struct timer *deadline = NULL;
	int rc;

	*out = (struct spoken){ .loop = l, .marks = json_array() };
	buf_init(&out->pcm, SPOKEN_PCM_MAX);
	buf_init(&out->in, 2 * FRAME_MAX);
	rc = path_socket(dir, "speech", path, sizeof(path));
	if (rc == 0)
		rc = timer_new(l, TIMER_COARSE, speak_late, out, &deadline);
	if (rc == 0)
		rc = stream_connect(l, path, &events, out, &out->stream);
	if (rc == 0) {
		timer_at(deadline, clock_awake_ns() + SPEAK_MAX_NS);
		speak_ask(out, request);
	} else {
		snprintf(out->why, sizeof(out->why), "%.400s: %s", path,
		    err_text(rc));
	}
	if (deadline)
		timer_free(deadline);
	json_decref(request);
}

void
spoken_done(struct spoken *s)
{
	stream_close(s->stream);
	json_decref(s->marks);
	buf_done(&s->pcm);
	buf_done(&s->in);
}
