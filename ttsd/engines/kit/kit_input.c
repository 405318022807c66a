#include "ttsd/engines/kit/kit_input.h"

#include <jansson.h>
#include <stdbool.h>
#include <string.h>

#include "common/err.h"
#include "ttsd/engines/kit/kit_io.h"

/* One frame that is being served, and one whole frame more that has come
 * early. Beyond that, input waits in the pipe. */
#define STORE_BYTES ((size_t)2 * (FRAME_MAX + FRAME_HEADER_BYTES))

struct store {
	size_t head;  /* first byte of the frame that is next */
	size_t taken; /* bytes of it, 0 when it is not complete */
	size_t scan;  /* first byte not looked at for CANCEL */
	size_t end;   /* one past the last byte */
	int64_t job;  /* watched */
	bool cancelled;
	bool ended;
	uint8_t bytes[STORE_BYTES];
};

static struct store *in;

int
kit_input_init(void)
{
	in = io_shared(sizeof(*in));
	return in ? 0 : ERR_NOMEM;
}

/* Reads once into what room there is. */
static int
fill(void)
{
	long n;

	if (in->end == STORE_BYTES) {
		memmove(in->bytes, in->bytes + in->head, in->end - in->head);
		in->end -= in->head;
		in->scan -= in->scan < in->head ? in->scan : in->head;
		in->head = 0;
	}
	n = io_read(in->bytes + in->end, STORE_BYTES - in->end);
	if (n == ERR_AGAIN)
		return 0;
	if (n <= 0) {
		in->ended = true;
		return ERR_CLOSED;
	}
	in->end += (size_t)n;
	return 0;
}

bool
kit_input_full(void)
{
	return in->end - in->head == STORE_BYTES;
}

int
kit_input_next(struct frame *out)
{
	int rc;

	while (!in->ended) {
		rc = frame_parse(in->bytes + in->head, in->end - in->head, out);
		if (rc < 0)
			return rc;
		in->taken = (size_t)rc;
		if (rc > 0)
			return 0;
		rc = kit_input_wait(0, -1);
		if (rc < 0)
			return rc;
	}
	return ERR_CLOSED;
}

void
kit_input_take(void)
{
	in->head += in->taken;
	in->taken = 0;
	if (in->head == in->end)
		in->head = in->end = 0;
	in->scan = in->head;
}

static bool
names_job(const struct frame *f, int64_t job)
{
	json_t *root, *number;
	bool yes;

	root = json_loadb((const char *)f->payload, f->len, 0, NULL);
	number = json_object_get(root, "job");
	yes = json_is_integer(number) && json_integer_value(number) == job;
	json_decref(root);
	return yes;
}

/* Looks through the frames that came behind the one being served. They stay
 * where they are: a CANCEL that is served later finds no job and is idle. */
static void
look_for_cancel(void)
{
	struct frame f;
	int rc;

	for (;;) {
		rc = frame_parse(in->bytes + in->scan, in->end - in->scan, &f);
		if (rc <= 0)
			return;
		in->scan += (size_t)rc;
		if (f.type == FRAME_CANCEL && names_job(&f, in->job))
			in->cancelled = true;
	}
}

void
kit_input_watch(int64_t job)
{
	in->job = job;
	in->cancelled = false;
	in->scan = in->head;
	look_for_cancel();
}

int
kit_input_wait(int want_output, int timeout_ms)
{
	unsigned want =
	    (kit_input_full() ? 0 : IO_IN) | (want_output ? IO_OUT : 0);
	int ready = io_wait(want, timeout_ms);

	if (ready < 0 || (ready & IO_GONE)) {
		in->ended = true;
		return ERR_CLOSED;
	}
	if ((ready & IO_IN) && fill() < 0)
		return ERR_CLOSED;
	if (in->scan < in->end)
		look_for_cancel();
	return (ready & IO_OUT) != 0;
}

int
kit_input_wanted(void)
{
	return in->ended || in->cancelled ? ERR_CLOSED : 0;
}

bool
kit_input_ended(void)
{
	return in->ended;
}
