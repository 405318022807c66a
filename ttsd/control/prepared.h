/*
 * Messages that are made ahead (`prepare` of a [message]), so that they are on
 * air at once, whatever has become of the engines: which announcements they
 * are, and whether they are ready. The making is ttsd/air/shelf.h.
 *
 * A message may be another announcement on each channel that may be asked for
 * it: those it names, or all. What engines, `set` and the dictionary make of it
 * is looked at again whenever that may have changed.
 */
#ifndef TTSD_CONTROL_PREPARED_H
#define TTSD_CONTROL_PREPARED_H

#include "ttsd/control/ttsd.h"

/* Fails as timer_new(). Nothing is made yet. */
int prepared_new(struct ttsd *t, struct prepared **out);
/* Engines and channels are still there. NULL is fine. */
void prepared_free(struct prepared *p);
/* Has nothing more made. */
void prepared_stop(struct prepared *p);

/* Where they are found: for playouts. */
struct shelf *prepared_shelf(const struct prepared *p);

/* Looks at all of them again, a little at a time; what is the same already
 * stays. NULL is fine. */
void prepared_refresh(struct prepared *p);
/* An engine tells more than before of its voices. */
void prepared_hear(struct prepared *p);
/* What the engine makes may be another sound by now. */
void prepared_make_again(struct prepared *p, const struct engine *e);

/* Of a message: a list of `channels` that have the same sound of it, `ready`,
 * and `duration_ms` or `why` not, as far as who asks may know of channels.
 * NULL: it is not to be prepared. */
json_t *prepared_describe(const struct prepared *p,
    const struct conf_message *m, const struct session *asks);

/* Those that are to be prepared, in the order of the configuration. */
size_t prepared_messages(const struct prepared *p);
const struct prepared_message *prepared_at(
    const struct prepared *p, size_t i, const char **name);
/* On how many channels is it to be ready, and on how many is it? */
struct prepared_count {
	size_t wanted, ready;
};
struct prepared_count prepared_count(const struct prepared_message *m);
/* Appends a line for each message that is not ready everywhere. */
int prepared_missing(const struct prepared *p, struct buf *lines);

#endif
