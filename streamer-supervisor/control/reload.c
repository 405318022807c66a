/* Reads the configuration again while the loop runs on: its file may hang. */
#include <stdio.h>

#include "common/err.h"
#include "streamer-supervisor/control/supervisor.h"

/* An answer is fetched in the next turn of its session, if that still lives. */
#define UNCLAIMED_NS NS_PER_S

static void
reload_log(const struct reload *re)
{
	const struct outputs_news *news = &re->news;

	if (re->rc < 0)
		log_error(
		    "the reload is refused and all outputs go on unchanged; "
		    "mend the configuration and reload again: reason=%s",
		    log_quote(re->e.text));
	else if (news->added.count + news->removed.count +
		     news->changed.count ==
		 0)
		log_info("reloaded: no output has changed");
	else
		log_info("reloaded: outputs added=%zu removed=%zu changed=%zu",
		    news->added.count, news->removed.count,
		    news->changed.count);
}

static void
reload_forget(struct reload *re)
{
	json_decref(re->news.added.names);
	json_decref(re->news.removed.names);
	json_decref(re->news.changed.names);
	json_decref(re->news.of_ttsd.names);
	re->news = (struct outputs_news){ .added.names = NULL };
	re->stage = RELOAD_NONE;
	re->asker = NULL;
	if (re->unclaimed)
		timer_at(re->unclaimed, INT64_MAX);
}

static void
reload_prepare(struct reload *re)
{
	re->news = (struct outputs_news){ .added.names = json_array(),
		.removed.names = json_array(),
		.changed.names = json_array(),
		.of_ttsd.names = json_array() };
}

void
reload_with(struct supervisor *sv, const struct buf *text)
{
	struct reload *re = &sv->reload;

	reload_prepare(re);
	re->rc = outputs_reload(&sv->outputs, text, &re->news, &re->e);
	reload_log(re);
	reload_forget(re);
}

/* Takes what was read, or `err`. */
static void
reload_take(struct supervisor *sv, int err)
{
	struct reload *re = &sv->reload;
	bool optional;
	const char *file = daemon_config_file(&optional);

	reload_prepare(re);
	re->rc = err == ERR_NOT_FOUND && optional ? 0 : err;
	if (re->rc < 0)
		snprintf(re->e.text, sizeof(re->e.text), "%s: %s", file,
		    file_reader_why(re->reader));
	else
		re->rc = outputs_reload(&sv->outputs,
		    file_reader_text(re->reader), &re->news, &re->e);
	reload_log(re);
	re->stage = RELOAD_ANSWERED;
	timer_at(re->unclaimed, clock_awake_ns() + UNCLAIMED_NS);
}

static void
reload_begin(struct supervisor *sv, const struct session *asker)
{
	struct reload *re = &sv->reload;
	bool optional;
	int rc;

	re->stage = RELOAD_READING;
	re->asker = asker;
	rc = file_reader_start(re->reader, daemon_config_file(&optional));
	if (rc < 0)
		reload_take(sv, rc);
}

void
reload_clear(struct supervisor *sv)
{
	struct reload *re = &sv->reload;

	reload_forget(re);
	if (re->signalled && !sv->ending) {
		re->signalled = false;
		reload_begin(sv, NULL);
	}
	server_retry(sv->server);
}

static void
reload_read(void *arg, int rc)
{
	struct supervisor *sv = arg;

	if (!sv->ending)
		reload_take(sv, rc);
	if (sv->reload.asker == NULL || sv->ending)
		reload_clear(sv);
	else
		server_retry(sv->server);
}

static void
reload_unclaimed(void *arg)
{
	reload_clear(arg);
}

int
reload_init(struct supervisor *sv)
{
	struct reload *re = &sv->reload;
	int rc = file_reader_new(
	    sv->loop, CONF_FILE_MAX, reload_read, sv, &re->reader);

	if (rc == 0)
		rc = timer_new(sv->loop, TIMER_COARSE, reload_unclaimed, sv,
		    &re->unclaimed);
	return rc;
}

void
reload_done(struct supervisor *sv)
{
	reload_forget(&sv->reload);
	file_reader_free(sv->reload.reader);
	timer_free(sv->reload.unclaimed);
}

void
reload_signalled(struct supervisor *sv)
{
	if (sv->reload.stage != RELOAD_NONE) {
		sv->reload.signalled = true;
		return;
	}
	reload_begin(sv, NULL);
	if (sv->reload.stage == RELOAD_ANSWERED)
		reload_clear(sv);
}

struct reload *
reload_asked(struct supervisor *sv, const struct session *s)
{
	struct reload *re = &sv->reload;

	if (re->asker == s && !s->again)
		re->asker = NULL; /* one that is gone had the same address */
	if (re->stage == RELOAD_NONE)
		reload_begin(sv, s);
	return re->stage == RELOAD_ANSWERED && re->asker == s ? re : NULL;
}
