#include "streamer-supervisor/outputs/outputs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/args/words.h"
#include "common/body.h"
#include "common/conf/schema.h"
#include "common/err.h"
#include "common/list.h"
#include "daemon/daemon.h"

/* A configuration lives for as long as an output of it does. */
struct generation {
	struct conf conf;
	size_t uses;
};

struct outputs_entry {
	struct outputs_entry *next;
	struct output *output;
	struct generation *generation;
	char **settings; /* "output.NAME.key=value" of an added output */
	bool leaving;    /* it is freed once it is over */
	bool fresh;      /* the reload under way made it */
};

static void
outputs_release(struct generation *g)
{
	if (--g->uses > 0)
		return;
	conf_done(&g->conf);
	free(g);
}

/* Makes a generation of a text of the configuration's file, with `settings` of
 * one more output (NULL: none). It has one use, the caller's. */
static int
make_generation(const struct outputs *all, const struct buf *text,
    char *const *settings, struct generation **out, struct conf_error *e)
{
	const char **words = NULL;
	struct generation *g = calloc(1, sizeof(*g));
	const struct outputs_entry *it;
	size_t n = 0;
	int rc = ERR_NOMEM, pass;

	*out = NULL;
	snprintf(e->text, sizeof(e->text), "out of memory");
	/* The first pass counts the settings, the second collects them. */
	for (pass = 0; g && pass < 2; pass++) {
		char *const *s = settings;

		if (pass && (words = calloc(n + 1, sizeof(*words))) == NULL)
			break;
		for (n = 0, it = all->entries; s || it;) {
			for (; s && *s; s++, n++)
				if (words)
					words[n] = *s;
			s = it && !it->leaving ? it->settings : NULL;
			it = it ? it->next : NULL;
		}
	}
	if (words)
		rc = daemon_reconfigure(text, words, &g->conf, e);
	free(words);
	if (rc < 0) {
		free(g);
		return rc;
	}
	g->uses = 1;
	*out = g;
	return 0;
}

static int
create(struct outputs *all, struct generation *g,
    const struct conf_output *conf, struct outputs_entry **out,
    struct conf_error *e)
{
	const struct conf_channel *channel = conf_channel_of(&g->conf, conf);
	char path[PLATFORM_PATH_MAX];
	const char *socket = channel->audio_socket;
	struct outputs_entry *it = calloc(1, sizeof(*it));
	int rc = it ? 0 : ERR_NOMEM;

	*out = NULL;
	snprintf(e->text, sizeof(e->text), "out of memory");
	if (rc == 0 && socket[0] == '\0') {
		socket = path;
		rc = path_socket(
		    all->dir, channel->block.name, path, sizeof(path));
		if (rc < 0)
			snprintf(e->text, sizeof(e->text),
			    "socket=%.300s cannot be used: %s; set another "
			    "ttsd.runtime_dir or audio_socket",
			    path, err_text(rc));
	}
	if (rc == 0)
		rc = output_new(all->env, &all->events, conf, channel, socket,
		    &it->output, e);
	if (rc < 0) {
		free(it);
		return rc;
	}
	it->generation = g;
	g->uses++;
	*out = it;
	return 0;
}

static void
outputs_discard(struct outputs_entry *it)
{
	output_free(it->output);
	words_free(it->settings);
	outputs_release(it->generation);
	free(it);
}

static struct outputs_entry *
outputs_find_slot(const struct outputs *all, const char *name, bool leaving)
{
	struct outputs_entry *it = all->entries;

	while (it && (it->fresh || it->leaving != leaving ||
			 strcmp(output_name(it->output), name) != 0))
		it = it->next;
	return it;
}

/* An output may have two addresses that are sent to, with an ffmpeg that reads
 * each back or an ear, and a command that tells an address. */
#define OUTPUT_CHILDREN 5
/* Besides there are the probe, the reader of the configuration and those of
 * other files, and what the encoders of pictures are tried with. */
#define OTHER_CHILDREN (3 + TRIAL_CHILDREN)

static void
outputs_expect(const struct outputs *all)
{
	const struct outputs_entry *it;
	size_t children = OTHER_CHILDREN;

	for (it = all->entries; it; it = it->next)
		children += OUTPUT_CHILDREN;
	process_expect(all->env->loop, children);
}

