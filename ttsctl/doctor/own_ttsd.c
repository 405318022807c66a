#include "ttsctl/doctor/own_ttsd.h"

#include <stdio.h>
#include <string.h>

#include "common/args/argv.h"
#include "common/args/words.h"
#include "common/err.h"
#include "platform/runtime_dir.h"
#include "ttsctl/doctor/program.h"

/* It is up at once, or has a hard start. */
#define UP_MAX_NS (15 * NS_PER_S)
#define STOP_MAX_NS (10 * NS_PER_S)
/* A line of its log that tells. */
#define UP " is on air"

static void
own_ttsd_gone(void *arg, const struct process_end *end)
{
	struct own_ttsd *o = arg;

	process_describe(end, o->why, sizeof(o->why));
	process_free(o->process);
	o->process = NULL;
	loop_stop(o->loop);
}

static bool
has_said(const struct own_ttsd *o, const char *words)
{
	const uint8_t *at = buf_data(&o->said);
	size_t left = buf_len(&o->said), n = strlen(words);

	for (; left >= n; at++, left--)
		if (memcmp(at, words, n) == 0)
			return true;
	return false;
}

static void
own_ttsd_says(void *arg, const uint8_t *data, size_t len)
{
	struct own_ttsd *o = arg;

	if (o->up || buf_put(&o->said, data, len) < 0 || !has_said(o, UP))
		return;
	o->up = true;
	loop_stop(o->loop);
}

static void
own_ttsd_out(void *arg, const uint8_t *data, size_t len)
{
	(void)arg;
	(void)data;
	(void)len;
}

static void
own_ttsd_late(void *arg)
{
	loop_stop(arg);
}

static void
own_ttsd_wait(struct own_ttsd *o, int64_t ns)
{
	struct timer *t;

	if (timer_new(o->loop, TIMER_COARSE, own_ttsd_late, o->loop, &t) < 0)
		return;
	timer_at(t, clock_awake_ns() + ns);
	loop_run(o->loop);
	timer_free(t);
}

/* What it must not share with a ttsd that may start meanwhile. */
static void
add_settings(struct argv *a, const struct own_ttsd *o, const struct conf *c)
{
	const char *name;
	size_t i;

	argv_add(a, "-D");
	argv_add(a, "ttsd.runtime_dir=%s", o->dir);
	argv_options(a, "-D ttsd.durable=no -D ttsd.metrics=");
	for (i = 0; i < c->channels.count; i++) {
		name = conf_channel_at(c, i)->block.name;
		argv_add(a, "-D");
		argv_add(a, "channel.%s.audio_socket=", name);
		argv_add(a, "-D");
		argv_add(a, "channel.%s.durable=no", name);
	}
}

/* A folder for us alone, beside that of the daemons; on Windows the first part
 * of the pipes' names. */
static int
make_dir(struct own_ttsd *o)
{
	struct runtime_dir usual, own;
	char name[PLATFORM_PATH_MAX + 32];
	int rc;

	runtime_dir_find(NULL, 0, &usual);
	snprintf(name, sizeof(name), "%s-doctor-%lld", usual.path,
	    (long long)process_own_pid());
	rc = runtime_dir_open(name, &own);
	snprintf(o->dir, sizeof(o->dir), "%s", own.path);
	return rc;
}

static int
spawn(struct own_ttsd *o, const struct patient *p)
{
	static const struct process_events events = {
		.gone = own_ttsd_gone, .out = own_ttsd_out, .err = own_ttsd_says
	};
	struct process_spec spec = { .argv = NULL };
	char path[PLATFORM_PATH_MAX];
	struct argv a = { 0 };
	char **words;
	int rc;

	our_program("ttsd", path, sizeof(path));
	argv_add(&a, "%s", path);
	if (p->conf_file) {
		argv_add(&a, "-c");
		argv_add(&a, "%s", p->conf_file);
	}
	add_settings(&a, o, &p->conf);
	words = argv_take(&a);
	spec.argv = (const char *const *)words;
	rc = words ? process_spawn(o->loop, &spec, &events, o, &o->process)
		   : ERR_NOMEM;
	words_free(words);
	return rc;
}

void
own_ttsd_start(struct own_ttsd *o, const struct patient *p)
{
	int rc;

	*o = (struct own_ttsd){ .loop = p->call->loop };
	buf_init(&o->said, PROGRAM_SAID_MAX);
	rc = make_dir(o);
	if (rc == 0)
		rc = spawn(o, p);
	if (rc < 0) {
		snprintf(
		    o->why, sizeof(o->why), "%.400s: %s", o->dir, err_text(rc));
		return;
	}
	own_ttsd_wait(o, UP_MAX_NS);
	if (o->process && !o->up)
		snprintf(o->why, sizeof(o->why), "it does not come up");
}

void
own_ttsd_done(struct own_ttsd *o)
{
	if (o->process) {
		process_interrupt(o->process);
		own_ttsd_wait(o, STOP_MAX_NS);
	}
	process_free(o->process);
	buf_done(&o->said);
	remove(o->dir);
}
