#include "streamer-supervisor/picture/door.h"

#include <stdlib.h>

#include "common/err.h"
#include "streamer-supervisor/picture/intake.h"

struct door {
	struct listener *listener;
	struct stream *stream; /* NULL: nobody is there */
	struct intake intake;
	door_fn *frame;
	void *arg;
	struct log_limit chatter; /* of renderers that come and go */
};

static bool
intake_frame(void *arg, struct block *b, const struct y4m *y)
{
	struct door *d = arg;

	return d->frame(d->arg, b, y4m_parameter(y, "sample", -1));
}

static void
send_away(struct door *d)
{
	stream_close(d->stream);
	d->stream = NULL;
	intake_end(&d->intake);
}

static void
refuse(struct door *d, int err)
{
	if (log_allow(&d->chatter, clock_awake_ns()))
		log_warning("frames of the raw door are refused: %s; the "
			    "picture stays as it is",
		    err == ERR_INVALID ? d->intake.y4m.why : err_text(err));
	send_away(d);
}

/* Goes on, or refuses what came, as the intake says. */
static void
judge(struct door *d, int rc)
{
	if (rc < 0)
		refuse(d, rc);
	else
		stream_reading(d->stream, !d->intake.held_up);
}

static void
stream_data(void *arg, const uint8_t *data, size_t len)
{
	struct door *d = arg;

	judge(d, intake_feed(&d->intake, data, len));
}

static void
stream_ended(void *arg, int err)
{
	struct door *d = arg;

	(void)err;
	if (log_allow(&d->chatter, clock_awake_ns()))
		log_info("the renderer left the raw door");
	send_away(d);
}

static const struct stream_events stream_events = { .data = stream_data,
	.ended = stream_ended };

static void
accepted(void *arg, struct stream *s)
{
	struct door *d = arg;

	if (log_allow(&d->chatter, clock_awake_ns()))
		log_info("a renderer came to the raw door%s",
		    d->stream ? "; it takes the place of the one before" : "");
	send_away(d);
	d->stream = s;
	intake_begin(&d->intake);
	stream_set_owner(s, &stream_events, d);
}

int
door_new(struct loop *l, const char *path, unsigned width, unsigned height,
    door_fn *frame, void *arg, struct door **out)
{
	struct door *d = calloc(1, sizeof(*d));
	int rc;

	*out = NULL;
	if (d == NULL)
		return ERR_NOMEM;
	*d = (struct door){ .frame = frame,
		.arg = arg,
		.chatter = { .every_ns = NS_PER_S, .burst = 20 } };
	intake_init(&d->intake, width, height, intake_frame, d);
	rc = listener_new(l, path, accepted, d, &d->listener);
	if (rc < 0) {
		intake_done(&d->intake);
		free(d);
		return rc;
	}
	*out = d;
	return 0;
}

void
door_close(struct door *d)
{
	if (d == NULL)
		return;
	send_away(d);
	listener_close(d->listener);
	intake_done(&d->intake);
	free(d);
}

void
door_go_on(struct door *d)
{
	if (d && d->intake.held_up)
		judge(d, intake_go_on(&d->intake));
}

bool
door_is_used(const struct door *d)
{
	return d && d->stream;
}
