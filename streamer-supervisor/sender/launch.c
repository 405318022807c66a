#include "streamer-supervisor/sender/launch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/args/words.h"
#include "common/err.h"
#include "streamer-supervisor/ffmpeg/protocol.h"

static void
ignore_data(void *arg, const uint8_t *data, size_t len)
{
	(void)arg;
	(void)data;
	(void)len;
}

static void
ignore_end(void *arg, int err)
{
	(void)arg;
	(void)err;
}

/* Is the audio served? ttsd says so of its own; without ttsd, anybody who
 * listens on the socket will do. */
static bool
launch_is_heard(const struct launch *l)
{
	static const struct stream_events ignored = { .data = ignore_data,
		.ended = ignore_end };
	struct stream *s;
	int rc;

	if (source_is_up(l->env->source))
		return true;
	rc = stream_connect(l->env->loop, l->socket, &ignored, NULL, &s);
	stream_close(s);
	return rc == 0 || rc == ERR_AGAIN;
}

bool
launch_is_served(struct launch *l)
{
	return launch_is_heard(l) && view_look(&l->view) != PICTURE_COMING;
}

bool
launch_misses_picture(struct launch *l)
{
	return !l->view.sent && view_look(&l->view) == PICTURE_SERVED;
}

static enum launch_result
launch_fail(struct launch *l, enum launch_result result, enum cause cause,
    const char *why)
{
	if (why != l->why)
		snprintf(l->why, sizeof(l->why), "%s", why);
	l->cause = cause;
	return result;
}

/* Masks the URL; one that nothing can be sent to is secret as a whole. */
static int
launch_mask(struct launch *l, const char *url)
{
	if (protocol_find(url) == NULL) {
		snprintf(l->url, sizeof(l->url), "%s", REDACT_UNKNOWN);
		return redact_add(&l->redact, url);
	}
	redact_url(l->url, sizeof(l->url), url);
	return redact_add_url(&l->redact, url);
}

static int
set_url(struct launch *l, const char *url, struct conf_error *e)
{
	char *copy = strdup(url);
	int rc;

	redact_done(&l->redact);
	free(l->conf.address.url);
	l->conf.address.url = copy;
	if (copy == NULL || launch_mask(l, url) < 0) {
		snprintf(e->text, sizeof(e->text), "out of memory");
		return ERR_NOMEM;
	}
	rc = plan_make(&l->conf, l->url_key, &l->plan, e);
	if (rc < 0)
		return rc;
	rc = stream_key_guard(&l->said, &l->conf, &l->plan);
	if (rc < 0)
		snprintf(e->text, sizeof(e->text), "%s", err_text(rc));
	return rc;
}

int
launch_set_url(struct launch *l, const char *url)
{
	struct conf_error e;

	return set_url(l, url, &e);
}

static int
launch_spawn(struct launch *l, const struct secret *secret)
{
	bool pictured = l->view.state == PICTURE_SERVED;
	const struct invocation start = { .program = l->env->program,
		.socket = pictured ? l->view.socket : l->socket,
		.pictured = pictured,
		.encoder = l->view.chosen,
		.modern = probe_is_modern(l->env->probe),
		.number = keeping_number(l->keeping) };
	char **argv;
	int rc;

	/* A group has no sense of its own, for its members differ. */
	l->run->sense = l->plan.protocol ? l->plan.protocol->sense : NULL;
	l->run->pictured = pictured;
	argv = l->group ? l->group->argv(l->group_arg, &start, &l->redact)
			: invocation_argv(
			      &l->plan, &l->conf, l->channel, secret, &start);
	rc = argv ? ffmpeg_run_start(l->run, argv, secret->preset) : ERR_NOMEM;
	words_free(argv);
	return rc;
}

