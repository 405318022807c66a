/*
 * ttsctl doctor: what is wrong here, and what to do about it.
 *
 * What is known of the patient is gathered first: the configuration, and what
 * the daemons say of themselves. Then the checks are made, one after the other:
 * a row of the table (checks/checks.c) and a function each, which adds to the
 * report. What a check judges by facts alone is a function of those facts,
 * beside it, for the tests. Nothing is mended here, and nothing is changed.
 */
#ifndef TTSCTL_DOCTOR_DOCTOR_H
#define TTSCTL_DOCTOR_DOCTOR_H

#include "common/conf/conf.h"
#include "ttsctl/ask.h"
#include "ttsctl/doctor/report.h"

struct patient {
	const struct call *call; /* of the doctor, without --json */
	const char *conf_file;   /* as it was named; NULL: that of daemons */
	bool has_conf;
	bool conf_is_absent;            /* then it is the defaults */
	struct conf conf;               /* where it has */
	struct conf_error conf_mistake; /* where it has not */
	/* What the daemons answer to `status`. */
	struct answer ttsd, streamer;
};

struct check {
	const char *name; /* NULL ends the table */
	void (*make)(const struct patient *p, struct report *r);
};

extern const struct check doctor_checks[];

#endif
