/*
 * Options of the command line, as rows of tables.
 *
 * A row with a `field` goes into the request under that name; one without is
 * ttsctl's own and kept in the call under its long name. Options may stand
 * anywhere among the words; "--" ends them.
 */
#ifndef TTSCTL_OPTION_H
#define TTSCTL_OPTION_H

#include "ttsctl/ttsctl.h"

enum option_type {
	OPTION_FLAG,
	OPTION_CHOICE, /* a flag, or one that says =VALUE too */
	OPTION_STRING,
	/* Channels and zones, NAME or NAME,NAME...; may be repeated. --zone is
	 * another name of it. */
	OPTION_CHANNELS,
	OPTION_INTEGER,
	OPTION_REPEAT,  /* a whole number, or the word of schema_repeats */
	OPTION_MS,      /* a duration, or a number of ms; in the request ms */
	OPTION_SECONDS, /* the same, or a number of seconds; ms, too */
	OPTION_PAST,    /* when (common/text/when.h), as ms since 1970 */
	OPTION_FUTURE,  /* when, as RFC 3339 has it */
	OPTION_SETTING, /* KEY=VALUE, a text of an object; may be repeated */
};

/* The other name of an option of type OPTION_CHANNELS. */
#define OPTION_ZONE "zone"

struct ctl_option {
	const char *name; /* the long one; NULL ends a table */
	char letter;      /* the short one; 0: none */
	enum option_type type;
	const char *value; /* what the help calls its value */
	const char *field;
	const char *help;
};

/* The row that most of those have which are about channels, that of those which
 * tell something, and that of those which say something. */
#define CHANNELS_OPTION                                                 \
	{                                                               \
		"channel", 'c', OPTION_CHANNELS, "NAME,...", "channel", \
		    "channels or zones (if not given, the first one)"   \
	}
#define ONLY_CHANNELS                                                   \
	{                                                               \
		"channel", 'c', OPTION_CHANNELS, "NAME,...", "channel", \
		    "only of these channels or zones"                   \
	}
#define PRIORITY_OPTION                                              \
	{                                                            \
		"priority", 'p', OPTION_STRING, "LEVEL", "priority", \
		    "background, normal, high or urgent"             \
	}

/* The options that every command takes, before its name and after. */
extern const struct ctl_option common_options[];

struct args {
	char **argv;
	int argc;
	int at; /* index of the next word to read */
};

/* Reads options into the call and words into call->words (which has room for
 * argc). Before the command is known, stops at the first word. */
enum status option_read(struct args *a, struct call *call);

/* Reads a whole number; NULL: it is none. */
json_t *integer_value(const char *text);

/* The same; what is none stays a text, for the daemon to say what is wrong with
 * it. NULL: it is not UTF-8. */
json_t *number_value(const char *text);

/* Makes the value of a word KEY=VALUE JSON; NULL: it is not UTF-8. */
typedef json_t *setting_value(const char *key, const char *text);

/* Puts the call's words into an object, from the `first` on; without `value_of`
 * each is a text. */
enum status settings_put(const struct call *call, json_t *object, size_t first,
    setting_value *value_of);

/* Prints the options as lines of the help. */
void option_print(const struct ctl_option *list);
/* Prints them as words KEY=VALUE. */
void option_print_keys(const struct ctl_option *list);

#endif