void
launch_caption(struct launch *l)
{
	int64_t pid = ffmpeg_run_pid(l->run);
	uint64_t sample, *first = l->view.sent ? &sample : NULL;

	if (l->captioned || pid == 0 || !(l->captioning || l->group) ||
	    (first && !view_first_sample(&l->view, pid, first)))
		return;
	l->captioned = true;
	if (l->group)
		l->group->caption(l->group_arg, pid, first);
	else
		captioning_start(l->captioning, &l->plan, &l->conf, pid, first);
}

static enum launch_result
start_with(struct launch *l, const struct secret *secret)
{
	int rc;

	if (!launch_is_heard(l)) {
		view_reset(&l->view);
		return launch_fail(l, LAUNCH_UNSERVED, CAUSE_EXIT,
		    "ttsd is not on air: nobody serves the audio");
	}
	if (view_look(&l->view) == PICTURE_COMING)
		return launch_fail(l, LAUNCH_UNSERVED, CAUSE_EXIT, l->view.why);
	rc = launch_spawn(l, secret);
	if (rc < 0)
		return launch_fail(
		    l, LAUNCH_FAILED, CAUSE_PROGRAM, err_text(rc));
	view_started(&l->view);
	launch_caption(l);
	return LAUNCH_DONE;
}

/* Judges an error: what a want of memory keeps from being sent may be sent
 * soon. */
static enum launch_result
refusal(int err)
{
	return err == ERR_NOMEM ? LAUNCH_FAILED : LAUNCH_REFUSED;
}

/* Starts ffmpeg, now that all is known. */
static enum launch_result
launch_with_secret(struct launch *l)
{
	enum launch_result result = start_with(l, &l->secret);

	if (result == LAUNCH_DONE)
		heralding_start(l->heralding, &l->plan, &l->secret);
	secret_done(&l->secret);
	return result;
}

/* HLS and DASH by PUT: the server is asked first. One that cannot be asked is
 * sent to. */
static enum launch_result
launch_ask(struct launch *l)
{
	if (!asking_is_due(&l->plan, &l->conf, &l->secret) ||
	    asking_start(
		l->asking, &l->plan, &l->conf, &l->conf.timing, &l->secret) < 0)
		return launch_with_secret(l);
	l->pending = PENDING_SERVER;
	return LAUNCH_PENDING;
}

static enum launch_result
launch_asked(struct launch *l)
{
	if (l->asked == ASKING_NO_OBJECTION)
		return launch_with_secret(l);
	secret_done(&l->secret);
	return launch_fail(l,
	    l->asked == ASKING_REFUSED ? LAUNCH_REFUSED : LAUNCH_FAILED,
	    CAUSE_REFUSED, asking_why(l->asking));
}

/* `key` is the text of key_file; NULL without one. */
static enum launch_result
launch_with_key(struct launch *l, const struct buf *key)
{
	int rc;

	secret_done(&l->secret);
	rc = stream_key_split(&l->conf, &l->plan, key, &l->redact, &l->secret,
	    l->why, sizeof(l->why));
	if (rc < 0)
		return launch_fail(l, refusal(rc), CAUSE_ADDRESS, l->why);
	return launch_ask(l);
}

static enum launch_result
launch_without_key(struct launch *l, enum launch_result result)
{
	snprintf(l->why, sizeof(l->why), "key_file: the key cannot be had: %s",
	    file_reader_why(l->key));
	return launch_fail(l, result, CAUSE_ADDRESS, l->why);
}

/* Files: their place is to be prepared first. */
static enum launch_result
launch_keep(struct launch *l)
{
	if (keeping_start(l->keeping, &l->plan, &l->conf, KEEPING_PATIENCE_NS) <
	    0)
		return launch_fail(
		    l, LAUNCH_FAILED, CAUSE_ADDRESS, keeping_why(l->keeping));
	l->pending = PENDING_FOLDER;
	return LAUNCH_PENDING;
}

