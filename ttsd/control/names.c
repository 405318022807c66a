#include "ttsd/control/names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "daemon/missing.h"
#include "ttsd/control/ttsd.h"

/* A check waits so long for an engine: longer than one takes that is well. A
 * trial has less time (UPGRADE_PATIENCE_NS). */
#define PROVE_NS (10 * NS_PER_S)
#define TRY_NS (3 * NS_PER_S)

/* One name, and whom to ask. */
struct name {
	struct engine *engine;
	const char *voice, *language; /* one of them is NULL */
	const struct conf_block *block;
	const char *key;
};

static struct engine *
names_engine(const struct names *n, const char *name)
{
	size_t i;

	for (i = 0; i < n->conf->engines.count; i++)
		if (strcmp(engine_name(n->engines[i]), name) == 0)
			return n->engines[i];
	return NULL;
}

static struct engine *
clip_engine(const struct names *n)
{
	size_t i;

	for (i = 0; i < n->conf->engines.count; i++)
		if (engine_type(n->engines[i])->has_clips)
			return n->engines[i];
	return NULL;
}

/* ---- what the system knows -------------------------------------------- */

static int
check_program(const struct conf *conf, const char *engine, struct conf_error *e)
{
	const struct conf_engine *c = conf_engine_find(conf, engine);
	const char *needs = c ? engine_type_of(c)->needs : NULL;
	int rc = 0;

	if (needs && strcmp(needs, "command") == 0)
		rc = process_check_program(c->command[0]);
	return rc < 0 ? conf_blame(e, &c->block, "command",
			    "the program cannot be run: %s", err_text(rc))
		      : 0;
}

int
names_check_files(const struct conf *conf, struct conf_error *e)
{
	const char *clips = conf->ttsd.clips_dir;
	size_t i;
	int rc = clips[0] ? path_check_folder(clips) : 0;

	if (rc < 0)
		return conf_blame(e, &conf->ttsd.block, "clips_dir",
		    "the folder cannot be read: %s", err_text(rc));
	for (i = 0; i < conf->channels.count && rc == 0; i++)
		rc = check_program(conf, conf_channel_at(conf, i)->engine, e);
	for (i = 0; i < conf->languages.count && rc == 0; i++)
		rc = check_program(conf, conf_language_at(conf, i)->engine, e);
	return rc;
}

/* ---- each name -------------------------------------------------------- */

/* Called for each name; anything but VOICE_KNOWN is kept as the result, and
 * VOICE_UNKNOWN ends it. */
typedef enum engine_voice name_fn(void *arg, const struct name *name);

struct walk {
	const struct names *names;
	name_fn *fn;
	void *arg;
	enum engine_voice result;
};

static void
visit(struct walk *w, struct name name)
{
	enum engine_voice said;

	if (name.engine == NULL || w->result == VOICE_UNKNOWN)
		return;
	said = w->fn(w->arg, &name);
	if (said != VOICE_KNOWN)
		w->result = said;
}

/* What a channel says in its own language by another engine is that section's
 * matter. */
static void
visit_channel(struct walk *w, const struct conf_channel *ch)
{
	struct engine *e = names_engine(w->names, ch->engine);
	const char *language = ch->speech.language, *voice = ch->speech.voice;

	if (voice && voice[0])
		visit(w, (struct name){ e, voice, NULL, &ch->block, "voice" });
	if (ttsd_is_language(language) &&
	    conf_language_find(w->names->conf, language) == NULL)
		visit(w,
		    (struct name){ e, NULL, language, &ch->block, "language" });
	if (ch->bed[0])
		visit(w, (struct name){ clip_engine(w->names), ch->bed, NULL,
			     &ch->block, "bed" });
}

/* A section without an engine of its own is for the channels' engines, which
 * need not all have that voice; one without a voice is for an engine that is
 * trusted to speak the language. */
static void
visit_language(struct walk *w, const struct conf_language *l)
{
	if (l->voice[0])
		visit(w, (struct name){ names_engine(w->names, l->engine),
			     l->voice, NULL, &l->block, "voice" });
}

