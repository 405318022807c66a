/* The daemon from its start to its end, and what the outputs hear of. */
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "daemon/daemon.h"
#include "streamer-supervisor/control/supervisor.h"

/* ---- stopping --------------------------------------------------------- */

static void
stop_if_done(struct supervisor *sv)
{
	const struct output *o;

	for (o = outputs_next(&sv->outputs, NULL); o;
	     o = outputs_next(&sv->outputs, o))
		if (!(sv->at_once ? output_state(o) == CHILD_STOPPED
				  : output_is_over(o)))
			return;
	/* Nobody looks at the pictures any more. */
	picture_keeper_begin(&sv->pictures);
	picture_keeper_end(&sv->pictures);
	if (picture_keeper_is_idle(&sv->pictures))
		loop_stop(sv->loop);
}

static void
supervisor_stop(struct supervisor *sv)
{
	void (*end)(struct output * o) = sv->ending ? output_kill : output_end;
	struct output *o;

	log_info(sv->ending ? "stopping at once" : "stopping");
	service_stopping();
	sv->at_once = sv->ending;
	sv->ending = true;
	sv->outputs.may_begin = false;
	for (o = outputs_next(&sv->outputs, NULL); o;
	     o = outputs_next(&sv->outputs, o))
		end(o);
	stop_if_done(sv);
}

static void
supervisor_signalled(void *arg, enum loop_signal signal)
{
	struct supervisor *sv = arg;

	if (signal == LOOP_TERMINATE)
		supervisor_stop(sv);
	else if (signal == LOOP_UPGRADE)
		upgrade_desk_begin(&sv->upgrades, sv->upgrade);
	else if (signal == LOOP_RELOAD && !sv->ending)
		reload_signalled(sv);
}

/* ---- what the outputs hear of ----------------------------------------- */

static void
output_changed(void *arg, const struct output *o, enum child_state from,
    const char *reason)
{
	struct supervisor *sv = arg;

	control_publish(sv, o, from, reason);
	if (sv->ending)
		stop_if_done(sv);
	else if (output_state(o) == CHILD_STOPPED)
		outputs_reap(&sv->outputs);
}

static void
captions_over(void *arg)
{
	struct supervisor *sv = arg;

	if (sv->ending)
		stop_if_done(sv);
	else
		outputs_reap(&sv->outputs);
}

static void
pictures_changed(void *arg)
{
	struct supervisor *sv = arg;

	if (sv->ending)
		stop_if_done(sv);
	else
		senders_look(&sv->env);
}

static void
pictures_news(void *arg, const char *channel, const struct picture_news *news)
{
	control_publish_video(arg, channel, news);
}

static void
source_up(void *arg)
{
	struct supervisor *sv = arg;
	struct sender *s = NULL;

	while ((s = sender_next(&sv->env, s)) != NULL)
		sender_source_up(s);
}

static void
source_tells(void *arg, const json_t *event)
{
	const struct supervisor *sv = arg;

	heraldings_hear(sv->heraldings, event);
}

static void
source_absent(void *arg)
{
	struct supervisor *sv = arg;
	struct sender *s = NULL;

	heraldings_hear(sv->heraldings, NULL);

	while ((s = sender_next(&sv->env, s)) != NULL)
		sender_source_absent(s);
}

static void
source_lagging(void *arg, int64_t pid)
{
	struct supervisor *sv = arg;
	struct sender *s = NULL;

	while ((s = sender_next(&sv->env, s)) != NULL)
		sender_lagging(s, pid);
}

static void
source_idle(void *arg, const char *channel)
{
	struct supervisor *sv = arg;
	struct sender *s = NULL;

	while ((s = sender_next(&sv->env, s)) != NULL)
		if (strcmp(sender_channel(s), channel) == 0)
			sender_idle(s);
}

static const struct source_events source_events = {
	.up = source_up,
	.absent = source_absent,
	.tells = source_tells,
	.lagging = source_lagging,
	.idle = source_idle,
	.readers = receipts_readers,
	.spoken = receipts_spoken,
	.linked = receipts_linked,
	.posted = receipts_posted,
	.ended = receipts_ended,
};

