/*
 * Commands that have a folder of their own. They stand on this folder, so their
 * doors are here.
 */
#ifndef TTSCTL_ROOMS_H
#define TTSCTL_ROOMS_H

#include "ttsctl/option.h"

/* ttsctl/doctor: what is wrong here, and what to do about it. */
enum status run_doctor(struct call *call);
extern const struct ctl_option doctor_options[];

/* ttsctl/top: all of it, live. */
enum status run_top(struct call *call);
extern const struct ctl_option top_options[];

/* ttsctl/complete: what may come next on a command line, for shells. */
enum status run_complete(struct call *call);

#endif
