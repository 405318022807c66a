/* Which outputs there are: at the start, and as they come and go. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/words.h"
#include "daemon/daemon.h"
#include "streamer-supervisor/control/supervisor.h"
#include "streamer-supervisor/ffmpeg/tee.h"

/* A configuration lives for as long as an output of it does. */
struct generation {
	struct conf conf;
	size_t uses;
};

struct entry {
	struct entry *next;
	struct output *output;
	struct generation *generation;
	char **settings; /* "output.NAME.key=value" of one that was added */
	bool leaving;    /* freed once it has stopped */
	bool fresh;      /* of the reload under way */
};

static void
outputs_release(struct generation *g)
{
	if (--g->uses > 0)
		return;
	conf_done(&g->conf);
	free(g);
}

/* With one use, the caller's. `settings`: of one more output; NULL: none. */
static int
read_generation(struct supervisor *sv, char *const *settings,
    struct generation **out, struct conf_error *e)
{
	const char **all = NULL;
	struct generation *g = calloc(1, sizeof(*g));
	const struct entry *it;
	size_t n = 0;
	int rc = ERR_NOMEM, pass;

	*out = NULL;
	snprintf(e->text, sizeof(e->text), "out of memory");
	/* The first pass counts. */
	for (pass = 0; g && pass < 2; pass++) {
		char *const *s = settings;

		if (pass && (all = calloc(n + 1, sizeof(*all))) == NULL)
			break;
		for (n = 0, it = sv->entries; s || it;) {
			for (; s && *s; s++, n++)
				if (all)
					all[n] = *s;
			s = it && !it->leaving ? it->settings : NULL;
			it = it ? it->next : NULL;
		}
	}
	if (all)
		rc = daemon_reconfigure(all, &g->conf, e);
	free(all);
	if (rc == 0 && (rc = tee_check(&g->conf, e)) < 0)
		conf_done(&g->conf);
	if (rc < 0) {
		free(g);
		return rc;
	}
	g->uses = 1;
	*out = g;
	return 0;
}

static const struct conf_channel *
channel_of(const struct conf *c, const struct conf_output *o)
{
	return o->channel[0] ? conf_channel_find(c, o->channel)
			     : conf_channel_at(c, 0);
}