static void
outputs_renew(struct outputs *all, struct generation *g)
{
	if (all->latest)
		outputs_release(all->latest);
	all->latest = g;
	g->uses++;
}

/* Has the pictures made that the outputs show, and no others. An output that
 * stayed as it is at a reload may show a picture that did not. */
static void
outputs_show(struct outputs *all)
{
	const struct conf *c = &all->latest->conf;
	struct outputs_entry *it;
	const struct conf_output *o;

	picture_keeper_begin(all->pictures);
	for (it = all->entries; it && all->may_begin; it = it->next) {
		o = output_conf(it->output);
		if (!it->leaving && o->picture)
			picture_keeper_use(all->pictures,
			    conf_video_find(c, o->video), conf_channel_of(c, o),
			    output_socket(it->output));
	}
	picture_keeper_end(all->pictures);
}

/* Starts what is to start by itself, and has no ffmpeg of that name before
 * it that has yet to end. */
void
outputs_begin(struct outputs *all)
{
	struct outputs_entry *it;

	outputs_show(all);
	outputs_expect(all);
	for (it = all->entries; it && all->may_begin; it = it->next)
		if (!it->leaving && outputs_find_slot(all,
					output_name(it->output), true) == NULL)
			output_begin(it->output);
}

static void
reap(void *arg)
{
	struct outputs *all = arg;
	struct outputs_entry **at = &all->entries, *it;

	while ((it = *at) != NULL) {
		if (it->leaving && output_is_over(it->output)) {
			*at = it->next;
			outputs_discard(it);
		} else {
			at = &it->next;
		}
	}
	outputs_begin(all);
}

/* Frees from a timer: an output must not be freed from within its callback. */
void
outputs_reap(struct outputs *all)
{
	timer_at(all->reaper, clock_awake_ns());
}

static void
dismiss(struct outputs *all, struct outputs_entry *it)
{
	it->leaving = true;
	output_stop(it->output);
	outputs_reap(all);
}

struct output *
outputs_next(const struct outputs *all, const struct output *after)
{
	struct outputs_entry *it = all->entries;

	while (after && it && it->output != after)
		it = it->next;
	if (after && it)
		it = it->next;
	return it ? it->output : NULL;
}

struct output *
outputs_find(const struct outputs *all, const char *name)
{
	struct outputs_entry *it = outputs_find_slot(all, name, false);

	return it ? it->output : NULL;
}

bool
outputs_leaves(const struct outputs *all, const struct output *o)
{
	struct outputs_entry *it = all->entries;

	while (it && it->output != o)
		it = it->next;
	return it && it->leaving;
}

/* ---- the start and the end -------------------------------------------- */

int
outputs_init(struct outputs *all, struct buf *text, struct conf_error *e)
{
	struct generation *g = NULL;
	struct outputs_entry *it;
	size_t i;
	int rc =
	    timer_new(all->env->loop, TIMER_COARSE, reap, all, &all->reaper);

	all->text = *text;
	buf_init(text, 0);
	snprintf(e->text, sizeof(e->text), "out of memory");
	if (rc == 0)
		rc = make_generation(all, &all->text, NULL, &g, e);
	if (rc < 0)
		return rc;
	for (i = 0; i < g->conf.outputs.count && rc == 0; i++) {
		rc = create(all, g, conf_output_at(&g->conf, i), &it, e);
		if (rc == 0)
			LIST_APPEND(all->entries, it);
	}
	outputs_renew(all, g);
	outputs_release(g);
	outputs_expect(all);
	return rc;
}

void
outputs_done(struct outputs *all)
{
	struct outputs_entry *it;

	while ((it = all->entries) != NULL) {
		all->entries = it->next;
		outputs_discard(it);
	}
	if (all->latest)
		outputs_release(all->latest);
	timer_free(all->reaper);
	buf_done(&all->text);
}

/* ---- one comes, one goes ---------------------------------------------- */

static int
outputs_append(struct outputs *all, const char *name, char **settings,
    struct conf_error *e)
{
	struct generation *g = NULL;
	struct outputs_entry *it = NULL;
	size_t i = 0;
	int rc = ERR_INVALID;

