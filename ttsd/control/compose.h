/*
 * What is said, composed of a request's text, SSML, clips and pauses: they
 * become parts. A new kind of part is a row of the table in compose.c.
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

/* One request on its way to what is said. */
struct composition {
	struct ttsd *t;
	/* What the request is called in messages, and the fields of which it
	 * needs one. */
	const char *what, *kinds;
	const json_t *body; /* of the request */
	/* How it is spoken unless the request says otherwise. */
	const struct speech_defaults *own;
	struct saying *saying;
	struct reply *r;
	bool later; /* an engine has not said yet which voices it has */
};

/* Adds all parts of the request to c->saying. Returns false with an error in
 * c->r, or with c->later set. */
bool compose_parts(struct composition *c);

#endif
