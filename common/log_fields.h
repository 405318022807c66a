/*
 * A line of the log as fields: the pairs key=value that it holds, for a log
 * that can be asked by them (`journalctl CHANNEL=main`).
 */
#ifndef COMMON_LOG_FIELDS_H
#define COMMON_LOG_FIELDS_H

#include <stdbool.h>
#include <stddef.h>

/* Longest name, with its terminator; a longer one is no field. */
#define LOG_FIELD_NAME_MAX 33

struct log_field {
	char name[LOG_FIELD_NAME_MAX]; /* small letters, digits, '_' */
	const char *value;             /* in the line; has no terminator */
	size_t len;
	bool quoted; /* by log_quote(): without its quotes, escaped still */
};

/* Finds the next field in *rest, and moves that behind it; false: there is
 * none any more. A word "running->backoff", a change of state, is two fields,
 * `from` and `to`. Other words that are no pair are passed over. */
bool log_field_next(const char **rest, struct log_field *out);

#endif
