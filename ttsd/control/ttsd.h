/* The daemon as a whole: its life (life.c), and what the operations work on. */
#ifndef TTSD_CONTROL_TTSD_H
#define TTSD_CONTROL_TTSD_H

#include "common/conf/conf.h"
#include "common/control/proto.h"
#include "daemon/daemon.h"
#include "daemon/file_reader.h"
#include "daemon/server.h"
#include "daemon/telemetry.h"
#include "daemon/upgrade.h"
#include "daemon/upgrade_desk.h"
#include "platform/platform.h"
#include "ttsd/air/channel.h"
#include "ttsd/control/idempotency.h"
#include "ttsd/desk/desk.h"
#include "ttsd/durable/durable.h"
#include "ttsd/pool/engine.h"
#include "ttsd/speech/speech_socket.h"
#include "ttsd/text/dictionary.h"

struct ttsd {
	struct conf conf;
	struct conf left; /* the channels that it has no more (leaving.h) */
	json_t *news;     /* what is new in it (conf_told.h); NULL: nothing */
	struct loop *loop;
	struct control_api api;
	struct server *server;
	struct speech_socket *speech;
	struct telemetry telemetry;
	struct http_server *http; /* NULL: no metrics */
	struct timer *tick;
	int64_t tick_due_ns;     /* when the next one is */
	int64_t tick_late_ns;    /* the latest one was so late */
	struct wall_clock *wall; /* of announcements at a time of day */
	/* In the order of the configuration, and those that leave. */
	struct channel **channels;
	size_t channel_count;
	struct engine **engines;
	size_t engine_count;
	int64_t epoch_ns;
	struct engine *clips;          /* the engine that plays clips */
	struct dictionary *dictionary; /* NULL: none */
	struct file_reader *dictionary_reader;
	struct idempotency keys;
	struct desk desk;
	/* Messages that are made ahead. */
	struct prepared *prepared;
	uint64_t last_id;        /* of an announcement; 0: there was none */
	struct durable *durable; /* NULL: nothing is kept */
	struct restore *restore; /* of what is kept; NULL likewise */
	struct pruning *pruning; /* likewise */
	struct numbers *numbers; /* of events */
	uint64_t not_kept;       /* acceptances that were answered so */
	/* What the program before has yet to tell; NULL: nothing. */
	struct remainder *remainder;
	struct upgrade *upgrade;
	struct process *teller; /* of that, to our successor; NULL: none */
	struct upgrade_desk upgrades;
	bool reloads_only; /* the one that is under way is a reload */
	bool reload_due;   /* one was asked for meanwhile */
	/* Since when an upgrade waits for its moment; 0: none does. */
	int64_t upgrade_ready_ns;
	bool stopping;
	struct timer *last_call; /* ends a stop that an engine holds up */
	bool proving;            /* until the engines have told their names */
};

/* Can ttsd work by this configuration, which conf_finish() found no fault
 * with? It is the `check` of ttsd's struct daemon_program. */
int ttsd_check(const struct conf *conf, struct conf_error *e);

/* Opens everything that t->conf asks for; all else of `t` must be zero. Returns
 * DAEMON_GO_ON, or the exit status to end with; the log tells why. ttsd_end()
 * is to follow in either case. */
enum daemon_step ttsd_start(struct ttsd *t);
/* Lets the engines tell which voices, languages and clips they have, for a
 * moment in which ttsd serves already, and ends it where the configuration has
 * a name that they do not know; the log tells which. An engine that does not
 * tell in time is trusted. Returns as ttsd_start(). */
enum daemon_step ttsd_prove_names(struct ttsd *t);
/* Ends every announcement and the engines, then stops the loop. It does not
 * wait for engines that have not ended after a while, or when it is called a
 * second time. What the ledger keeps does not end: the next ttsd says it. */
void ttsd_stop(struct ttsd *t);
/* Stops the loop once everything has ended that a stop waits for. */
void ttsd_stop_if_done(struct ttsd *t);
/* Closes and releases all there is, the configuration too. */
void ttsd_end(struct ttsd *t);

/* Return the channel or engine of that name, or NULL. No channel has the name
 * NULL. */
struct channel *ttsd_channel(const struct ttsd *t, const char *name);
struct engine *ttsd_engine(const struct ttsd *t, const char *name);

/* What to add to a message about a name that no channel has, nor a zone: the
 * one that may be meant, or "". */
#define TTSD_ASK_MAX 80
const char *ttsd_ask_channel(
    const struct ttsd *t, const char *name, char out[TTSD_ASK_MAX]);

/* Makes `r` say that there is no [section name], and which one may be meant;
 * the operation `lister` lists them. */
void ttsd_blame_section(const struct ttsd *t, const char *section,
    const char *name, const char *lister, struct reply *r);

/* Returns the channel that a request asks for, or else the first one. Returns
 * NULL with an error in `r` when there is no such channel. */
struct channel *ttsd_find_channel(
    const struct ttsd *t, const json_t *body, struct reply *r);
/* The same, and wakes it. */
struct channel *ttsd_pick_channel(
    struct ttsd *t, const json_t *body, struct reply *r);

/* Has the engine such a voice and such a language? Either may be NULL; `what`
 * is the name of the field that the message blames. Returns OP_LATER when the
 * engine has not said yet which voices it has; else OP_DONE, with an error in
 * `r` if it has no such voice. */
enum verdict ttsd_check_voice(struct engine *e, const char *what,
    const char *voice, const char *language, struct reply *r);

/* Does the word name one language, rather than none (NULL, "") or "auto"? */
bool ttsd_is_language(const char *language);

/* Reads the dictionary (dictionary_file.c), waiting for the file system. It is
 * called before there is a loop, when SIGTERM still ends the process at once.
 * The log tells what is wrong with the file. */
int ttsd_load_dictionary(struct ttsd *t);
/* Make ready for a reload, which waits for nothing; and reload. */
int ttsd_open_dictionary(struct ttsd *t);
void ttsd_reload_dictionary(struct ttsd *t);

/* Copies a setting, for the caller to keep and free; *out is NULL where it is
 * absent or empty. ERR_NOMEM. */
int ttsd_copy_string(const char *s, char **out);

/* The operations of the control socket (ops.c). */
extern const struct op ttsd_ops[];

/* The metrics of a struct ttsd (metrics.c). */
extern const struct metric_group ttsd_metrics[];
/* Appends what keeps ttsd from being ready: the `missing` of its struct
 * telemetry. */
int ttsd_missing(const void *ttsd, struct buf *lines);

#endif
