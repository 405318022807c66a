/*
 * What a `picture` says on its standard error, line by line: its log, and what
 * is for us (streamer-supervisor/picture/words.h). Pure.
 */
#ifndef STREAMER_SUPERVISOR_PICTURES_PICTURE_REPORT_H
#define STREAMER_SUPERVISOR_PICTURES_PICTURE_REPORT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/log.h"
#include "common/net/redact.h"

#define PICTURE_REPORT_MAX 512

struct picture_report {
	json_t *status; /* an object, which the caller owns; NULL: no status */
	/* Else a line, without the secrets of URLs in it: for the log; or, of
	 * its ffmpeg, a complaint, "" where that says nothing to anybody. */
	bool complaint;
	enum log_level level;
	char text[PICTURE_REPORT_MAX];
	/* That line is of a reader: its process. 0: it is not. */
	int64_t pid;
	bool lags; /* sound was left out for it */
	/* It does not lag but has begun: the sample that is its time 0. */
	uint64_t first_sample;
};

/* Any bytes are fine; what is no line of its log is a warning as it stands.
 * `redact` are secrets that it may repeat; NULL: none are known. `address`
 * stands for its ffmpeg's standard input, which names nothing to anybody; NULL:
 * that is not read. */
void picture_report_read(struct picture_report *r, const struct redact *redact,
    const char *address, const char *line, size_t len);

#endif
