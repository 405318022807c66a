/* The daemon as a whole: what main.c sets up and control.c works on. */
#ifndef STREAMER_SUPERVISOR_CONTROL_SUPERVISOR_H
#define STREAMER_SUPERVISOR_CONTROL_SUPERVISOR_H

#include "common/conf/conf.h"
#include "daemon/daemon.h"
#include "daemon/file_reader.h"
#include "daemon/server.h"
#include "daemon/telemetry.h"
#include "daemon/upgrade_desk.h"
#include "platform/runtime_dir.h"
#include "streamer-supervisor/outputs/outputs.h"
#include "streamer-supervisor/receipts/post.h"

/* Where a reload stands. */
enum reload_stage {
	RELOAD_NONE,
	RELOAD_READING,  /* the configuration's file is read */
	RELOAD_ANSWERED, /* whoever asked has yet to fetch what came of it */
};

/* One reload at a time; the answer is kept for the session that asked. */
struct reload {
	struct file_reader *reader;
	enum reload_stage stage;
	const struct session *asker; /* NULL: SIGHUP; never looked into */
	bool signalled;              /* SIGHUP came meanwhile */
	struct timer *unclaimed;     /* forgets an answer: its asker is gone */
	struct outputs_news news;
	struct conf_error e;
	int rc;
};

struct supervisor {
	struct conf conf; /* as it was at the start */
	struct loop *loop;
	struct control_api api;
	struct server *server;
	struct telemetry telemetry;
	struct http_server *http; /* NULL: no metrics */
	struct environment env;
	struct heralding *heraldings; /* of `env` */
	struct picture_keeper pictures;
	struct outputs outputs;
	struct reload reload;
	struct upgrade *upgrade;
	struct upgrade_desk upgrades;
	struct post post;       /* receipts on their way to ttsd */
	struct runtime_dir dir; /* the folder of the sockets */
	char source_path[PLATFORM_PATH_MAX];
	int64_t started_ns;
	bool ending;  /* it was asked to stop, and nothing starts any more */
	bool at_once; /* it was asked twice */
};

/* ---- life.c ----------------------------------------------------------- */

/* Takes over the control socket, with its clients. As server_take_over(). */
int supervisor_take_server(struct supervisor *sv, struct parcel *p);
/* Fills in what needs nothing but sv->conf and a loop. */
void supervisor_prepare(struct supervisor *sv);
/* Prepares to keep pictures. ERR_NOMEM. */
int supervisor_open_pictures(struct supervisor *sv);
/* Opens all that the supervisor needs by sv->conf, which was filled before, and
 * begins. Returns DAEMON_GO_ON, or the exit status to end with; the log tells
 * why. supervisor_end() is to follow in either case. */
enum daemon_step supervisor_start(struct supervisor *sv);
/* Kills what still runs, and releases all. */
void supervisor_end(struct supervisor *sv);

/* ---- control.c -------------------------------------------------------- */

/* Fills in what the control socket serves. */
void control_init(struct supervisor *sv);
/* Publishes an `output` event to all who subscribed. */
void control_publish(struct supervisor *sv, const struct output *o,
    enum child_state from, const char *reason);
/* Publishes a `video` event likewise, of a [video] that shows that channel. */
void control_publish_video(struct supervisor *sv, const char *channel,
    const struct picture_news *news);
/* Publishes an `upgrade` event with these fields, which are taken. */
void control_publish_upgrade(struct supervisor *sv, json_t *fields);
/* Publishes a `receipt` event, of a channel; NULL: there was no memory for it.
 */
void control_publish_receipt(
    struct supervisor *sv, const char *channel, const json_t *receipt);

/* ---- receipts.c ------------------------------------------------------- */

/* What env->receipt, and the source, tell of. */
void receipts_tell(
    void *supervisor, const char *output, const char *channel, json_t *receipt);
void receipts_spoken(void *supervisor, const char *channel, uint64_t id,
    uint64_t from, uint64_t end);
void receipts_readers(
    void *supervisor, const char *name, const json_t *channel);
void receipts_linked(void *supervisor);
void receipts_posted(void *supervisor, bool answered);
void receipts_ended(void *supervisor, const json_t *items);

/* ---- reload.c --------------------------------------------------------- */

/* ERR_NOMEM. */
int reload_init(struct supervisor *sv);
void reload_done(struct supervisor *sv);

/* Reads the configuration again, on SIGHUP; the log tells what came of it. */
void reload_signalled(struct supervisor *sv);
/* Does the same for a session. Returns NULL as long as it is not done (the
 * operation is then to be run again, after server_retry()), else what came of
 * it, which stays until reload_clear(). */
struct reload *reload_asked(struct supervisor *sv, const struct session *s);
/* The answer was fetched. */
void reload_clear(struct supervisor *sv);

/* Takes another text of the configuration's file at once; the log tells what
 * came of it. */
void reload_with(struct supervisor *sv, const struct buf *text);

/* ---- succession.c ----------------------------------------------------- */

/* Where this program is another's successor, these three come in that order:
 * the clock is set before there is a loop, the outputs are made of the text
 * that was in force, and then all that there was is taken over. ERR_INVALID and
 * others, `e` filled. */
void succession_clock(const struct parcel *p);
int succession_text(const struct parcel *p, struct buf *out);
int succession_load(
    struct supervisor *sv, struct parcel *p, struct conf_error *e);

/* Puts all that the supervisor is into the document, as of struct
 * upgrade_owner: `arg` is the supervisor. */
int succession_save(
    void *arg, struct parcel *p, bool trial, char *why, size_t size);
/* Prepares to hand over. ERR_NOMEM. */
int succession_init(struct supervisor *sv);
/* This is the successor of the program of that document, and at work. */
void succession_done(struct supervisor *sv, const struct parcel *p);
/* The trial of this program as a successor: daemon.h. */
int succession_try(struct conf *conf, struct parcel *given,
    struct parcel *answer, struct conf_error *e);

/* ---- report.c --------------------------------------------------------- */

/* Of a struct supervisor. */
extern const struct service_report supervisor_report;

/* ---- metrics.c -------------------------------------------------------- */

/* The metrics of a struct supervisor. */
extern const struct metric_group supervisor_metrics[];
/* Appends what keeps the supervisor from being ready: the `missing` of its
 * struct telemetry. */
int supervisor_missing(const void *supervisor, struct buf *lines);

#endif
