/* The life of the daemon: start, tick, reload, stop. */
#include "ttsd/control/life.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/body.h"
#include "common/control/fields.h"
#include "common/err.h"
#include "daemon/daemon.h"
#include "ttsd/control/durability.h"
#include "ttsd/control/leaving.h"
#include "ttsd/control/names.h"
#include "ttsd/control/numbers.h"
#include "ttsd/control/prepared.h"
#include "ttsd/control/remainder.h"
#include "ttsd/control/restore.h"
#include "ttsd/control/schedule_ops.h"
#include "ttsd/control/speech.h"
#include "ttsd/control/succession.h"
#include "ttsd/control/upgrade.h"
#include "ttsd/control/wall_clock.h"
#include "ttsd/pool/succession.h"

/* A start waits so long for its engines to tell which voices they have. */
#define START_PROVE_NS (3 * NS_PER_S)

/* Readers of the stream that find a descriptor left by those who ask, besides
 * the two of each output. */
#define LISTENERS_SPARE 8

/* Engines have their own grace and are killed after it; one that is still there
 * then hangs in the kernel. Less than TimeoutStopSec of ttsd.service. */
#define STOP_MAX_NS (8 * NS_PER_S)

/* ---- the tick --------------------------------------------------------- */

int64_t
ttsd_next_tick_ns(const struct ttsd *t)
{
	int64_t next = INT64_MAX, due;
	size_t i;

	for (i = 0; i < t->channel_count; i++) {
		due = channel_next_ns(t->channels[i]);
		if (due < next)
			next = due;
	}
	return next;
}

static void
arm_tick(void *arg)
{
	struct ttsd *t = arg;

	t->tick_due_ns = ttsd_next_tick_ns(t);
	timer_at(t->tick, t->tick_due_ns);
}

static void
ttsd_tick(void *arg)
{
	struct ttsd *t = arg;
	int64_t now = clock_now_ns();
	size_t i;

	t->tick_late_ns = now - t->tick_due_ns;
	for (i = 0; i < t->channel_count; i++)
		channel_tick(t->channels[i], now);
	arm_tick(t);
	ttsd_upgrade_between(t, ttsd_next_tick_ns(t));
}

/* ---- stopping --------------------------------------------------------- */

void
ttsd_stop_if_done(struct ttsd *t)
{
	bool gone;
	size_t i;

	if (t->remainder)
		return;
	gone = t->durable == NULL || durable_stop(t->durable);
	for (i = 0; i < t->engine_count; i++)
		gone = engine_stop(t->engines[i]) && gone;
	if (gone)
		loop_stop(t->loop);
}

static void
stop_is_overdue(void *arg)
{
	struct ttsd *t = arg;
	size_t i;

	for (i = 0; i < t->engine_count; i++)
		if (!engine_stop(t->engines[i]))
			log_error("engine=%s has a worker that is not ended by "
				  "SIGKILL either and is left behind; it "
				  "hangs in the kernel, often over a disk or "
				  "a network file system",
			    engine_name(t->engines[i]));
	loop_stop(t->loop);
}

void
ttsd_stop(struct ttsd *t)
{
	size_t i;

	if (t->stopping) {
		loop_stop(t->loop);
		return;
	}
	log_info("stopping");
	service_stopping();
	t->stopping = true;
	for (i = 0; i < t->channel_count; i++)
		playout_end(&t->channels[i]->playout, "ttsd is stopping");
	speech_socket_interrupt(t->speech, "ttsd is stopping");
	prepared_stop(t->prepared);
	timer_at(t->last_call, clock_awake_ns() + STOP_MAX_NS);
	ttsd_stop_if_done(t);
}

static void
ttsd_signalled(void *arg, enum loop_signal signal)
{
	struct ttsd *t = arg;

	if (signal == LOOP_TERMINATE)
		ttsd_stop(t);
	else if (signal == LOOP_RELOAD)
		ttsd_reload(t);
	else
		ttsd_upgrade(t);
}

/* ---- engines ---------------------------------------------------------- */

static void
worker_changed(void *arg, const char *engine, int64_t pid, const char *from,
    const char *to, const char *reason)
{
	struct ttsd *t = arg;
	json_t *body = json_pack("{s:s, s:I, s:s, s:s}", "engine", engine,
	    "pid", (json_int_t)pid, "from", from, "state", to);

	if (reason[0])
		body_put_text(&body, "reason", reason);
	event_publish(t->server, EVENT_WORKER, NULL, SERVER_ANY_LEAD, 0, body);
}

