#include "streamer-supervisor/keeper/keeper.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "platform/files.h"
#include "streamer-supervisor/keeper/names.h"

#define PERIOD_NS NS_PER_S
/* What a folder must have room for: some segments. */
#define ROOM_BYTES (64 * 1024)
#define LIST_MAX (64 * 1024)
/* ffmpeg takes the name of a file when it opens it: that may be a moment ago,
 * or a moment ahead. */
#define SPAN_S 3
#define ASIDE_MAX 10000

struct keeper {
	const struct keeper_kind *kind;
	char *const *paths;
	size_t count;
	struct loop *loop;
	struct timer *timer;
	int64_t due_ns;

	int64_t number;                  /* of the next file or segment */
	char current[PLATFORM_PATH_MAX]; /* what grows; "": not known yet */
	int64_t bytes;                   /* of it, when last looked at */
};

struct keeper_kind {
	const char *name;
	/* Before ffmpeg starts. */
	void (*prepare)(struct keeper *k);
	/* Finds the file that should grow now, if there is a newer one. */
	void (*find)(struct keeper *k, char *path, size_t size);
	/* Makes room for the names that come; NULL: they are new ones. */
	void (*clear)(struct keeper *k);
	bool lasts; /* what it writes is a recording */
};

/* ---- recordings -------------------------------------------------------- */

/* Moves what is there out of the way of what comes. */
static void
move_aside(const char *path)
{
	char to[PLATFORM_PATH_MAX];
	struct file_facts facts;
	unsigned n;
	int rc = ERR_IN_USE;

	if (file_look(path, &facts) < 0)
		return;
	for (n = 1; n < ASIDE_MAX && rc == ERR_IN_USE; n++)
		rc = names_aside(path, n, to, sizeof(to)) ? file_move(path, to)
							  : ERR_TOO_LONG;
	if (rc < 0)
		fprintf(stderr, "%s: cannot be moved aside: %s\n", path,
		    err_text(rc));
}

static time_t
now_s(void)
{
	return (time_t)(clock_utc_ms() / 1000);
}

/* At the start nothing of it is ours yet. */
static void
clock_prepare(struct keeper *k)
{
	char path[PLATFORM_PATH_MAX];
	int i;

	for (i = 0; i <= SPAN_S; i++)
		if (names_at(k->paths[0], now_s() + i, path, sizeof(path)))
			move_aside(path);
}

/* The present name is left alone: it may have been taken already. */
static void
clock_clear(struct keeper *k)
{
	char now[PLATFORM_PATH_MAX], path[PLATFORM_PATH_MAX];
	int i;

	if (!names_at(k->paths[0], now_s(), now, sizeof(now)))
		return;
	for (i = 1; i <= SPAN_S; i++)
		if (names_at(k->paths[0], now_s() + i, path, sizeof(path)) &&
		    strcmp(path, now) != 0 && strcmp(path, k->current) != 0)
			move_aside(path);
}

static void
clock_find(struct keeper *k, char *path, size_t size)
{
	struct file_facts facts;
	int i;

	for (i = 0; i <= SPAN_S; i++)
		if (names_at(k->paths[0], now_s() - i, path, size) &&
		    file_look(path, &facts) == 0)
			return;
	path[0] = '\0';
}

/* ---- numbers ----------------------------------------------------------- */

struct numbering {
	const char *prefix, *suffix;
	size_t prefix_len;
	int64_t next; /* behind all that there are */
};

static void
count_number(void *arg, const char *name)
{
	struct numbering *n = arg;
	int64_t number;

	if (names_number(name, n->prefix, n->prefix_len, n->suffix, &number) &&
	    number >= n->next)
		n->next = number + 1;
}

static void
folder_of(const char *path, char *out, size_t size)
{
	size_t len;

	names_split(path, &len);
	snprintf(out, size, "%.*s", (int)len, path);
}

static void
numbers_prepare(struct keeper *k)
{
	char folder[PLATFORM_PATH_MAX];
	size_t len;
	struct numbering n = { .prefix = names_split(k->paths[0], &len) };
	int width;

	if (!names_parse_number(n.prefix, &n.prefix_len, &width, &n.suffix))
		return;
	folder_of(k->paths[0], folder, sizeof(folder));
	folder_each(folder, count_number, &n);
	k->number = n.next;
}

