#include "streamer-supervisor/painter/posix/watch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "streamer-supervisor/painter/posix/confine.h"

/* Looks. */
#define RESTLESS_MAX 4
#define STILL_MAX 160

void
watch_init(struct watch *w, const char *path, size_t max)
{
	*w = (struct watch){ .path = path, .max = max, .writer.fd = -1 };
	if (path)
		writer_init(&w->writer);
}

void
watch_done(struct watch *w)
{
	free(w->text);
	writer_done(&w->writer);
	*w = (struct watch){ .writer.fd = -1 };
}

static bool
is_same_time(struct timespec a, struct timespec b)
{
	return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

bool
watch_is_same_file(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_dev == b->st_dev &&
	       a->st_size == b->st_size &&
	       is_same_time(a->st_mtim, b->st_mtim) &&
	       is_same_time(a->st_ctim, b->st_ctim);
}

static enum watch_news
watch_fail(struct watch *w, const char *why)
{
	bool is_news = !w->is_failing || strcmp(w->why, why) != 0;

	w->is_failing = true;
	snprintf(w->why, sizeof(w->why), "%s", why);
	return is_news ? WATCH_FAILED : WATCH_SAME;
}

/* Reads to the end, or one byte past the bound. */
static size_t
fd_read(int fd, char *text, size_t size)
{
	size_t len = 0;
	ssize_t n;

	while (len < size) {
		n = read(fd, text + len, size - len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		len += (size_t)n;
	}
	return len;
}

/* Takes over the text of the file, where it is another than before. */
static enum watch_news
text_take(struct watch *w, char *text, size_t len)
{
	bool was_failing = w->is_failing;

	w->is_failing = false;
	if (!was_failing && w->text && len == w->len &&
	    memcmp(text, w->text, len) == 0) {
		free(text);
		return WATCH_SAME;
	}
	free(w->text);
	w->text = text;
	w->len = len;
	return WATCH_CHANGED;
}

static enum watch_news
watch_read(struct watch *w)
{
	int fd = open(w->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char *text;
	size_t len;
	int number;

	if (fd < 0) {
		number = errno;
		if (number == EACCES && w->text)
			confine_check(w->path);
		return watch_fail(w, strerror(number));
	}
	text = malloc(w->max + 2);
	if (text == NULL) {
		close(fd);
		return watch_fail(w, strerror(ENOMEM));
	}
	len = fd_read(fd, text, w->max + 1);
	close(fd);
	if (len > w->max) {
		free(text);
		return watch_fail(w, "it is too large");
	}
	text[len] = '\0';
	return text_take(w, text, len);
}

/* Is what was seen fit to be read? A file that is written in place is left
 * alone until it is closed, or stands still. A path at which there is another
 * file at every look is read all the same. */
static bool
watch_is_due(struct watch *w, const struct stat *now)
{
	bool is_first = w->seen.st_ino == 0;
	bool is_writing = writer_look(&w->writer, w->path, now);
	bool is_other =
	    now->st_ino != w->read.st_ino || now->st_dev != w->read.st_dev;

	if (watch_is_same_file(now, &w->seen)) {
		w->restless = 0;
		w->still++;
	} else {
		w->restless++;
		w->still = 0;
	}
	w->seen = *now;
	if (is_first || (is_other && w->restless >= RESTLESS_MAX))
		return true;
	return w->still >= (is_writing ? STILL_MAX : 1);
}

/* What was read at the first sight of it may have been half of it. */
enum watch_news
watch_look(struct watch *w)
{
	struct stat now;

	if (w->path == NULL)
		return WATCH_SAME;
	if (stat(w->path, &now) < 0)
		return watch_fail(w, strerror(errno));
	if (!S_ISREG(now.st_mode))
		return watch_fail(w, "it is not a file");
	if ((uintmax_t)now.st_size > w->max)
		return watch_fail(w, "it is too large");
	if (watch_is_same_file(&now, &w->read) && !w->is_failing)
		return WATCH_SAME;
	if (!watch_is_due(w, &now))
		return WATCH_SAME;
	if (w->still > 0)
		w->read = now;
	return watch_read(w);
}
