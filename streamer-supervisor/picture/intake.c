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
	in->y4m.are_apart = in->window != NULL;
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

/* One that was written over already has a later one behind it. */
static bool
have_pixels(struct intake *in)
{
	return in->window == NULL ||
	       two_frames_read(in->window, y4m_parameter(&in->y4m, "frame", 0),
		   in->filling->bytes);
}

static void
hand_over(struct intake *in)
{
	struct block *whole = in->filling;

	in->filling = NULL;
	in->held_up = !in->frame(in->arg, whole, &in->y4m);
}

/* Takes all, or up to the frame after which the sender is held up. Returns how
 * much was taken, or an error. */
static ptrdiff_t
take(struct intake *in, const uint8_t *data, size_t len)
{
	size_t taken = 0, used;
	int rc;

	while (!in->held_up && taken < len) {
		rc = have_block(in);
		if (rc == 0)
			rc = y4m_feed(&in->y4m, data + taken, len - taken,
			    in->filling->bytes, &used);
		if (rc < 0)
			return rc;
		taken += used;
		if (rc == 1 && have_pixels(in))
			hand_over(in);
	}
	return (ptrdiff_t)taken;
}

/* Pixels go straight into their block: only what has to wait is kept. */
int
intake_feed(struct intake *in, const uint8_t *data, size_t len)
{
	ptrdiff_t n = take(in, data, len);

	return n < 0 ? (int)n : buf_put(&in->rest, data + n, len - (size_t)n);
}

int
intake_go_on(struct intake *in)
{
	ptrdiff_t n;

	in->held_up = false;
	n = take(in, buf_data(&in->rest), buf_len(&in->rest));
	if (n < 0)
		return (int)n;
	buf_consume(&in->rest, (size_t)n);
	return 0;
}
