#include "gateway/wyoming/reader.h"

#include "common/err.h"

static const struct wyoming_bounds bounds = { READER_EVENT_MAX,
	READER_PAYLOAD_MAX };

void
reader_init(struct reader *r, size_t piece)
{
	*r = (struct reader){ .need = 0 };
	buf_init(&r->in, READER_EVENT_MAX + piece);
}

void
reader_done(struct reader *r)
{
	buf_done(&r->in);
}

bool
reader_has_room(const struct reader *r, size_t piece)
{
	return buf_room(&r->in) >= piece;
}

static void
pass_over(struct reader *r)
{
	size_t n = buf_len(&r->in);

	if (r->payload < n)
		n = (size_t)r->payload;
	buf_consume(&r->in, n);
	r->payload -= n;
}

int
reader_feed(struct reader *r, const void *data, size_t len)
{
	int rc = buf_put(&r->in, data, len);

	pass_over(r);
	return rc;
}

int
reader_next(struct reader *r, struct wyoming_event *out)
{
	long used;

	*out = (struct wyoming_event){ 0 };
	if (buf_len(&r->in) < r->need)
		return 0;
	used = wyoming_parse(
	    buf_data(&r->in), buf_len(&r->in), &bounds, out, &r->need);
	/* So it is however much of it is there, and whatever stands in it. */
	if (r->need > READER_EVENT_MAX) {
		wyoming_done(out);
		return ERR_TOO_LONG;
	}
	if (used <= 0)
		return (int)used;
	buf_consume(&r->in, (size_t)used);
	r->need = 0;
	r->payload = out->payload_len;
	pass_over(r);
	return 1;
}