static enum launch_result
launch_kept(struct launch *l)
{
	static const enum launch_result results[] = {
		[KEEPING_READY] = LAUNCH_DONE,
		[KEEPING_FAILED] = LAUNCH_FAILED,
		[KEEPING_REFUSED] = LAUNCH_REFUSED,
	};
	enum launch_result result = results[l->kept];

	if (result == LAUNCH_DONE)
		result = launch_with_key(l, NULL);
	else
		launch_fail(l, result, CAUSE_ADDRESS, keeping_why(l->keeping));
	if (result != LAUNCH_DONE)
		keeping_stop(l->keeping);
	return result;
}

/* Goes on once the URL is known. */
static enum launch_result
launch_start(struct launch *l)
{
	if (probe_lacks(l->env->probe, &l->plan, l->why, sizeof(l->why))) {
		probe_again(l->env->probe);
		return launch_fail(l, LAUNCH_LACKING, CAUSE_PROGRAM, l->why);
	}
	if (keeping_is_due(&l->plan))
		return launch_keep(l);
	if (l->key == NULL)
		return launch_with_key(l, NULL);
	if (file_reader_start(l->key, l->conf.address.key_file) < 0)
		return launch_without_key(l, LAUNCH_FAILED);
	l->pending = PENDING_KEY;
	return LAUNCH_PENDING;
}

static enum launch_result
launch_key_read(struct launch *l, int err)
{
	if (err < 0)
		return launch_without_key(l, refusal(err));
	if (!file_reader_is_private(l->key))
		stream_key_warn(&l->said, &l->conf);
	return launch_with_key(l, file_reader_text(l->key));
}

static enum launch_result
launch_url_read(struct launch *l, int err)
{
	struct conf_error e;
	int rc;

	if (err < 0)
		return launch_fail(
		    l, LAUNCH_FAILED, CAUSE_ADDRESS, address_why(l->address));
	rc = set_url(l, address_url(l->address), &e);
	if (rc < 0)
		return launch_fail(l, refusal(rc), CAUSE_ADDRESS, e.text);
	return launch_start(l);
}

/* Starts the ffmpeg of a group, once its members are prepared. */
static enum launch_result
launch_members(struct launch *l)
{
	static const struct secret none = { .preset = "" };
	enum launch_result result = start_with(l, &none);

	if (result != LAUNCH_DONE)
		l->group->release(l->group_arg);
	return result;
}

static enum launch_result
launch_group(struct launch *l)
{
	if (!l->group->prepare(l->group_arg))
		return launch_members(l);
	l->pending = PENDING_MEMBERS;
	return LAUNCH_PENDING;
}

enum launch_result
launch_go_on(struct launch *l, int err)
{
	switch (l->pending) {
	case PENDING_MEMBERS:
		return launch_members(l);
	case PENDING_KEY:
		return launch_key_read(l, err);
	case PENDING_FOLDER:
		return launch_kept(l);
	case PENDING_SERVER:
		return launch_asked(l);
	default:
		return launch_url_read(l, err);
	}
}

enum launch_result
launch_try(struct launch *l)
{
	int rc;

	if (l->group)
		return launch_group(l);
	if (l->address == NULL)
		return launch_start(l);
	l->pending = PENDING_URL;
	rc = address_ask(l->address);
	return rc == ERR_AGAIN ? LAUNCH_PENDING : launch_go_on(l, rc);
}

bool
launch_cancel(struct launch *l)
{
	switch (l->pending) {
	case PENDING_KEY:
		return l->key && file_reader_cancel(l->key);
	case PENDING_FOLDER:
		return keeping_stop(l->keeping);
	case PENDING_SERVER:
		return asking_stop(l->asking);
	case PENDING_MEMBERS:
		return l->group->release(l->group_arg);
	default:
		return l->address && address_cancel(l->address);
	}
}

void
launch_over(struct launch *l)
{
	keeping_stop(l->keeping);
	captioning_stop(l->captioning);
	heralding_stop(l->heralding);
	l->captioned = false;
	if (l->group)
		l->group->release(l->group_arg);
}

