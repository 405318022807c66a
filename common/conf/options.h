/* The command line that both daemons share. */
#ifndef COMMON_CONF_OPTIONS_H
#define COMMON_CONF_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#define OPTIONS_DEFINES_MAX 4096

struct options {
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
int options_parse(int argc, char **argv, struct options *out);
void options_done(struct options *o);

#endif
