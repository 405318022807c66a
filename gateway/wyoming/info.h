/*
 * What `describe` is answered with: the voices of ttsd, as Wyoming lists them.
 * Pure.
 */
#ifndef GATEWAY_WYOMING_INFO_H
#define GATEWAY_WYOMING_INFO_H

#include <jansson.h>

#include "common/conf/conf.h"
#include "common/control/reply.h"

/* Between the name of an engine and that of its voice: names of engines have
 * none. */
#define INFO_ENGINE ':'

/* Makes the data of `info` of the list that ttsd gives for `voices`; NULL
 * without memory. */
json_t *info_new(const json_t *voices);

/* Reads `voice` of a request: of `synthesize`, or of `synthesize-start`. What
 * it says becomes fields of ttsd's `speak`; NULL with an error in `r`. */
json_t *info_read_voice(const json_t *data, struct reply *r);

#endif