static void
engine_changed(void *arg)
{
	struct ttsd *t = arg;

	if (t->stopping) {
		ttsd_stop_if_done(t);
		return;
	}
	server_retry(t->server);
	speech_socket_retry(t->speech);
	restore_go_on(t->restore);
	prepared_hear(t->prepared);
	if (t->proving)
		loop_stop(t->loop);
}

static const struct engine_events engine_events = {
	.worker = worker_changed,
	.changed = engine_changed,
};

static void
link_engines(struct ttsd *t)
{
	const struct conf_engine *conf;
	size_t i;

	for (i = 0; i < t->engine_count; i++) {
		conf = conf_engine_at(&t->conf, i);
		if (conf->fallback[0])
			engine_set_fallback(
			    t->engines[i], ttsd_engine(t, conf->fallback));
		if (engine_type(t->engines[i])->has_clips && t->clips == NULL)
			t->clips = t->engines[i];
	}
}

/* Withholds the supervisor's stream keys from all children: no engine needs
 * them. It comes after every engine has reserved its own key. */
static void
withhold_stream_keys(const struct conf *conf)
{
	size_t i;

	for (i = 0; i < conf->outputs.count; i++)
		if (conf_output_at(conf, i)->address.key_env[0])
			process_withhold(
			    conf_output_at(conf, i)->address.key_env);
}

static int
open_engines(struct ttsd *t)
{
	size_t i;
	int rc = 0;

	t->engines = calloc(t->conf.engines.count, sizeof(*t->engines));
	if (t->engines == NULL)
		return ERR_NOMEM;
	for (i = 0; i < t->conf.engines.count && rc == 0; i++) {
		rc = engine_new(t->loop, conf_engine_at(&t->conf, i),
		    &t->conf.ttsd, &engine_events, t, &t->engines[i]);
		t->engine_count += rc == 0;
	}
	if (rc == 0)
		link_engines(t);
	withhold_stream_keys(&t->conf);
	return rc;
}

/* Warms up the engines that [language] sections name, so that their first text
 * need not wait for a start. */
static void
start_speakers(struct ttsd *t)
{
	const struct conf_language *l;
	size_t i;

	for (i = 0; i < t->conf.languages.count; i++) {
		l = conf_language_at(&t->conf, i);
		if (l->engine[0])
			engine_start(ttsd_engine(t, l->engine));
	}
}

/* ---- channels --------------------------------------------------------- */

static int
init_defaults(struct speech_defaults *own, const struct conf_channel *conf,
    struct engine *e)
{
	struct speech_parameters speech = conf->speech;

	own->engine = e;
	own->voice_chosen = speech.voice[0] != '\0';
	if (!own->voice_chosen && !ttsd_is_language(speech.language))
		speech.voice = (char *)engine_type(e)->voice;
	return speech_parameters_copy(&own->speech, &speech);
}

static int
make_channel(struct ttsd *t, const char *dir, const struct conf_channel *conf,
    char *path, size_t size)
{
	struct engine *e = ttsd_engine(t, conf->engine);
	struct speech_defaults defaults;
	struct channel *ch;
	int rc = 0;

	if (conf->audio_socket[0])
		snprintf(path, size, "%s", conf->audio_socket);
	else
		rc = path_socket(dir, conf->block.name, path, size);
	if (rc == 0)
		rc = init_defaults(&defaults, conf, e);
	if (rc == 0)
		rc = channel_new(t->loop, conf, path, t->epoch_ns, t->clips,
		    &defaults, t->server, arm_tick, t, &ch);
	if (rc < 0)
		return rc;
	playout_set_owner(&ch->playout, &durability_owner, t);
	ch->playout.shelf = prepared_shelf(t->prepared);
	ch->playout.ends.with_text = t->conf.ttsd.log_text;
	t->channels[t->channel_count++] = ch;
	return 0;
}

/* Makes all channels, without their sockets; `path` is the last one's, also
 * where that fails. */
