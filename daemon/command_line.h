/* The command line that both daemons share. */
#ifndef DAEMON_COMMAND_LINE_H
#define DAEMON_COMMAND_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define COMMAND_LINE_DEFINES_MAX 4096

struct command_line {
	const char *file;     /* -c; NULL when not given */
	const char **defines; /* -D, in order; owned */
	size_t define_count;
	unsigned verbosity; /* number of -v */
	bool json_log;
	bool check_config;
	bool try_upgrade; /* hidden: daemon/upgrade.h */
	int64_t reload;   /* the process that is to; 0: none */
	bool version;
	bool help;
	char error[160]; /* why the parse failed, for a person */
};

/* Reads the options; the strings in `out` point into argv. Fails with
 * ERR_INVALID, `error` filled, or ERR_NOMEM; command_line_done() is due in any
 * case. */
int command_line_parse(int argc, char **argv, struct command_line *out);
void command_line_done(struct command_line *c);

#endif
