#include "streamer-supervisor/painter/posix/writer.h"

#include <stdint.h>
#include <sys/inotify.h>
#include <unistd.h>

#define NOTICES_BYTES 4096

void
writer_init(struct writer *w)
{
	*w = (struct writer){ .fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC),
		.watch = -1 };
}

void
writer_done(struct writer *w)
{
	if (w->fd >= 0)
		close(w->fd);
	*w = (struct writer){ .fd = -1 };
}

/* What is at the path now is the file that is watched from now on. */
static void
writer_follow(struct writer *w, const char *path, const struct stat *now)
{
	if (now->st_ino == w->ino && now->st_dev == w->dev)
		return;
	inotify_rm_watch(w->fd, w->watch);
	w->watch = inotify_add_watch(w->fd, path, IN_MODIFY | IN_CLOSE_WRITE);
	w->ino = now->st_ino;
	w->dev = now->st_dev;
	w->is_writing = false;
}

/* Notices of a file that was watched before are not meant. */
static void
notice_take(struct writer *w, const struct inotify_event *e)
{
	if (e->wd != w->watch)
		return;
	if (e->mask & IN_MODIFY)
		w->is_writing = true;
	if (e->mask & IN_CLOSE_WRITE)
		w->is_writing = false;
}

bool
writer_look(struct writer *w, const char *path, const struct stat *now)
{
	_Alignas(struct inotify_event) char data[NOTICES_BYTES];
	const struct inotify_event *e;
	const char *at;
	ssize_t n;

	if (w->fd < 0)
		return false;
	writer_follow(w, path, now);
	while ((n = read(w->fd, data, sizeof(data))) > 0)
		for (at = data; at < data + n; at += sizeof(*e) + e->len) {
			e = (const void *)at;
			notice_take(w, e);
		}
	return w->is_writing;
}
