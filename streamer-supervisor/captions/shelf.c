#include "streamer-supervisor/captions/shelf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "platform/files.h"
#include "streamer-supervisor/captions/pts.h"
#include "streamer-supervisor/keeper/names.h"

#define LIST_SUFFIX ".m3u8"

int
shelf_init(struct shelf *s, const char *list)
{
	size_t folder_len;
	const char *name = names_split(list, &folder_len);
	size_t stem = strlen(name) - strlen(LIST_SUFFIX);

	s->list = list;
	if (folder_len >= sizeof(s->folder) || stem >= sizeof(s->stem))
		return ERR_TOO_LONG;
	snprintf(s->folder, sizeof(s->folder), "%.*s", (int)folder_len, list);
	snprintf(s->stem, sizeof(s->stem), "%.*s", (int)stem, name);
	return 0;
}

static int
shelf_path(
    const struct shelf *s, const char *name, char path[PLATFORM_PATH_MAX])
{
	int len = snprintf(path, PLATFORM_PATH_MAX, "%s/%s", s->folder, name);

	return len < 0 || len >= PLATFORM_PATH_MAX ? ERR_TOO_LONG : 0;
}

static bool
shelf_look(const struct shelf *s, const char *name, struct file_facts *out)
{
	char path[PLATFORM_PATH_MAX];

	return shelf_path(s, name, path) == 0 && file_look(path, out) == 0;
}

bool
shelf_has(const struct shelf *s, const char *name, const char *older)
{
	struct file_facts mine, other;

	if (!shelf_look(s, name, &mine))
		return false;
	return older == NULL || !shelf_look(s, older, &other) ||
	       mine.written >= other.written;
}

int
shelf_put(const struct shelf *s, const char *name, const struct buf *text)
{
	char path[PLATFORM_PATH_MAX];
	int rc = shelf_path(s, name, path);

	return rc < 0 ? rc : file_put(path, buf_data(text), buf_len(text));
}

int
shelf_pts(const struct shelf *s, const char *segment, int64_t *pts)
{
	char path[PLATFORM_PATH_MAX];
	uint8_t *head = malloc(PTS_HEAD_BYTES);
	int rc = head ? shelf_path(s, segment, path) : ERR_NOMEM;
	size_t len = 0;

	*pts = 0;
	if (rc == 0)
		rc = file_head(path, head, PTS_HEAD_BYTES, &len);
	if (rc == 0)
		rc = pts_find(head, len, pts);
	free(head);
	return rc;
}

static void
remove_orphan(void *arg, const char *name)
{
	const struct shelf *s = arg;
	char segment[PLAYLIST_NAME_MAX], path[PLATFORM_PATH_MAX];
	int64_t number;

	if (!names_number(
		name, s->stem, strlen(s->stem), PLAYLIST_VTT_SUFFIX, &number))
		return;
	snprintf(segment, sizeof(segment), "%.*s%s",
	    (int)(strlen(name) - strlen(PLAYLIST_VTT_SUFFIX)), name,
	    PLAYLIST_SEGMENT_SUFFIX);
	if (!shelf_has(s, segment, NULL) && shelf_path(s, name, path) == 0)
		file_remove(path);
}

void
shelf_sweep(const struct shelf *s)
{
	folder_each(s->folder, remove_orphan, (void *)s);
}
