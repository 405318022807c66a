#include "streamer-supervisor/painter/raster_file.h"

/* A scene may wait so long, but not for 2 s, which a picture of a camera in
 * WebP takes: its parent would end the painter, again and again. */
#define WAIT_US (250 * 1000)

/* What a thread reads: of `data`, which is the watch's, and stays as it is
 * while nobody looks. */
struct reading {
	raster_fn *read;
	const char *data;
	size_t len;
	int width, height;
	GAsyncQueue *ready; /* where it goes, when it is read */
	int rc;
	struct patch patch;
	char why[RASTER_WHY_MAX];
};

void
raster_file_init(struct raster_file *f, const char *path, enum report what,
    raster_fn *read, int width, int height)
{
	*f = (struct raster_file){ .what = what,
		.read = read,
		.width = width,
		.height = height,
		.ready = g_async_queue_new() };
	watch_init(&f->file, path, RASTER_BYTES_MAX);
}

static gpointer
reading_run(gpointer arg)
{
	struct reading *r = arg;

	r->rc =
	    r->read(&r->patch, r->data, r->len, r->width, r->height, r->why);
	g_async_queue_push(r->ready, r);
	return NULL;
}

/* Without a thread it is read at once. */
static void
reading_begin(struct raster_file *f)
{
	struct reading *r = g_new0(struct reading, 1);

	*r = (struct reading){ .read = f->read,
		.data = f->file.text,
		.len = f->file.len,
		.width = f->width,
		.height = f->height,
		.ready = f->ready };
	f->thread = g_thread_try_new("raster", reading_run, r, NULL);
	if (f->thread == NULL)
		reading_run(r);
}

/* Takes what was read in the place of what there was. */
static bool
reading_take(struct raster_file *f, struct reading *r)
{
	bool is_read = r->rc == 0;

	if (is_read) {
		patch_done(&f->patch);
		f->patch = r->patch;
		f->is_there = true;
		report_mended(f->what);
	} else {
		report_file_trouble(f->what, f->file.path, r->why);
	}
	g_free(r);
	return is_read;
}

static bool
reading_end(struct raster_file *f, guint64 wait_us)
{
	struct reading *r = g_async_queue_timeout_pop(f->ready, wait_us);

	if (r == NULL)
		return false;
	if (f->thread)
		g_thread_join(f->thread);
	f->thread = NULL;
	return reading_take(f, r);
}

bool
raster_file_look(struct raster_file *f)
{
	if (f->thread)
		return reading_end(f, 0);
	switch (watch_look(&f->file)) {
	case WATCH_CHANGED:
		reading_begin(f);
		return reading_end(f, WAIT_US);
	case WATCH_FAILED:
		report_file_trouble(f->what, f->file.path, f->file.why);
		break;
	case WATCH_SAME:
		break;
	}
	return false;
}

void
raster_file_done(struct raster_file *f)
{
	struct reading *r;

	if (f->thread)
		g_thread_join(f->thread);
	r = g_async_queue_try_pop(f->ready);
	if (r) {
		patch_done(&r->patch);
		g_free(r);
	}
	g_async_queue_unref(f->ready);
	patch_done(&f->patch);
	watch_done(&f->file);
	*f = (struct raster_file){ 0 };
}
