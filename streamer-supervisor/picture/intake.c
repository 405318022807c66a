#include "streamer-supervisor/picture/intake.h"

#include "common/err.h"

void
intake_init(struct intake *in, unsigned width, unsigned height,
    bool (*frame)(void *arg, struct block *b, const struct y4m *y), void *arg)
{
	*in = (struct intake){
		.width = width, .height = height, .frame = frame, .arg = arg
	};
	intake_begin(in);
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
}

static int
have_block(struct intake *in)
{
	if (in->filling == NULL)
		in->filling = block_new(y4m_frame_bytes(in->width, in->height));
	return in->filling ? 0 : ERR_NOMEM;
}

static bool
hand_over(struct intake *in)
{
	struct block *whole = in->filling;

	in->filling = NULL;
	return in->frame(in->arg, whole, &in->y4m);
}

ptrdiff_t
intake_feed(struct intake *in, const uint8_t *data, size_t len)
{
	size_t taken = 0, used;
	bool more = true;
	int rc;

	while (more && taken < len) {
		rc = have_block(in);
		if (rc == 0)
			rc = y4m_feed(&in->y4m, data + taken, len - taken,
			    in->filling->bytes, &used);
		if (rc < 0)
			return rc;
		taken += used;
		if (rc == 1)
			more = hand_over(in);
	}
	return (ptrdiff_t)taken;
}
