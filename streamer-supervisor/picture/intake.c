#include "streamer-supervisor/picture/intake.h"

#include "common/err.h"

void
intake_init(struct intake *in, unsigned width, unsigned height,
    bool (*frame)(void *arg, struct block *b, const struct y4m *y), void *arg)
{
	*in = (struct intake){
		.width = width, .height = height, .frame = frame, .arg = arg
	};
	buf_init(&in->rest, INTAKE_REST_MAX);
	intake_begin(in);
}

void
intake_done(struct intake *in)
{
	intake_end(in);
	buf_done(&in->rest);
}

void
intake_begin(struct intake *in)
{
	intake_end(in);
	y4m_init(&in->y4m, in->width, in->height);
}

void
intake_end(struct intake *in)
{
	block_drop(in->filling);
	in->filling = NULL;
	buf_clear(&in->rest);
	in->held_up = false;
}

static int
have_block(struct intake *in)
{
	if (in->filling == NULL)
		in->filling = block_new(y4m_frame_bytes(in->width, in->height));
	return in->filling ? 0 : ERR_NOMEM;
}

static void
hand_over(struct intake *in)
{
	struct block *whole = in->filling;

	in->filling = NULL;
	in->held_up = !in->frame(in->arg, whole, &in->y4m);
}

static int
take(struct intake *in)
{
	size_t used;
	int rc;

	while (!in->held_up && buf_len(&in->rest) > 0) {
		rc = have_block(in);
		if (rc == 0)
			rc = y4m_feed(&in->y4m, buf_data(&in->rest),
			    buf_len(&in->rest), in->filling->bytes, &used);
		if (rc < 0)
			return rc;
		buf_consume(&in->rest, used);
		if (rc == 1)
			hand_over(in);
	}
	return 0;
}

int
intake_feed(struct intake *in, const uint8_t *data, size_t len)
{
	int rc = buf_put(&in->rest, data, len);

	return rc < 0 ? rc : take(in);
}

int
intake_go_on(struct intake *in)
{
	in->held_up = false;
	return take(in);
}
