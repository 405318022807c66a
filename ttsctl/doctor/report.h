/*
 * What was found: a list of findings, each of a check, about something, with
 * what to do about it.
 */
#ifndef TTSCTL_DOCTOR_REPORT_H
#define TTSCTL_DOCTOR_REPORT_H

#include <jansson.h>

#include "ttsctl/page.h"

/* From good to bad, with their names, and the colours that show them. */
#define SEVERITIES(X)                 \
	X(FINE, "fine", GREEN)        \
	X(UNSEEN, "not seen", DIM)    \
	X(WARNING, "warning", YELLOW) \
	X(ERROR, "error", RED)

enum severity {
#define X(severity, name, colour) FOUND_##severity,
	SEVERITIES(X)
#undef X
	    SEVERITY_COUNT
};

/* Starts as zeroes, but for the list. */
struct report {
	json_t *findings;  /* objects; the owner's */
	const char *check; /* that is being made */
	size_t count[SEVERITY_COUNT];
};

/* Adds a finding about something ("output live"; "": all of it). */
void report_add(struct report *r, enum severity severity, const char *about,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* Says of the latest finding what to do. */
void report_remedy(struct report *r, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* The worst of all. */
enum severity report_worst(const struct report *r);

const char *severity_name(enum severity severity);

/* Writes the findings from the `first` on for a person. */
void report_write(struct page *p, const struct report *r, size_t first);

/* Writes how many there are of each. */
void report_write_sum(struct page *p, const struct report *r);

#endif
