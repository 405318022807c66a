/*
 * What ttsd promises of an announcement's being kept over a restart, told to
 * its client, to listeners, in the metrics and to the ledger
 * (ttsd/durable/durable.h).
 */
#ifndef TTSD_CONTROL_DURABILITY_H
#define TTSD_CONTROL_DURABILITY_H

#include "ttsd/control/say.h"
#include "ttsd/control/targets.h"
#include "ttsd/control/ttsd.h"

/* Starts the ledger, unless the configuration wants none. Without its program
 * nothing is kept, and the log says so. Errors as durable_new(). */
int durability_open(struct ttsd *t);
void durability_close(struct ttsd *t);

/* May something be accepted now? If not, a request is answered OP_LATER. */
bool durability_is_ready(const struct ttsd *t);

/* Is there a channel among them that takes only what is kept, and nothing would
 * be? Then `r` is an error. */
bool durability_refuses(
    const struct ttsd *t, const struct targets *ts, struct reply *r);

/* The id of the next announcement, and its acceptance, before it is queued. The
 * text of the request is made once for all its channels, for a long one takes
 * milliseconds; the caller frees it. NULL: without memory, or nobody asks. */
uint64_t durability_next_id(struct ttsd *t);
char *durability_request(const struct ttsd *t, const json_t *body);
void durability_accept(const struct say_request *s, const char *request);

/* Completes the reply to a `say`, which has the ids: are all kept? While that
 * is not known it returns OP_LATER, and the session keeps the reply for the
 * next run. Where one has to be kept and is not, all are refused and taken
 * back. */
enum verdict durability_answer(struct ttsd *t, const struct targets *ts,
    struct session *session, struct reply *r);

/* Has the reply to a request that ended announcements wait until that is on the
 * disk, as long as a `say` does: what a client was told to be cancelled is not
 * said after a restart. durability_recall() tells, and completes the reply,
 * where the request was carried out in an earlier run. */
bool durability_recall(const struct session *session, struct reply *r);
enum verdict durability_settle(
    struct ttsd *t, struct session *session, struct reply *r);
/* The same, and the reply says whether it is on the disk by then. */
enum verdict durability_tell(
    struct ttsd *t, struct session *session, struct reply *r);

/* Tells the ledger and listeners how an announcement ended that no channel has.
 */
void durability_ended(struct ttsd *t, const char *channel, uint64_t id,
    enum outcome outcome, const char *reason);

/* How the ledger is, for `status`; JSON's null: there is none. */
json_t *durability_status(const struct ttsd *t);

/* Who keeps the announcements of all channels; `arg` is the struct ttsd. */
extern const struct playout_owner durability_owner;

#endif
