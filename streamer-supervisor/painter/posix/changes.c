#include "streamer-supervisor/painter/posix/changes.h"

#include <stdbool.h>
#include <sys/stat.h>
#include <time.h>

#include "streamer-supervisor/painter/posix/watch.h"

#define LOOK_NS (125 * 1000 * 1000)
#define MS_PER_S 1000
#define NS_PER_MS 1000000

static int64_t
time_ms(struct timespec t)
{
	return (int64_t)t.tv_sec * MS_PER_S + t.tv_nsec / NS_PER_MS;
}

static struct stat
file_look(const char *path)
{
	static const struct stat none;
	struct stat s;

	return path && stat(path, &s) == 0 ? s : none;
}

/* A time to come is that of a server whose clock is ahead, and tells nothing.
 */
static bool
is_since(const struct stat *s, int64_t since_ms)
{
	struct timespec now;
	int64_t changed_ms = time_ms(s->st_ctim);

	clock_gettime(CLOCK_REALTIME, &now);
	return changed_ms > since_ms && changed_ms <= time_ms(now);
}

void
changes_await(const char *const *paths, size_t count, int64_t since_ms)
{
	static const struct timespec pause = { .tv_nsec = LOOK_NS };
	struct stat first[CHANGES_FILES_MAX], now;
	size_t i;

	for (i = 0; i < count; i++) {
		first[i] = file_look(paths[i]);
		if (is_since(&first[i], since_ms))
			return;
	}
	for (;;) {
		nanosleep(&pause, NULL);
		for (i = 0; i < count; i++) {
			now = file_look(paths[i]);
			if (!watch_is_same_file(&now, &first[i]))
				return;
		}
	}
}
