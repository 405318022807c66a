/*
 * What an announcement is composed of: a request's text, SSML, clips and
 * pauses become parts. A new kind of part is a row of the table in compose.c.
 */
#ifndef TTSD_CONTROL_COMPOSE_H
#define TTSD_CONTROL_COMPOSE_H

#include "ttsd/control/ttsd.h"

#define PART_PAUSE_MAX_MS 600000

#define SPEECH_TEXT_FIELD(field, ...) { .name = #field, .type = FIELD_STRING },
#define SPEECH_NUMBER_FIELD(                                    \
    field, key, initial, letter, unit, meaning, own, low, high) \
	{ .name = #field, .type = FIELD_INTEGER, .min = low, .max = high },

/* The fields that say how something is spoken: of a whole request, and of each
 * of its parts. */
#define SPEECH_FIELDS                                                       \
	{ .name = "engine", .type = FIELD_STRING },                         \
	    SPEECH_PARAMETERS(SPEECH_TEXT_FIELD, SPEECH_NUMBER_FIELD)       \
	{                                                                   \
		.name = "spell", .type = FIELD_CHOICE, .choices = spellings \
	}

/* NULL-terminated, in the order of enum spell. */
extern const char *const spellings[];

struct targets;

/* One request on its way to an announcement of one channel. */
struct say_request {
	struct ttsd *t;
	const struct targets *targets; /* all whom the request is for... */
	struct channel *ch;            /* ...and the one whom this is */
	const json_t *body;
	struct session *session; /* who asks; NULL: an earlier ttsd's client */
	const char *key;         /* NULL: none */
	struct announcement *a;
	struct announcement *alike; /* what it says, too; NULL: not known */
	json_t *position;           /* of `a`, in the reply; that owns it */
	struct announcement *old;   /* whose place it takes; NULL: nobody's */
	struct reply *r;
	bool later; /* an engine has not said yet which voices it has */
};

/* Adds all parts of the request to s->a. Returns false with an error in s->r,
 * or with s->later set. */
bool compose_parts(struct say_request *s);

#endif
