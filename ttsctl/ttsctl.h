/*
 * ttsctl, the command-line client: what its files share.
 *
 * A command is a row of the table in commands.c. main.c reads the command
 * line into a struct call (the options straight into the request's JSON,
 * option.h), client.h talks to a daemon, show.h prints its answers; outputs.h
 * those about outputs, and watch.c goes on with it.
 */
#ifndef TTSCTL_TTSCTL_H
#define TTSCTL_TTSCTL_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "platform/platform.h"

/* Exit statuses. */
enum status {
	STATUS_DONE = 0,
	STATUS_FAILED = 1, /* refused, or it came to nothing */
	STATUS_USAGE = 64,
	STATUS_UNREACHABLE = 69,
};

enum daemon {
	DAEMON_TTSD,
	DAEMON_STREAMER,
};

struct call;
struct ctl_option;

struct command {
	const char *name;      /* NULL ends the table */
	const char *op;        /* the daemon's name for it; NULL: the same */
	const char *arguments; /* for the usage line; NULL: none */
	const char *help;      /* one line */
	const struct ctl_option *options; /* NULL: only the common ones */
	enum daemon daemon;
	size_t words_min, words_max;
	/* Carries it out. */
	enum status (*run)(struct call *call);
	/* Turns the words into fields of the request; NULL: nothing to do. */
	enum status (*prepare)(struct call *call);
	/* Prints a good reply for a person. */
	void (*show)(const struct call *call, const json_t *reply);
};

#define WORDS_ANY ((size_t)-1)

struct call {
	const struct command *command;
	enum daemon daemon; /* the command's, unless an option says else */
	const char **words; /* the arguments that are no options */
	size_t word_count;
	json_t *request; /* object: fields from the options, then the words */
	json_t *local;   /* object: options for ttsctl itself, by long name */
	struct loop *loop;
};

extern const struct command commands[];

static inline bool
call_flag(const struct call *call, const char *name)
{
	return json_is_true(json_object_get(call->local, name));
}

/* NULL where it was not given. */
static inline const char *
call_option(const struct call *call, const char *name)
{
	return json_string_value(json_object_get(call->local, name));
}

/* False when standard output takes no more: its reader has left, which is
 * fine, or it failed, which is said; *status is what to exit with. */
bool output_flush(enum status *status);

/* "ttsctl: …" on standard error. Returns STATUS_FAILED, or STATUS_USAGE
 * with the command's name before and the way to the help after. */
enum status complain(const char *fmt, ...)
    __attribute__((format(printf, 1, 2)));
enum status complain_usage(const struct call *call, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