static int
make_channels(struct ttsd *t, const char *dir, char *path, size_t size)
{
	size_t i, n = t->conf.channels.count, leaving = t->left.channels.count;
	int rc = 0;

	t->channels = calloc(n + leaving, sizeof(*t->channels));
	if (t->channels == NULL)
		return ERR_NOMEM;
	for (i = 0; i < n && rc == 0; i++)
		rc = make_channel(
		    t, dir, conf_channel_at(&t->conf, i), path, size);
	for (i = 0; i < leaving && rc == 0; i++) {
		rc = make_channel(
		    t, dir, conf_channel_at(&t->left, i), path, size);
		if (rc == 0)
			t->channels[n + i]->leaving = true;
	}
	return rc;
}

static enum daemon_step
open_audio_socket(struct channel *ch)
{
	int rc = channel_open(ch);

	if (rc < 0)
		return daemon_socket_failed(ch->path, rc);
	log_info("channel=%s rate=%" PRId64 " channels=%" PRId64
		 " engine=%s socket=%s",
	    channel_name(ch), ch->conf->rate_hz, ch->conf->channels,
	    ch->conf->engine, log_quote(ch->path));
	return DAEMON_GO_ON;
}

static enum daemon_step
open_channels(struct ttsd *t, const char *dir)
{
	char path[PLATFORM_PATH_MAX] = "";
	int rc = make_channels(t, dir, path, sizeof(path));
	enum daemon_step step = DAEMON_GO_ON;
	size_t i;

	if (rc < 0)
		return daemon_socket_failed(path, rc);
	for (i = 0; i < t->channel_count && step == DAEMON_GO_ON; i++) {
		step = open_audio_socket(t->channels[i]);
		engine_start(t->channels[i]->defaults.engine);
	}
	return step;
}

/* Descriptors are for engines first, then for those who listen, then for those
 * who ask: a flood of clients keeps no engine from being started, and no
 * output's ffmpeg from its sound. */
static void
share_descriptors(struct ttsd *t)
{
	/* A bed each, the reader of files, and the ledger. */
	size_t children = t->channel_count + 2;

	children += t->engine_count * (size_t)t->conf.ttsd.workers_max;
	process_expect(t->loop, children);
	server_leave(t->server, LISTENERS_SPARE + 2 * t->conf.outputs.count);
	speech_socket_leave(
	    t->speech, LISTENERS_SPARE + 2 * t->conf.outputs.count);
}

/* ---- the whole -------------------------------------------------------- */

static void
init_api(struct ttsd *t)
{
	schedule_ops_begin();
	t->api = (struct control_api){
		.ops = ttsd_ops, .events = event_names, .ctx = t
	};
}

static enum daemon_step
open_server(struct ttsd *t, const char *dir)
{
	char path[PLATFORM_PATH_MAX];
	int rc = path_socket(dir, "control", path, sizeof(path));

	init_api(t);
	if (rc == 0)
		rc = server_new(t->loop, path, &t->api,
		    (size_t)t->conf.ttsd.clients_max, &t->server);
	if (rc < 0)
		return daemon_socket_failed(path, rc);
	return numbers_new(t, &t->numbers) < 0 ? EXIT_FAILED : DAEMON_GO_ON;
}

static enum daemon_step
open_speech(struct ttsd *t, const char *dir)
{
	char path[PLATFORM_PATH_MAX];
	int rc = path_socket(dir, "speech", path, sizeof(path));

	if (rc == 0)
		rc = speech_socket_open(t->speech, path);
	return rc < 0 ? daemon_socket_failed(path, rc) : DAEMON_GO_ON;
}

static enum daemon_step
open_metrics(struct ttsd *t)
{
	t->telemetry = (struct telemetry){
		.groups = ttsd_metrics, .missing = ttsd_missing, .all = t
	};
	return telemetry_open(
	    t->loop, "ttsd", t->conf.ttsd.metrics, &t->telemetry, &t->http);
}

static void
stop_proving(void *arg)
{
	struct ttsd *t = arg;

	t->proving = false;
	if (!t->stopping)
		loop_stop(t->loop);
}

