/* The supervisor goes from one program to its successor, with all children that
 * are heard or seen. */
#include <stdio.h>
#include <string.h>

#include "common/body.h"
#include "common/err.h"
#include "common/version.h"
#include "streamer-supervisor/control/supervisor.h"
#include "streamer-supervisor/sender/stream_key.h"

/* ---- handing over -------------------------------------------------------- */

/* What is on its way is awaited rather than handed over. */
static const char *
find_obstacle(const struct supervisor *sv)
{
	if (sv->ending)
		return "the supervisor is stopping";
	if (!sv->outputs.may_begin)
		return "ffmpeg is being asked what it can do; try again in a "
		       "moment";
	if (sv->reload.stage != RELOAD_NONE)
		return "a reload is under way; try again in a moment";
	if (!outputs_are_settled(&sv->outputs))
		return "an output that was removed or changed has yet to end; "
		       "try again in a moment";
	return NULL;
}

int
succession_save(void *arg, struct parcel *p, bool trial, char *why, size_t size)
{
	struct supervisor *sv = arg;
	const struct buf *text = &sv->outputs.text;
	const char *obstacle = find_obstacle(sv);
	json_t **o = &p->document;

	(void)trial;
	if (obstacle) {
		snprintf(why, size, "%s", obstacle);
		return ERR_AGAIN;
	}
	daemon_bequeath(p);
	upgrade_desk_hand_over(&sv->upgrades, p);
	body_put(o, "server", server_hand_over(sv->server, p));
	body_put(o, "dir", json_string(sv->dir.path));
	body_put(o, "now_ns", json_integer((json_int_t)clock_now_ns()));
	body_put(o, "awake_ns", json_integer((json_int_t)clock_awake_ns()));
	body_put(o, "started_ns", json_integer((json_int_t)sv->started_ns));
	body_put(o, "ttsd", json_boolean(source_is_up(sv->env.source)));
	body_put(o, "ttsd_seen",
	    json_integer((json_int_t)source_seen(sv->env.source)));
	body_put(o, "text", parcel_add(p, buf_data(text), buf_len(text)));
	body_put(o, "keys", stream_key_hand_over());
	body_put(o, "ffmpeg", probe_hand_over(sv->env.probe, p));
	body_put(o, "pictures", picture_keeper_hand_over(&sv->pictures, p));
	body_put(o, "outputs", outputs_hand_over(&sv->outputs, p));
	body_put(o, "receipts", post_hand_over(&sv->post));
	return p->document ? 0 : ERR_NOMEM;
}

/* ---- taking over --------------------------------------------------------- */

static int64_t
number_of(const struct parcel *p, const char *name)
{
	return json_integer_value(json_object_get(p->document, name));
}

void
succession_clock(const struct parcel *p)
{
	clock_awake_go_on(number_of(p, "now_ns"), number_of(p, "awake_ns"));
}

int
succession_text(const struct parcel *p, struct buf *out)
{
	const uint8_t *text;
	size_t len;
	int rc =
	    parcel_find(p, json_object_get(p->document, "text"), &text, &len);

	return rc == 0 && len > 0 ? buf_put(out, text, len) : rc;
}

/* The sockets of pictures, and who connects there, cannot move. */
static int
check_dir(
    const struct supervisor *sv, const struct parcel *p, struct conf_error *e)
{
	const char *dir =
	    json_string_value(json_object_get(p->document, "dir"));

	if (dir && strcmp(dir, sv->dir.path) == 0)
		return 0;
	snprintf(e->text, sizeof(e->text),
	    "the folder of the sockets was %.120s and would be %.120s: that "
	    "needs a restart",
	    dir ? dir : "another", sv->dir.path);
	return ERR_INVALID;
}

int
succession_load(struct supervisor *sv, struct parcel *p, struct conf_error *e)
{
	int rc = check_dir(sv, p, e);

	if (rc < 0)
		return rc;
	snprintf(e->text, sizeof(e->text),
	    "what the program before it has handed over cannot be read");
	sv->started_ns = number_of(p, "started_ns");
	if (sv->env.probe && probe_take_over(sv->env.probe, p,
				 json_object_get(p->document, "ffmpeg")) < 0)
		log_warning("ffmpeg=%s is asked again what it can do",
		    log_quote(sv->env.program));
	if (sv->env.source &&
	    json_is_true(json_object_get(p->document, "ttsd")))
		source_go_on(
		    sv->env.source, (uint64_t)number_of(p, "ttsd_seen"));
	post_take_over(&sv->post, json_object_get(p->document, "receipts"));
	rc = stream_key_take_over(json_object_get(p->document, "keys"));
	if (rc == 0)
		rc = picture_keeper_take_over(
		    &sv->pictures, p, json_object_get(p->document, "pictures"));
	if (rc == 0)
		rc = outputs_take_over(&sv->outputs, p,
		    json_object_get(p->document, "outputs"), e);
	return rc;
}

/* ---- upgrades ------------------------------------------------------------ */

static void
upgrade_failed(void *arg, const char *why)
{
	struct supervisor *sv = arg;

	log_error("upgrade: streamer-supervisor %s goes on, and so do its "
		  "outputs: %s",
	    TTSD_VERSION, why);
	control_publish_upgrade(sv, upgrade_desk_failed(&sv->upgrades, why));
}

void
succession_done(struct supervisor *sv, const struct parcel *p)
{
	log_info("upgrade: streamer-supervisor %s goes on with what version %s "
		 "has left",
	    TTSD_VERSION,
	    json_string_value(json_object_get(p->document, "version")));
	control_publish_upgrade(sv, upgrade_desk_done(&sv->upgrades, p));
}

int
succession_init(struct supervisor *sv)
{
	static const struct upgrade_owner owner = { .save = succession_save,
		.failed = upgrade_failed };

	return upgrade_new(sv->loop, &owner, sv, &sv->upgrade);
}

/* A trial opens no socket and starts no child. */
static int
trial_load(struct supervisor *sv, struct parcel *given, struct conf_error *e)
{
	struct buf text;
	int rc = runtime_dir_open(sv->conf.ttsd.runtime_dir, &sv->dir);

	buf_init(&text, CONF_FILE_MAX);
	snprintf(
	    e->text, sizeof(e->text), "%.200s cannot be used", sv->dir.path);
	if (rc == 0)
		rc = succession_text(given, &text);
	if (rc == 0)
		rc = outputs_init(&sv->outputs, &text, e);
	if (rc == 0)
		rc = supervisor_take_server(sv, given);
	if (rc == 0)
		rc = supervisor_open_pictures(sv);
	if (rc == 0)
		rc = succession_load(sv, given, e);
	buf_done(&text);
	return rc;
}

int
succession_try(struct conf *conf, struct parcel *given, struct parcel *answer,
    struct conf_error *e)
{
	struct supervisor sv = { .conf = *conf };
	int rc;

	(void)answer;
	succession_clock(given);
	rc = loop_new(&sv.loop);
	if (rc == 0) {
		supervisor_prepare(&sv);
		rc = trial_load(&sv, given, e);
	}
	supervisor_end(&sv);
	return rc;
}
