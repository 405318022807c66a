/*
 * What is said again and again: the [message] sections, their fields filled in
 * by who asks (ttsd/desk/template.h).
 */
#ifndef TTSD_CONTROL_MESSAGE_H
#define TTSD_CONTROL_MESSAGE_H

#include "ttsd/control/ttsd.h"

/* Are all of them texts with fields? */
int message_check(const struct conf *conf, struct conf_error *e);

/* The request as one that names no `message`: with its text, and with what else
 * the section says and the request does not. The caller owns it, and it may be
 * the same. NULL with an error in `r`. */
json_t *message_word(const struct ttsd *t, const struct session *asks,
    const json_t *body, struct reply *r);
/* The same of a request that has the message found already. */
json_t *message_fill(
    const struct conf_message *m, const json_t *body, struct reply *r);

/* What was worded and carried out in one run, and waits for the ledger, is the
 * same in a later one, though another ttsd may do that: the request, owned by
 * the session, or NULL. Without memory for it, it is worded again. */
json_t *message_recall(const struct session *session);
void message_remember(struct session *session, json_t *whole);

/* Adds `channel` where there is none yet: of one name no list, for its answers
 * are those of one channel. */
void message_add_channels(json_t **whole, char *const *names);

op_run op_messages;

#endif
