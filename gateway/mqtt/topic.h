/*
 * The topics of a site: ttsd/SITE/LEAF, and of each group that it belongs to
 * ttsd/group/NAME/OP. Pure.
 */
#ifndef GATEWAY_MQTT_TOPIC_H
#define GATEWAY_MQTT_TOPIC_H

#include <stdbool.h>

#include "common/conf/conf.h"
#include "common/control/right.h"

/* Bytes of a topic of ours, with its NUL. */
#define TOPIC_MAX (sizeof("ttsd/group//availability") + CONF_TOPIC_WORD_MAX)

/* What is asked for by a topic, and what is told at one. */
enum topic_op {
	TOPIC_SAY,
	TOPIC_CANCEL,
	TOPIC_SKIP,
	TOPIC_CLEAR,
	TOPIC_PAUSE,
	TOPIC_RESUME,
	TOPIC_OPS
};

struct topic_op_row {
	const char *name; /* the last level, and ttsd's operation */
	enum right may;
	/* The field that a payload is which is no JSON; NULL: it says
	 * nothing. */
	const char *plain;
};

extern const struct topic_op_row topic_ops[TOPIC_OPS];

#define TOPIC_REPLIES "replies"
#define TOPIC_RECEIPTS "receipts"
#define TOPIC_EVENTS "events"
#define TOPIC_TOLD "told"
#define TOPIC_STATE "state"
#define TOPIC_AVAILABILITY "availability"

/* A level made of what a machine is called: what cannot be in one is a '-'. */
void topic_word(const char *name, char out[CONF_TOPIC_WORD_MAX + 1]);

void topic_write(char out[TOPIC_MAX], const char *site, const char *leaf);
void topic_write_group(
    char out[TOPIC_MAX], const char *group, const char *leaf);

/* Which operation a message asks for, of this site or one of its groups
 * (NULL-terminated, or NULL); TOPIC_OPS where it is none of theirs. */
enum topic_op topic_read(
    const char *topic, const char *site, char *const *groups);

/* May an answer go there, because somebody asked for it to? Not to a topic of
 * any site: they would take it for a request, or for what a site tells. */
bool topic_may_answer(const char *topic);

#endif