enum daemon_step
ttsd_prove_names(struct ttsd *t)
{
	const struct names names = { .conf = &t->conf, .engines = t->engines };
	enum engine_voice said;
	struct timer *deadline;
	struct conf_error e;

	if (timer_new(t->loop, TIMER_COARSE, stop_proving, t, &deadline) < 0)
		return DAEMON_GO_ON;
	timer_at(deadline, clock_awake_ns() + START_PROVE_NS);
	names_start(&names);
	t->proving = true;
	while ((said = names_check(&names, &e)) == VOICE_NOT_YET &&
	       t->proving && !t->stopping)
		loop_run(t->loop);
	t->proving = false;
	timer_free(deadline);
	server_retry(t->server);
	if (t->stopping)
		return EXIT_STOPPED;
	if (said == VOICE_UNKNOWN)
		log_error("%s", e.text);
	return said == VOICE_UNKNOWN ? EXIT_CONFIG : DAEMON_GO_ON;
}

/* ---- the start -------------------------------------------------------- */

/* Makes what needs memory alone, and waits for nobody. */
static int
open_self(struct ttsd *t)
{
	int rc = loop_new(&t->loop);

	if (rc == 0)
		rc = timer_new(t->loop, TIMER_PRECISE, ttsd_tick, t, &t->tick);
	if (rc == 0)
		rc = ttsd_open_dictionary(t);
	if (rc == 0)
		rc = timer_new(
		    t->loop, TIMER_COARSE, stop_is_overdue, t, &t->last_call);
	if (rc == 0)
		rc = wall_clock_new(t, &t->wall);
	if (rc == 0)
		rc = speech_socket_new(
		    t->loop, &ttsd_speech_owner, t, &t->speech);
	if (rc == 0)
		rc = ttsd_upgrade_open(t);
	if (rc == 0)
		rc = prepared_new(t, &t->prepared);
	if (rc == 0)
		rc = idempotency_init(&t->keys, t->conf.ttsd.key_window_ns);
	return rc;
}

/* Makes ttsd ready to take something over, or to begin. */
static enum daemon_step
prepare(struct ttsd *t)
{
	int rc;

	if (ttsd_load_dictionary(t) < 0)
		return EXIT_CONFIG;
	rc = open_self(t);
	if (rc < 0) {
		log_error("ttsd cannot start: the event loop cannot be set up: "
			  "%s; the system lacks memory or descriptors "
			  "(ulimit -n)",
		    err_text(rc));
		return EXIT_FAILED;
	}
	clock_be_punctual();
	loop_on_signal(t->loop, ttsd_signalled, t);
	t->epoch_ns = clock_now_ns();
	return DAEMON_GO_ON;
}

static enum daemon_step
engines_failed(int err)
{
	log_error("ttsd cannot start: the engines cannot be set up: %s",
	    err_text(err));
	return EXIT_FAILED;
}

static enum daemon_step
ledger_failed(void)
{
	log_error("ttsd cannot start: there is no memory for the ledger's "
		  "process");
	return EXIT_FAILED;
}

/* Starts as nobody's successor. */
static enum daemon_step
start_anew(struct ttsd *t, const char *dir)
{
	enum daemon_step step = open_server(t, dir);
	int rc;

	if (step != DAEMON_GO_ON)
		return step;
	rc = open_engines(t);
	if (rc < 0)
		return engines_failed(rc);
	start_speakers(t);
	step = open_channels(t, dir);
	if (step == DAEMON_GO_ON && durability_open(t) < 0)
		return ledger_failed();
	if (step == DAEMON_GO_ON)
		step = open_speech(t, dir);
	prepared_refresh(t->prepared);
	share_descriptors(t);
	if (step == DAEMON_GO_ON)
		step = open_metrics(t);
	return step;
}

/* ---- as the successor of another ttsd --------------------------------- */

/* Takes over all that needs no other program; `why` is filled where a person
 * can mend what fails. */
static int
take_over(
    struct ttsd *t, struct parcel *p, const char *dir, char *why, size_t size)
{
	char path[PLATFORM_PATH_MAX];
	int rc;

	t->epoch_ns = body_integer(
	    json_object_get(p->document, "ttsd"), "epoch", t->epoch_ns);
	init_api(t);
	rc =
	    server_take_over(t->loop, p, json_object_get(p->document, "server"),
		&t->api, (size_t)t->conf.ttsd.clients_max, &t->server);
	if (rc == 0)
		rc = numbers_new(t, &t->numbers);
	if (rc == 0)
		server_events_restore(
		    t->server, json_object_get(p->document, "events"));
	if (rc == 0)
		rc = open_engines(t);
	if (rc == 0)
		rc = ttsd_take_speech(t, p);
	if (rc == 0)
		rc = ttsd_take_engines(t, p);
	if (rc == 0)
		rc = leaving_find(t, p, why, size);
	if (rc == 0)
		rc = make_channels(t, dir, path, sizeof(path));
	return rc == 0 ? ttsd_take_channels(t, p, why, size) : rc;
}