static int
create(struct supervisor *sv, struct generation *g,
    const struct conf_output *conf, struct entry **out, struct conf_error *e)
{
	const struct conf_channel *channel = channel_of(&g->conf, conf);
	char path[PLATFORM_PATH_MAX];
	const char *socket = channel->audio_socket;
	struct entry *it = calloc(1, sizeof(*it));
	int rc = it ? 0 : ERR_NOMEM;

	*out = NULL;
	snprintf(e->text, sizeof(e->text), "out of memory");
	if (rc == 0 && socket[0] == '\0') {
		socket = path;
		rc = path_socket(
		    sv->dir, channel->block.name, path, sizeof(path));
		if (rc < 0)
			snprintf(e->text, sizeof(e->text),
			    "socket=%.300s cannot be used: %s; set another "
			    "ttsd.runtime_dir or audio_socket",
			    path, err_text(rc));
	}
	if (rc == 0)
		rc = output_new(&sv->env, &sv->events, conf, channel, socket,
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
outputs_discard(struct entry *it)
{
	output_free(it->output);
	words_free(it->settings);
	outputs_release(it->generation);
	free(it);
}

static void
outputs_append(struct supervisor *sv, struct entry *it)
{
	struct entry **at = &sv->entries;

	while (*at)
		at = &(*at)->next;
	*at = it;
}

static struct entry *
outputs_find_slot(const struct supervisor *sv, const char *name, bool leaving)
{
	struct entry *it = sv->entries;

	while (it && (it->fresh || it->leaving != leaving ||
			 strcmp(output_name(it->output), name) != 0))
		it = it->next;
	return it;
}

/* Starts what is to start by itself, and has no ffmpeg of that name before
 * it that has yet to end. */
void
outputs_begin(struct supervisor *sv)
{
	struct entry *it;

	for (it = sv->entries; it && sv->probed && !sv->ending; it = it->next)
		if (!it->leaving && outputs_find_slot(sv,
					output_name(it->output), true) == NULL)
			output_begin(it->output);
}

static void
reap(void *arg)
{
	struct supervisor *sv = arg;
	struct entry **at = &sv->entries, *it;

	while ((it = *at) != NULL) {
		if (it->leaving && output_state(it->output) == CHILD_STOPPED) {
			*at = it->next;
			outputs_discard(it);
		} else {
			at = &it->next;
		}
	}
	outputs_begin(sv);
}

/* An output may not be freed from within what it tells. */
void
outputs_reap(struct supervisor *sv)
{
	timer_at(sv->reaper, clock_now_ns());
}

static void
dismiss(struct supervisor *sv, struct entry *it)
{
	it->leaving = true;
	output_stop(it->output);
	outputs_reap(sv);
}

struct output *
outputs_next(const struct supervisor *sv, const struct output *after)
{
	struct entry *it = sv->entries;

	while (after && it && it->output != after)
		it = it->next;
	if (after && it)
		it = it->next;
	return it ? it->output : NULL;
}

struct output *
outputs_find(const struct supervisor *sv, const char *name)
{
	struct entry *it = outputs_find_slot(sv, name, false);

	return it ? it->output : NULL;
}

bool
outputs_leaves(const struct supervisor *sv, const struct output *o)
{
	struct entry *it = sv->entries;

	while (it && it->output != o)
		it = it->next;
	return it && it->leaving;
}

/* ---- the start and the end -------------------------------------------- */

int
outputs_init(struct supervisor *sv, struct conf_error *e)
{
	struct generation *g = NULL;
	struct entry *it;
	size_t i;
	int rc = timer_new(sv->loop, TIMER_COARSE, reap, sv, &sv->reaper);

	snprintf(e->text, sizeof(e->text), "out of memory");
	if (rc == 0)
		rc = read_generation(sv, NULL, &g, e);
	if (rc < 0)
		return rc;
	for (i = 0; i < g->conf.outputs.count && rc == 0; i++) {
		rc = create(sv, g, conf_output_at(&g->conf, i), &it, e);
		if (rc == 0)
			outputs_append(sv, it);
	}
	outputs_release(g);
	return rc;
}

void
outputs_done(struct supervisor *sv)
{
	struct entry *it;

	while ((it = sv->entries) != NULL) {
		sv->entries = it->next;
		outputs_discard(it);
	}
	timer_free(sv->reaper);
}

/* ---- one comes, one goes ---------------------------------------------- */

int
outputs_add(struct supervisor *sv, const char *name, char **settings,
    struct conf_error *e)
{
	struct generation *g = NULL;
	struct entry *it = NULL;
	size_t i = 0;
	int rc = ERR_INVALID;

	if (outputs_find_slot(sv, name, false))
		snprintf(e->text, sizeof(e->text),
		    "there is an output '%.40s' already", name);
	else
		rc = read_generation(sv, settings, &g, e);
	if (rc == 0) {
		while (strcmp(conf_output_at(&g->conf, i)->block.name, name))
			i++;
		rc = create(sv, g, conf_output_at(&g->conf, i), &it, e);
		outputs_release(g);
	}
	if (rc < 0) {
		words_free(settings);
		return rc;
	}
	it->settings = settings;
	outputs_append(sv, it);
	log_info("output=%s is added", name);
	outputs_begin(sv);
	return 0;
}

bool
outputs_remove(struct supervisor *sv, const char *name)
{
	struct entry *it = outputs_find_slot(sv, name, false);

	if (it == NULL)
		return false;
	log_info("output=%s is removed", name);
	dismiss(sv, it);
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

static bool
is_same(const struct entry *it, const struct generation *g,
    const struct conf_output *conf)
{
	const struct conf_output *old = output_conf(it->output);

	return conf_same("output", old, conf) &&
	       same_channel(channel_of(&it->generation->conf, old),
		   channel_of(&g->conf, conf));
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

/* Makes what is new or different; without a mistake, or not at all. */
static int
create_fresh(struct supervisor *sv, struct generation *g, struct conf_error *e)
{
	const struct conf_output *conf;
	struct entry *old, *it, **at;
	size_t i;
	int rc = 0;

	for (i = 0; i < g->conf.outputs.count && rc == 0; i++) {
		conf = conf_output_at(&g->conf, i);
		old = outputs_find_slot(sv, conf->block.name, false);
		if (old && is_same(old, g, conf))
			continue;
		rc = create(sv, g, conf, &it, e);
		if (rc == 0) {
			it->fresh = true;
			outputs_append(sv, it);
		}
	}
	for (at = &sv->entries; rc < 0 && (it = *at) != NULL;) {
		if (it->fresh) {
			*at = it->next;
			outputs_discard(it);
		} else {
			at = &it->next;
		}
	}
	return rc;
}

/* The fresh one takes over what the old one was told at run time. */
static void
replace(struct supervisor *sv, struct entry *old, struct entry *fresh)
{
	fresh->settings = old->settings;
	old->settings = NULL;
	if (output_is_off(old->output))
		output_stop(fresh->output);
	dismiss(sv, old);
}

static void
outputs_note(struct outputs_news *news, json_t *list, const char *name)
{
	json_array_append_new(list, json_string(name));
	news->count++;
}

static void
swap(struct supervisor *sv, struct generation *g, struct outputs_news *news)
{
	struct entry *it, *old;
	const char *name;

	for (it = sv->entries; it; it = it->next) {
		name = output_name(it->output);
		if (it->fresh &&
		    (old = outputs_find_slot(sv, name, false)) != NULL) {
			replace(sv, old, it);
			outputs_note(news, news->changed, name);
		} else if (it->fresh) {
			outputs_note(news, news->added, name);
		} else if (!it->leaving && configured(g, name) == NULL) {
			dismiss(sv, it);
			outputs_note(news, news->removed, name);
		}
	}
	for (it = sv->entries; it; it = it->next)
		it->fresh = false;
}

int
outputs_reload(
    struct supervisor *sv, struct outputs_news *news, struct conf_error *e)
{
	struct generation *g;
	int rc = read_generation(sv, NULL, &g, e);

	if (rc == 0) {
		rc = create_fresh(sv, g, e);
		if (rc == 0)
			swap(sv, g, news);
		if (rc == 0 && (!conf_same("streamer", &sv->conf.streamer,
				    &g->conf.streamer) ||
				   strcmp(sv->conf.ttsd.runtime_dir,
				       g->conf.ttsd.runtime_dir) != 0))
			log_warning("what has changed in [streamer], or "
				    "ttsd.runtime_dir, needs a restart of the "
				    "supervisor");
		outputs_release(g);
	}
	if (rc < 0)
		log_error("reload: nothing is changed: %s", e->text);
	else if (news->count == 0)
		log_info("reloaded: no output has changed");
	else
		log_info("reloaded: outputs added=%zu removed=%zu changed=%zu",
		    json_array_size(news->added),
		    json_array_size(news->removed),
		    json_array_size(news->changed));
	outputs_begin(sv);
	return rc;
}
