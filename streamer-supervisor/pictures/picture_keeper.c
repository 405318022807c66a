#include "streamer-supervisor/pictures/picture_keeper.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/body.h"
#include "common/err.h"
#include "common/list.h"
#include "common/record.h"

struct picture_entry {
	struct picture_entry *next;
	char video[CONF_NAME_MAX + 1];
	char channel[CONF_NAME_MAX + 1];
	char socket[PLATFORM_PATH_MAX];
	struct picture_child *child;
	bool used;
};

static struct picture_entry *
picture_keeper_find(const struct picture_keeper *k, const char *video)
{
	struct picture_entry *it = k->entries;

	while (it && strcmp(it->video, video) != 0)
		it = it->next;
	return it;
}

static enum picture_state
answer(void *arg, const char *channel, const char *video, const char **socket)
{
	struct picture_keeper *k = arg;
	const struct picture_entry *it = picture_keeper_find(k, video);

	if (it == NULL || strcmp(it->channel, channel) != 0)
		return PICTURE_ABSENT;
	*socket = it->socket;
	return picture_child_state(it->child);
}

static void
answer_why(void *arg, const char *video, char *out, size_t size)
{
	const struct picture_entry *it = picture_keeper_find(arg, video);

	out[0] = '\0';
	if (it)
		picture_child_explain(it->child, out, size);
}

static bool
answer_reader(void *arg, const char *video, int64_t pid, uint64_t *first_sample)
{
	const struct picture_entry *it = picture_keeper_find(arg, video);

	return it && picture_child_reader(it->child, pid, first_sample);
}

static void
picture_entry_free(struct picture_entry *it)
{
	picture_child_free(it->child);
	free(it);
}

/* Frees those that nobody uses, once they have stopped. */
static void
reap(void *arg)
{
	struct picture_keeper *k = arg;
	struct picture_entry **at = &k->entries, *it;

	while ((it = *at) != NULL) {
		if (!it->used && picture_child_is_stopped(it->child)) {
			*at = it->next;
			picture_entry_free(it);
		} else {
			at = &it->next;
		}
	}
	k->changed(k->arg);
}

/* The answers are told of from the loop: no sender is fed from within one. */
static void
child_changed(void *arg)
{
	struct picture_keeper *k = arg;

	timer_at(k->reaper, clock_awake_ns());
}

static void
child_lagging(void *arg, int64_t pid)
{
	struct picture_keeper *k = arg;

	k->lagging(k->arg, pid);
}

static void
child_news(void *arg, const struct picture_news *news)
{
	struct picture_keeper *k = arg;
	const struct picture_entry *it = picture_keeper_find(k, news->video);

	if (it)
		k->news(k->arg, it->channel, news);
}

int
picture_keeper_init(struct picture_keeper *k)
{
	k->pictures = (struct pictures){ .find = answer,
		.explain = answer_why,
		.reader = answer_reader,
		.arg = k };
	return timer_new(k->loop, TIMER_COARSE, reap, k, &k->reaper);
}

void
picture_keeper_done(struct picture_keeper *k)
{
	struct picture_entry *it;

	while ((it = k->entries) != NULL) {
		k->entries = it->next;
		picture_entry_free(it);
	}
	timer_free(k->reaper);
}

void
picture_keeper_begin(struct picture_keeper *k)
{
	struct picture_entry *it;

	for (it = k->entries; it; it = it->next)
		it->used = false;
}

static struct picture_entry *
picture_entry_new(struct picture_keeper *k, const char *video)
{
	static const struct picture_child_events events = { .changed =
								child_changed,
		.lagging = child_lagging,
		.news = child_news };
	struct picture_entry *it = calloc(1, sizeof(*it));

	if (it == NULL)
		return NULL;
	it->child = picture_child_new(k->loop, video, &events, k);
	if (it->child == NULL) {
		free(it);
		return NULL;
	}
	snprintf(it->video, sizeof(it->video), "%s", video);
	LIST_APPEND(k->entries, it);
	return it;
}

/* The path of a socket of the video: "VIDEO.mkv", "VIDEO.raw". */
static int
video_socket(const struct picture_keeper *k, const char *video,
    const char *kind, char *out)
{
	char name[CONF_NAME_MAX + 8];

	snprintf(name, sizeof(name), "%s.%s", video, kind);
	return path_socket(k->dir, name, out, PLATFORM_PATH_MAX);
}