/* Is it said on that channel? Without a word of it, on the first. */
static bool
is_said_on(const struct conf *c, char *const *names, const char *channel)
{
	if (names == NULL || *names == NULL)
		return strcmp(conf_channel_at(c, 0)->block.name, channel) == 0;
	for (; *names; names++)
		if (conf_name_has(c, *names, channel))
			return true;
	return false;
}

/* A text in a language that has a section is said as that has it. */
static void
visit_text(struct walk *w, const struct conf_block *block,
    char *const *channels, const char *voice, const char *language)
{
	const struct conf *c = w->names->conf;
	const struct conf_language *own =
	    ttsd_is_language(language) ? conf_language_find(c, language) : NULL;
	const struct conf_channel *ch;
	struct engine *e;
	size_t i;

	for (i = 0; i < c->channels.count; i++) {
		ch = conf_channel_at(c, i);
		if (!is_said_on(c, channels, ch->block.name))
			continue;
		e = names_engine(
		    w->names, own && own->engine[0] ? own->engine : ch->engine);
		if (voice[0])
			visit(
			    w, (struct name){ e, voice, NULL, block, "voice" });
		if (ttsd_is_language(language) && own == NULL)
			visit(w, (struct name){
				     e, NULL, language, block, "language" });
	}
}

static void
visit_clip(struct walk *w, const struct conf_block *block, const char *key,
    const char *clip)
{
	if (clip[0])
		visit(w, (struct name){
			     clip_engine(w->names), clip, NULL, block, key });
}

static void
visit_message(struct walk *w, const struct conf_message *m)
{
	visit_text(w, &m->block, m->channels, m->voice, m->language);
	visit_clip(w, &m->block, "chime", m->chime);
}

static void
visit_schedule(struct walk *w, const struct conf_schedule *s)
{
	visit_text(w, &s->block, s->channels, s->voice, s->language);
	visit_clip(w, &s->block, "chime", s->chime);
	visit_clip(w, &s->block, "clip", s->clip);
}

static enum engine_voice
names_walk(const struct names *n, name_fn *fn, void *arg)
{
	struct walk w = { n, fn, arg, VOICE_KNOWN };
	size_t i;

	for (i = 0; i < n->conf->channels.count; i++)
		visit_channel(&w, conf_channel_at(n->conf, i));
	for (i = 0; i < n->conf->languages.count; i++)
		visit_language(&w, conf_language_at(n->conf, i));
	for (i = 0; n->of_texts && i < n->conf->messages.count; i++)
		visit_message(&w, conf_message_at(n->conf, i));
	for (i = 0; n->of_texts && i < n->conf->schedules.count; i++)
		visit_schedule(&w, conf_schedule_at(n->conf, i));
	return w.result;
}

/* ---- asking ----------------------------------------------------------- */

static enum engine_voice
start_one(void *arg, const struct name *name)
{
	(void)arg;
	engine_start(name->engine);
	return VOICE_KNOWN;
}

void
names_start(const struct names *n)
{
	names_walk(n, start_one, NULL);
}

static enum engine_voice
check_one(void *arg, const struct name *name)
{
	enum engine_state state = engine_state(name->engine);
	const char *what = name->voice ? "voice" : "language";

	if (state == ENGINE_IDLE || state == ENGINE_STARTING)
		return VOICE_NOT_YET;
	if (state == ENGINE_FAILING || engine_voice(name->engine, name->voice,
					   name->language) != VOICE_UNKNOWN)
		return VOICE_KNOWN;
	if (engine_type(name->engine)->has_clips)
		what = "clip";
	conf_blame(arg, name->block, name->key,
	    "engine '%s' has no such %s; 'ttsctl voices -e %s' lists what it "
	    "has",
	    engine_name(name->engine), what, engine_name(name->engine));
	return VOICE_UNKNOWN;
}

enum engine_voice
names_check(const struct names *n, struct conf_error *e)
{
	return names_walk(n, check_one, e);
}

/* ---- for --check-config ----------------------------------------------- */

struct proof {
	struct names names;
	struct loop *loop;
	struct timer *deadline;
	struct engine **engines;
	size_t count;
	struct conf_error *e;
	bool late;
};

