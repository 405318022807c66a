/*
 * What a request may reach that is for some channels alone, as its `only` says
 * (docs/PROTOCOL.md): looked at when it is carried out, by every operation that
 * is `bounded`. What lies beyond is as if it were not there.
 */
#ifndef TTSD_CONTROL_REACH_H
#define TTSD_CONTROL_REACH_H

#include "common/control/session.h"
#include "ttsd/control/ttsd.h"

bool reach_has(
    const struct ttsd *t, const struct session *s, const char *channel);
/* All channels and zones of a list of names. */
bool reach_has_list(
    const struct ttsd *t, const struct session *s, const json_t *names);
/* All channels of a zone. */
bool reach_has_zone(
    const struct ttsd *t, const struct session *s, const struct conf_zone *z);
/* All channels that a series is called on. */
bool reach_has_series(const struct ttsd *t, const struct session *s,
    const struct conf_series *conf);
/* Those channels, a list; NULL without memory. */
json_t *reach_list_series(const struct ttsd *t, const struct conf_series *conf);
/* All channels that a message names: one that names none is anybody's, to be
 * said where who asks may say something. */
bool reach_has_message(const struct ttsd *t, const struct session *s,
    const struct conf_message *m);
/* All channels that a call was said on; of what has no announcement, its
 * series. */
bool reach_has_call(
    const struct ttsd *t, const struct session *s, const struct desk_call *c);

/* As desk_find_called() and desk_find_waiting(), of what is in reach: a call
 * beyond hides none that is not. Of any series, the ticket waits today. */
const struct desk_call *reach_find_called(const struct ttsd *t,
    const struct session *s, const char *series, const char *ticket,
    const char *counter);
const struct desk_call *reach_find_waiting(
    const struct ttsd *t, const struct session *s, const char *ticket);

/* Are all channels in reach that the request names, or the first one where it
 * names none? False with an error in `r`, which is the same for one that there
 * is not. */
bool reach_check_channels(const struct ttsd *t, const struct session *s,
    const json_t *body, struct reply *r);

/* The request as one that names a channel, where who asks is bound to some: if
 * it names none, the first of them. Takes over `body`; NULL with an error in
 * `r`, also where that, or what it names, is beyond. */
json_t *reach_name_channel(const struct ttsd *t, const struct session *s,
    json_t *body, struct reply *r);

/* Is it no more urgent than who asks may be, whether it says so itself or a
 * [message] does? False with an error in `r`. */
bool reach_check_priority(
    const struct session *s, const json_t *body, struct reply *r);

/* The section of that name, within reach; NULL with an error in `r`. */
const struct conf_series *reach_pick_series(const struct ttsd *t,
    const struct session *s, const char *name, struct reply *r);
const struct conf_message *reach_pick_message(const struct ttsd *t,
    const struct session *s, const char *name, struct reply *r);

#endif
