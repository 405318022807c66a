/* What prepared.c (which are made ahead) and prepared_tell.c (what is told of
 * them) share. */
#ifndef TTSD_CONTROL_PREPARED_INTERNAL_H
#define TTSD_CONTROL_PREPARED_INTERNAL_H

#include "ttsd/air/shelf.h"
#include "ttsd/control/prepared.h"

/* A message on a channel. */
struct place {
	bool asked; /* it is to be ready there */
	struct shelf_item *item;
	char *why; /* it has no item; NULL: it was not looked at yet */
};

struct prepared_message {
	const struct prepared *all;
	const struct conf_message *conf;
	struct place *places; /* by channels, in the configuration's order */
};

struct prepared {
	struct ttsd *t;
	struct shelf *shelf;
	struct timer *turn;
	struct prepared_message *messages;
	size_t count;
	size_t channels;
	/* What is looked at next; `message` is `count`: nothing is. */
	size_t message, channel;
	bool later; /* some wait for engines to tell their voices */
	bool memory_short;
	bool stopped;
};

/* The name of the channel `c`, in the configuration's order. */
const char *prepared_channel(const struct prepared *p, size_t c);

/* Tells of all channels where it is as on this one, if that is the first. */
void prepared_tell_place(const struct prepared_message *m, size_t c);
/* The state of an item has changed; `arg` is the struct prepared. */
void prepared_item_changed(void *arg, const struct shelf_item *item);

#endif
