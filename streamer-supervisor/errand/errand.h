/*
 * What the programs share that ask a server something once and end:
 *
 *   PROGRAM [--insecure] [--ca FILE] TEXT
 *
 * TEXT is a file of lines: what is asked, which may be secret.
 */
#ifndef STREAMER_SUPERVISOR_ERRAND_ERRAND_H
#define STREAMER_SUPERVISOR_ERRAND_ERRAND_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stdio.h>

#include "platform/platform.h"

/* Of a line, with its NUL. */
#define ERRAND_LINE_BYTES (PROCESS_TEXT_MAX + 1)

struct errand {
	const char *ca_file; /* NULL: the system's certificates */
	bool insecure;       /* whoever the server is */
	FILE *text;
};

/* False: the command line is wrong, or TEXT cannot be read. errand_close() is
 * due in any case. */
bool errand_open(struct errand *e, int argc, char **argv);
/* Reads the next line, without its end. False: there is none. */
bool errand_line(struct errand *e, char out[ERRAND_LINE_BYTES]);
void errand_close(struct errand *e);

/* Has curl check its peer as the command line says. */
void errand_tls(const struct errand *e, CURL *curl);

#endif