static void
proof_worker(void *arg, const char *engine, int64_t pid, const char *from,
    const char *to, const char *reason)
{
	(void)arg;
	(void)engine;
	(void)pid;
	(void)from;
	(void)to;
	(void)reason;
}

static void
proof_changed(void *arg)
{
	struct proof *p = arg;

	loop_stop(p->loop);
}

static void
proof_late(void *arg)
{
	struct proof *p = arg;

	p->late = true;
	loop_stop(p->loop);
}

static int
proof_init(struct proof *p, const struct conf *conf)
{
	static const struct engine_events events = { .worker = proof_worker,
		.changed = proof_changed };
	int rc = loop_new(&p->loop);

	p->engines = calloc(conf->engines.count, sizeof(*p->engines));
	if (rc == 0 && p->engines == NULL)
		rc = ERR_NOMEM;
	if (rc == 0)
		rc = timer_new(
		    p->loop, TIMER_COARSE, proof_late, p, &p->deadline);
	for (; rc == 0 && p->count < conf->engines.count; p->count++) {
		rc = engine_new(p->loop, conf_engine_at(conf, p->count),
		    &conf->ttsd, &events, p, &p->engines[p->count]);
		if (rc < 0)
			break;
	}
	p->names = (struct names){ .conf = conf, .engines = p->engines };
	return rc;
}

static void
proof_done(struct proof *p)
{
	size_t i;

	for (i = 0; i < p->count; i++)
		engine_free(p->engines[i]);
	free(p->engines);
	timer_free(p->deadline);
	loop_free(p->loop);
}

/* Blames the section of an engine that does not start. */
static enum engine_voice
blame_failing(void *arg, const struct name *name)
{
	if (engine_state(name->engine) != ENGINE_FAILING)
		return VOICE_KNOWN;
	conf_blame(arg, name->block, name->key,
	    "engine '%s' cannot be asked whether it has that: %.200s",
	    engine_name(name->engine), engine_last_error(name->engine));
	return VOICE_UNKNOWN;
}

static enum engine_voice
proof_ask(struct proof *p, int64_t patience_ns)
{
	enum engine_voice said;

	timer_at(p->deadline, clock_awake_ns() + patience_ns);
	names_start(&p->names);
	while (
	    (said = names_check(&p->names, p->e)) == VOICE_NOT_YET && !p->late)
		loop_run(p->loop);
	return said;
}

static int
prove(struct proof *p)
{
	enum engine_voice said;

	p->names.of_texts = true;
	said = proof_ask(p, PROVE_NS);

	if (said == VOICE_KNOWN)
		said = names_walk(&p->names, blame_failing, p->e);
	if (said == VOICE_NOT_YET)
		fprintf(stderr, "voices, languages and clips are not checked: "
				"an engine did not tell in time which it "
				"has\n");
	return said == VOICE_UNKNOWN ? ERR_INVALID : 0;
}

static int
look_at_keys(const struct conf *conf, struct conf_error *e)
{
	struct missing m = { .e = e };
	const struct conf_engine *engine;
	size_t i;

	for (i = 0; i < conf->engines.count; i++) {
		engine = conf_engine_at(conf, i);
		missing_file(&m, &engine->block, "key_file", engine->key_file,
		    "until then the engine fails");
	}
	return missing_end(&m);
}

static int
try(struct proof *p)
{
	return proof_ask(p, TRY_NS) == VOICE_UNKNOWN ? ERR_INVALID : 0;
}

/* Has the engines started for `ask`, and ended again. */
static int
with_engines(
    const struct conf *conf, int (*ask)(struct proof *p), struct conf_error *e)
{
	struct proof p = { .e = e };
	int rc = proof_init(&p, conf);

	snprintf(e->text, sizeof(e->text), "the engines cannot be asked: %s",
	    err_text(rc));
	if (rc == 0)
		rc = ask(&p);
	proof_done(&p);
	return rc;
}

int
names_prove(const struct conf *conf, struct conf_error *e)
{
	int rc = look_at_keys(conf, e);

	return rc == 0 ? with_engines(conf, prove, e) : rc;
}

int
names_try(const struct conf *conf, struct conf_error *e)
{
	return with_engines(conf, try, e);
}
