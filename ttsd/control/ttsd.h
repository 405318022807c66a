/* The daemon as a whole: its life (life.c), and what the operations work on. */
#ifndef TTSD_CONTROL_TTSD_H
#define TTSD_CONTROL_TTSD_H

#include "common/conf/conf.h"
#include "common/control/proto.h"
#include "daemon/daemon.h"
#include "daemon/file_reader.h"
#include "daemon/server.h"
#include "daemon/telemetry.h"
#include "platform/platform.h"
#include "ttsd/air/channel.h"
#include "ttsd/control/idempotency.h"
#include "ttsd/pool/engine.h"
#include "ttsd/text/dictionary.h"

struct ttsd {
	struct conf conf;
	struct loop *loop;
	struct control_api api;
	struct server *server;
	struct telemetry telemetry;
	struct http_server *http; /* NULL: no metrics */
	struct timer *tick;
	struct channel **channels; /* in the order of the configuration */
	size_t channel_count;
	struct engine **engines;
	size_t engine_count;
	int64_t epoch_ns;
	struct engine *clips;          /* the engine that plays clips */
	struct dictionary *dictionary; /* NULL: none */
	struct file_reader *dictionary_reader;
	struct idempotency keys;
	uint64_t announcements; /* numbered so far */
	bool stopping;
};

/* Can it work by this configuration, as far as conf_finish() has not said so?
 * As `check` of struct daemon_program. */
int ttsd_check(const struct conf *conf, struct conf_error *e);

/* Opens everything that t->conf asks for; all else of `t` is zero. Returns
 * DAEMON_GO_ON, or what to end with: the log tells why. ttsd_end() is to
 * follow in either case. */
enum daemon_step ttsd_start(struct ttsd *t);
/* Ends every announcement and the engines, then stops the loop; called again,
 * it does not wait for the engines. */
void ttsd_stop(struct ttsd *t);
/* Closes and releases all there is, the configuration too. */
void ttsd_end(struct ttsd *t);

/* NULL where there is none of that name. */
struct channel *ttsd_channel(const struct ttsd *t, const char *name);
struct engine *ttsd_engine(const struct ttsd *t, const char *name);

/* The channel that a request asks for, or the first; awake. NULL: `r` was
 * failed. */
struct channel *ttsd_pick_channel(
    struct ttsd *t, const json_t *body, struct reply *r);

/* Has the engine such a voice and such a language? Either may be NULL; `what`
 * is what a voice is called in the message. OP_LATER when it has not said
 * yet; otherwise `r` is failed if not. */
enum verdict ttsd_check_voice(struct engine *e, const char *what,
    const char *voice, const char *language, struct reply *r);

/* Does it name one language, rather than none (NULL, "") or "auto"? */
bool ttsd_is_language(const char *language);

/* Reads the dictionary (dictionary_file.c), waiting for the file system: for
 * before there is a loop, when SIGTERM still ends a process at once. The log
 * tells what is wrong. */
int ttsd_load_dictionary(struct ttsd *t);
/* Makes ready for ttsd_reload_dictionary(), which waits for nothing. */
int ttsd_open_dictionary(struct ttsd *t);
void ttsd_reload_dictionary(struct ttsd *t);

/* A setting to keep: NULL where it is absent or empty. */
char *ttsd_copy_string(const char *s);

/* The operations of the control socket (ops.c). */
extern const struct op ttsd_ops[];

/* What there is to measure, of a struct ttsd (metrics.c). */
extern const struct metric_group ttsd_metrics[];
/* What keeps it from being ready, as of struct telemetry. */
int ttsd_missing(const void *ttsd, struct buf *lines);

#endif
