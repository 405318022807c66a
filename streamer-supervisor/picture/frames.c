#include "streamer-supervisor/picture/frames.h"

#include <string.h>

#include "common/picture/frame_clock.h"

void
frames_done(struct frames *f)
{
	frames_forget(f);
	block_drop(f->shown);
	f->shown = NULL;
}

void
frames_show(struct frames *f, struct block *b)
{
	block_drop(f->shown);
	f->shown = b;
	f->is_new = true;
}

bool
frames_is_full(const struct frames *f)
{
	return f->due_count == FRAMES_DUE_MAX;
}

void
frames_plan(struct frames *f, uint64_t sample, struct block *b)
{
	size_t i = f->due_count++;

	for (; i > 0 && f->due[i - 1].sample > sample; i--)
		f->due[i] = f->due[i - 1];
	f->due[i] = (struct frames_due){ sample, b };
}

void
frames_forget(struct frames *f)
{
	while (f->due_count > 0)
		block_drop(f->due[--f->due_count].block);
}

static void
show_first(struct frames *f)
{
	frames_show(f, f->due[0].block);
	f->due_count--;
	memmove(f->due, f->due + 1, f->due_count * sizeof(f->due[0]));
}

struct block *
frames_at(struct frames *f, uint64_t n)
{
	while (f->due_count > 0 &&
	       frame_nearest(f->due[0].sample, f->rate_hz, f->fps) <= n)
		show_first(f);
	return f->shown;
}