static void
probed(void *arg)
{
	struct supervisor *sv = arg;
	struct sender *s = NULL;

	if (sv->ending)
		return;
	sv->outputs.may_begin = true;
	outputs_begin(&sv->outputs);
	while ((s = sender_next(&sv->env, s)) != NULL)
		sender_probed(s);
}

/* It is known now which encoder works. */
static void
tried(void *arg)
{
	struct supervisor *sv = arg;

	if (!sv->ending)
		senders_look(&sv->env);
}

/* ---- setting up ------------------------------------------------------- */

/* Withholds the engines' keys from all children, after the outputs have
 * reserved their own. */
static void
withhold_engine_keys(const struct conf *conf)
{
	size_t i;

	for (i = 0; i < conf->engines.count; i++)
		if (conf_engine_at(conf, i)->key_env[0])
			process_withhold(conf_engine_at(conf, i)->key_env);
}

static enum daemon_step
open_outputs(struct supervisor *sv, struct buf *text)
{
	const struct parcel *before = daemon_inheritance();
	struct conf_error e = { "out of memory" };
	struct buf old;
	int rc = 0;

	buf_init(&old, CONF_FILE_MAX);
	if (before)
		rc = succession_text(before, &old);
	if (rc == 0)
		rc = outputs_init(&sv->outputs, before ? &old : text, &e);
	buf_done(&old);

	withhold_engine_keys(&sv->conf);
	if (rc == 0)
		return DAEMON_GO_ON;
	log_error("%s", e.text);
	return rc == ERR_INVALID || rc == ERR_TOO_LONG ? EXIT_CONFIG
						       : EXIT_FAILED;
}

int
supervisor_take_server(struct supervisor *sv, struct parcel *p)
{
	control_init(sv);
	return server_take_over(sv->loop, p,
	    json_object_get(p->document, "server"), &sv->api,
	    (size_t)sv->conf.streamer.clients_max, &sv->server);
}

static enum daemon_step
open_server(struct supervisor *sv)
{
	struct parcel *before = daemon_inheritance();
	char path[PLATFORM_PATH_MAX];
	int rc = path_socket(sv->dir.path, "streamer", path, sizeof(path));

	control_init(sv);
	if (rc == 0 && before)
		rc = supervisor_take_server(sv, before);
	else if (rc == 0)
		rc = server_new(sv->loop, path, &sv->api,
		    (size_t)sv->conf.streamer.clients_max, &sv->server);
	return rc < 0 ? daemon_socket_failed(path, rc) : DAEMON_GO_ON;
}

int
supervisor_open_pictures(struct supervisor *sv)
{
	sv->pictures = (struct picture_keeper){ .loop = sv->loop,
		.dir = sv->dir.path,
		.control = sv->source_path,
		.ffmpeg = sv->env.program,
		.changed = pictures_changed,
		.lagging = source_lagging,
		.news = pictures_news,
		.arg = sv };
	sv->env.pictures = &sv->pictures.pictures;
	return picture_keeper_init(&sv->pictures);
}

static enum daemon_step
open_rest(struct supervisor *sv)
{
	int rc = path_socket(
	    sv->dir.path, "control", sv->source_path, sizeof(sv->source_path));

	if (rc == 0)
		rc = source_new(sv->loop, sv->source_path, &source_events, sv,
		    &sv->env.source);
	if (rc == 0)
		rc = supervisor_open_pictures(sv);
	if (rc == 0)
		rc = reload_init(sv);
	if (rc == 0)
		rc = succession_init(sv);
	if (rc == 0)
		rc = probe_new(
		    sv->loop, sv->env.program, probed, sv, &sv->env.probe);
	sv->pictures.probe = sv->env.probe;
	if (rc == 0)
		rc = trial_new(sv->loop, sv->env.program, sv->env.probe, tried,
		    sv, &sv->env.trial);
	if (rc == 0)
		return DAEMON_GO_ON;
	log_error("streamer-supervisor cannot start: the link to ttsd (%s) or "
		  "the questions to ffmpeg cannot be set up: %s",
	    sv->source_path, err_text(rc));
	return EXIT_FAILED;
}