	if (outputs_find_slot(all, name, false))
		snprintf(e->text, sizeof(e->text),
		    "there is an output '%.40s' already", name);
	else
		rc = make_generation(all, &all->text, settings, &g, e);
	if (rc == 0) {
		while (strcmp(conf_output_at(&g->conf, i)->block.name, name))
			i++;
		rc = create(all, g, conf_output_at(&g->conf, i), &it, e);
		if (rc == 0)
			outputs_renew(all, g);
		outputs_release(g);
	}
	if (rc < 0) {
		words_free(settings);
		return rc;
	}
	it->settings = settings;
	LIST_APPEND(all->entries, it);
	return 0;
}

int
outputs_add(struct outputs *all, const char *name, char **settings,
    struct conf_error *e)
{
	int rc = outputs_append(all, name, settings, e);

	if (rc < 0)
		return rc;
	log_info("output=%s is added", name);
	outputs_begin(all);
	return 0;
}

bool
outputs_remove(struct outputs *all, const char *name)
{
	struct outputs_entry *it = outputs_find_slot(all, name, false);

	if (it == NULL)
		return false;
	log_info("output=%s is removed", name);
	dismiss(all, it);
	return true;
}

/* ---- all of them afresh ----------------------------------------------- */

static bool
same_channel(const struct conf_channel *a, const struct conf_channel *b)
{
	return strcmp(a->block.name, b->block.name) == 0 &&
	       a->rate_hz == b->rate_hz && a->channels == b->channels &&
	       strcmp(a->audio_socket, b->audio_socket) == 0;
}

/* The way in which frames get into the picture is not the output's. */
static bool
same_picture(const struct conf_video *a, const struct conf_video *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	return a->size.width == b->size.width &&
	       a->size.height == b->size.height && a->fps == b->fps;
}

static bool
is_same(const struct outputs_entry *it, const struct generation *g,
    const struct conf_output *conf)
{
	const struct conf_output *old = output_conf(it->output);

	return conf_same("output", old, conf) &&
	       same_picture(old->picture, conf->picture) &&
	       same_channel(conf_channel_of(&it->generation->conf, old),
		   conf_channel_of(&g->conf, conf));
}

static const struct conf_output *
configured(const struct generation *g, const char *name)
{
	size_t i;

	for (i = 0; i < g->conf.outputs.count; i++)
		if (strcmp(conf_output_at(&g->conf, i)->block.name, name) == 0)
			return conf_output_at(&g->conf, i);
	return NULL;
}

/* Makes the outputs that are new or different: all of them, or none after a
 * mistake. */
static int
create_fresh(struct outputs *all, struct generation *g, struct conf_error *e)
{
	const struct conf_output *conf;
	struct outputs_entry *old, *it, **at;
	size_t i;
	int rc = 0;

	for (i = 0; i < g->conf.outputs.count && rc == 0; i++) {
		conf = conf_output_at(&g->conf, i);
		old = outputs_find_slot(all, conf->block.name, false);
		if (old && is_same(old, g, conf))
			continue;
		rc = create(all, g, conf, &it, e);
		if (rc == 0) {
			it->fresh = true;
			LIST_APPEND(all->entries, it);
		}
	}
	for (at = &all->entries; rc < 0 && (it = *at) != NULL;) {
		if (it->fresh) {
			*at = it->next;
			outputs_discard(it);
		} else {
			at = &it->next;
		}
	}
	return rc;
}

/* Puts a fresh output in place of an old one, whose orders of run time (start,
 * stop) it takes over. */
static void
replace(
    struct outputs *all, struct outputs_entry *old, struct outputs_entry *fresh)
{
	fresh->settings = old->settings;
	old->settings = NULL;
	if (output_is_off(old->output))
		output_stop(fresh->output);
	dismiss(all, old);
}

static void
outputs_note(struct outputs_change *change, const char *name)
{
	body_append(&change->names, json_string(name));
	change->count++;
}

static void
swap(struct outputs *all, struct generation *g, struct outputs_news *news)
{
	struct outputs_entry *it, *old;
	const char *name;

	for (it = all->entries; it; it = it->next) {
		name = output_name(it->output);
		if (it->fresh &&
		    (old = outputs_find_slot(all, name, false)) != NULL) {
			replace(all, old, it);
			outputs_note(&news->changed, name);
		} else if (it->fresh) {
			outputs_note(&news->added, name);
		} else if (!it->leaving && configured(g, name) == NULL) {
			dismiss(all, it);
			outputs_note(&news->removed, name);
		}
	}
	for (it = all->entries; it; it = it->next)
		it->fresh = false;
}

