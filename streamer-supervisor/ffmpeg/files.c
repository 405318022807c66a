#include "streamer-supervisor/ffmpeg/files.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/args/words.h"
#include "common/err.h"
#include "streamer-supervisor/ffmpeg/protocol.h"

#define LIST_SUFFIX ".m3u8"

/* A place that an output writes to. */
struct written {
	const struct conf_output *output;
	const char *key; /* the key of the configuration that says so */
	char *path;      /* normalised; DASH: of the folder, with its '/' */
	size_t stem;     /* HLS: bytes of `path` before its suffix; else 0 */
};

struct files {
	struct written *items;
	size_t count, cap;
	bool failed; /* memory ran out */
};

/* Makes "/srv/a/b" of "/srv//a/./b", in place. */
static void
normalise_path(char *path)
{
	bool windows = path[0] && path[1] == ':';
	char *to = path, *from;

	for (from = path; *from; from++) {
		if (windows && *from == '\\')
			*from = '/';
		if (from[0] == '/' && from[1] == '.' &&
		    (from[2] == '/' || (windows && from[2] == '\\')))
			from++;
		else if (*from != '/' || to == path || to[-1] != '/')
			*to++ = *from;
	}
	*to = '\0';
}

/* Takes over `path`. */
static void
files_add(
    struct files *all, const struct conf_output *o, const char *key, char *path)
{
	size_t cap = all->cap ? all->cap * 2 : 16, len;
	struct written *items = all->items;

	if (path && all->count == all->cap)
		items = realloc(items, cap * sizeof(*items));
	if (path == NULL || items == NULL) {
		all->failed = true;
		free(path);
		return;
	}
	if (all->count == all->cap)
		all->cap = cap;
	all->items = items;
	len = strlen(path);
	items[all->count++] = (struct written){ .output = o,
		.key = key,
		.path = path,
		.stem = len > strlen(LIST_SUFFIX) &&
				strcmp(path + len - strlen(LIST_SUFFIX),
				    LIST_SUFFIX) == 0
			    ? len - strlen(LIST_SUFFIX)
			    : 0 };
}

/* Returns the normalised path of the file or list that the URL names, or of the
 * list beside it (protocol.h); NULL without memory. */
static char *
path_of(const struct ffmpeg_protocol *p, const char *url, const char *variant)
{
	char *path = protocol_list(p, url, variant), *last;

	if (path == NULL)
		return NULL;
	normalise_path(path);
	/* The segments of DASH have no name of their own. */
	last = strrchr(path, '/');
	if (last && strcmp(p->muxer, "dash") == 0)
		last[1] = '\0';
	return path;
}

static void
add_url(struct files *all, const struct conf_output *o, const char *key,
    const char *url)
{
	const struct ffmpeg_protocol *p = protocol_find(url);
	size_t i;

	if (p == NULL || p->scheme[0])
		return;
	for (i = 0; p->varies && i < words_count(o->sound.variants); i++)
		files_add(all, o, key, path_of(p, url, o->sound.variants[i]));
	if (p->varies && o->captions) {
		files_add(all, o, key, path_of(p, url, PROTOCOL_CAPTIONS));
		files_add(all, o, key, path_of(p, url, PROTOCOL_MASTER));
	}
	files_add(all, o, key, path_of(p, url, NULL));
}

static void
add_output(struct files *all, const struct conf_output *o)
{
	char *sdp = o->address.sdp_file;

	add_url(all, o, "url", o->address.url);
	add_url(all, o, "backup_url", o->failover.backup_url);
	if (sdp[0] == '\0')
		return;
	sdp = strdup(sdp);
	if (sdp)
		normalise_path(sdp);
	files_add(all, o, "sdp_file", sdp);
}

/* Do two outputs write the same files? The segments of a.m3u8 are a0.ts, a1.ts,
 * ...: a list whose name goes on in digits, a1.m3u8, has some of the same. */
static bool
is_same_place(const struct written *a, const struct written *b)
{
	const struct written *more = a->stem > b->stem ? a : b;
	size_t stem = more == a ? b->stem : a->stem, i;

	if (strcmp(a->path, b->path) == 0)
		return true;
	if (stem == 0 || strncmp(a->path, b->path, stem) != 0)
		return false;
	for (i = stem; i < more->stem; i++)
		if (!isdigit((unsigned char)more->path[i]))
			return false;
	return true;
}

static int
compare_with_earlier(const struct files *all, size_t at, struct conf_error *e)
{
	const struct written *mine = &all->items[at], *other;
	size_t i;

	for (i = 0; i < at; i++) {
		other = &all->items[i];
		if (!is_same_place(other, mine) ||
		    (other->output == mine->output && other->key == mine->key))
			continue;
		return conf_blame(e, &mine->output->block, mine->key,
		    "writes the same files as [output %s] %s; expected others",
		    other->output->block.name, other->key);
	}
	return 0;
}

int
files_check(const struct conf *c, struct conf_error *e)
{
	struct files all = { 0 };
	size_t i;
	int rc = 0;

	for (i = 0; i < c->outputs.count; i++)
		add_output(&all, conf_output_at(c, i));
	if (all.failed) {
		snprintf(e->text, sizeof(e->text), "out of memory");
		rc = ERR_NOMEM;
	}
	for (i = 0; i < all.count && rc == 0; i++)
		rc = compare_with_earlier(&all, i, e);
	for (i = 0; i < all.count; i++)
		free(all.items[i].path);
	free(all.items);
	return rc;
}