static enum daemon_step
open_metrics(struct supervisor *sv)
{
	sv->telemetry = (struct telemetry){ .groups = supervisor_metrics,
		.missing = supervisor_missing,
		.all = sv };
	return telemetry_open(sv->loop, "streamer", sv->conf.streamer.metrics,
	    &sv->telemetry, &sv->http);
}

/* ---- the start and the end -------------------------------------------- */

/* Goes on with what another program has left, and then by the configuration as
 * it is now: `text`. */
static enum daemon_step
supervisor_succeed(
    struct supervisor *sv, struct parcel *before, const struct buf *text)
{
	struct conf_error e;
	int rc = succession_load(sv, before, &e);

	if (rc < 0) {
		log_error("streamer-supervisor cannot go on with what the "
			  "program before it has left: %s",
		    e.text);
		return EXIT_FAILED;
	}
	succession_settle(before);
	sv->outputs.may_begin = true;
	outputs_begin(&sv->outputs);
	succession_done(sv, before);
	reload_with(sv, text);
	return DAEMON_GO_ON;
}

void
supervisor_prepare(struct supervisor *sv)
{
	sv->started_ns = clock_awake_ns();
	sv->env = (struct environment){ .loop = sv->loop,
		.program = sv->conf.streamer.ffmpeg,
		.control = sv->source_path,
		.heraldings = &sv->heraldings,
		.captions_over = captions_over,
		.receipt = receipts_tell,
		.arg = sv };
	sv->outputs = (struct outputs){ .env = &sv->env,
		.events = { .changed = output_changed, .arg = sv },
		.pictures = &sv->pictures,
		.conf = &sv->conf,
		.dir = sv->dir.path };
}

static enum daemon_step
open_all(struct supervisor *sv, struct buf *text)
{
	struct parcel *before = daemon_inheritance();
	enum daemon_step step = daemon_runtime_dir(&sv->conf, &sv->dir);

	if (step == DAEMON_GO_ON)
		step = open_outputs(sv, text);
	if (step == DAEMON_GO_ON)
		step = open_server(sv);
	if (step == DAEMON_GO_ON)
		step = open_rest(sv);
	if (step == DAEMON_GO_ON && before)
		step = supervisor_succeed(sv, before, text);
	if (step != DAEMON_GO_ON)
		return step;
	/* Nothing that is on air ends for that. */
	step = open_metrics(sv);
	return before ? DAEMON_GO_ON : step;
}

enum daemon_step
supervisor_start(struct supervisor *sv)
{
	const struct parcel *before = daemon_inheritance();
	enum daemon_step step;
	struct buf text;
	int rc;

	if (before)
		succession_clock(before);
	rc = loop_new(&sv->loop);
	if (rc < 0) {
		log_error("streamer-supervisor cannot start: the event loop "
			  "cannot be set up: %s; the system lacks memory or "
			  "descriptors (ulimit -n)",
		    err_text(rc));
		return EXIT_FAILED;
	}
	loop_on_signal(sv->loop, supervisor_signalled, sv);
	supervisor_prepare(sv);
	daemon_config_text(&text);
	step = open_all(sv, &text);
	buf_done(&text);
	return step;
}

void
supervisor_end(struct supervisor *sv)
{
	upgrade_free(sv->upgrade);
	http_close(sv->http);
	reload_done(sv);
	outputs_done(&sv->outputs);
	trial_free(sv->env.trial);
	picture_keeper_done(&sv->pictures);
	probe_free(sv->env.probe);
	source_free(sv->env.source);
	post_done(&sv->post);
	server_free(sv->server);
	loop_free(sv->loop);
	conf_done(&sv->conf);
}