/* What was handed over serves; it is made again where an engine is another one
 * now, or clips may be. */
static void
look_at_prepared(struct ttsd *t)
{
	size_t i;

	for (i = 0; i < t->engine_count; i++)
		if (engine_is_new(t->engines[i]) || t->engines[i] == t->clips)
			prepared_make_again(t->prepared, t->engines[i]);
	prepared_refresh(t->prepared);
}

/* Starts what no earlier ttsd had. What fails is told, and the rest goes on. */
static void
start_rest(struct ttsd *t, const char *dir)
{
	size_t i;

	for (i = 0; i < t->engine_count; i++)
		engine_settle(t->engines[i]);
	leaving_go(t);
	for (i = 0; i < t->channel_count; i++) {
		if (t->channels[i]->listener == NULL &&
		    !t->channels[i]->leaving)
			open_audio_socket(t->channels[i]);
		engine_start(t->channels[i]->defaults.engine);
	}
	start_speakers(t);
	if (!speech_socket_is_open(t->speech))
		open_speech(t, dir);
	look_at_prepared(t);
	share_descriptors(t);
	open_metrics(t);
}

/* The stream goes on before anything else is begun. */
static enum daemon_step
start_as_successor(struct ttsd *t, struct parcel *p, const char *dir)
{
	char why[200] = "";
	int rc = take_over(t, p, dir, why, sizeof(why));

	if (rc < 0) {
		log_error("ttsd cannot go on with what it was handed: %s",
		    why[0] ? why : err_text(rc));
		return EXIT_FAILED;
	}
	succession_settle(p);
	if (durability_open(t) < 0)
		return ledger_failed();
	rc = ttsd_take_rest(t, p);
	if (rc < 0)
		log_error("what the ledger was to write down is lost: %s",
		    err_text(rc));
	t->tick_due_ns = clock_now_ns();
	ttsd_tick(t);
	start_rest(t, dir);
	ttsd_upgraded(t, p);
	return DAEMON_GO_ON;
}

int
ttsd_rehearse(struct ttsd *t, struct parcel *given, char *why, size_t size)
{
	int rc = open_self(t);

	return rc == 0 ? take_over(t, given, "", why, size) : rc;
}

enum daemon_step
ttsd_start(struct ttsd *t)
{
	struct parcel *p = daemon_inheritance();
	enum daemon_step step = prepare(t);
	struct runtime_dir dir;

	if (step == DAEMON_GO_ON)
		step = daemon_runtime_dir(&t->conf, &dir);
	if (step != DAEMON_GO_ON)
		return step;
	return p ? start_as_successor(t, p, dir.path) : start_anew(t, dir.path);
}

void
ttsd_end(struct ttsd *t)
{
	size_t i;

	upgrade_free(t->upgrade);
	http_close(t->http);
	/* What ends looks for the other channels, too. */
	for (i = 0; i < t->channel_count; i++)
		playout_end(&t->channels[i]->playout, "ttsd has ended");
	speech_socket_interrupt(t->speech, "ttsd has ended");
	speech_socket_free(t->speech);
	remainder_free(t->remainder);
	remainder_take_back(t);
	prepared_free(t->prepared);
	for (i = 0; i < t->channel_count; i++)
		channel_free(t->channels[i]);
	for (i = 0; i < t->engine_count; i++)
		engine_free(t->engines[i]);
	durability_close(t);
	numbers_free(t->numbers);
	server_free(t->server);
	idempotency_done(&t->keys);
	desk_done(&t->desk);
	file_reader_free(t->dictionary_reader);
	dictionary_free(t->dictionary);
	wall_clock_free(t->wall);
	timer_free(t->last_call);
	timer_free(t->tick);
	loop_free(t->loop);
	free(t->channels);
	free(t->engines);
	json_decref(t->news);
	conf_done(&t->left);
	conf_done(&t->conf);
}