static void
print_number(const char *pattern, int64_t number, char *out, size_t size)
{
	const char *suffix;
	size_t prefix_len;
	int width;

	out[0] = '\0';
	if (names_parse_number(pattern, &prefix_len, &width, &suffix))
		snprintf(out, size, "%.*s%0*" PRId64 "%s", (int)prefix_len,
		    pattern, width, number, suffix);
}

static void
numbers_find(struct keeper *k, char *path, size_t size)
{
	struct file_facts facts;

	print_number(k->paths[0], k->number, path, size);
	if (path[0] && file_look(path, &facts) == 0)
		k->number++;
	else
		path[0] = '\0';
}

/* ---- segments ---------------------------------------------------------- */

/* Segments of one list, as ffmpeg names them. */
struct segments {
	const char *folder;
	const char *stem;
	size_t stem_len;
	int64_t first; /* that the list names */
};

static void
remove_from(const char *folder, const char *name)
{
	char path[PLATFORM_PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file_remove(path);
}

/* Of MPEG-TS, and of fragmented MP4. */
static bool
is_segment(const struct segments *s, const char *name, int64_t *number)
{
	return names_number(name, s->stem, s->stem_len, ".ts", number) ||
	       names_number(name, s->stem, s->stem_len, ".m4s", number);
}

/* The one before the first a player may still be about to ask for; ffmpeg
 * itself keeps one. */
static void
remove_orphan(void *arg, const char *name)
{
	const struct segments *s = arg;
	int64_t number;

	if (is_segment(s, name, &number) && number < s->first - 1)
		remove_from(s->folder, name);
}

static int
read_list(const char *path, struct buf *text)
{
	buf_init(text, LIST_MAX);
	return path_read(path, text);
}

static void
clean_list(const char *path)
{
	char folder[PLATFORM_PATH_MAX], first[PLATFORM_PATH_MAX];
	size_t len;
	struct segments s = { .folder = folder,
		.stem = names_split(path, &len) };
	struct names_listed listed = { .first = NULL };
	struct buf text;

	s.stem_len = strlen(s.stem) - strlen(".m3u8");
	folder_of(path, folder, sizeof(folder));
	if (read_list(path, &text) == 0)
		names_in_list(
		    (const char *)buf_data(&text), buf_len(&text), &listed);
	snprintf(first, sizeof(first), "%.*s", (int)listed.first_len,
	    listed.first ? listed.first : "");
	if (is_segment(&s, first, &s.first))
		folder_each(folder, remove_orphan, &s);
	buf_done(&text);
}

static void
hls_prepare(struct keeper *k)
{
	size_t i;

	for (i = 0; i < k->count; i++)
		clean_list(k->paths[i]);
}

static void
hls_find(struct keeper *k, char *path, size_t size)
{
	char folder[PLATFORM_PATH_MAX / 2];
	struct names_listed listed = { .last = NULL };
	struct buf text;

	path[0] = '\0';
	folder_of(k->paths[0], folder, sizeof(folder));
	if (read_list(k->paths[0], &text) == 0)
		names_in_list(
		    (const char *)buf_data(&text), buf_len(&text), &listed);
	if (listed.last)
		snprintf(path, size, "%s/%.*s", folder, (int)listed.last_len,
		    listed.last);
	buf_done(&text);
}

/* The manifest of a later run begins afresh, with the number 1. */
#define DASH_SEGMENT "chunk-stream0-"

static void
remove_chunk(void *arg, const char *name)
{
	int64_t number;

	if (names_number(
		name, DASH_SEGMENT, strlen(DASH_SEGMENT), ".m4s", &number))
		remove_from(arg, name);
}

static void
dash_prepare(struct keeper *k)
{
	char folder[PLATFORM_PATH_MAX];

	folder_of(k->paths[0], folder, sizeof(folder));
	folder_each(folder, remove_chunk, folder);
	k->number = 1;
}

static void
dash_find(struct keeper *k, char *path, size_t size)
{
	char folder[PLATFORM_PATH_MAX / 2];
	struct file_facts facts;

	folder_of(k->paths[0], folder, sizeof(folder));
	snprintf(path, size, "%s/" DASH_SEGMENT "%05" PRId64 ".m4s", folder,
	    k->number);
	if (file_look(path, &facts) == 0)
		k->number++;
	else
		path[0] = '\0';
}

static const struct keeper_kind kinds[] = {
	{ KEEPER_HLS, hls_prepare, hls_find, NULL, false },
	{ KEEPER_DASH, dash_prepare, dash_find, NULL, false },
	{ KEEPER_CLOCK, clock_prepare, clock_find, clock_clear, true },
	{ KEEPER_NUMBERS, numbers_prepare, numbers_find, NULL, true },
};

/* ---- all of them ------------------------------------------------------- */

static bool
has_grown(struct keeper *k)
{
	char path[PLATFORM_PATH_MAX];
	struct file_facts facts;
	bool grown;

	k->kind->find(k, path, sizeof(path));
	if (path[0] && strcmp(path, k->current) != 0) {
		if (k->kind->lasts && k->current[0])
			file_sync(k->current);
		memcpy(k->current, path, sizeof(path));
		k->bytes = 0;
	}
	if (k->current[0] == '\0' || file_look(k->current, &facts) < 0)
		return false;
	grown = facts.bytes > k->bytes;
	k->bytes = facts.bytes;
	return grown;
}

static void
keeper_look(void *arg)
{
	struct keeper *k = arg;

	k->due_ns += PERIOD_NS;
	timer_at(k->timer, k->due_ns);
	if (has_grown(k)) {
		printf(KEEPER_GROWN "\n");
		fflush(stdout);
		if (k->kind->lasts)
			file_sync(k->current);
	}
	if (k->kind->clear)
		k->kind->clear(k);
}

/* Some mistakes are gone by themselves after a while. */
static int
keeper_complain(const char *folder, int rc)
{
	if (rc == ERR_NOT_FOUND)
		fprintf(stderr, "the folder '%s' is not there\n", folder);
	else
		fprintf(stderr, "the folder '%s': %s\n", folder, err_text(rc));
	return rc == ERR_NO_SPACE || rc == ERR_IO ? KEEPER_FAILED
						  : KEEPER_REFUSED;
}

/* Returns 0, or the exit status. */
static int
check_folder(const struct keeper *k)
{
	char path[PLATFORM_PATH_MAX], folder[PLATFORM_PATH_MAX];
	struct file_facts facts;
	int rc;

	if (k->kind->clear == NULL)
		snprintf(path, sizeof(path), "%s", k->paths[0]);
	else if (!names_at(k->paths[0], now_s(), path, sizeof(path)))
		path[0] = '\0';
	folder_of(path, folder, sizeof(folder));
	rc = file_look(folder, &facts);
	if (rc == 0 && !facts.is_folder)
		rc = ERR_NOT_DIR;
	if (rc == 0)
		rc = folder_try(folder, ROOM_BYTES);
	return rc < 0 ? keeper_complain(folder, rc) : 0;
}

static void
keeper_signalled(void *arg, enum loop_signal signal)
{
	if (signal == LOOP_TERMINATE)
		loop_stop(arg);
}

static void
keeper_ready(struct keeper *k)
{
	printf(KEEPER_READY "%" PRId64 "\n", k->number);
	fflush(stdout);
	loop_on_signal(k->loop, keeper_signalled, k->loop);
	k->due_ns = clock_awake_ns() + PERIOD_NS;
	timer_at(k->timer, k->due_ns);
}

static int
keep(struct keeper *k)
{
	int rc = loop_new(&k->loop);

	if (rc == 0)
		rc =
		    timer_new(k->loop, TIMER_COARSE, keeper_look, k, &k->timer);
	if (rc < 0) {
		fprintf(stderr, "%s\n", err_text(rc));
	} else {
		keeper_ready(k);
		loop_run(k->loop);
	}
	timer_free(k->timer);
	loop_free(k->loop);
	return rc < 0 ? KEEPER_FAILED : 0;
}

int
keeper_run(int argc, char *const *argv)
{
	struct keeper k = { .paths = argv + 1 };
	size_t i;
	int status;

	for (i = 0; argc > 1 && i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kinds[i].name, argv[0]) == 0)
			k.kind = &kinds[i];
	if (k.kind == NULL)
		return KEEPER_REFUSED;
	k.count = (size_t)argc - 1;
	status = check_folder(&k);
	if (status)
		return status;
	k.kind->prepare(&k);
	return keep(&k);
}
