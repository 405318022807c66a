/*
 * What both daemons do before they serve: command line, configuration, log.
 */
#ifndef DAEMON_DAEMON_H
#define DAEMON_DAEMON_H

#include "common/buf.h"
#include "common/conf/conf.h"
#include "platform/runtime_dir.h"
#include "platform/succession.h"

/* What a step of a start comes to: an exit status (after sysexits(3)), or to
 * go on. It is a type of its own because these are no errors of err.h. */
enum daemon_step {
	EXIT_STOPPED = 0, /* as asked */
	EXIT_USAGE = 64,
	EXIT_HELD = 69,   /* the sockets are held by a live daemon */
	EXIT_FAILED = 71, /* the system refused something that is needed */
	EXIT_CONFIG = 78,
	DAEMON_GO_ON = 256, /* no exit status is so high */
};

/* A daemon, before it runs. */
struct daemon_program {
	const char *name;
	const char *about;       /* the first line of its help */
	const char *not_checked; /* the same, of --check-config */
	/* Whether it can work by this configuration: what is known without
	 * opening a socket or starting a child. ERR_INVALID and others with `e`
	 * filled. It is asked by --check-config, by a start and by
	 * daemon_reconfigure(): they say the same. */
	int (*check)(const struct conf *conf, struct conf_error *e);
	/* The same, of what takes longer: --check-config asks it, and a start
	 * finds out as it goes. It may say more on standard error. NULL: there
	 * is nothing. */
	int (*prove)(const struct conf *conf, struct conf_error *e);
	/* Of daemon/upgrade.h: the version of what it hands to its successor,
	 * which grows with each change that older ones would misread. */
	int state;
	/* Takes over what an earlier one was, in a trial that changes nothing
	 * in the world, and adds what it read of files to the answer; takes
	 * over the configuration. Fails as `check`. NULL: it cannot. */
	int (*take_over)(struct conf *conf, struct parcel *given,
	    struct parcel *answer, struct conf_error *e);
};

/* Answers --help, --version and --check-config, reads the configuration and
 * starts the log. Returns DAEMON_GO_ON with `conf` filled (the caller then
 * owns it), or the exit code to end with; complaints went to standard
 * error. `program` must stay. */
enum daemon_step daemon_configure(int argc, char **argv,
    const struct daemon_program *program, struct conf *conf);

/* What this daemon got from the one whose successor it is; NULL where it is
 * nobody's. It lives until the end. */
struct parcel *daemon_inheritance(void);
/* Begins the document for a successor. */
void daemon_bequeath(struct parcel *p);
/* What the trial read of a file for it. ERR_NOT_FOUND. */
int daemon_inherited_file(const char *name, struct buf *out);

/* The configuration file that the daemon was started with. `*optional`: it may
 * be absent. */
const char *daemon_config_file(bool *optional);

/* Hands over the text of that file as the start read it; empty where there was
 * none. It is the caller's, once. */
void daemon_config_text(struct buf *out);

/* Checks again what the daemon was started with: a text of its file, each -D,
 * and after them `settings`, a NULL-terminated list of "section.key=value"
 * (NULL: none). Reads nothing, for a file may hang. Returns 0 with `conf`
 * filled, or ERR_INVALID or another error with `e` filled and `conf` empty. */
int daemon_reconfigure(const struct buf *text, const char *const *settings,
    struct conf *conf, struct conf_error *e);

/* Says that the daemon is ready, and runs its loop to the end; `report` and
 * `arg` are service_report_begin()'s. */
void daemon_serve(
    struct loop *l, const struct service_report *report, void *arg);

/* Finds or makes the folder of the sockets; the log says why there is none. */
enum daemon_step daemon_runtime_dir(
    const struct conf *conf, struct runtime_dir *out);

/* Logs why the socket at `path` could not be opened, `err` being what
 * listener_new() returned, and what to do; returns the exit status for it. */
enum daemon_step daemon_socket_failed(const char *path, int err);

#endif
