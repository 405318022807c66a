#include "gateway/sound/speaker.h"

#include <stdlib.h>

#include "common/control/fields.h"
#include "common/control/proto.h"
#include "common/err.h"
#include "common/lines.h"
#include "common/sound/frame.h"

#define IN_MAX (FRAME_HEADER_BYTES + FRAME_MAX + STREAM_READ_MAX)

struct speaker {
	struct loop *loop;
	struct stream *stream;
	const struct speaker_events *events;
	void *arg;
	struct buf out; /* of the request, what is not sent yet */
	struct buf in;
	size_t scanned;
	bool answered; /* frames follow */
	bool over;     /* no event comes any more */
	struct loop_task release;
};

static void
speaker_end(struct speaker *s, const char *code, const char *message)
{
	if (s->over)
		return;
	s->over = true;
	stream_reading(s->stream, false);
	s->events->ended(s->arg, code, message);
}

static void
end_by(struct speaker *s, const json_t *o, const char *name)
{
	speaker_end(s, body_string_or(o, name, "failed"),
	    body_string_or(o, "message", ""));
}

static void
take_reply(struct speaker *s, const char *line, size_t len)
{
	json_t *reply = json_loadb(line, len, 0, NULL);

	buf_consume(&s->in, len + 1);
	s->answered = true;
	if (!json_is_true(json_object_get(reply, "ok")))
		end_by(s, reply, "error");
	json_decref(reply);
}

static void
take_frame(struct speaker *s, const struct frame *f)
{
	json_t *body;

	if (f->type == FRAME_PCM) {
		s->events->sound(s->arg, f->payload, f->len);
		return;
	}
	body = json_loadb((const char *)f->payload, f->len, 0, NULL);
	if (f->type == FRAME_MARK && body)
		s->events->mark(s->arg, body);
	else if (f->type == FRAME_END)
		speaker_end(s, NULL, NULL);
	else if (f->type == FRAME_ERROR)
		end_by(s, body, "code");
	json_decref(body);
}

static void
take_frames(struct speaker *s)
{
	struct frame f;
	int n = 0;

	while (!s->over &&
	       (n = frame_parse(buf_data(&s->in), buf_len(&s->in), &f)) > 0) {
		take_frame(s, &f);
		buf_consume(&s->in, (size_t)n);
	}
	if (n < 0)
		speaker_end(
		    s, "unavailable", "ttsd sent something that is no frame");
}

static void
speaker_data(void *arg, const uint8_t *data, size_t len)
{
	struct speaker *s = arg;
	const char *line;
	size_t n;

	if (buf_put(&s->in, data, len) < 0)
		speaker_end(s, "unavailable", "there is no memory for it");
	else if (!s->answered && lines_peek(&s->in, &s->scanned, &line, &n))
		take_reply(s, line, n);
	if (s->answered && !s->over)
		take_frames(s);
}

static void
speaker_send(void *arg)
{
	struct speaker *s = arg;
	int n;

	if (s->over || buf_len(&s->out) == 0)
		return;
	n = stream_write(s->stream, buf_data(&s->out), buf_len(&s->out));
	if (n < 0)
		speaker_end(s, "unavailable", err_text(n));
	else
		buf_consume(&s->out, (size_t)n);
}

static void
speaker_ended(void *arg, int err)
{
	(void)err;
	speaker_end(arg, "unavailable",
	    "ttsd ended before all of it was spoken; ask again");
}

static const struct stream_events stream_events = {
	.data = speaker_data, .writable = speaker_send, .ended = speaker_ended
};

static void
speaker_release(void *arg)
{
	struct speaker *s = arg;

	buf_done(&s->in);
	buf_done(&s->out);
	free(s);
}

int
speaker_new(struct loop *l, const char *path, const char *line,
    const struct speaker_events *events, void *arg, struct speaker **out)
{
	struct speaker *s = calloc(1, sizeof(*s));
	int rc;

	*out = NULL;
	if (s == NULL)
		return ERR_NOMEM;
	*s = (struct speaker){ .loop = l, .events = events, .arg = arg };
	buf_init(&s->in, IN_MAX);
	buf_init(&s->out, PROTO_LINE_MAX + 1);
	rc = buf_puts(&s->out, line);
	if (rc == 0)
		rc = stream_connect(l, path, &stream_events, s, &s->stream);
	if (rc < 0) {
		speaker_release(s);
		return rc;
	}
	rc = stream_write(s->stream, buf_data(&s->out), buf_len(&s->out));
	if (rc < 0) {
		speaker_free(s);
		return rc;
	}
	buf_consume(&s->out, (size_t)rc);
	*out = s;
	return 0;
}

void
speaker_hold(struct speaker *s, bool held)
{
	if (!s->over)
		stream_reading(s->stream, !held);
}

/* One of its events may be under way, with a frame of `in` in hand. */
void
speaker_free(struct speaker *s)
{
	if (s == NULL)
		return;
	s->over = true;
	stream_close(s->stream);
	s->release = (struct loop_task){ .fn = speaker_release, .arg = s };
	loop_defer(s->loop, &s->release);
}
