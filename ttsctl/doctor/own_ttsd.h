/*
 * A ttsd for the doctor alone, where none runs: with the same engines, voices,
 * clips and dictionary, in a runtime directory of its own. It keeps nothing,
 * serves nobody else, and ends with us.
 */
#ifndef TTSCTL_DOCTOR_OWN_TTSD_H
#define TTSCTL_DOCTOR_OWN_TTSD_H

#include "ttsctl/doctor/doctor.h"

struct own_ttsd {
	struct loop *loop;
	char dir[PLATFORM_PATH_MAX]; /* its runtime directory */
	char why[512];               /* "": it is up */
	struct process *process;
	bool up;
	struct buf said; /* its log, until then */
};

/* Starts it and waits until it is up, or has ended. own_ttsd_done() is due. */
void own_ttsd_start(struct own_ttsd *o, const struct patient *p);
void own_ttsd_done(struct own_ttsd *o);

#endif
