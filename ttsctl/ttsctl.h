/*
 * ttsctl, the command-line client: what its files share.
 *
 * A command is a row of the table in commands.c. main.c reads the command
 * line into a struct call (the options straight into the request's JSON,
 * option.h), client.h talks to a daemon, link.h for as long as somebody looks,
 * on a screen (screen.h); show.h prints its answers, outputs.h those about
 * outputs.
 */
#ifndef TTSCTL_TTSCTL_H
#define TTSCTL_TTSCTL_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "platform/platform.h"

/* Exit statuses, those of sysexits(3) where it has one, and what they mean in
 * the help. */
#define STATUSES(X)                                                      \
	X(DONE, 0, "done")                                               \
	X(FAILED, 1, "refused, or it came to nothing")                   \
	X(UNKNOWN, 2,                                                    \
	    "said, but nobody knows whether it was heard; or "           \
	    "not all could be looked at")                                \
	X(WARNED, 3, "it works, and something wants a look (doctor)")    \
	X(USAGE, 64, "the command line is wrong")                        \
	X(DATA, 65, "a text or a value is not valid, and never will be") \
	X(UNREACHABLE, 69, "the daemon is not reachable, or has ended")  \
	X(DENIED, 77, "not allowed")

enum status {
#define X(name, number, meaning) STATUS_##name = (number),
	STATUSES(X)
#undef X
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
	const char *group;     /* of these and those behind it; NULL: goes on */
	const struct ctl_option *options; /* NULL: only the common ones */
	const struct ctl_option *keys;    /* of words KEY=VALUE; NULL: none */
	const char *section; /* the same: those of a section; NULL: none */
	enum daemon daemon;
	size_t words_min, words_max;
	/* Carries the command out. */
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
/* NULL: there is none of that name. */
const struct command *command_find(const char *name);

static inline bool
call_flag(const struct call *call, const char *name)
{
	return json_is_true(json_object_get(call->local, name));
}

/* The value of an option of ttsctl itself; NULL where it was not given. */
static inline const char *
call_option(const struct call *call, const char *name)
{
	return json_string_value(json_object_get(call->local, name));
}

/* Writes out what standard output holds. Returns false when it takes no more:
 * its reader has left, which is fine, or writing failed, which is said; *status
 * is then what to exit with. */
bool output_flush(enum status *status);

/* A line on a terminal at standard error, of LINE_CLEAR and a text, that is
 * written over by the next one, and cleared before anything is complained of.
 * Who prints elsewhere clears it first. */
void line_show(const char *text);
void line_clear(void);
#define LINE_CLEAR "\r\033[K"

/* Print "ttsctl: …" on standard error. The first returns STATUS_FAILED; the
 * last puts the command's name before and the way to the help behind, and
 * returns STATUS_USAGE. */
enum status complain(const char *fmt, ...)
    __attribute__((format(printf, 1, 2)));
enum status complain_data(const char *fmt, ...) /* returns STATUS_DATA */
    __attribute__((format(printf, 1, 2)));
enum status complain_usage(const struct call *call, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
