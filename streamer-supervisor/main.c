/* streamer-supervisor: keeps an ffmpeg on air for every output. */
#include <stdlib.h>

#include "common/err.h"
#include "common/version.h"
#include "platform/daemon.h"
#include "streamer-supervisor/supervisor.h"

/* ---- stopping --------------------------------------------------------- */

static void
stop_if_done(struct supervisor *sv)
{
	size_t i;

	for (i = 0; i < sv->output_count; i++)
		if (output_state(sv->outputs[i]) != CHILD_STOPPED)
			return;
	loop_stop(sv->loop);
}

static void
stop(struct supervisor *sv)
{
	void (*end)(struct output * o) = sv->ending ? output_kill : output_stop;
	size_t i;

	log_info(sv->ending ? "stopping at once" : "stopping");
	service_stopping();
	sv->ending = true;
	for (i = 0; i < sv->output_count; i++)
		end(sv->outputs[i]);
	stop_if_done(sv);
}

static void
signalled(void *arg, enum loop_signal signal)
{
	if (signal == LOOP_TERMINATE)
		stop(arg);
	else
		log_info("nothing to reload");
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
}

static void
source_up(void *arg)
{
	struct supervisor *sv = arg;
	size_t i;

	for (i = 0; i < sv->output_count; i++)
		output_source_up(sv->outputs[i]);
}

static void
source_absent(void *arg)
{
	struct supervisor *sv = arg;
	size_t i;

	for (i = 0; i < sv->output_count; i++)
		output_source_absent(sv->outputs[i]);
}

static void
source_lagging(void *arg, int64_t pid)
{
	struct supervisor *sv = arg;
	size_t i;

	for (i = 0; i < sv->output_count; i++)
		output_lagging(sv->outputs[i], pid);
}

static const struct source_events source_events = {
	.up = source_up,
	.absent = source_absent,
	.lagging = source_lagging,
};

static void
probed(void *arg)
{
	struct supervisor *sv = arg;
	size_t i;

	if (sv->ending)
		return;
	for (i = 0; i < sv->output_count; i++) {
		output_begin(sv->outputs[i]);
		output_probed(sv->outputs[i]);
	}
}

/* ---- setting up ------------------------------------------------------- */

static int
add_output(
    struct supervisor *sv, const char *dir, const struct conf_output *conf)
{
	const struct conf_channel *channel =
	    conf->channel[0] ? conf_channel_find(&sv->conf, conf->channel)
			     : conf_channel_at(&sv->conf, 0);
	char path[PLATFORM_PATH_MAX];
	const char *socket = path;
	struct conf_error e;
	int rc = 0;

	if (channel->audio_socket[0])
		socket = channel->audio_socket;
	else
		rc = path_socket(dir, channel->block.name, path, sizeof(path));
	if (rc < 0)
		return daemon_socket_failed(path, rc);
	rc = output_new(&sv->env, conf, channel, socket,
	    &sv->outputs[sv->output_count], &e);
	if (rc < 0) {
		log_error("%s", e.text);
		return rc == ERR_INVALID ? EXIT_CONFIG : EXIT_FAILED;
	}
	sv->output_count++;
	return DAEMON_GO_ON;
}

/* Returns an exit code, or DAEMON_GO_ON. */
static int
add_outputs(struct supervisor *sv, const char *dir)
{
	size_t i, count = sv->conf.outputs.count;
	int rc = DAEMON_GO_ON;

	sv->outputs = calloc(count + 1, sizeof(*sv->outputs));
	if (sv->outputs == NULL)
		return EXIT_FAILED;
	for (i = 0; i < count && rc == DAEMON_GO_ON; i++)
		rc = add_output(sv, dir, conf_output_at(&sv->conf, i));
	return rc;
}

static int
open_server(struct supervisor *sv, const char *dir)
{
	char path[PLATFORM_PATH_MAX];
	int rc = path_socket(dir, "streamer", path, sizeof(path));

	control_init(sv);
	if (rc == 0)
		rc = server_new(sv->loop, path, &sv->service,
		    (size_t)sv->conf.streamer.clients_max, &sv->server);
	return rc < 0 ? daemon_socket_failed(path, rc) : DAEMON_GO_ON;
}

static int
open_rest(struct supervisor *sv, const char *dir)
{
	int rc = path_socket(
	    dir, "control", sv->source_path, sizeof(sv->source_path));

	if (rc == 0)
		rc = source_new(sv->loop, sv->source_path, &source_events, sv,
		    &sv->env.source);
	if (rc == 0)
		rc = probe_new(
		    sv->loop, sv->env.program, probed, sv, &sv->env.probe);
	if (rc == 0)
		return DAEMON_GO_ON;
	log_error("cannot start: %s", err_text(rc));
	return EXIT_FAILED;
}

/* Returns an exit code, or DAEMON_GO_ON. */
static int
start(struct supervisor *sv)
{
	char dir[PLATFORM_PATH_MAX];
	int rc = loop_new(&sv->loop);

	if (rc < 0) {
		log_error("cannot start: %s", err_text(rc));
		return EXIT_FAILED;
	}
	loop_on_signal(sv->loop, signalled, sv);
	sv->started_ns = clock_now_ns();
	sv->env = (struct output_env){ .loop = sv->loop,
		.program = sv->conf.streamer.ffmpeg,
		.changed = output_changed,
		.arg = sv };
	rc = path_runtime_dir(sv->conf.ttsd.runtime_dir, dir, sizeof(dir));
	if (rc < 0)
		return daemon_socket_failed(dir, rc);
	rc = add_outputs(sv, dir);
	if (rc == DAEMON_GO_ON)
		rc = open_server(sv, dir);
	if (rc == DAEMON_GO_ON)
		rc = open_rest(sv, dir);
	return rc;
}

static void
end(struct supervisor *sv)
{
	size_t i;

	for (i = 0; i < sv->output_count; i++)
		output_free(sv->outputs[i]);
	probe_free(sv->env.probe);
	source_free(sv->env.source);
	server_free(sv->server);
	loop_free(sv->loop);
	free(sv->outputs);
	conf_done(&sv->conf);
}

int
main(int argc, char **argv)
{
	struct supervisor sv = { 0 };
	int rc = daemon_configure(argc, argv, "streamer-supervisor",
	    "Keeps an ffmpeg on air for every output that is configured.",
	    &sv.conf);

	if (rc != DAEMON_GO_ON)
		return rc;
	rc = start(&sv);
	if (rc == DAEMON_GO_ON) {
		log_info("streamer-supervisor %s is up, outputs=%zu",
		    TTSD_VERSION, sv.output_count);
		if (sv.output_count == 0)
			log_warning("no output is configured: nothing to do");
		service_ready();
		loop_run(sv.loop);
		rc = EXIT_STOPPED;
	}
	end(&sv);
	return rc;
}