const char *
launch_late_text(const struct launch *l)
{
	if (l->pending == PENDING_KEY)
		return "key_file could not be read within";
	if (l->pending == PENDING_FOLDER || l->pending == PENDING_MEMBERS)
		return "the folder could not be looked at within";
	if (l->pending == PENDING_SERVER)
		return "the server could not be asked within";
	return l->conf.address.url_file && l->conf.address.url_file[0]
		   ? "url_file could not be read within"
		   : "url_command gave no answer within";
}

bool
launch_is_able(struct launch *l)
{
	return !probe_lacks(l->env->probe, &l->plan, l->why, sizeof(l->why));
}

static void
launch_key_answered(void *arg, int err)
{
	struct launch *l = arg;

	l->answered(l->arg, err);
}

static void
launch_folder_answered(void *arg, enum keeping_result result)
{
	struct launch *l = arg;

	l->kept = result;
	l->answered(l->arg, 0);
}

static void
launch_server_answered(void *arg, enum asking_result result)
{
	struct launch *l = arg;

	l->asked = result;
	l->answered(l->arg, 0);
}

static void
launch_files_grown(void *arg)
{
	struct launch *l = arg;

	l->grown(l->arg);
}

static int
launch_init_readers(struct launch *l, const struct conf_output *conf, bool asks)
{
	static const struct keeping_events events = {
		.done = launch_folder_answered, .grown = launch_files_grown
	};
	int rc =
	    keeping_new(l->env->loop, l->run->name, &events, l, &l->keeping);

	if (rc == 0)
		rc = asking_new(l->env->loop, l->run->name,
		    launch_server_answered, l, &l->asking);
	if (rc == 0 && conf->address.key_file && conf->address.key_file[0])
		rc = file_reader_new(l->env->loop, STREAM_KEY_FILE_MAX,
		    launch_key_answered, l, &l->key);
	if (rc == 0 && asks)
		rc = address_new(l->env->loop, &conf->address, l->answered,
		    l->arg, &l->address);
	return rc;
}

static int
launch_init_captions(struct launch *l)
{
	const struct captioning_spec spec = { .loop = l->env->loop,
		.name = l->run->name,
		.control = l->env->control,
		.channel = l->channel,
		.over = l->env->captions_over,
		.arg = l->env->arg };

	return l->conf.captions ? captioning_new(&spec, &l->captioning) : 0;
}

static int
launch_init_heralding(struct launch *l)
{
	const struct heralding_spec spec = { .loop = l->env->loop,
		.all = l->env->heraldings,
		.name = l->run->name,
		.channel = l->channel->block.name,
		.conf = &l->conf };

	return heralding_new(&spec, &l->heralding);
}

static const char *
find_url_key(const struct conf_address *a, bool backup)
{
	if (backup)
		return "backup_url";
	if (a->url[0])
		return "url";
	return a->url_file[0] ? "url_file" : "url_command";
}

/* Returns the URL, or NULL when the configuration does not write it down. */
static const char *
find_url(const struct conf_output *conf, bool backup)
{
	if (backup)
		return conf->failover.backup_url;
	return conf->address.url[0] ? conf->address.url : NULL;
}

int
launch_init(struct launch *l, const struct conf_output *conf, bool backup,
    struct conf_error *e)
{
	const char *url;
	int rc;

	if (conf == NULL)
		return 0;
	l->url_key = find_url_key(&conf->address, backup);
	l->conf = *conf;
	l->conf.address.url = NULL;
	url = find_url(conf, backup);
	rc = launch_init_readers(l, conf, url == NULL);
	if (rc == 0)
		rc = launch_init_captions(l);
	if (rc == 0)
		rc = launch_init_heralding(l);
	if (rc < 0)
		snprintf(e->text, sizeof(e->text), "%s", err_text(rc));
	return rc == 0 && url ? set_url(l, url, e) : rc;
}

void
launch_done(struct launch *l)
{
	address_free(l->address);
	file_reader_free(l->key);
	keeping_free(l->keeping);
	asking_free(l->asking);
	secret_done(&l->secret);
	captioning_free(l->captioning);
	heralding_free(l->heralding);
	redact_done(&l->redact);
	free(l->conf.address.url);
}
