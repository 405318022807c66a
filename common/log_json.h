/*
 * A line of the log as one object of JSON: when, how bad, of which program, the
 * line itself as `message`, and each of its fields (log_fields.h) by its name.
 */
#ifndef COMMON_LOG_JSON_H
#define COMMON_LOG_JSON_H

#include <stddef.h>

#include "common/log.h"

/* Room for any line; a pipe takes as much in one piece (PIPE_BUF of Linux). */
#define LOG_JSON_MAX 4096

/* Writes the object and a newline, without a terminator, and returns the bytes.
 * `when` is the time, RFC 3339. Whole numbers are numbers; of what was quoted
 * \", \\, \n, \r and \t are the characters, other controls stay escaped. Where
 * all has no room the fields are left out; 0: out of memory. */
size_t log_json(char out[LOG_JSON_MAX], const char *when, const char *program,
    enum log_level level, const char *line);

#endif