static int
compose(struct picture_command *out, const struct picture_keeper *k,
    struct picture_entry *it, const struct conf_video *v,
    const struct conf_channel *c, const char *audio)
{
	char programs[PLATFORM_PATH_MAX], raw[PLATFORM_PATH_MAX];
	char painter[PLATFORM_PATH_MAX + 16];
	struct picture_places at = { .programs = programs,
		.ffmpeg = k->ffmpeg,
		.modern = probe_is_modern(k->probe),
		.control = k->control,
		.audio = audio,
		.socket = it->socket,
		.raw = raw };

	if (video_socket(k, it->video, "mkv", it->socket) < 0 ||
	    video_socket(k, it->video, "raw", raw) < 0 ||
	    path_libexec(programs, sizeof(programs)) < 0)
		return ERR_TOO_LONG;
	snprintf(painter, sizeof(painter), "%s/painter", programs);
	at.painter = process_check_program(painter) == 0;
	return picture_command_make(out, v, c, &at);
}

void
picture_keeper_use(struct picture_keeper *k, const struct conf_video *v,
    const struct conf_channel *c, const char *audio)
{
	struct picture_entry *it = picture_keeper_find(k, v->block.name);
	struct picture_command command = { .argv = NULL };

	if (it == NULL)
		it = picture_entry_new(k, v->block.name);
	if (it == NULL || compose(&command, k, it, v, c, audio) < 0) {
		picture_command_done(&command);
		log_error("video=%s cannot be shown: out of memory, or its "
			  "sockets would have too long a path in %s",
		    v->block.name, k->dir);
		return;
	}
	it->used = true;
	snprintf(it->channel, sizeof(it->channel), "%s", c->block.name);
	picture_child_run(it->child, command);
}

void
picture_keeper_end(struct picture_keeper *k)
{
	struct picture_entry *it;

	for (it = k->entries; it; it = it->next)
		if (!it->used)
			picture_child_stop(it->child);
}

bool
picture_keeper_is_idle(const struct picture_keeper *k)
{
	const struct picture_entry *it = k->entries;

	while (it && picture_child_is_stopped(it->child))
		it = it->next;
	return it == NULL;
}

const struct picture_child *
picture_keeper_next(
    const struct picture_keeper *k, const struct picture_child *after)
{
	const struct picture_entry *it = k->entries;

	while (after && it && it->child != after)
		it = it->next;
	if (after && it)
		it = it->next;
	return it ? it->child : NULL;
}

json_t *
picture_keeper_status(const struct picture_keeper *k)
{
	const struct picture_entry *it;
	json_t *list = json_array(), *one;

	for (it = k->entries; it; it = it->next) {
		one = picture_child_status(it->child);
		body_put(&one, "channel", json_string(it->channel));
		body_append(&list, one);
	}
	return list;
}

/* ---- from one program to its successor ----------------------------------- */

static const struct record_field entry_fields[] = {
	RECORD_FIELD_TEXT(picture_entry, video),
	RECORD_FIELD_TEXT(picture_entry, channel),
	RECORD_FIELD_TEXT(picture_entry, socket),
	RECORD_END,
};

json_t *
picture_keeper_hand_over(const struct picture_keeper *k, struct parcel *parcel)
{
	const struct picture_entry *it;
	json_t *list = json_array(), *one;

	for (it = k->entries; it; it = it->next) {
		one = record_save(entry_fields, it);
		body_put(&one, "picture",
		    picture_child_hand_over(it->child, parcel));
		body_append(&list, one);
	}
	return list;
}

int
picture_keeper_take_over(
    struct picture_keeper *k, struct parcel *parcel, const json_t *list)
{
	const json_t *one;
	const char *video;
	struct picture_entry *it;
	size_t i;
	int rc = json_is_array(list) ? 0 : ERR_INVALID;

	for (i = 0; i < json_array_size(list) && rc == 0; i++) {
		one = json_array_get(list, i);
		video = json_string_value(json_object_get(one, "video"));
		it = video ? picture_entry_new(k, video) : NULL;
		if (it == NULL)
			return video ? ERR_NOMEM : ERR_INVALID;
		rc = record_load(entry_fields, one, it);
		if (rc == 0)
			rc = picture_child_take_over(
			    it->child, parcel, json_object_get(one, "picture"));
	}
	return rc;
}
