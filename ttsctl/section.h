/*
 * Commands that make a section of the configuration, whose keys are words
 * KEY=VALUE: an output, and what is said again and again.
 */
#ifndef TTSCTL_SECTION_H
#define TTSCTL_SECTION_H

#include "ttsctl/ttsctl.h"

/* The words NAME [URL] KEY=VALUE... */
enum status prepare_add(struct call *call);
/* The words NAME KEY=VALUE... */
enum status prepare_set_schedule(struct call *call);

void show_set_schedule(const struct call *call, const json_t *reply);
void show_schedules(const struct call *call, const json_t *reply);

#endif
