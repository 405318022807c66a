/* The command line that both daemons share. */
#ifndef DAEMON_COMMAND_LINE_H
#define DAEMON_COMMAND_LINE_H

#include <stdbool.h>
#include <stddef.h>

#define COMMAND_LINE_DEFINES_MAX 4096

struct command_line {
	const char *file;     /* -c; NULL when not given */
	const char **defines; /* -D, in order; owned */
	size_t define_count;
	unsigned verbosity; /* number of -v */
	bool json_log;
	bool check_config;
	bool version;
	bool help;
	char error[128]; /* of a failed parse */
};

/* Strings point into argv. ERR_INVALID with `error` filled, ERR_NOMEM. */
int command_line_parse(int argc, char **argv, struct command_line *out);
void command_line_done(struct command_line *c);

#endif