/* What ttsd goes by; of a [video] it knows the name alone. */
static void
note_of_ttsd(void *arg, const struct conf_block *block, bool kept)
{
	enum schema_use use = schema_find(block->section)->of_ttsd;
	char shown[2 * CONF_NAME_MAX];

	if (use == OF_OTHERS || (use == NAME_OF_TTSD && kept))
		return;
	snprintf(shown, sizeof(shown), "[%s%s%s]", block->section,
	    block->name[0] ? " " : "", block->name);
	outputs_note(arg, shown);
	log_warning("%s has changed: ttsd takes that in with a reload of its "
		    "own (ttsctl reload asks both)",
	    shown);
}

static void
outputs_warn(const struct outputs *all, const struct conf *now)
{
	if (!conf_same("streamer", &all->conf->streamer, &now->streamer) ||
	    strcmp(all->conf->ttsd.runtime_dir, now->ttsd.runtime_dir) != 0)
		log_warning("what has changed in [streamer], or "
			    "ttsd.runtime_dir, needs a restart of the "
			    "supervisor");
}

int
outputs_reload(struct outputs *all, const struct buf *text,
    struct outputs_news *news, struct conf_error *e)
{
	struct generation *g = NULL;
	struct buf kept, old = all->text;
	int rc;

	buf_init(&kept, CONF_FILE_MAX);
	snprintf(e->text, sizeof(e->text), "out of memory");
	rc = buf_put(&kept, buf_data(text), buf_len(text));
	if (rc == 0)
		rc = make_generation(all, text, NULL, &g, e);
	if (rc == 0)
		rc = create_fresh(all, g, e);
	if (rc == 0) {
		conf_each_change(
		    &all->latest->conf, &g->conf, note_of_ttsd, &news->of_ttsd);
		outputs_renew(all, g);
		swap(all, g, news);
		outputs_warn(all, &g->conf);
		all->text = kept;
	}
	buf_done(rc == 0 ? &old : &kept);
	if (g)
		outputs_release(g);
	outputs_begin(all);
	return rc;
}

/* ---- from one program to its successor ----------------------------------- */

bool
outputs_are_settled(const struct outputs *all)
{
	const struct outputs_entry *it = all->entries;

	while (it && !it->leaving)
		it = it->next;
	return it == NULL;
}

json_t *
outputs_hand_over(const struct outputs *all, struct parcel *parcel)
{
	const struct outputs_entry *it;
	json_t *list = json_array(), *one;

	for (it = all->entries; it; it = it->next) {
		one = output_hand_over(it->output, parcel);
		body_put(&one, "settings", words_save(it->settings));
		body_append(&list, one);
	}
	return list;
}

static const char *
name_of(const json_t *one)
{
	return json_string_value(json_object_get(one, "name"));
}

/* Makes the output of one word, unless the configuration has it. */
static int
take_settings(struct outputs *all, const json_t *one, struct conf_error *e)
{
	const char *name = name_of(one);
	char **settings;
	int rc = name ? words_load(json_object_get(one, "settings"), &settings)
		      : ERR_INVALID;

	if (rc < 0)
		return rc;
	if (settings == NULL || outputs_find(all, name)) {
		words_free(settings);
		return 0;
	}
	return outputs_append(all, name, settings, e);
}

static int
take_output(struct outputs *all, struct parcel *parcel, const json_t *one,
    struct conf_error *e)
{
	struct output *o = outputs_find(all, name_of(one));
	int rc = o ? output_take_over(o, parcel, one) : 0;

	if (rc < 0)
		snprintf(e->text, sizeof(e->text),
		    "output=%.40s cannot be taken over: %s", name_of(one),
		    err_text(rc));
	return rc;
}

int
outputs_take_over(struct outputs *all, struct parcel *parcel,
    const json_t *list, struct conf_error *e)
{
	size_t i, n = json_array_size(list);
	int rc = json_is_array(list) ? 0 : ERR_INVALID;

	snprintf(e->text, sizeof(e->text), "a damaged list of outputs");
	/* All of them are made before one is taken over: groups are whole. */
	for (i = 0; i < n && rc == 0; i++)
		rc = take_settings(all, json_array_get(list, i), e);
	for (i = 0; i < n && rc == 0; i++)
		rc = take_output(all, parcel, json_array_get(list, i), e);
	return rc;
}
